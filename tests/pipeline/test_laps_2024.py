"""The real lap sheets of 2024: every lap once, and every crossing where it can be."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from htt_desktop.domain.race import INNER_LOOPS, RaceKey
from htt_desktop.pipeline.season.sheets import RaceRecord, SeasonSheets
from htt_desktop.pipeline.season.sheets_2024.reading import CALENDAR_2024, read_season_2024
from htt_desktop.pipeline.timing.cells import parse_time_s
from htt_desktop.pipeline.timing.reader import read_timing

ROUNDING_S = 0.0015


@pytest.fixture(scope="module")
def root(shared_dir: Path) -> Path:
    """Return the folder of the sheets of six weekends."""
    return shared_dir / "gr_cup" / "timing_more"


@pytest.fixture(scope="module")
def season(root: Path) -> SeasonSheets:
    """Return the season as read."""
    return read_season_2024([root])


def _race(season: SeasonSheets, track: str, race: int) -> RaceRecord:
    return next(record for record in season.races if record.key == RaceKey(2024, track, race))


def _lap_sheet(root: Path, record: RaceRecord) -> Path:
    return next(
        (root / record.key.track_id / "2024" / f"race_{record.key.race}").glob("*Laps CSV*")
    )


def test_that_every_row_is_one_lap(season: SeasonSheets, root: Path) -> None:
    for record in season.races:
        with _lap_sheet(root, record).open(encoding="utf-8", newline="") as file:
            printed = Counter((row["#"], int(row["Laps"])) for row in csv.DictReader(file))
        read = Counter(
            (number, lap.lap_number) for number, laps in record.timing.laps.items() for lap in laps
        )
        assert read == printed
        assert set(printed.values()) == {1}


def test_that_laps_add_up_to_race_time_and_to_the_results(season: SeasonSheets) -> None:
    for record in season.races:
        for line in record.results:
            laps = record.timing.laps.get(line.number, ())
            assert line.laps == len(laps)
            assert [lap.lap_number for lap in laps] == list(range(1, len(laps) + 1))
            for before, after in pairwise(laps):
                assert after.start_s == pytest.approx(before.elapsed_s, abs=ROUNDING_S)


def test_that_a_lap_is_as_printed(season: SeasonSheets) -> None:
    laps = _race(season, "vir", 1).timing.laps["11"]
    assert (laps[0].lap_time_s, laps[0].elapsed_s, laps[0].flag) == (201.669, 224.232, "GF")
    assert dict(laps[0].loops_s) == {
        "IM1a": 41.777,
        "IM1": 67.806,
        "IM2a": 108.147,
        "IM2": 150.321,
        "IM3a": 168.171,
    }
    yellow = _race(season, "cota", 1).timing.laps["5"][2]
    assert (yellow.lap_time_s, yellow.flag) == (215.314, "FCY")
    assert _race(season, "cota", 1).timing.laps["5"][-1].flag == "FF"


def test_that_loops_rise_within_the_lap(season: SeasonSheets) -> None:
    for record in season.races:
        for laps in record.timing.laps.values():
            for lap in laps:
                times_s = [lap.loops_s[name] for name in INNER_LOOPS if name in lap.loops_s]
                whole = [0.0, *times_s, lap.lap_time_s]
                assert all(before < after for before, after in pairwise(whole))


def test_that_a_misread_loop_is_left_out_and_its_sector_kept(season: SeasonSheets) -> None:
    record = _race(season, "sonoma", 1)
    lap = record.timing.laps["76"][15]
    assert sorted(lap.loops_s) == ["IM1", "IM2"]
    assert any("#76: IM3a was read at the wrong moment on lap 9, 16" in n for n in record.notes)
    assert "#76 lap 10: IM3a crossed out of order, left out" in record.notes


@pytest.mark.parametrize("track", CALENDAR_2024[:6])
def test_that_the_loops_stand_where_they_stood_in_2025(
    season: SeasonSheets, shared_dir: Path, track: str
) -> None:
    """All but the end of sector 1 at Barber, and that is told."""

    def shares(laps_of: RaceRecord | None) -> dict[str, float]:
        timing = (
            read_timing(shared_dir / "gr_cup" / "timing", RaceKey(2024, track, 1)).timing
            if laps_of is None
            else laps_of.timing
        )
        laps = [lap for laps in timing.laps.values() for lap in laps[1:] if lap.flag == "GF"]
        quick_s = 1.05 * min(lap.lap_time_s for lap in laps)
        return {
            loop: median(
                lap.loops_s[loop] / lap.lap_time_s
                for lap in laps
                if loop in lap.loops_s and lap.lap_time_s < quick_s
            )
            for loop in INNER_LOOPS
        }

    record = _race(season, track, 1)
    now, later = shares(record), shares(None)
    moved = {loop for loop in INNER_LOOPS if abs(now[loop] - later[loop]) > 0.01}
    assert moved == ({"IM1"} if track == "barber" else set())
    assert any("not of the same stretch" in note for note in record.notes) == bool(moved)


def test_that_the_published_best_laps_are_in_the_lap_sheets(
    season: SeasonSheets, root: Path
) -> None:
    """The sheets of the ten best laps are a second witness for every quick lap."""
    compared = 0
    for record in season.races:
        folder = root / record.key.track_id / "2024" / f"race_{record.key.race}"
        (path,) = (
            path for path in folder.glob("*.csv") if "top 10" in path.name.lower().replace("-", " ")
        )
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                times_s = sorted(lap.lap_time_s for lap in record.timing.laps[row["No."]])
                best_s = [
                    time_s
                    for rank in range(1, 11)
                    if (time_s := parse_time_s(row[f"Best Lap {rank}"])) is not None
                ]
                # Some weekends rank lap 1 too; the five quickest are never among the slow laps.
                assert best_s[:5] == times_s[: len(best_s[:5])], (record.key, row["No."])
                compared += 1
    assert compared > 300
