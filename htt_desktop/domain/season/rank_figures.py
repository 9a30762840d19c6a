"""Ranks, percentiles and rank correlation, with ties sharing the middle rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from htt_desktop.domain.recording import FloatArray


def middle_ranks(values: Sequence[float] | FloatArray) -> FloatArray:
    """Return ranks from 1 for the smallest value; equal values share the mean of their ranks.

    Examples
    --------
    >>> middle_ranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    """
    array = np.asarray(values, dtype=np.float64)
    below = (array[:, None] > array[None, :]).sum(axis=1)
    equal = (array[:, None] == array[None, :]).sum(axis=1)
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
