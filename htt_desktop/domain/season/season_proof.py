"""What ``htt season validate`` proves on real data: directions, repeatability, the model's worth.

Being worse at something never helps, for every driver and variable; and drivers who are good at
something in one half of the season are good at it in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.circuit_records import Coverage, second_race_coverage
from htt_desktop.domain.season.factor_records import ModelCard
from htt_desktop.domain.season.factor_scores import Features, Scored, race_skills, score_drivers
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.finish_model import (
    Finishes,
    FinishModel,
    explain_finishes,
    fit_finish_model,
    predicted_order,
    samples_of,
)
from htt_desktop.domain.season.lap_figures import rank_correlation

_TOLERANCE = 1e-9

DRAWS = 40
SEED = 20250330
FEWEST_RACES = 2
"""Of a driver in each half."""


@dataclass(frozen=True)
class Directions:
    """How many worsened values were tried, and how many of them helped.

    Attributes
    ----------
    scores, scores_wrong
        Factor and overall scores of the season.
    places, places_wrong
        Predicted positions of single races.
    """

    scores: int
    scores_wrong: int
    places: int
    places_wrong: int


def check_directions(features: Features, finishes: Finishes) -> Directions:
    """Worsen every variable of every driver by a standard deviation and look at what changes."""
    before = score_drivers(features)
    model = fit_finish_model(features, finishes, samples_of(features, finishes))
    positions = {
        (key, driver): _position(model, cars, driver, finishes[key])
        for key, cars in features.items()
        for driver in cars
        if driver in finishes[key]
    }
    counts = [0, 0, 0, 0]
    for factor in FACTORS:
        for variable in factor.variables:
            step = variable.sign * _deviation(features, variable.id)
            for driver in before:
                worse = _worsened(features, driver, variable.id, step)
                if worse is None:
                    continue
                after = score_drivers(worse)[driver]
                counts[0] += 1
                counts[1] += _has_risen(before[driver], after, factor.id)
                tried, wrong = _positions_gained(
                    features, worse, finishes, model, driver, positions
                )
                counts[2] += tried
                counts[3] += wrong
    return Directions(*counts)


def _deviation(features: Features, variable: str) -> float:
    values = [
        value
        for cars in features.values()
        for variables in cars.values()
        if (value := variables.get(variable)) is not None
    ]
    return float(np.std(values)) if values else 0.0


def _worsened(features: Features, driver: str, variable: str, step: float) -> Features | None:
    """Return the features with one variable of a driver worse; ``None`` when there are none."""
    found = dict(features)
    for key, cars in features.items():
        value = cars[driver].get(variable) if driver in cars else None
        if value is not None:
            found[key] = {**cars, driver: {**cars[driver], variable: value - step}}
    return None if all(found[key] is features[key] for key in found) else found


def _has_risen(before: Scored, after: Scored, factor: str) -> bool:
    pairs = (
        (before.factors[factor].score, after.factors[factor].score),
        (before.overall, after.overall),
    )
    return any(a is not None and b is not None and b > a + _TOLERANCE for a, b in pairs)


def _positions_gained(
    features: Features,
    worse: Features,
    finishes: Finishes,
    model: FinishModel,
    driver: str,
    before: Mapping[tuple[RaceKey, str], float],
) -> tuple[int, int]:
    tried = wrong = 0
    for key, cars in worse.items():
        if features[key] is cars or driver not in finishes[key]:
            continue
        after = _position(model, cars, driver, finishes[key])
        tried += 1
        wrong += after < before[key, driver] - _TOLERANCE
    return tried, wrong


def _position(
    model: FinishModel,
    cars: Mapping[str, Mapping[str, float | None]],
    driver: str,
    finishers: Container[str],
) -> float:
    field = sorted(name for name in cars if name in finishers)
    skills = race_skills(cars, [driver], field)
    return float(model.positions(skills, len(field))[0])


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
        order = [keys[index] for index in random.permutation(len(keys))]
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


@dataclass(frozen=True, kw_only=True)
class SeasonProof:
    """What was measured.

    Attributes
    ----------
    starts
        Classified starts behind the model.
    champion_rank
        The champion's position by mean predicted position, every race predicted by a model that
        has not seen it; ``None`` without a champion.
    half_seasons
        Rank correlation between two halves of the season by variable and factor id.
    with_finish
        Rank correlation with the finish within a race by variable id.
    circuit_coverage
        Predictions of one race of a weekend from the other, and how many of their 80 %
        intervals held.
    """

    card: ModelCard
    starts: int
    races: int
    drivers: int
    directions: Directions
    champion: str | None
    champion_rank: int | None
    half_seasons: Mapping[str, float]
    with_finish: Mapping[str, float]
    circuit_coverage: Coverage | None


def prove_season(
    features: Features, finishes: Finishes, counting: Finishes, champion: str | None
) -> SeasonProof:
    """Measure the factors and the model of a season.

    Parameters
    ----------
    features
        Variables by race and driver.
    finishes
        Official positions of the classified starters.
    counting
        Those that count for the records per track.
    champion
        Winner of the official standings, ``None`` without any.
    """
    samples = samples_of(features, finishes)
    order = [driver for driver, _ in predicted_order(features, finishes)]
    return SeasonProof(
        card=explain_finishes(features, finishes),
        starts=len(samples),
        races=len({sample.key for sample in samples}),
        drivers=len(order),
        directions=check_directions(features, finishes),
        champion=champion,
        champion_rank=order.index(champion) + 1 if champion in order else None,
        half_seasons=half_season_correlations(features),
        with_finish=finish_correlations(features, finishes),
        circuit_coverage=second_race_coverage(
            features, counting, list(dict.fromkeys(key.track_id for key in finishes))
        ),
    )
