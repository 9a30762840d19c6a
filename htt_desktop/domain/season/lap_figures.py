"""Statistics of a season: ranks, percentiles, trends, and clean laps against the field.

Values that are equal share the middle rank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray


def middle_ranks(values: Sequence[float] | FloatArray) -> FloatArray:
    """Return ranks from 1 for the smallest value; equal values share the mean of their ranks.

    Examples
    --------
    >>> middle_ranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    array = np.asarray(values, dtype=np.float64)
    ordered = np.sort(array)
    below = np.searchsorted(ordered, array, side="left")
    equal = np.searchsorted(ordered, array, side="right") - below
    ranks: FloatArray = below + (equal + 1) / 2.0
    return ranks


def percentiles(values: Sequence[float] | FloatArray) -> FloatArray:
    """Return the share of the field below each value, ties and itself counted half, in per cent.

    Examples
    --------
    >>> percentiles([10.0, 20.0, 30.0, 40.0]).tolist()
    [12.5, 37.5, 62.5, 87.5]
    """
    ranks = middle_ranks(values)
    found: FloatArray = 100.0 * (ranks - 0.5) / max(len(ranks), 1)
    return found


def rank_correlation(
    first: Sequence[float] | FloatArray, second: Sequence[float] | FloatArray
) -> float | None:
    """Return Spearman's ρ, ``None`` for fewer than three pairs or a constant side.

    Examples
    --------
    >>> rank_correlation([1.0, 2.0, 3.0], [10.0, 20.0, 15.0])
    0.5
    """
    smallest = 3
    if len(first) < smallest:
        return None
    a, b = middle_ranks(first), middle_ranks(second)
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt(np.sum(a * a) * np.sum(b * b)))
    return None if scale == 0.0 else float(np.sum(a * b)) / scale


def clean_laps(laps: Sequence[OfficialLap]) -> tuple[OfficialLap, ...]:
    """Return the laps that are clean by timing alone, in lap order."""
    ordered = sorted(laps, key=lambda lap: lap.lap_number)
    return tuple(lap for lap, why in zip(ordered, timing_reasons(ordered), strict=True) if not why)


def lap_times_s(laps: Sequence[OfficialLap]) -> FloatArray:
    """Return the lap times."""
    return np.array([lap.lap_time_s for lap in laps], dtype=np.float64)


def lap_numbers(laps: Sequence[OfficialLap]) -> FloatArray:
    """Return the lap numbers as figures to calculate with."""
    return np.array([lap.lap_number for lap in laps], dtype=np.float64)


def robust_slope(x: FloatArray, y: FloatArray) -> float:
    """Return the median of the slopes through all pairs of points.

    Examples
    --------
    >>> robust_slope(np.arange(5.0), np.array([1.0, 3.0, 5.0, 7.0, 99.0]))
    2.0

    References
    ----------
    H. Theil (1950) and P. K. Sen (1968).
    """
    first, second = np.triu_indices(len(x), k=1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first])))


def field_medians_s(
    laps: Mapping[str, Sequence[OfficialLap]], fewest_cars: int
) -> Mapping[int, float]:
    """Return by lap number the field's median lap time; laps of too few cars are absent."""
    times_s: dict[int, list[float]] = {}
    for driven in laps.values():
        for lap in driven:
            times_s.setdefault(lap.lap_number, []).append(lap.lap_time_s)
    return {number: median(found) for number, found in times_s.items() if len(found) >= fewest_cars}


def above_field_percent(
    laps: Sequence[OfficialLap], medians_s: Mapping[int, float]
) -> tuple[FloatArray, FloatArray]:
    """Return lap numbers and how far each lap lies above the field's median of that lap.

    What every car shares falls out: fuel burnt off, the track gaining grip, restarts.
    """
    rows = [
        (float(lap.lap_number), 100.0 * (lap.lap_time_s / medians_s[lap.lap_number] - 1.0))
        for lap in laps
        if lap.lap_number in medians_s
    ]
    found = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
