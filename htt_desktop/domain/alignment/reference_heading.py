"""The heading of the track over lap distance, learnt from many laps.

Corners lie where they lie: a lap whose heading runs ahead of the others' is further along
than its integrated speed says. The reference heading carries that knowledge from lap to lap and
from car to car, also where there is no GPS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from htt_desktop.domain.recording import FloatArray

GRID_STEP_M = 3.0
OVERHANG_M = 350.0
"""The reference heading reaches beyond the line on both sides, because recordings do."""

FEWEST_LAPS = 2


@dataclass(frozen=True, eq=False)
class ReferenceHeading:
    """Heading over lap distance.

    Attributes
    ----------
    distance_m
        Evenly spaced, shape ``(points,)``; reaches beyond both ends of the lap.
    heading_rad
        Shape ``(points,)``, positive to the left; NaN where no lap was recorded.
        The constant is arbitrary.
    laps
        Number of laps behind it.
    """

    distance_m: FloatArray
    heading_rad: FloatArray
    laps: int

    def heading_at(self, lap_distance_m: FloatArray) -> FloatArray:
        """Return the heading at lap distances; NaN where it is unknown."""
        return np.interp(
            lap_distance_m, self.distance_m, self.heading_rad, left=np.nan, right=np.nan
        )

    def curvature_at(self, lap_distance_m: FloatArray) -> FloatArray:
        """Return the heading's derivative in rad/m at lap distances; NaN where it is unknown."""
        return np.interp(lap_distance_m, self.distance_m, self._slope, left=np.nan, right=np.nan)

    @cached_property
    def _slope(self) -> FloatArray:
        return np.gradient(self.heading_rad, self.distance_m)


def heading_grid_m(length_m: float) -> FloatArray:
    """Return the lap distances at which a reference heading is kept."""
    return np.arange(-OVERHANG_M, length_m + OVERHANG_M, GRID_STEP_M)


def learn_reference_heading(
    distance_m: FloatArray, runs: Sequence[tuple[FloatArray, FloatArray]]
) -> ReferenceHeading | None:
    """Return the median heading of several laps.

    Parameters
    ----------
    distance_m
        Grid from :func:`heading_grid_m`.
    runs
        Per lap its distances (increasing) and its heading there.

    Returns
    -------
    ReferenceHeading or None
        ``None`` with fewer than two usable laps: one lap teaches nothing about itself.
    """
    headings = []
    for lap_distance_m, heading_rad in runs:
        known = np.isfinite(heading_rad) & np.isfinite(lap_distance_m)
        if known.sum() < 2:
            continue
        headings.append(
            np.interp(
                distance_m, lap_distance_m[known], heading_rad[known], left=np.nan, right=np.nan
            )
        )
    if len(headings) < FEWEST_LAPS:
        return None
    stack = np.stack(headings)
    level = stack[int(np.argmax(np.isfinite(stack).sum(axis=1)))].copy()
    # Laps start from any heading: bring them together before the median is taken.
    for _ in range(3):
        shift = _median(stack - level, axis=1)
        stack = stack - np.where(np.isfinite(shift), shift, 0.0)[:, None]
        middle = _median(stack, axis=0)
        level = np.where(np.isfinite(middle), middle, level)
    return ReferenceHeading(distance_m, level, len(headings))


def _median(values: FloatArray, axis: int) -> FloatArray:
    """Return the median without missing values, NaN where all are missing, and no warning."""
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(values).sum(axis=axis)
    low = np.expand_dims(np.maximum((count - 1) // 2, 0), axis)
    high = np.expand_dims(np.maximum(count // 2, 0), axis)
    high = np.minimum(high, values.shape[axis] - 1)
    first = np.take_along_axis(ordered, low, axis=axis)
    second = np.take_along_axis(ordered, np.where(np.expand_dims(count, axis) > 0, high, 0), axis)
    return np.asarray(np.squeeze((first + second) / 2, axis=axis))
