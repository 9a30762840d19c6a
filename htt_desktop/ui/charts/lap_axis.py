"""From lap distance to the horizontal axis and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.axis_mode import AxisMode


@dataclass(frozen=True, eq=False)
class LapAxis:
    """The horizontal axis of one comparison.

    Places on the track (corners, loops, cursor) stand where the reference lap passed
    them, so over time they follow the reference lap's clock.

    Attributes
    ----------
    mode
        What the axis counts.
    knot_m, knot_s
        Map between lap distance and time of the reference lap, strictly increasing.
    end
        Right end of the axis, in metres or seconds.
    """

    mode: AxisMode
    knot_m: FloatArray
    knot_s: FloatArray
    end: float

    @classmethod
    def of(cls, mode: AxisMode, reference: AlignedLap, compared: AlignedLap) -> LapAxis:
        """Return the axis that holds both laps whole."""
        if mode is AxisMode.DISTANCE:
            end = float(reference.knot_m[-1])
        else:
            end = float(max(reference.knot_s[-1], compared.knot_s[-1]))
        return cls(mode, reference.knot_m, reference.knot_s, end)

    def many_to_x(self, distance_m: FloatArray) -> FloatArray:
        """Return axis positions of lap distances, same shape."""
        if self.mode is AxisMode.DISTANCE:
            return distance_m
        return np.interp(distance_m, self.knot_m, self.knot_s)

    def to_x(self, distance_m: float) -> float:
        """Return the axis position of a lap distance."""
        if self.mode is AxisMode.DISTANCE:
            return distance_m
        return float(np.interp(distance_m, self.knot_m, self.knot_s))

    def to_distance(self, x: float) -> float:
        """Return the lap distance at an axis position, within the lap."""
        if self.mode is AxisMode.DISTANCE:
            return min(max(x, 0.0), float(self.knot_m[-1]))
        return float(np.interp(x, self.knot_s, self.knot_m))
