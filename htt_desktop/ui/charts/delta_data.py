"""The delta with its band, as it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.segment_band import bands_from
from htt_desktop.ui import formats
from htt_desktop.ui.charts.lap_axis import LapAxis
from htt_desktop.ui.charts.track_marks import loop_label

_SMALLEST_SPAN_S = 0.04
"""The delta axis never shows less than this, or noise would fill the panel."""


@dataclass(frozen=True)
class LoopDot:
    """The official difference at a loop."""

    label: str
    x: float
    official_delta_s: float


@dataclass(frozen=True, eq=False)
class DeltaData:
    """The delta over the horizontal axis.

    Attributes
    ----------
    x, distance_m
        Axis position and lap distance of each point, strictly increasing.
    delta_s, band_s
        Compared − reference and its 95 % half-width; both NaN where either lap has
        no telemetry.
    loops
        Official differences, on the same zero as ``delta_s``.
    zero_s, zero_band_s
        What was taken off: the delta at the chosen zero, and its own band there; both 0
        for the line.
    """

    x: FloatArray
    distance_m: FloatArray
    delta_s: FloatArray
    band_s: FloatArray
    loops: tuple[LoopDot, ...]
    zero_s: float
    zero_band_s: float = 0.0

    @property
    def are_loops_exact(self) -> bool:
        """Whether the difference at the loops is official, to the millisecond."""
        return not formats.band(self.zero_band_s)

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Return delta and band at an axis position, ``None`` where unknown."""
        if not self.x.size or not self.x[0] <= x <= self.x[-1]:
            return None, None
        delta_s = float(np.interp(x, self.x, self.delta_s))
        band_s = float(np.interp(x, self.x, self.band_s))
        return (delta_s, band_s) if math.isfinite(delta_s) else (None, None)

    def value_range(self, start: float, end: float) -> tuple[float, float]:
        """Return the vertical range that holds the delta, its band and zero in a view."""
        first, last = np.searchsorted(self.x, (start, end))
        part = slice(max(int(first) - 1, 0), int(last) + 1)
        low = self.delta_s[part] - self.band_s[part]
        high = self.delta_s[part] + self.band_s[part]
        dots = [dot.official_delta_s for dot in self.loops if start <= dot.x <= end]
        lowest = min(0.0, *dots, float(np.nanmin(low, initial=0.0)))
        highest = max(0.0, *dots, float(np.nanmax(high, initial=0.0)))
        missing = _SMALLEST_SPAN_S - (highest - lowest)
        if missing > 0:
            lowest, highest = lowest - missing / 2, highest + missing / 2
        air = (highest - lowest) * 0.12
        return lowest - air, highest + air


def prepare_delta(comparison: Comparison, axis: LapAxis, zero_m: float | None = None) -> DeltaData:
    """Return the delta of a comparison on an axis, re-zeroed as asked."""
    delta = comparison.delta
    distance_m = delta.distance_m
    shown_s = delta.delta_s
    zero_s = 0.0 if zero_m is None else float(np.interp(zero_m, distance_m, shown_s))
    band_s = delta.band_s if zero_m is None else bands_from(delta, zero_m)
    zero_band_s = 0.0 if zero_m is None else float(np.interp(zero_m, distance_m, delta.band_s))
    dots = tuple(
        LoopDot(loop_label(loop.name), axis.to_x(loop.distance_m), loop.official_delta_s - zero_s)
        for loop in comparison.loops
    )
    return DeltaData(
        axis.many_to_x(distance_m),
        distance_m,
        np.where(delta.known, shown_s - zero_s, np.nan),
        np.where(delta.known, band_s, np.nan),
        dots,
        zero_s,
        zero_band_s,
    )
