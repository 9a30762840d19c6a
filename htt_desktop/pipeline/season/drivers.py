"""Drivers of a season: their order, their factors and their line in the standings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from htt_desktop.domain.season.circuit_records import circuit_records
from htt_desktop.domain.season.factor_records import DashboardDriver, DriverFactors
from htt_desktop.domain.season.factor_scores import Features, score_drivers
from htt_desktop.domain.season.factor_table import VARIABLES_BY_ID
from htt_desktop.domain.season.finish_model import Finishes
from htt_desktop.domain.season.race_records import RaceResult, SeasonStats
from htt_desktop.pipeline.season.official_points import SCHEME, SeasonPoints


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
