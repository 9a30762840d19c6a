"""A season from ``<track>/<year>/<session>/`` folders of sheets spelled as in 2024."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.cross_checks import demand_different_races
from htt_desktop.pipeline.season.names import one_spelling, spelling_notes
from htt_desktop.pipeline.season.sheets import SeasonSheets
from htt_desktop.pipeline.season.sheets_2024.records import (
    RaceSheets2024,
    is_lap_sheet,
    read_race_sheets,
    record_of,
)
from htt_desktop.pipeline.season.sheets_2024.results import is_result_sheet
from htt_desktop.sources.errors import SourceError

CALENDAR_2024 = ("sonoma", "sebring", "cota", "vir", "roadamerica", "barber", "indianapolis")
"""The published calendar of 2024; the sheets themselves carry no dates.

The entry lists inside the lap sheets were made in this order, from 29 March (Sonoma) to
5 September (Barber).
"""

_CALENDARS = {2024: CALENDAR_2024}

_RACES = (1, 2)


def is_spelled_as_2024(roots: Sequence[Path], year: int) -> bool:
    """Tell whether any sheet of a year's sessions is named, and so spelled, as those of 2024."""
    return any(
        is_lap_sheet(path.name) or is_result_sheet(path.name)
        for root in roots
        for path in root.glob(f"*/{year}/*/*.csv")
    )


def read_season_2024(roots: Sequence[Path], year: int = 2024) -> SeasonSheets:
    """Return all races of a year that any sheet below a folder tells of.

    Neither standings nor dates nor weather are among the sheets. A race without lap sheet
    keeps its results, one without results its laps; a note says so.

    Parameters
    ----------
    roots
        Folders with ``<track>/2024/race_1`` and so on.
    year
        Year of these folders.

    Raises
    ------
    SourceError
        There is no such folder below, two of them are of one weekend, or a sheet is
        unreadable or contradicts itself; the sentence names file, row and column.
    """
    tracks = _tracks(roots, year)
    calendar = _CALENDARS.get(year, ())
    notes = [f"no sheets of {track}" for track in calendar if track not in tracks]
    races: list[RaceSheets2024] = []
    for track, weekend in tracks.items():
        for number in _RACES:
            race = read_race_sheets(weekend, RaceKey(year, track, number))
            if race.is_empty:
                notes.append(f"{track} race {number}: neither results nor laps, left out")
            else:
                races.append(race)
    if not races:
        told = " and ".join(map(str, roots))
        message = f"{told} holds no race of {year}; give the folder above <track>/{year}/race_1."
        raise SourceError(message)
    spelled = one_spelling(sighting for race in races for sighting in race.sightings())
    notes += spelling_notes(spelled)
    notes += [
        "no sheet tells of top speeds, weather or dates, nor on which lap a car was in the pits",
        (
            "first laps are timed from the car's own crossing of the line, so the laps of a car "
            "add up to its race time less that delay"
        ),
    ]
    records = tuple(record_of(race, spelled) for race in races)
    notes += demand_different_races(records)
    return SeasonSheets(
        year=year,
        roots=tuple(roots),
        races=records,
        notes=tuple(notes),
    )


def _tracks(roots: Sequence[Path], year: int) -> dict[str, Path]:
    """Return the folder of the year by track, in calendar order."""
    found: dict[str, Path] = {}
    for folder in (path for root in roots for path in sorted(root.glob(f"*/{year}"))):
        known = found.setdefault(folder.parent.name, folder)
        if known != folder:
            message = f"{known} and {folder} are of one weekend; give only the one that counts."
            raise SourceError(message)
    ranks = {track: rank for rank, track in enumerate(_CALENDARS.get(year, ()))}
    return {track: found[track] for track in sorted(found, key=lambda t: (ranks.get(t, 99), t))}
