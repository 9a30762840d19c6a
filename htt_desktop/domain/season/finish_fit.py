"""Fit the finishing order to the variables of the races: a linear model with no negative gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.non_negative import non_negative_solution
from htt_desktop.domain.season.race_skills import COLUMNS, race_skills

RIDGES = (1.0, 10.0, 100.0)
"""Strengths tried inside each fold, in cars that say nothing."""

Finishes = Mapping[RaceKey, Mapping[str, int]]
"""Official position by race and driver; cars that did not start are absent."""


@dataclass(frozen=True)
class Sample:
    """One classified start."""

    key: RaceKey
    driver: str
    finish: int


@dataclass(frozen=True)
class FinishModel:
    """Places gained per standard deviation of each variable, none negative.

    Attributes
    ----------
    gains
        In the order of :data:`~htt_desktop.domain.season.race_skills.COLUMNS`.
    """

    gains: FloatArray

    def places(self, skills: FloatArray, cars: int) -> FloatArray:
        """Return the predicted place in a race of so many cars, one per row of skills."""
        found: FloatArray = (cars + 1) / 2 - skills @ self.gains
        return found

    def factor_gains(self) -> dict[str, float]:
        """Return the places gained when all variables of a factor are one SD better."""
        by_id = {one.id: float(gain) for one, gain in zip(COLUMNS, self.gains, strict=True)}
        return {factor.id: sum(by_id[one.id] for one in factor.variables) for factor in FACTORS}


def samples_of(features: Features, finishes: Finishes) -> list[Sample]:
    """Return the classified starts that have a line in the features."""
    return [
        Sample(key, driver, finish)
        for key, order in finishes.items()
        for driver, finish in order.items()
        if driver in features.get(key, {})
    ]


def fit(features: Features, finishes: Finishes, samples: Sequence[Sample]) -> FinishModel:
    """Fit the model to some starts.

    The strength of the ridge is found by leaving out each race of these starts in turn.
    """
    blocks = _blocks(features, finishes, samples)
    if not blocks:
        return FinishModel(np.zeros(len(COLUMNS)))
    grams = [skills.T @ skills for skills, _ in blocks]
    targets = [skills.T @ ahead for skills, ahead in blocks]
    gram, target = np.sum(grams, axis=0), np.sum(targets, axis=0)
    errors = [
        sum(
            float(np.sum((ahead - skills @ _solve(gram - g, target - t, ridge)) ** 2))
            for (skills, ahead), g, t in zip(blocks, grams, targets, strict=True)
        )
        for ridge in RIDGES
    ]
    return FinishModel(_solve(gram, target, RIDGES[int(np.argmin(errors))]))


def _solve(gram: FloatArray, target: FloatArray, ridge: float) -> FloatArray:
    return non_negative_solution(gram + ridge * np.eye(len(target)), target)


def _blocks(
    features: Features, finishes: Finishes, samples: Sequence[Sample]
) -> list[tuple[FloatArray, FloatArray]]:
    """Return per race the skills, and the places ahead of the middle of the field."""
    found = []
    for key, rows in by_race(samples).items():
        drivers = [row.driver for row in rows]
        middle = (len(finishes[key]) + 1) / 2
        ahead = np.array([middle - row.finish for row in rows])
        found.append((race_skills(features[key], drivers, drivers), ahead))
    return found


def by_race(samples: Sequence[Sample]) -> dict[RaceKey, list[Sample]]:
    """Return samples sorted into races."""
    found: dict[RaceKey, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.key, []).append(sample)
    return found
