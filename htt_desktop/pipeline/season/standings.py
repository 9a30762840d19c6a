"""The championship files: points per driver and race, as the series counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.circuits import track_of_event
from htt_desktop.pipeline.season.sheets import PrintedStandings, StandingLine
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.kinds import CHAMPIONSHIP
from htt_desktop.pipeline.timing.sheets import Sheet, SheetRow, read_sheet

DRIVERS = "Drivers"
"""Title of the classification of all drivers."""

_FILE = re.compile(r"(?:GR[_ ])?(?P<title>.+?)[_ ]?Championship", re.IGNORECASE)
_TEAMS = re.compile(r"team", re.IGNORECASE)
_DRIVERS = re.compile(r"driver", re.IGNORECASE)
_RACE_COLUMN = re.compile(r"(?P<event>.+)_Race (?P<race>[1-9])_Points", re.IGNORECASE)

_NOT_ENTERED = "/"
_NOT_STARTED = "NS"


def title_of(path: Path) -> str | None:
    """Return what a championship file classifies, ``None`` for any other file and for teams.

    Examples
    --------
    >>> title_of(Path("GR_Drivers_Championship_1.csv")), title_of(Path("26_Weather.csv"))
    ('Drivers', None)
    >>> title_of(Path("GR_Legends_Cup_Championship_1.csv"))
    'Legends Cup'
    """
    match = _FILE.match(path.stem)
    if match is None or _TEAMS.search(path.stem):
        return None
    if _DRIVERS.search(path.stem):
        return DRIVERS
    return match["title"].replace("_", " ").strip()


def read_standings(path: Path, year: int) -> PrintedStandings:
    """Return one championship file of a year.

    Races that nobody scored in are to come yet and left out.

    Raises
    ------
    SourceError
        The file cannot be read, a column is missing or a cell is not what it should be.
    """
    sheet = read_sheet(path, CHAMPIONSHIP)
    named: dict[str, SheetRow] = {}
    for row in sheet.rows:
        seen = named.setdefault(tidy_name(row.needed("Participant")), row)
        if seen is not row:
            raise row.wrong("Participant", f"stands in row {seen.line} too")
    _demand_every_position(sheet.rows)
    columns = {
        column: key
        for column, key in race_columns(sheet, year).items()
        if any(row.text(column).isdecimal() for row in sheet.rows)
    }
    return PrintedStandings(
        title=title_of(path) or DRIVERS,
        path=path,
        lines=tuple(_line(row, columns) for row in sheet.rows),
    )


def _demand_every_position(rows: Sequence[SheetRow]) -> None:
    """Refuse a file in which a position is nobody's, because a row is missing then.

    Raises
    ------
    SourceError
        The sentence names the row behind the gap.
    """
    ranked = sorted((row.whole("Pos") or 0, row.line, row) for row in rows)
    for ahead, (position, _, row) in enumerate(ranked):
        if position > ahead + 1:
            raise row.wrong("Pos", f"is {position} with {ahead} drivers ahead, so a row is missing")


def race_columns(sheet: Sheet, year: int) -> dict[str, RaceKey]:
    """Return the columns of points in calendar order, races to come included."""
    found = {}
    for column in sheet.columns:
        match = _RACE_COLUMN.fullmatch(column)
        if match is not None:
            found[column] = RaceKey(year, track_of_event(match["event"]), int(match["race"]))
    return found


def _line(row: SheetRow, columns: Mapping[str, RaceKey]) -> StandingLine:
    position, points = row.whole("Pos"), row.whole("Points")
    if position is None:
        raise row.wrong("Pos", "is empty")
    if points is None:
        raise row.wrong("Points", "is empty")
    return StandingLine(
        driver_name=tidy_name(row.text("Participant")),
        number=row.text("Number"),
        team=row.text("TEAM"),
        car_class=row.text("CLASS"),
        position=position,
        points=points,
        race_points={
            key: _race_points(row, column)
            for column, key in columns.items()
            if row.text(column) != _NOT_ENTERED
        },
    )


def _race_points(row: SheetRow, column: str) -> int:
    """Return points of a race with whatever was awarded beside the finish."""
    if row.text(column) == _NOT_STARTED:
        return 0
    extra = column[: -len("Points")] + "TotalExtraPoints"
    return (row.whole(column) or 0) + (row.whole(extra) or 0)
