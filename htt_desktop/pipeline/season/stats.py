"""A driver's season in figures, counted over their rows, and the rows of the dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from htt_desktop.domain.season.circuit_records import circuit_records
from htt_desktop.domain.season.factor_records import DashboardDriver, DriverFactors
from htt_desktop.domain.season.factor_scores import Features, score_drivers
from htt_desktop.domain.season.factor_table import VARIABLES_BY_ID
from htt_desktop.domain.season.finish_model import Finishes
from htt_desktop.domain.season.race_records import (
    NOT_RUNNING,
    NOT_STARTED,
    CupStanding,
    EntrySpan,
    RaceResult,
    SeasonStats,
)
from htt_desktop.pipeline.season.official_points import SCHEME, SeasonPoints
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


def championship_order(
    results: Mapping[str, Sequence[RaceResult]], points: SeasonPoints
) -> list[str]:
    """Return the drivers in championship order, guests behind.

    Without official positions the order is by points, and among equals by the better
    finishes, most first; drivers who never raced come last.
    """
    last = len(results) + len(points.positions) + 1
    scorers = {driver for race in points.by_race.values() for driver in race}

    def rank(driver: str) -> tuple[int, int, tuple[int, ...], str]:
        finishes = [row.finish for row in results[driver]]
        positions = range(1, max(len(SCHEME), *(position or 0 for position in finishes)) + 1)
        return (
            points.positions.get(driver, last) if driver in scorers else last + 1,
            -points.totals.get(driver, 0),
            tuple(-finishes.count(position) for position in positions),
            driver,
        )

    return sorted(results, key=rank)


def driver_factors(
    features: Features,
    finishes: Finishes,
    counting: Finishes,
    stats: Mapping[str, SeasonStats],
    track_ids: Sequence[str],
) -> dict[str, DriverFactors]:
    """Return the factors of every driver of the stats, also of those who never drove a lap."""
    nothing: Mapping[str, float | None] = dict.fromkeys(VARIABLES_BY_ID)
    raced = {driver for cars in features.values() for driver in cars}
    first, *_ = features
    everybody = {
        **features,
        first: {**{driver: nothing for driver in stats if driver not in raced}, **features[first]},
    }
    scored = score_drivers(everybody)
    circuits = circuit_records(everybody, finishes, counting, track_ids)
    return {
        driver: DriverFactors(
            name=driver,
            driver_number=figures.driver_number,
            factors=scored[driver].factors,
            overall_score=scored[driver].overall,
            circuits=circuits[driver],
        )
        for driver, figures in stats.items()
    }


def dashboard_drivers(
    stats: Mapping[str, SeasonStats], factors: Mapping[str, DriverFactors]
) -> dict[str, DashboardDriver]:
    """Return the rows of the standings in the order of the stats."""
    return {
        driver: DashboardDriver(
            driver=driver,
            driver_number=figures.driver_number,
            name=figures.name,
            team=figures.team,
            car_class=figures.car_class,
            factors={key: score.score for key, score in factors[driver].factors.items()},
            overall_score=factors[driver].overall_score,
            championship_position=figures.championship_position,
            points=figures.points,
            races=figures.races,
        )
        for driver, figures in stats.items()
    }
