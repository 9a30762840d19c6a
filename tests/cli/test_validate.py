"""``htt validate``: the measured accuracy of a race, as a table and as documented JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.race import INNER_LOOPS
from tests.cli.json_schema import check_file
from tests.cli.program import assert_one_sentence, htt
from tests.packed_races import packed_race, validation_of

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "validate.schema.json"


def test_that_the_json_is_as_documented_and_the_table_says_the_same(
    tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "accuracy.json"
    answer = htt(capsys, "validate", "--track", "cota", "--race", "2", "--json", path)
    assert (answer.code, answer.err) == (0, "")
    value = check_file(path, SCHEMA)
    measured = validation_of(packed_race(data_dir, "cota", 2))
    assert (value["track_id"], value["race"]) == ("cota", 2)
    assert (value["laps"], value["cars"]) == (measured.laps, measured.cars)
    assert [loop["name"] for loop in value["loops"]] == list(INNER_LOOPS)
    assert sum(loop["n"] for loop in value["loops"]) == value["all"]["n"] == measured.overall.n
    assert value["all"]["median_ms"] == pytest.approx(measured.overall.median_ms, abs=0.01)
    assert value["all"]["p95_ms"] == pytest.approx(measured.overall.p95_ms, abs=0.01)
    lines = {line.split()[0]: line.split()[-3:] for line in answer.out.splitlines()[2:]}
    for name, row in [("all", value["all"]), *((o["name"], o) for o in value["loops"])]:
        shown = [float(cell) for cell in lines[name]]
        assert shown == pytest.approx([row["n"], row["median_ms"], row["p95_ms"]], abs=0.06)
    assert answer.out.splitlines()[0].endswith(f"tier {value['tier']}")


def test_that_one_car_has_no_summary_against_other_cars(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "accuracy.json"
    assert htt(capsys, "validate", "--track", "barber", "--race", "2", "--json", path).code == 0
    value = check_file(path, SCHEMA)
    assert (value["cars"], value["other_cars"]) == (1, None)


def test_that_a_pack_named_on_the_command_line_is_the_one_measured(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = data_dir / "packs" / "barber_r2.parquet"
    named = htt(capsys, "validate", "--track", "barber", "--race", "2", "--pack", pack)
    assert named.code == 0
    assert named.out == htt(capsys, "validate", "--track", "barber", "--race", "2").out
    other = htt(capsys, "validate", "--track", "cota", "--race", "2", "--pack", pack)
    assert_one_sentence(other, 30, "cota R2 2025")


FAILURES = {
    "unknown track": (("--track", "moon", "--race", "1"), 10, "'moon'"),
    "unknown race": (("--track", "cota", "--race", "5"), 30, "cota R5 2025"),
    "track without packs": (("--track", "vir", "--race", "1"), 30, "vir"),
    "no pack": (("--track", "cota", "--race", "1", "--pack", "no.parquet"), 30, "no.parquet"),
}


@pytest.mark.parametrize("words, code, sentence", FAILURES.values(), ids=FAILURES)
def test_that_a_failure_is_one_sentence_and_writes_nothing(
    words: tuple[str, ...],
    code: int,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    answer = htt(capsys, "validate", *words, "--json", "accuracy.json")
    assert_one_sentence(answer, code, sentence)
    assert set(tmp_path.iterdir()) == before
