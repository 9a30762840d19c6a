"""``htt season validate``: the proof of a season, as a table and as documented JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.wiring.exit_codes import SOURCE
from tests.cli.json_schema import check_file
from tests.cli.program import assert_one_sentence, htt
from tests.pipeline.season_folder import write_race

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "season_validate.schema.json"


def test_that_the_real_season_is_proved_in_a_table_and_in_json(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "proof.json"
    timing = shared_dir / "gr_cup" / "timing"
    answer = htt(capsys, "season", "validate", "--timing", timing, "--json", path)
    assert (answer.code, answer.err) == (0, "")
    value = check_file(path, SCHEMA)
    assert (value["season"], value["n"], value["races"]) == (2025, 371, 14)
    assert value["champion"] == {"driver": "Westin Workman", "predicted": 1, "of": 45}
    assert value["directions"]["scores"]["wrong"] == value["directions"]["places"]["wrong"] == 0
    assert value["explain"]["leave_one_race_out"]["r2"] > 0.52
    assert value["explain"]["leave_one_driver_out"]["mae_places"] < 3.95
    assert value["half_seasons"]["speed"] > 0.9
    assert set(value["with_finish"]) == set(value["features"])
    lines = {line[:10].strip(): line.split() for line in answer.out.splitlines()}
    for name, row in (("one race", "leave_one_race_out"), ("one driver", "leave_one_driver_out")):
        n, r2, mae, rho = (float(cell) for cell in lines[name][-4:])
        told = value["explain"][row]
        assert n == told["n"]
        assert r2 == pytest.approx(told["r2"], abs=0.0006)
        assert mae == pytest.approx(told["mae_places"], abs=0.006)
        assert rho == pytest.approx(told["spearman"], abs=0.0006)
    assert "champion Westin Workman: predicted 1 of 45" in answer.out


def test_that_a_single_race_says_that_nothing_can_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_race(tmp_path / "timing")
    path = tmp_path / "proof.json"
    answer = htt(capsys, "season", "validate", "--timing", tmp_path / "timing", "--json", path)
    assert (answer.code, answer.err) == (0, "")
    value = check_file(path, SCHEMA)
    assert value["explain"]["leave_one_race_out"] is None
    assert value["circuits"] is None
    assert value["champion"] is None
    assert "too few to leave one out" in answer.out


def test_that_a_folder_without_sheets_ends_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = htt(capsys, "season", "validate", "--timing", tmp_path)
    assert_one_sentence(answer, SOURCE, "holds no folder like barber/race_1")
