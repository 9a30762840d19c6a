"""Where a driver stands: points, ranks, levels of the field, and races against a rival."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_records import DashboardDriver
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult, SeasonStats
from htt_desktop.domain.season.season import Season

FEWEST_RACES_FOR_BEST = 3
"""Below so many races a mean says little and is never called the best."""

FEW_STARTS = 4
"""Up to so many starts a driver's means are no match for those over a season."""

ResultsOfBoth = tuple[RaceResult | None, RaceResult | None]
"""Results of driver and rival in one race, ``None`` without an entry."""


def has_standings(drivers: Iterable[DashboardDriver | SeasonStats]) -> bool:
    """Return whether any of the drivers has an official rank."""
    return any(driver.championship_position is not None for driver in drivers)


def credited_points(driver: DashboardDriver | SeasonStats, *, standings: bool) -> int | None:
    """Return a driver's points, ``None`` for a guest outside the standings there are.

    Guests score nothing, which is not the same as scoring zero.
    """
    is_guest = standings and driver.championship_position is None
    return None if is_guest else driver.points


def cumulative_points(season: Season, driver: str) -> list[int] | None:
    """Return a driver's points after every race, ``None`` when no race credits them any."""
    rows = {season.key_of(row): row.points for row in season.results.get(driver, ())}
    if all(points is None for points in rows.values()):
        return None
    return list(accumulate(rows.get(key) or 0 for key in season.races))


def positions_gained(rows: Iterable[RaceResult]) -> list[int]:
    """Return grid minus finish of the results that have both; positive is forwards."""
    return [row.grid - row.finish for row in rows if row.grid and row.finish]


@dataclass(frozen=True)
class FieldRank:
    """A driver's rank in the field by one figure.

    Attributes
    ----------
    rank
        From 1; equal figures share the better rank.
    of
        Drivers who have a figure.
    """

    rank: int
    of: int
    is_shared: bool


def field_rank(value: float, values: Iterable[float | None], sign: int = 1) -> FieldRank:
    """Rank a value among those of the field, itself among them.

    Parameters
    ----------
    value
        Figure of one driver, or of one track.
    values
        Of all; ``None`` where there is none.
    sign
        +1 where more is better, −1 where less is.

    Examples
    --------
    >>> field_rank(5.0, [9.0, 5.0, None, 5.0])
    FieldRank(rank=2, of=3, is_shared=True)
    """
    known = [sign * other for other in values if other is not None]
    better = sum(other > sign * value for other in known)
    return FieldRank(1 + better, len(known), known.count(sign * value) > 1)


def field_ranks(values: Mapping[str, float], sign: int) -> dict[str, FieldRank]:
    """Return :func:`field_rank` of every driver who has a figure."""
    return {name: field_rank(value, values.values(), sign) for name, value in values.items()}


def points_ranks(stats: Mapping[str, SeasonStats]) -> dict[str, FieldRank]:
    """Rank the drivers by points: officially where there are standings.

    Equal points are told apart by the rules of the series, which only the official
    standings know.
    """
    official = {
        name: one.championship_position
        for name, one in stats.items()
        if one.championship_position is not None
    }
    if not official:
        return field_ranks({name: one.points for name, one in stats.items()}, 1)
    return {
        name: FieldRank(position, len(official), is_shared=False)
        for name, position in official.items()
    }


@dataclass(frozen=True)
class BestFigures:
    """The best figures of a season's standings; means of drivers with few races are left out.

    Attributes
    ----------
    points, wins, podiums, poles
        Most of each, 0 without drivers.
    scores
        Highest by factor id.
    """

    points: int
    wins: int
    podiums: int
    poles: int
    average_finish: float
    scores: Mapping[str, float]
    overall_score: float


def best_figures(season: Season) -> BestFigures:
    """Return the best figures of the standings."""
    stats = season.stats.values()
    many = [driver for driver in season.drivers.values() if driver.races >= FEWEST_RACES_FOR_BEST]
    averages = [average_finish(season, driver.driver) for driver in many]

    def most(count: Callable[[SeasonStats], int]) -> int:
        return max(map(count, stats), default=0)

    return BestFigures(
        points=max((driver.points for driver in season.drivers.values()), default=0),
        wins=most(lambda one: one.wins),
        podiums=most(lambda one: one.podiums),
        poles=most(lambda one: one.poles),
        average_finish=min((value for value in averages if value is not None), default=0.0),
        scores={
            factor.id: max((driver.factors.get(factor.id) or 0.0 for driver in many), default=0.0)
            for factor in FACTORS
        },
        overall_score=max((driver.overall_score or 0.0 for driver in many), default=0.0),
    )


def average_finish(season: Season, driver: str) -> float | None:
    """Return a driver's mean official position, ``None`` without one."""
    stats = season.stats.get(driver)
    return None if stats is None else stats.avg_finish


def results_of_both(season: Season, driver: str, rival: str | None, key: RaceKey) -> ResultsOfBoth:
    """Return what both drivers did in a race."""
    return season.result(driver, key), None if rival is None else season.result(rival, key)


def won_and_lost(
    races: Iterable[ResultsOfBoth], figure: Callable[[RaceResult], float | None]
) -> tuple[int, int]:
    """Return how often the driver's figure was the smaller and the larger one.

    Races where one of them has no figure count for neither.
    """
    won = lost = 0
    for own, other in races:
        value = None if own is None else figure(own)
        rival = None if other is None else figure(other)
        if value is not None and rival is not None:
            won += value < rival
            lost += value > rival
    return won, lost


def races_met(races: Iterable[ResultsOfBoth]) -> int:
    """Return in how many races both started."""
    return sum(has_started(own) and has_started(other) for own, other in races)


def has_started(row: RaceResult | None) -> bool:
    """Return whether a driver took part in a race."""
    return row is not None and row.status != NOT_STARTED
