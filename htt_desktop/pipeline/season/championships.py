"""Choose among the championship files of a season: the newest one wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.race_folders import find_championships
from htt_desktop.pipeline.season.sheets import PrintedStandings, name_below
from htt_desktop.pipeline.season.standings import DRIVERS, race_columns, read_standings
from htt_desktop.pipeline.timing.kinds import CHAMPIONSHIP
from htt_desktop.pipeline.timing.sheets import read_sheet


@dataclass(frozen=True)
class Championships:
    """The championship files that count.

    Attributes
    ----------
    calendar
        Every race of the season in the order of the columns, races to come included.
    notes
        One sentence per file that was passed over with another opinion on a race.
    """

    drivers: PrintedStandings | None
    cups: tuple[PrintedStandings, ...]
    calendar: tuple[RaceKey, ...]
    notes: tuple[str, ...]


def choose_championships(roots: Sequence[Path], dated: int | None, year: int) -> Championships:
    """Return the newest file of each classification: the one with most races scored.

    Parameters
    ----------
    roots
        Folders of the season.
    dated
        Year of the dated folders to look into, ``None`` for none.
    year
        Year of the season.

    Raises
    ------
    SourceError
        A file cannot be read; the sentence names file, row and column.
    """
    by_title: dict[str, list[PrintedStandings]] = {}
    for path in find_championships(roots, dated):
        standings = read_standings(path, year)
        by_title.setdefault(standings.title, []).append(standings)
    newest = {title: max(files, key=_races_scored) for title, files in by_title.items()}
    notes = [
        note
        for title, files in by_title.items()
        for older in files
        if older is not newest[title]
        for note in _disagreements(roots, newest[title], older)
    ]
    drivers = newest.pop(DRIVERS, None)
    if drivers is not None:
        notes += _wrong_totals(roots, drivers)
    calendar: tuple[RaceKey, ...] = ()
    if drivers is not None:
        calendar = tuple(race_columns(read_sheet(drivers.path, CHAMPIONSHIP), year).values())
    return Championships(drivers, tuple(newest.values()), calendar, tuple(notes))


def _races_scored(standings: PrintedStandings) -> int:
    return len({key for line in standings.lines for key in line.race_points})


def _disagreements(
    roots: Sequence[Path], believed: PrintedStandings, older: PrintedStandings
) -> Iterator[str]:
    """Yield the races for which an older file counts other points."""
    lines = {line.driver_name: line for line in believed.lines}
    for line in older.lines:
        now = lines.get(line.driver_name)
        for key, points in line.race_points.items():
            counted = None if now is None else now.race_points.get(key)
            if counted is None and points == 0:
                continue
            if counted != points:
                yield (
                    f"{key.track_id} race {key.race}: {line.driver_name} has {points} points in "
                    f"{name_below(roots, older.path)} and {_points(counted)} in "
                    f"{name_below(roots, believed.path)}; believed the latter, which is newer"
                )


def _wrong_totals(roots: Sequence[Path], standings: PrintedStandings) -> Iterable[str]:
    for line in standings.lines:
        total = sum(line.race_points.values())
        if total != line.points:
            yield (
                f"{line.driver_name}: the points of all races in "
                f"{name_below(roots, standings.path)} add up to {total}, the file says "
                f"{line.points}; believed the file's total"
            )


def _points(points: int | None) -> str:
    return "none" if points is None else str(points)
