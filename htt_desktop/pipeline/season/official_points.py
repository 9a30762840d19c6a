"""Points per race and driver: the series' own, or by finishing position where it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.sheets import (
    PrintedStandings,
    RaceRecord,
    ResultLine,
    SeasonSheets,
)

SCHEME = (25, 18, 15, 12, 10, 8, 6, 4, 2, 1)
"""Points of the first ten."""

_BY_PLACE = "the finishing positions as " + "-".join(str(points) for points in SCHEME)


@dataclass(frozen=True)
class SeasonPoints:
    """Points of a season.

    Attributes
    ----------
    by_race
        By race and driver; a guest outside the standings is absent.
    totals
        By driver.
    positions
        Official championship position by driver; empty unless the standings count every
        race of the season's sheets.
    notes
        One sentence per contradiction or gap.
    """

    by_race: Mapping[RaceKey, Mapping[str, int]]
    totals: Mapping[str, int]
    positions: Mapping[str, int]
    notes: tuple[str, ...]


def season_points(sheets: SeasonSheets) -> SeasonPoints:
    """Return the points of a season, the standings first of all."""
    standings = sheets.drivers
    if standings is None:
        by_race = {race.key: _points_of_sheet(race.results) for race in sheets.races}
        return SeasonPoints(by_race, _sums(by_race), {}, (_no_standings(sheets),))
    scored = {key for line in standings.lines for key in line.race_points}
    official = {line.driver_name: line for line in standings.lines}
    by_race = {}
    notes: list[str] = []
    for race in sheets.races:
        if race.key not in scored:
            by_race[race.key] = _points_of_sheet(race.results)
            notes.append(
                f"{_race(race)}: {standings.path.name} does not count this race yet, so its "
                f"points follow {_BY_PLACE}, they are added to the totals, and nobody has a "
                "championship position"
            )
            continue
        by_race[race.key] = {
            line.driver_name: official[line.driver_name].race_points.get(race.key, 0)
            for line in race.results
            if line.driver_name in official
        }
        notes += _contradictions(race, standings)
    unread = sorted(
        f"{key.track_id} race {key.race}" for key in scored - {race.key for race in sheets.races}
    )
    if unread:
        notes.append(
            f"{standings.path.name} counts {', '.join(unread)}, of which there are no sheets: "
            "totals hold their points, the rows of races do not"
        )
    is_complete = all(race.key in scored for race in sheets.races)
    totals = {name: line.points for name, line in official.items()}
    for key, points in by_race.items():
        if key not in scored:
            for name, won in points.items():
                totals[name] = totals.get(name, 0) + won
    positions = {name: line.position for name, line in official.items()} if is_complete else {}
    return SeasonPoints(by_race, totals, positions, tuple(notes))


def _no_standings(sheets: SeasonSheets) -> str:
    printed = [any(line.points is not None for line in race.results) for race in sheets.races]
    source = "are those the result sheets print" if all(printed) else f"follow {_BY_PLACE}"
    if any(printed) and not all(printed):
        source = f"are those the result sheets print, and for races without any follow {_BY_PLACE}"
    return (
        f"no championship file of drivers: points {source}, and nobody has a championship position"
    )


def _points_of_sheet(results: tuple[ResultLine, ...]) -> dict[str, int]:
    if any(line.points is not None for line in results):
        return {line.driver_name: line.points or 0 for line in results}
    return {line.driver_name: points_of(line.position) for line in results}


def points_of(position: int | None) -> int:
    """Return the points for a finishing position.

    Examples
    --------
    >>> points_of(1), points_of(10), points_of(11), points_of(None)
    (25, 1, 0, 0)
    """
    return SCHEME[position - 1] if position is not None and position <= len(SCHEME) else 0


def _sums(by_race: Mapping[RaceKey, Mapping[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for points in by_race.values():
        for name, won in points.items():
            totals[name] = totals.get(name, 0) + won
    return totals


def _contradictions(race: RaceRecord, standings: PrintedStandings) -> list[str]:
    """Return where the standings do not follow from the result sheet."""
    official = {line.driver_name: line.race_points for line in standings.lines}
    name = standings.path.name
    notes = []
    rank = 0
    for line in sorted(race.results, key=lambda line: line.position or len(race.results) + 1):
        who = f"{_race(race)}: #{line.number} {line.driver_name}"
        if line.driver_name not in official:
            notes.append(
                f"{who} is not in {name}; believed both, this is a guest who finished "
                f"P{line.position} without points, and those behind score for one place "
                "better"
            )
            continue
        won = official[line.driver_name].get(race.key)
        if won is None:
            notes.append(
                f"{who} raced but was not entered by {name}; believed the result sheet for the "
                "race and the standings for the points"
            )
            continue
        rank += 1
        due = points_of(rank) if line.position is not None else 0
        if won == due:
            continue
        notes.append(
            f"{who} finished P{line.position} for {due} points but has {won} in {name}; believed "
            "the standings for the points and the result sheet for the finish"
        )
        if won == 0:
            # Points that are taken away are handed on, as those of guests.
            rank -= 1
    entered = {line.driver_name for line in race.results}
    notes += [
        f"{_race(race)}: {driver} has {points[race.key]} points in {name} but no line in the "
        "result sheet; believed the standings for the total"
        for driver, points in official.items()
        if points.get(race.key) and driver not in entered
    ]
    return notes


def _race(race: RaceRecord) -> str:
    return f"{race.key.track_id} race {race.key.race}"
