"""Which point of a scene lies under the pointer, and which is next for an arrow key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from htt_desktop.ui.painting.layout import Layout
from htt_desktop.ui.painting.scene import Series

_REACH_PX = 14.0
_SAME_PX = 1.5
_MOST_NAMES = 4


class HitMap:
    """The points of all series in pixels, counted through from the first series on."""

    def __init__(self, series: Sequence[Series], found: Layout) -> None:
        self._series = series
        self._labels = [one for one in found.labels if one.label.driver is not None]
        self._of_driver = {one.driver: i for i, one in enumerate(series) if len(one.x)}
        sizes = [len(one.x) for one in series]
        self._first = np.concatenate(([0], np.cumsum(sizes))).astype(int)
        self._owner = np.repeat(np.arange(len(series)), sizes)
        x = [value for one in series for value in one.x]
        y = [value for one in series for value in one.y]
        self._x, self._y = found.x_of.of(x), found.y_of.of(y)
        longest = int(np.argmax(sizes)) if sizes else 0
        pitch = np.diff(self._x[self._first[longest] : self._first[longest] + max([*sizes, 0])])
        # Where laps stand far apart, the line between two of them belongs to the nearer one.
        between = float(np.median(np.abs(pitch))) if pitch.size else 0.0
        self._squeeze = min(1.0, _REACH_PX / (between / 2 + 1.0))

    def nearest(self, x: float, y: float) -> int | None:
        """Return the point under a pixel; earlier series win ties.

        A driver's number stands for their last point.
        """
        if not self._x.size:
            return None
        for one in self._labels:
            is_over = 0 <= x - one.left <= one.width and 0 <= y - one.top <= one.height
            if is_over and one.label.driver in self._of_driver:
                return int(self._first[self._of_driver[one.label.driver] + 1]) - 1
        away = np.hypot(self._squeeze * (self._x - x), self._y - y)
        best = int(np.argmin(away))
        return best if away[best] <= _REACH_PX else None

    def neighbour(self, index: int | None, right: int, down: int) -> int | None:
        """Return the next point of the same series sideways, else the next in that direction."""
        if not self._x.size:
            return None
        if index is None:
            return 0
        across, below = self._x - self._x[index], self._y - self._y[index]
        ahead = across * right + below * down
        aside = np.abs(across * down) + np.abs(below * right)
        is_ahead = ahead > _SAME_PX / 2
        cost = np.where(is_ahead, ahead + 2 * aside, np.inf)
        # The same series first: an arrow follows a driver's line however steep it is.
        own = is_ahead & (self._owner == self._owner[index]) & bool(right)
        same = np.where(own, ahead + aside / 1000, np.inf)
        chosen = same if np.isfinite(same).any() else cost
        best = int(np.argmin(chosen))
        return best if np.isfinite(chosen[best]) else index

    def series_of(self, index: int) -> tuple[Series, int]:
        """Return the series of a point and its position within it."""
        owner = int(self._owner[index])
        return self._series[owner], index - int(self._first[owner])

    def pixel(self, index: int) -> QPointF:
        """Return where a point is."""
        return QPointF(float(self._x[index]), float(self._y[index]))

    def point_of(self, driver: str, index: int) -> QPointF:
        """Return where one of a driver's points is.

        Raises
        ------
        KeyError
            The driver has no such point.
        """
        for number, series in enumerate(self._series):
            if series.driver == driver and index < len(series.x):
                return self.pixel(int(self._first[number]) + index)
        raise KeyError(driver, index)

    def polyline(self, index: int) -> QPolygonF:
        """Return the line through all points of the series a point belongs to."""
        owner = int(self._owner[index])
        own = slice(self._first[owner], self._first[owner + 1])
        both = zip(self._x[own].tolist(), self._y[own].tolist(), strict=True)
        return QPolygonF([QPointF(x, y) for x, y in both])

    def tooltip_of(self, index: int) -> str:
        """Return what there is to say about a point, and whoever else stands exactly there."""
        away = np.maximum(np.abs(self._x - self._x[index]), np.abs(self._y - self._y[index]))
        here = [index, *(int(i) for i in np.flatnonzero(away < _SAME_PX) if i != index)]
        # Two laps of one driver share their heading: a line is written once per series.
        lines = dict.fromkeys(
            (int(self._owner[one]), line)
            for one in here[:_MOST_NAMES]
            for series, position in [self.series_of(one)]
            for line in series.tooltip_of(position).split("\n")
        )
        more = len(here) - _MOST_NAMES
        return "\n".join([line for _, line in lines] + ([f"and {more} more"] if more > 0 else []))
