"""The pace of the last third of a race against what the rest of the race predicts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

FEWEST_CARS = 8
"""Fewer cars draw no line."""

FURTHEST_PERCENT = 4.0
"""A car further from the field's middle was damaged or cruising; it is judged by the line of the
others and does not bend it."""


def losses_beyond_expected(
    paces: Mapping[str, tuple[float, float, float]],
) -> Mapping[str, float | None]:
    """Return how much slower each car was late than the field predicts, in per cent.

    The plain slope of the lap times does not do: who starts slowly gains most, so it spoke
    against the finish. Here the late pace is compared with that of cars of the same pace
    before and the same best lap.

    Parameters
    ----------
    paces
        By printed number: pace before the last third, best lap, and pace in the last third,
        each in per cent above the field.

    Returns
    -------
    mapping
        By printed number; below zero where less was lost than expected. Empty with fewer
        than :data:`FEWEST_CARS` cars.
    """
    numbers = list(paces)
    rows = np.array([paces[number] for number in numbers], dtype=np.float64).reshape(-1, 3)
    before, late = np.column_stack([np.ones(len(rows)), rows[:, :2]]), rows[:, 2]
    if len(rows) < FEWEST_CARS:
        return {}
    usual = np.abs(late - np.median(late)) <= FURTHEST_PERCENT
    if usual.sum() < FEWEST_CARS:
        return {}
    line = np.linalg.lstsq(before[usual], late[usual], rcond=None)[0]
    return dict(zip(numbers, (late - before @ line).tolist(), strict=True))
