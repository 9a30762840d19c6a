"""Which factor went with the finish at a track, and whether that is more than chance."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_scores import Features, score_drivers
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.finish_fit import Finishes
from htt_desktop.domain.season.rank_figures import percentiles, rank_correlation
from htt_desktop.domain.season.track_records import Decisive

DRAWS = 1000
SEED = 20250329
"""Fixed, so that the same sheets give the same interval everywhere."""

FEWEST_CARS = 8


def decided_by(features_of_track: Features, finishes_of_track: Finishes) -> tuple[Decisive, ...]:
    """Return all four factors, the one that went most strongly with the finish first.

    Scores and places are ranked within each race, then pooled; whole drivers are drawn
    for the interval, since the two races of one driver belong together.
    """
    points = _points(features_of_track, finishes_of_track)
    found = [_decisive(factor.id, points.get(factor.id, {})) for factor in FACTORS]
    return tuple(
        sorted(found, key=lambda one: -abs(one.correlation) if one.correlation is not None else 1)
    )


Points = dict[str, list[tuple[float, float]]]


def _points(features: Features, finishes: Finishes) -> dict[str, Points]:
    """Return per factor and driver the pairs of score and place, both as percentiles."""
    found: dict[str, Points] = {}
    for key, order in finishes.items():
        scored = score_drivers({key: features.get(key, {})})
        for factor in FACTORS:
            known = {
                driver: score
                for driver in order
                if driver in scored
                and (score := scored[driver].factors[factor.id].score) is not None
            }
            if len(known) < FEWEST_CARS:
                continue
            scores = percentiles(list(known.values()))
            places = percentiles([-order[driver] for driver in known])
            for driver, score, place in zip(known, scores, places, strict=True):
                found.setdefault(factor.id, {}).setdefault(driver, []).append((score, place))
    return found


def _decisive(factor: str, points: Points) -> Decisive:
    rows = [np.array(pairs) for _, pairs in sorted(points.items())]
    pooled = np.concatenate(rows) if rows else np.empty((0, 2))
    correlation = rank_correlation(pooled[:, 0], pooled[:, 1])
    if correlation is None:
        return Decisive(
            factor=factor, correlation=None, low=None, high=None, n=len(pooled), has_evidence=False
        )
    low, high = _interval(rows)
    return Decisive(
        factor=factor,
        correlation=correlation,
        low=low,
        high=high,
        n=len(pooled),
        has_evidence=low > 0.0 or high < 0.0,
    )


def _interval(rows: list[FloatArray]) -> tuple[float, float]:
    random = np.random.Generator(np.random.PCG64(SEED))
    drawn = []
    for picked in random.integers(0, len(rows), size=(DRAWS, len(rows))):
        pooled = np.concatenate([rows[row] for row in picked])
        rho = rank_correlation(pooled[:, 0], pooled[:, 1])
        if rho is not None:
            drawn.append(rho)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)
