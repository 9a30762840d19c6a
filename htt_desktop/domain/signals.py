"""Integrals, averages, runs and spreads of sampled signals.

Results are held bit for bit by tests and published figures: the order of the operations in
here is part of what they promise.
"""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.recording import BoolArray, FloatArray, IntArray

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""


def cumulative_trapezoid(values: FloatArray, spacing: FloatArray | float) -> FloatArray:
    """Integrate samples by the trapezoidal rule, from zero at the first.

    Parameters
    ----------
    values
        Shape ``(samples,)``.
    spacing
        Distance between neighbouring samples: one for all or shape ``(samples - 1,)``.

    Returns
    -------
    array
        Shape ``(samples,)``; empty without samples.

    Examples
    --------
    >>> cumulative_trapezoid(np.array([0.0, 2.0, 2.0]), np.array([1.0, 3.0]))
    array([0., 1., 7.])
    """
    steps = spacing * (values[1:] + values[:-1]) / 2.0
    return np.concatenate((np.zeros(min(values.size, 1)), np.cumsum(steps)))


def moving_average(values: FloatArray, reach: int) -> FloatArray:
    """Return the mean of the known values within so many samples; unknown ones stay unknown.

    Examples
    --------
    >>> moving_average(np.array([1.0, 2.0, 6.0, np.nan]), 1)
    array([1.5, 3. , 4. , nan])
    """
    known = np.isfinite(values)
    totals = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(known)))
    index = np.arange(values.size)
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, values.size)
    smooth = (totals[high] - totals[low]) / np.maximum(counts[high] - counts[low], 1)
    return np.where(known, smooth, np.nan)


def moving_average_around(values: FloatArray, reach: int) -> FloatArray:
    """Return the moving average of a closed lap, whose end goes on at its beginning.

    Parameters
    ----------
    values
        Shape ``(points,)``, finite; the first is not repeated at the end.
    reach
        Points on either side.
    """
    return moving_average(_wrapped(values, reach), reach)[reach : reach + values.size]


def hann_average_around(values: FloatArray, reach: int) -> FloatArray:
    """Return :func:`moving_average_around` with the weights of a Hann window."""
    window = np.hanning(2 * reach + 3)[1:-1]
    window /= window.sum()
    return np.convolve(_wrapped(values, reach), window, mode="valid")


def _wrapped(values: FloatArray, reach: int) -> FloatArray:
    return np.concatenate((values[values.size - reach :], values, values[:reach]))


def runs(mask: BoolArray) -> IntArray:
    """Return where a state begins and ends.

    Returns
    -------
    array
        Shape ``(runs, 2)``: the first sample of each run of True, and the one after its last.

    Examples
    --------
    >>> runs(np.array([True, False, True, True])).tolist()
    [[0, 1], [2, 4]]
    """
    return np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)


def robust_spread(values: FloatArray, middle: float | None = None) -> float:
    """Return 1.4826 × the median absolute deviation, from the median unless told.

    Examples
    --------
    >>> robust_spread(np.array([1.0, 2.0, 3.0, 4.0, 100.0]))
    1.4826
    """
    centre = np.median(values) if middle is None else middle
    return MAD_TO_SIGMA * float(np.median(np.abs(values - centre)))
