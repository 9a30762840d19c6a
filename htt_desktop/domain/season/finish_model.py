"""How well the four factors of a race explain its finishing order.

A linear model on official timing alone: the factors of each race, standardised within that
race, against the finish. It explains a race that has been driven; it forecasts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID, Factor
from htt_desktop.domain.season.rank_figures import rank_correlation
from htt_desktop.domain.season.records import ModelCard, Validation

PURPOSE = "explains, does not forecast"

RIDGES = (0.0, 3.0, 10.0, 30.0, 100.0)
"""Strengths tried inside each fold, in cars of pseudo-data."""

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
    """Places gained per standard deviation of each factor, none of them negative."""

    gains: FloatArray

    def places_from_middle(self, skills: FloatArray) -> FloatArray:
        """Return predicted places behind the middle of the field, one per row of skills."""
        found: FloatArray = -skills @ self.gains
        return found


def explain_finishes(features: Features, finishes: Finishes) -> ModelCard:
    """Return the model with its validation, everything refitted inside each fold.

    Parameters
    ----------
    features
        Variables by race and driver.
    finishes
        Official positions of the classified starters.

    Returns
    -------
    ModelCard
        A car without any variable of a factor counts as average of its race in it. The
        validations are ``None`` with fewer than three races or three drivers.
    """
    samples = samples_of(features, finishes)
    races = sorted({sample.key for sample in samples})
    drivers = sorted({sample.driver for sample in samples})
    model = fit(features, finishes, samples)
    gains = dict(zip((factor.id for factor in FACTORS), model.gains.tolist(), strict=True))
    fewest = 3
    return ModelCard(
        purpose=PURPOSE,
        features=tuple(VARIABLES_BY_ID),
        coefficients=gains,
        leave_one_race_out=_validate(features, finishes, samples, [
            [sample for sample in samples if sample.key == key] for key in races
        ]) if len(races) >= fewest else None,
        leave_one_driver_out=_validate(features, finishes, samples, [
            [sample for sample in samples if sample.driver == driver] for driver in drivers
        ]) if len(drivers) >= fewest else None,
    )  # fmt: skip


def samples_of(features: Features, finishes: Finishes) -> list[Sample]:
    """Return the classified starts that have a line in the features."""
    return [
        Sample(key, driver, finish)
        for key, order in finishes.items()
        for driver, finish in order.items()
        if driver in features.get(key, {})
    ]


def skills_in_race(
    cars: Mapping[str, Mapping[str, float | None]], drivers: Iterable[str], field: Iterable[str]
) -> FloatArray:
    """Return the four factors of some drivers in one race, standardised within a field.

    Parameters
    ----------
    cars
        Variables by driver in this race.
    drivers
        Whose factors, one row each.
    field
        The drivers who make mean and standard deviation.

    Returns
    -------
    ndarray
        Columns as in the factor table, higher is better; 0, the middle, where none of a
        factor's variables exists.
    """
    rows, reference = list(drivers), sorted(field)
    columns = []
    for factor in FACTORS:
        raw = _factor_raw(cars, [*rows, *reference], reference, factor)
        mean, scale = _mean_and_scale(raw[len(rows) :])
        columns.append(np.nan_to_num((raw[: len(rows)] - mean) / scale))
    return np.array(columns).T


def _factor_raw(
    cars: Mapping[str, Mapping[str, float | None]],
    drivers: list[str],
    reference: list[str],
    factor: Factor,
) -> FloatArray:
    parts, weights = [], []
    for variable in factor.variables:
        values = _column(cars, drivers, variable.id)
        mean, scale = _mean_and_scale(_column(cars, reference, variable.id))
        parts.append(variable.sign * (values - mean) / scale)
        weights.append(np.where(np.isnan(parts[-1]), 0.0, variable.weight))
    total = np.sum(weights, axis=0)
    summed = np.sum(np.nan_to_num(parts) * np.array(weights), axis=0)
    found: FloatArray = np.where(total > 0.0, summed / np.where(total > 0.0, total, 1.0), np.nan)
    return found


def _column(
    cars: Mapping[str, Mapping[str, float | None]], drivers: list[str], variable: str
) -> FloatArray:
    values = (cars[driver].get(variable) for driver in drivers)
    return np.array([np.nan if value is None else value for value in values])


def _mean_and_scale(values: FloatArray) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    fewest = 2
    if len(known) < fewest:
        return (float(known.mean()) if len(known) else 0.0), 1.0
    return float(known.mean()), float(known.std()) or 1.0


def fit(features: Features, finishes: Finishes, samples: list[Sample]) -> FinishModel:
    """Fit the model, with the strength of its ridge found by leaving races out of the samples."""
    blocks = _blocks(features, finishes, samples)
    if not blocks:
        return FinishModel(np.zeros(len(FACTORS)))
    errors = []
    for ridge in RIDGES:
        error = 0.0
        for left_out, (skills, behind) in blocks.items():
            kept = [block for key, block in blocks.items() if key != left_out]
            if kept:
                model = _fit_blocks(kept, ridge)
                error += float(np.sum((behind - model.places_from_middle(skills)) ** 2))
        errors.append(error)
    return _fit_blocks(list(blocks.values()), RIDGES[int(np.argmin(errors))])


Block = tuple[FloatArray, FloatArray]


def _blocks(features: Features, finishes: Finishes, samples: list[Sample]) -> dict[RaceKey, Block]:
    by_race: dict[RaceKey, list[Sample]] = {}
    for sample in samples:
        by_race.setdefault(sample.key, []).append(sample)
    found = {}
    for key, rows in by_race.items():
        drivers = [row.driver for row in rows]
        behind = np.array([row.finish - middle_of(finishes[key]) for row in rows])
        found[key] = (skills_in_race(features[key], drivers, drivers), behind)
    return found


def middle_of(order: Mapping[str, int]) -> float:
    """Return the middle place of a race."""
    return (len(order) + 1) / 2


def _fit_blocks(blocks: list[Block], ridge: float) -> FinishModel:
    skills = np.concatenate([block[0] for block in blocks])
    behind = np.concatenate([block[1] for block in blocks])
    return FinishModel(non_negative_ridge(skills, -behind, ridge))


def non_negative_ridge(x: FloatArray, y: FloatArray, ridge: float) -> FloatArray:
    """Return the coefficients ≥ 0 that minimise ``|y − x·b|² + ridge·|b|²``.

    Exact for the few columns here: every subset of free coefficients is tried.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> non_negative_ridge(x, np.array([2.0, -1.0, 2.0]), 0.0).tolist()
    [2.0, 0.0]
    """
    count = x.shape[1]
    gram, target = x.T @ x + ridge * np.eye(count), x.T @ y
    best, lowest = np.zeros(count), 0.0
    for size in range(1, count + 1):
        for free in combinations(range(count), size):
            chosen = list(free)
            part = np.linalg.lstsq(gram[np.ix_(chosen, chosen)], target[chosen], rcond=None)[0]
            cost = -float(part @ target[chosen])
            if np.all(part >= 0.0) and cost < lowest - 1e-12:
                best, lowest = np.zeros(count), cost
                best[chosen] = part
    return best


def _validate(
    features: Features,
    finishes: Finishes,
    samples: list[Sample],
    folds: list[list[Sample]],
) -> Validation:
    predicted: dict[Sample, float] = {}
    for fold in folds:
        left_out = set(fold)
        kept = [sample for sample in samples if sample not in left_out]
        model = fit(features, finishes, kept)
        by_race: dict[RaceKey, list[Sample]] = {}
        for sample in fold:
            by_race.setdefault(sample.key, []).append(sample)
        for key, rows in by_race.items():
            drivers = [row.driver for row in rows]
            # The field of a race whose other cars were seen in training is theirs alone.
            field = [row.driver for row in kept if row.key == key] or drivers
            skills = skills_in_race(features[key], drivers, field)
            places = model.places_from_middle(skills) + middle_of(finishes[key])
            predicted.update(zip(rows, places.tolist(), strict=True))
    return measure(predicted)


def measure(predicted: Mapping[Sample, float]) -> Validation:
    """Return how good predicted places are."""
    finish = np.array([sample.finish for sample in predicted], dtype=np.float64)
    places = np.array(list(predicted.values()))
    left = float(np.sum((finish - places) ** 2))
    total = float(np.sum((finish - finish.mean()) ** 2))
    return Validation(
        n=len(finish),
        r2=1.0 - left / total if total else 0.0,
        mae_places=float(np.mean(np.abs(finish - places))) if len(finish) else 0.0,
        spearman=_mean_over_races(predicted),
    )


def _mean_over_races(predicted: Mapping[Sample, float]) -> float:
    keys = sorted({sample.key for sample in predicted})
    pairs: Callable[[RaceKey], list[tuple[int, float]]] = lambda key: [  # noqa: E731
        (sample.finish, place) for sample, place in predicted.items() if sample.key == key
    ]
    found = [
        rho for key in keys if (rho := rank_correlation(*zip(*pairs(key), strict=True))) is not None
    ]
    return float(np.mean(found)) if found else 0.0
