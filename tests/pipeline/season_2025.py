"""The season 2025 from the published sheets, built once for all tests that look at it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.pipeline.season.build import BuiltSeason, build_season
from htt_desktop.pipeline.season.job import bundled_sheets, track_lines
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.sheets import SeasonSheets
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.tracks import load_tracks

EVENTS = {
    "sonoma": "Sonoma Raceway",
    "cota": "COTA",
    "sebring": "Sebring",
    "vir": "VIR",
    "roadamerica": "Road America",
    "barber": "Barber",
    "indianapolis": "Indy",
}
"""Track ids and the titles of their events in the standings, in calendar order."""

KEYS = [RaceKey(2025, track, race) for track in EVENTS for race in (1, 2)]


@cache
def sheets_2025(shared: Path) -> SeasonSheets:
    """Return what the sheets say."""
    return read_sheets(bundled_sheets(shared, 2025), 2025)


@cache
def built_2025(shared: Path) -> BuiltSeason:
    """Return the season with its laps."""
    bundled = data_dir()
    return build_season(sheets_2025(shared), load_tracks(bundled), track_lines(bundled / "packs"))


def standings_rows(shared: Path) -> list[dict[str, str]]:
    """Return the final standings as printed, read without the code under test."""
    return printed_rows(
        shared / "gr_cup" / "timing" / "indianapolis" / "GR_Drivers_Championship_1.csv"
    )


def printed_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a sheet as printed, read without the code under test."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {(name or "").strip(): (cell or "").strip() for name, cell in row.items()}
            for row in csv.DictReader(file, delimiter=";")
        ]


def row_of(built: BuiltSeason, driver: str, track: str, race: int) -> RaceResult:
    """Return a driver's row of a race."""
    row = built.season.result(driver, RaceKey(2025, track, race))
    assert row is not None
    return row
