"""One channel of one lap, ready to draw and to read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.readings import Spread


@dataclass(frozen=True, eq=False)
class LapTrace:
    """Samples over the horizontal axis.

    Attributes
    ----------
    x, value
        Shape ``(samples,)``; ``x`` non-decreasing, NaN values mark a gap.
    distance_m
        Lap distance of each sample, shape ``(samples,)``.
    stepped
        The value holds until the next sample.
    """

    x: FloatArray
    value: FloatArray
    distance_m: FloatArray
    stepped: bool

    def value_at(self, x: float) -> float | None:
        """Return the drawn value at an axis position; ``None`` in a gap or outside.

        Examples
        --------
        >>> trace = LapTrace(*(np.array([[0.0, 1, 2], [0.0, 10, np.nan], [0, 1, 2]])), False)
        >>> trace.value_at(0.5), trace.value_at(1.5), trace.value_at(9.0)
        (5.0, None, None)
        """
        last = self.x.size - 1
        after = int(self.x.searchsorted(x, side="right"))
        if after == 0 or last < 0 or x > self.x[last]:
            return None
        before = after - 1
        value = float(self.value[before])
        if not self.stepped and before < last:
            width = float(self.x[after] - self.x[before])
            share = (x - float(self.x[before])) / width
            if share > 0:
                value += (float(self.value[after]) - value) * share
        return value if math.isfinite(value) else None

    def values_at(self, x: FloatArray) -> FloatArray:
        """Return the drawn values at many positions, NaN in gaps and outside."""
        if not self.x.size:
            return np.full(x.shape, np.nan)
        if not self.stepped:
            return np.interp(x, self.x, self.value, left=np.nan, right=np.nan)
        index = np.searchsorted(self.x, x, side="right") - 1
        inside = (index >= 0) & (x <= self.x[-1])
        return np.where(inside, self.value[np.clip(index, 0, None)], np.nan)

    def outline(self) -> tuple[FloatArray, FloatArray]:
        """Return the points of the line to draw; stepped channels get their corners."""
        if not self.stepped or self.x.size < 2:
            return self.x, self.value
        # Each value is held up to the next sample: (x0, v0), (x1, v0), (x1, v1), …
        return np.repeat(self.x, 2)[1:], np.repeat(self.value, 2)[:-1]

    def spread(self, start_m: float, end_m: float) -> Spread | None:
        """Return the spread of the samples between two lap distances.

        The mean weighs all samples alike, which for an even sampling rate is the mean
        over time; ``None`` when no sample lies inside.
        """
        inside = self.value[(self.distance_m >= start_m) & (self.distance_m <= end_m)]
        inside = inside[np.isfinite(inside)]
        if not inside.size:
            return None
        return Spread(float(inside.min()), float(inside.max()), float(inside.mean()))


def difference(reference: LapTrace, compared: LapTrace) -> LapTrace:
    """Return compared − reference wherever either lap has a sample.

    Linear channels are interpolated, stepped ones hold their previous sample; a gap of
    either lap is a gap of the difference.

    Examples
    --------
    >>> x = np.array([0.0, 2.0])
    >>> low, high = (LapTrace(x, x * k, x, stepped=False) for k in (1, 3))
    >>> difference(low, high).value.tolist()
    [0.0, 4.0]
    """
    x = np.union1d(reference.x, compared.x)
    value = compared.values_at(x) - reference.values_at(x)
    distance_m = np.interp(x, reference.x, reference.distance_m) if reference.x.size else x
    return LapTrace(x, value, distance_m, reference.stepped)
