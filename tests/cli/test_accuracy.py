"""``htt accuracy``: the page holds what was measured, nothing else."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from htt_desktop.cli.validate import accuracy_page
from htt_desktop.domain.race import INNER_LOOPS, RaceKey
from tests.cli.program import assert_one_sentence, htt
from tests.packed_races import packed_race, validation_of

ROOT = Path(__file__).resolve().parents[2]


def test_that_the_page_has_a_row_per_race_and_per_loop(
    tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.md"
    packs = [data_dir / "packs" / f"{name}_r2.parquet" for name in ("cota", "barber")]
    answer = htt(capsys, "accuracy", "--pack", packs[0], "--pack", packs[1], "--out", out)
    assert (answer.code, answer.out.strip()) == (0, str(out))
    page = out.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+ R\d \d{4}) \| (\d+) \|", page, re.MULTILINE)
    # Barber has GPS, so it stands there again with GPS taken away.
    assert rows == [("cota R2 2025", "6"), ("barber R2 2025", "6"), ("barber R2 2025", "6")]
    loops = re.findall(r"^\| (\w+ R\d \d{4}) \| (IM\w+) \|", page, re.MULTILINE)
    assert loops == [(race, name) for race, _ in rows[:2] for name in INNER_LOOPS]
    result = validation_of(packed_race(data_dir, "cota", 2))
    assert f"| {result.overall.median_ms:.1f} | {result.overall.p95_ms:.1f} |" in page


def test_that_numbers_come_from_the_measurement(data_dir: Path) -> None:
    result = validation_of(packed_race(data_dir, "barber", 2))
    worse = dataclasses.replace(
        result, overall=dataclasses.replace(result.overall, median_ms=123.44, p95_ms=567.89)
    )
    key = RaceKey(2025, "barber", 2)
    assert "| 123.4 | 567.9 | – | – |" in accuracy_page([(key, worse)])
    assert "123.4" not in accuracy_page([(key, result)])


def test_that_the_published_page_covers_every_bundled_race(data_dir: Path) -> None:
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\| (\w+ R\d) 2025 \| \d+ \|", page, re.MULTILINE))
    packs = (data_dir / "packs").glob("*.parquet")
    assert shown == {path.stem.replace("_r", " R") for path in packs}


@pytest.mark.parametrize("track_id, number", [("indianapolis", 1), ("cota", 1), ("cota", 2)])
def test_that_the_published_numbers_are_those_measured_now(
    track_id: str, number: int, data_dir: Path
) -> None:
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {RaceKey(2025, track_id, number)} \| (\d+) \|.*$", page, re.MULTILINE)
    assert row is not None
    cells = [cell.strip() for cell in row[0].strip("|").split("|")]
    result = validation_of(packed_race(data_dir, track_id, number))
    assert (int(cells[1]), int(cells[2]), int(cells[4])) == (
        result.laps, result.cars, result.overall.n,
    )  # fmt: skip
    assert float(cells[5]) == pytest.approx(result.overall.median_ms, abs=0.2)
    assert float(cells[6]) == pytest.approx(result.overall.p95_ms, abs=1.0)


def test_that_a_page_that_cannot_be_measured_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "absent" / "page.md"
    pack = ROOT / "data" / "packs" / "barber_r2.parquet"
    assert_one_sentence(htt(capsys, "accuracy", "--pack", pack, "--out", out), 30, "page.md")
    assert not out.parent.exists()
