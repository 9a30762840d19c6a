"""The variables of one race as standing within a field, in standard deviations, higher is better.

Ranks rather than values: one qualifying lap spoilt by a red flag or one lap behind a spin would
stretch the scale for everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_table import FACTORS, Variable

UNIFORM_SD = 100.0 / sqrt(12.0)
"""Standard deviation of percentiles that fill 0–100 evenly."""

COLUMNS: tuple[Variable, ...] = tuple(
    variable for factor in FACTORS for variable in factor.variables
)
"""Order of the columns."""

_FACTOR_COLUMNS = tuple(
    tuple(COLUMNS.index(variable) for variable in factor.variables) for factor in FACTORS
)


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
