"""A driver's season in figures, counted over their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from htt_desktop.domain.season.race_records import (
    NOT_RUNNING,
    NOT_STARTED,
    CupStanding,
    EntrySpan,
    RaceResult,
    SeasonStats,
)
from htt_desktop.pipeline.season.official_points import SeasonPoints
from htt_desktop.pipeline.season.qualifying import pole_of, qualifying_positions
from htt_desktop.pipeline.season.sheets import PrintedStandings, SeasonSheets

_DECIMALS = 3


def season_stats(
    sheets: SeasonSheets, results: Mapping[str, Sequence[RaceResult]], points: SeasonPoints
) -> dict[str, SeasonStats]:
    """Return the figures of every driver with a row, in the order of the results."""
    classes = {line.driver_name: line.car_class for race in sheets.races for line in race.results}
    cups = _cups(sheets.cups)
    poles = [pole.driver for race in sheets.races if (pole := pole_of(race, results)) is not None]
    positions = [qualifying_positions(race) for race in sheets.races]
    return {
        driver: _stats(
            driver,
            rows,
            poles=poles.count(driver),
            qualified=[race[driver] for race in positions if driver in race],
            car_class=classes.get(driver, ""),
            points=points.totals.get(driver, 0),
            championship_position=points.positions.get(driver),
            cups=cups.get(driver, ()),
        )
        for driver, rows in results.items()
    }


def _stats(
    name: str,
    rows: Sequence[RaceResult],
    *,
    poles: int,
    qualified: Sequence[int],
    car_class: str,
    points: int,
    championship_position: int | None,
    cups: tuple[CupStanding, ...],
) -> SeasonStats:
    starts = [row for row in rows if row.status != NOT_STARTED]
    finishes = [row.finish for row in starts if row.finish is not None]
    gained = [
        row.grid - row.finish for row in starts if row.grid is not None and row.finish is not None
    ]
    return SeasonStats(
        name=name,
        driver_number=rows[-1].driver_number,
        team=rows[-1].team,
        car_class=car_class,
        avg_finish=_mean(finishes),
        best_finish=min(finishes, default=None),
        wins=_up_to(finishes, 1),
        podiums=_up_to(finishes, 3),
        top5=_up_to(finishes, 5),
        top10=_up_to(finishes, 10),
        poles=poles,
        races=len(starts),
        dnfs=sum(row.status == NOT_RUNNING for row in starts),
        dns=len(rows) - len(starts),
        fastest_laps=sum(row.is_fastest_lap for row in rows),
        avg_qualifying=_mean(qualified),
        avg_positions_gained=_mean(gained),
        laps=sum(row.laps for row in rows),
        passes_made=sum(row.passes_made or 0 for row in rows),
        passes_lost=sum(row.passes_lost or 0 for row in rows),
        points=points,
        championship_position=championship_position,
        cups=cups,
        entries=_entries(rows),
    )


def _up_to(positions: Iterable[int], last: int) -> int:
    return sum(position <= last for position in positions)


def _mean(values: Sequence[int]) -> float | None:
    return round(fmean(values), _DECIMALS) if values else None


def _entries(rows: Sequence[RaceResult]) -> tuple[EntrySpan, ...]:
    """Return number and team in the order they were first raced under."""
    races: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.driver_number, row.team)
        races[key] = races.get(key, 0) + (row.status != NOT_STARTED)
    return tuple(
        EntrySpan(driver_number=number, team=team, races=count)
        for (number, team), count in races.items()
    )


def _cups(cups: Iterable[PrintedStandings]) -> dict[str, tuple[CupStanding, ...]]:
    found: dict[str, tuple[CupStanding, ...]] = {}
    for cup in cups:
        for line in cup.lines:
            standing = CupStanding(cup=cup.title, position=line.position, points=line.points)
            found[line.driver_name] = (*found.get(line.driver_name, ()), standing)
    return found
