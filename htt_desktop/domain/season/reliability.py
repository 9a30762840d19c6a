"""How much of a variable or factor comes back when the season is cut in two."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_scores import Features, Scored, score_drivers
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.finish_fit import Finishes
from htt_desktop.domain.season.rank_figures import rank_correlation

DRAWS = 40
SEED = 20250330
FEWEST_RACES = 2
"""Of a driver in each half."""


def half_season_correlations(features: Features) -> Mapping[str, float]:
    """Return the rank correlation of drivers between two halves of the season.

    Returns
    -------
    mapping
        By id of variable and factor: the mean over random halves of the races, drivers
        with two races in each. What cannot be told is absent. The whole season, twice as
        long, is more reliable than its half: by Spearman and Brown ``2r / (1 + r)``.
    """
    random = np.random.Generator(np.random.PCG64(SEED))
    keys = sorted(features)
    found: dict[str, list[float]] = {}
    for _ in range(DRAWS):
        order = [keys[place] for place in random.permutation(len(keys))]
        half = len(order) // 2
        for id_, rho in _correlations(features, order[:half], order[half:]).items():
            found.setdefault(id_, []).append(rho)
    return {id_: float(np.mean(rhos)) for id_, rhos in found.items()}


def _correlations(
    features: Features, first: list[RaceKey], second: list[RaceKey]
) -> dict[str, float]:
    one, two = (score_drivers({key: features[key] for key in keys}) for keys in (first, second))
    found = {}
    for id_, value in _READERS.items():
        pairs = [
            (a, b)
            for driver in one.keys() & two.keys()
            if (a := value(one[driver])) is not None and (b := value(two[driver])) is not None
        ]
        pairs.sort()
        rho = rank_correlation([a for a, _ in pairs], [b for _, b in pairs])
        if rho is not None:
            found[id_] = rho
    return found


def _variable_reader(factor: str, variable: str) -> Callable[[Scored], float | None]:
    def read(scored: Scored) -> float | None:
        score = scored.factors[factor].variables[variable]
        return score.percentile if score.races >= FEWEST_RACES else None

    return read


def _factor_reader(factor: str) -> Callable[[Scored], float | None]:
    def read(scored: Scored) -> float | None:
        score = scored.factors[factor]
        return score.score if score.races >= FEWEST_RACES else None

    return read


_READERS: dict[str, Callable[[Scored], float | None]] = {
    **{
        variable.id: _variable_reader(factor.id, variable.id)
        for factor in FACTORS
        for variable in factor.variables
    },
    **{factor.id: _factor_reader(factor.id) for factor in FACTORS},
}


def finish_correlations(features: Features, finishes: Finishes) -> Mapping[str, float]:
    """Return how each variable goes with the finish within a race, mean of the races.

    Positive where the better value finished in front.
    """
    found: dict[str, list[float]] = {}
    for key, order in finishes.items():
        cars = features.get(key, {})
        for id_, variable in VARIABLES_BY_ID.items():
            pairs = [
                (variable.sign * value, -order[driver])
                for driver in order
                if driver in cars and (value := cars[driver].get(id_)) is not None
            ]
            rho = rank_correlation([a for a, _ in pairs], [b for _, b in pairs])
            if rho is not None:
                found.setdefault(id_, []).append(rho)
    return {id_: float(np.mean(rhos)) for id_, rhos in found.items()}
