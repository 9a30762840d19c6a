"""The model that explains finishes by the variables, and what it is worth on races left out.

Least squares with coefficients that may not be negative: being worse at something never helps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_records import ModelCard, Validation
from htt_desktop.domain.season.factor_scores import COLUMNS, Features, race_skills
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.lap_figures import rank_correlation

_TOLERANCE = 1e-9

RIDGES = (1.0, 10.0, 100.0)
"""Strengths tried inside each fold, in cars that say nothing."""

Finishes = Mapping[RaceKey, Mapping[str, int]]
"""Official position by race and driver; cars that did not start are absent."""

PURPOSE = "explains, does not forecast"

FEWEST_FOLDS = 3
"""Two races or drivers left out one at a time prove nothing."""


def non_negative_solution(gram: FloatArray, target: FloatArray) -> FloatArray:
    """Return b ≥ 0 that minimises ``b·gram·b / 2 − target·b``.

    Parameters
    ----------
    gram
        ``xᵀx`` plus the strength of the ridge on the diagonal; positive definite.
    target
        ``xᵀy``.

    Examples
    --------
    >>> gram = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> non_negative_solution(gram, np.array([4.0, -1.0])).tolist()
    [2.0, 0.0]

    References
    ----------
    C. L. Lawson and R. J. Hanson, Solving Least Squares Problems (1974), chapter 23.
    """
    found = np.zeros(len(target))
    free = np.zeros(len(target), dtype=bool)
    scale = _TOLERANCE * max(1.0, float(np.max(np.abs(target), initial=0.0)))
    for _ in range(10 * len(target)):
        pull = np.where(free, -np.inf, target - gram @ found)
        if free.all() or float(pull.max()) <= scale:
            break
        free[int(np.argmax(pull))] = True
        found, free = _step(gram, target, found, free)
    return found


def _step(
    gram: FloatArray, target: FloatArray, found: FloatArray, free: np.ndarray
) -> tuple[FloatArray, np.ndarray]:
    """Solve on the free coefficients and fix again those that would turn negative."""
    while free.any():
        wanted = np.zeros(len(target))
        wanted[free] = np.linalg.solve(gram[np.ix_(free, free)], target[free])
        negative = free & (wanted <= 0.0)
        if not negative.any():
            return wanted, free
        way = float(np.min(found[negative] / (found[negative] - wanted[negative])))
        found = found + way * (wanted - found)
        free = free & ~(negative & (found <= _TOLERANCE))
        found = np.where(free, found, 0.0)
    return found, free


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
        In the order of :data:`~htt_desktop.domain.season.factor_scores.COLUMNS`.
    """

    gains: FloatArray

    def positions(self, skills: FloatArray, cars: int) -> FloatArray:
        """Return the predicted position in a race of so many cars, one per row of skills."""
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


def fit_finish_model(
    features: Features, finishes: Finishes, samples: Sequence[Sample]
) -> FinishModel:
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


def explain_finishes(features: Features, finishes: Finishes) -> ModelCard:
    """Return the model with its validation, everything refitted inside each fold.

    Parameters
    ----------
    features
        Variables by race and driver.
    finishes
        Official positions of the classified starters, retired cars among them.

    Returns
    -------
    ModelCard
        Its coefficients are the places gained when all variables of a factor are one
        standard deviation better. A missing variable is taken to stand where the driver's
        other variables of the factor stand, or in the middle. The validations are ``None``
        with fewer than three races or drivers.
    """
    samples = samples_of(features, finishes)
    validations = [
        validate_folds(features, finishes, samples, folds) if len(folds) >= FEWEST_FOLDS else None
        for folds in (folds_by(samples, "key"), folds_by(samples, "driver"))
    ]
    return ModelCard(
        purpose=PURPOSE,
        features=tuple(variable.id for variable in COLUMNS),
        coefficients=fit_finish_model(features, finishes, samples).factor_gains(),
        leave_one_race_out=validations[0],
        leave_one_driver_out=validations[1],
    )


def folds_by(samples: Sequence[Sample], what: Literal["key", "driver"]) -> list[list[Sample]]:
    """Return the samples in groups of one race, or of one driver."""
    found: dict[RaceKey | str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.key if what == "key" else sample.driver, []).append(sample)
    return list(found.values())


def predict_folds(
    features: Features,
    finishes: Finishes,
    samples: Sequence[Sample],
    folds: Sequence[Sequence[Sample]],
) -> dict[Sample, float]:
    """Predict each fold's positions with a model that never saw the fold.

    A driver left out is ranked against the field without them, which is the field the
    model was fitted to; a race left out is ranked within itself.
    """
    predicted: dict[Sample, float] = {}
    for fold in folds:
        left_out = set(fold)
        kept = [sample for sample in samples if sample not in left_out]
        model, seen = fit_finish_model(features, finishes, kept), by_race(kept)
        for key, rows in by_race(fold).items():
            drivers = [row.driver for row in rows]
            field = [row.driver for row in seen.get(key, rows)]
            positions = model.positions(
                race_skills(features[key], drivers, field), len(finishes[key])
            )
            predicted.update(zip(rows, positions.tolist(), strict=True))
    return predicted


def validate_folds(
    features: Features,
    finishes: Finishes,
    samples: Sequence[Sample],
    folds: Sequence[Sequence[Sample]],
) -> Validation:
    """Return how good the predictions of unseen folds are."""
    return validation_of(predict_folds(features, finishes, samples, folds))


def validation_of(predicted: Mapping[Sample, float]) -> Validation:
    """Return how good predicted positions are; the rank correlation is a mean over the races."""
    finish = np.array([sample.finish for sample in predicted], dtype=np.float64)
    positions = np.array(list(predicted.values()))
    left = float(np.sum((finish - positions) ** 2))
    total = float(np.sum((finish - finish.mean()) ** 2))
    within = [
        rank_correlation([row.finish for row in rows], [predicted[row] for row in rows])
        for rows in by_race(list(predicted)).values()
    ]
    known = [rho for rho in within if rho is not None]
    return Validation(
        n=len(finish),
        r2=1.0 - left / total if total else 0.0,
        mae_places=float(np.mean(np.abs(finish - positions))),
        spearman=float(np.mean(known)) if known else 0.0,
    )


def predicted_order(features: Features, finishes: Finishes) -> list[tuple[str, float]]:
    """Return drivers with their mean predicted position, as share of the field, the best first.

    Every race is predicted by a model that has not seen it, since a champion put in front by
    their own results would prove nothing.
    """
    samples = samples_of(features, finishes)
    predicted = predict_folds(features, finishes, samples, folds_by(samples, "key"))
    shares: dict[str, list[float]] = {}
    for sample, position in predicted.items():
        shares.setdefault(sample.driver, []).append(position / (len(finishes[sample.key]) + 1))
    return sorted(
        ((driver, float(np.mean(found))) for driver, found in shares.items()),
        key=lambda pair: (pair[1], pair[0]),
    )
