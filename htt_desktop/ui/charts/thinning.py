"""Fewer points where the screen could not show them all."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.recording import FloatArray

POINTS_PER_PIXEL = 16
"""More points than this per pixel are thinned; one lap at 23 Hz never gets there."""


def needs_thinning(points: int, pixels: int) -> bool:
    """Return whether so many points on so few pixels should be thinned."""
    return points > POINTS_PER_PIXEL * max(pixels, 1)


def peaks(x: FloatArray, y: FloatArray, pixels: int) -> tuple[FloatArray, FloatArray]:
    """Return lowest and highest point of each pixel's worth of samples, in order.

    Extremes survive, and so does every gap: a group that holds a NaN ends in one.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> peaks(x, np.array([0, 5, 1, 2, 9, 3, 4, 4.0]), 2)[1].tolist()
    [0.0, 5.0, 9.0, 3.0]
    """
    size = max(x.size // max(pixels, 1), 2)
    groups = x.size // size
    cut = groups * size
    values = y[:cut].reshape(groups, size)
    gap = np.isnan(values).any(axis=1)
    low = np.where(np.isnan(values), np.inf, values).argmin(axis=1)
    high = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    first = np.arange(groups) * size
    picked = np.sort(np.stack((first + low, first + high), axis=1), axis=1).ravel()
    thin_x, thin_y = x[picked], y[picked]
    thin_y[1::2][gap] = np.nan
    return np.concatenate((thin_x, x[cut:])), np.concatenate((thin_y, y[cut:]))
