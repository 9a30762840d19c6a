"""Who drives alike: distance over the four factors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.season.factor_records import DriverFactors
from htt_desktop.domain.season.factor_table import FACTORS, OVERALL_WEIGHTS

FEWEST_FACTORS = 2
"""With one common factor anybody is alike."""


@dataclass(frozen=True)
class Similar:
    """A driver who drives alike.

    Attributes
    ----------
    distance
        Weighted root mean square difference in percentile points over the factors both
        drivers have.
    differences
        Factor id and their score minus the other's, the largest difference first; only
        factors both have.
    """

    driver: str
    distance: float
    differences: tuple[tuple[str, float], ...]


def similar_drivers(
    factors: Mapping[str, DriverFactors], driver: str, count: int = 5
) -> tuple[Similar, ...]:
    """Return the drivers nearest to one driver, the nearest first.

    Drivers are compared on the factors both have, weighted as in the overall score; with
    fewer than :data:`FEWEST_FACTORS` in common they are left out, and so is everybody
    when the driver is unknown.
    """
    own = factors.get(driver)
    if own is None:
        return ()
    found = [
        similar
        for name, other in factors.items()
        if name != driver and (similar := _compare(name, own, other)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.distance, one.driver))[:count])


def _compare(name: str, own: DriverFactors, other: DriverFactors) -> Similar | None:
    differences = {}
    for factor in FACTORS:
        mine, theirs = own.factors[factor.id].score, other.factors[factor.id].score
        if mine is not None and theirs is not None:
            differences[factor.id] = theirs - mine
    if len(differences) < FEWEST_FACTORS:
        return None
    total = sum(OVERALL_WEIGHTS[factor] for factor in differences)
    square = sum(OVERALL_WEIGHTS[factor] * gap**2 for factor, gap in differences.items())
    ordered = sorted(differences.items(), key=lambda pair: -abs(pair[1]))
    return Similar(name, math.sqrt(square / total), tuple(ordered))
