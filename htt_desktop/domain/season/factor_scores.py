"""The variables of one race as standing within a field, in standard deviations, higher is better.

Ranks rather than values: one qualifying lap spoilt by a red flag or one lap behind a spin would
stretch the scale for everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import (
    FACTORS,
    OVERALL_WEIGHTS,
    VARIABLES_BY_ID,
    Factor,
    Variable,
)
from htt_desktop.domain.season.lap_figures import percentiles

UNIFORM_SD = 100.0 / sqrt(12.0)
"""Standard deviation of percentiles that fill 0–100 evenly."""

COLUMNS: tuple[Variable, ...] = tuple(
    variable for factor in FACTORS for variable in factor.variables
)
"""Order of the columns."""

_FACTOR_COLUMNS = tuple(
    tuple(COLUMNS.index(variable) for variable in factor.variables) for factor in FACTORS
)

Features = Mapping[RaceKey, Mapping[str, Mapping[str, float | None]]]
"""By race, driver and variable id."""


def race_skills(
    cars: Mapping[str, Mapping[str, float | None]],
    drivers: Sequence[str],
    field: Sequence[str],
) -> FloatArray:
    """Return where drivers stand within a field, one row per driver.

    Parameters
    ----------
    cars
        Variables by driver in this race.
    drivers
        Whose rows.
    field
        The drivers they are compared with; it may contain them.

    Returns
    -------
    ndarray
        Percentile of every variable, centred and in standard deviations. A missing
        variable stands where the driver's other variables of the same factor stand, and in
        the middle when there are none.
    """
    own, others = _table(cars, drivers), _table(cars, field)
    below = np.nansum(own[:, None, :] > others[None, :, :], axis=1)
    equal = np.nansum(own[:, None, :] == others[None, :, :], axis=1)
    known = np.maximum(np.sum(~np.isnan(others), axis=0), 1)
    skills = (100.0 * (below + equal / 2.0) / known - 50.0) / UNIFORM_SD
    missing = np.isnan(own) | np.all(np.isnan(others), axis=0)
    return _filled(skills, missing)


def _table(cars: Mapping[str, Mapping[str, float | None]], drivers: Sequence[str]) -> FloatArray:
    rows = [
        [
            np.nan if (value := cars[driver].get(variable.id)) is None else variable.sign * value
            for variable in COLUMNS
        ]
        for driver in drivers
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))


def _filled(skills: FloatArray, missing: np.ndarray) -> FloatArray:
    found = np.where(missing, 0.0, skills)
    for columns in _FACTOR_COLUMNS:
        block, gaps = found[:, columns], missing[:, columns]
        known = np.sum(~gaps, axis=1)
        mean = np.sum(block, axis=1) / np.maximum(known, 1)
        found[:, columns] = np.where(gaps, mean[:, None], block)
    return found


@dataclass(frozen=True)
class Scored:
    """The factors of one driver.

    Attributes
    ----------
    factors
        By factor id, always all four.
    overall
        Weighted mean, ``None`` when a factor is missing.
    """

    factors: dict[str, FactorScore]
    overall: float | None


def score_drivers(features: Features) -> Mapping[str, Scored]:
    """Return the factors of every driver, 0–100 within the field, higher is better.

    Parameters
    ----------
    features
        Variables by race and driver, see
        :func:`~htt_desktop.domain.season.race_features.race_features`.

    Returns
    -------
    mapping
        By driver. A variable's raw value is the mean over the driver's races that have it, drawn
        towards the field's mean as by :attr:`Variable.prior_races` more races, so that two
        lucky races put nobody on top; its percentile is taken among the drivers who have
        it, with the sign of the table. The weights of a factor are shared out over the
        variables a driver has.
    """
    drivers = sorted({driver for cars in features.values() for driver in cars})
    raw, races = _season_means(features, drivers)
    marks = {variable: _percentiles(variable, values) for variable, values in raw.items()}
    factors: dict[str, dict[str, FactorScore]] = {driver: {} for driver in drivers}
    for factor in FACTORS:
        scores = {driver: _score(factor, driver, raw, marks, races) for driver in drivers}
        known = sorted((s.score for s in scores.values() if s.score is not None), reverse=True)
        for driver, score in scores.items():
            rank = None if score.score is None else known.index(score.score) + 1
            factors[driver][factor.id] = FactorScore(
                score=score.score, rank=rank, of=len(known), races=score.races,
                variables=score.variables,
            )  # fmt: skip
    return {driver: Scored(found, _overall(found)) for driver, found in factors.items()}


def _season_means(
    features: Features, drivers: list[str]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, int]]]:
    raw: dict[str, dict[str, float]] = {}
    races: dict[str, dict[str, int]] = {}
    for variable in VARIABLES_BY_ID.values():
        values = {driver: _values(features, driver, variable.id) for driver in drivers}
        means = {driver: fmean(known) for driver, known in values.items() if known}
        field = fmean(means.values()) if means else 0.0
        races[variable.id] = {driver: len(values[driver]) for driver in means}
        raw[variable.id] = {
            driver: field + (mean - field) * own / (own + variable.prior_races)
            for driver, mean in means.items()
            if (own := len(values[driver]))
        }
    return raw, races


def _values(features: Features, driver: str, variable: str) -> list[float]:
    return [
        value
        for cars in features.values()
        if driver in cars and (value := cars[driver].get(variable)) is not None
    ]


def _percentiles(variable: str, values: Mapping[str, float]) -> dict[str, float]:
    sign = VARIABLES_BY_ID[variable].sign
    marks = percentiles([sign * value for value in values.values()])
    return dict(zip(values, marks.tolist(), strict=True))


def _score(
    factor: Factor,
    driver: str,
    raw: Mapping[str, Mapping[str, float]],
    marks: Mapping[str, Mapping[str, float]],
    races: Mapping[str, Mapping[str, int]],
) -> FactorScore:
    total = sum(one.weight for one in factor.variables if driver in marks[one.id])
    variables = {}
    for one in factor.variables:
        mark = marks[one.id].get(driver)
        weight = 0.0 if mark is None else one.weight / total
        variables[one.id] = VariableScore(
            raw=raw[one.id].get(driver),
            percentile=mark,
            weight=weight,
            contribution=None if mark is None else weight * mark,
            races=races[one.id].get(driver, 0),
        )
    parts = [one.contribution for one in variables.values() if one.contribution is not None]
    return FactorScore(
        score=sum(parts) if parts else None,
        rank=None,
        of=0,
        races=max(one.races for one in variables.values()),
        variables=variables,
    )


def _overall(factors: Mapping[str, FactorScore]) -> float | None:
    parts = []
    for factor, weight in OVERALL_WEIGHTS.items():
        score = factors[factor].score
        if score is None:
            return None
        parts.append(weight * score)
    return sum(parts)
