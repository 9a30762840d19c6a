"""``htt season build``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from htt_desktop.sources.season.files import read_season
from htt_desktop.wiring.exit_codes import SOURCE
from tests.cli.program import assert_one_sentence, htt
from tests.pipeline.season_folder import write_race


def test_that_a_weekend_becomes_a_season_with_a_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_race(tmp_path / "timing")
    answer = htt(
        capsys,
        *("season", "build", "--timing", tmp_path / "timing", "--out", tmp_path / "out"),
        *("--json", tmp_path / "report.json"),
    )
    assert answer.code == 0, answer.err
    note, first, second, *_ = answer.out.splitlines()
    assert note.startswith("- no championship file of drivers: points follow the finishing pos")
    assert first == "season 2025: 1 races, 5 drivers, 53 laps from 4 sheets"
    assert second == "contradictions and gaps in the sheets: 1"
    assert read_season(tmp_path / "out").year == 2025
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["races"], report["drivers"], report["laps"]) == (1, 5, 53)
    assert set(report["explain"]) == {"leave_one_race_out", "leave_one_driver_out"}


def test_that_a_folder_without_sheets_ends_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = htt(capsys, "season", "build", "--timing", tmp_path, "--out", tmp_path / "out")
    assert_one_sentence(answer, SOURCE, "holds no folder like barber/race_1")
    assert not (tmp_path / "out").exists()


def test_that_the_year_is_asked_for_when_two_could_be_meant(
    capsys: pytest.CaptureFixture[str], shared_dir: Path, tmp_path: Path
) -> None:
    timing = shared_dir / "gr_cup" / "timing_more"
    answer = htt(capsys, "season", "build", "--timing", timing, "--out", tmp_path / "out")
    assert_one_sentence(answer, SOURCE, "holds sheets of 2024 and 2025; say which season")
