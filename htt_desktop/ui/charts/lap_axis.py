"""The horizontal axis of the stack, distance or time, and the history of its zoom."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.recording import FloatArray

_SMALLEST_SHARE = 1 / 2000
"""No view is narrower than this share of the lap: about two metres."""

_MOST_STEPS = 100
"""So many views can be gone back to."""


class AxisMode(StrEnum):
    """Quantity on the horizontal axis."""

    DISTANCE = "distance"
    TIME = "time"


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


@dataclass(frozen=True)
class View:
    """Visible stretch of the horizontal axis, in its own unit."""

    start: float
    end: float

    @property
    def span(self) -> float:
        """Width of the view."""
        return self.end - self.start

    def is_close(self, other: View) -> bool:
        """Return whether two views differ by less than a thousandth of a pixel."""
        slack = self.span * 1e-7
        return abs(self.start - other.start) <= slack and abs(self.end - other.end) <= slack

    def within(self, end: float) -> View:
        """Return the view moved, and cut if need be, into ``0`` to ``end``.

        Examples
        --------
        >>> View(-10.0, 90.0).within(80.0), View(70.0, 90.0).within(80.0)
        (View(start=0.0, end=80.0), View(start=60.0, end=80.0))
        """
        low, high = min(self.start, self.end), max(self.start, self.end)
        span = min(max(high - low, end * _SMALLEST_SHARE), end)
        middle = (low + high) / 2
        start = min(max(middle - span / 2, 0.0), end - span)
        return View(start, start + span)

    def zoomed(self, factor: float, about: float) -> View:
        """Return the view that shows ``1 / factor`` as much, with one place kept still."""
        return View(about - (about - self.start) / factor, about + (self.end - about) / factor)

    def zoomed_out_to(self, box: View) -> View:
        """Return the view in which the present one takes up only the box.

        Examples
        --------
        >>> View(40.0, 60.0).zoomed_out_to(View(45.0, 55.0))
        View(start=30.0, end=70.0)
        """
        factor = self.span / box.span if box.span > 0 else 2.0
        start = self.start - (box.start - self.start) * factor
        return View(start, start + self.span * factor)


class ZoomHistory:
    """Views behind and ahead of the present one."""

    def __init__(self, view: View) -> None:
        self._back: deque[View] = deque(maxlen=_MOST_STEPS)
        self._ahead: deque[View] = deque(maxlen=_MOST_STEPS)
        self._gesture: str | None = None
        self.view = view

    def go(self, view: View, gesture: str | None = None) -> None:
        """Change the view; steps of one gesture, such as a wheel's, are undone at once."""
        if view == self.view:
            return
        if gesture is None or gesture != self._gesture:
            self._back.append(self.view)
        self._gesture = gesture
        self._ahead.clear()
        self.view = view

    def end_gesture(self) -> None:
        """Let the next step count on its own."""
        self._gesture = None

    def back(self) -> bool:
        """Return to the view before; ``False`` when there is none."""
        return self._step(self._back, self._ahead)

    def forward(self) -> bool:
        """Undo the way back; ``False`` when there is nothing ahead."""
        return self._step(self._ahead, self._back)

    def _step(self, source: deque[View], target: deque[View]) -> bool:
        self._gesture = None
        if not source:
            return False
        target.append(self.view)
        self.view = source.pop()
        return True
