"""Proof that being worse at something never helps: every driver, every variable, on real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.season.factor_scores import Features, Scored, score_drivers
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.finish_fit import Finishes, FinishModel, fit, samples_of
from htt_desktop.domain.season.race_skills import race_skills

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Directions:
    """How many worsened values were tried, and how many of them helped.

    Attributes
    ----------
    scores, scores_wrong
        Factor and overall scores of the season.
    places, places_wrong
        Predicted places of single races.
    """

    scores: int
    scores_wrong: int
    places: int
    places_wrong: int


def check_directions(features: Features, finishes: Finishes) -> Directions:
    """Worsen every variable of every driver by a standard deviation and look at what changes."""
    before = score_drivers(features)
    model = fit(features, finishes, samples_of(features, finishes))
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
                tried, wrong = _places_gained(features, worse, finishes, model, driver)
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


def _places_gained(
    features: Features, worse: Features, finishes: Finishes, model: FinishModel, driver: str
) -> tuple[int, int]:
    tried = wrong = 0
    for key, cars in features.items():
        if worse[key] is cars or driver not in finishes[key]:
            continue
        field = sorted(name for name in cars if name in finishes[key])
        before, after = (_place(model, one[key], driver, field) for one in (features, worse))
        tried += 1
        wrong += after < before - _TOLERANCE
    return tried, wrong


def _place(
    model: FinishModel,
    cars: Mapping[str, Mapping[str, float | None]],
    driver: str,
    field: Sequence[str],
) -> float:
    skills = race_skills(cars, [driver], field)
    return float(model.places(skills, len(field))[0])
