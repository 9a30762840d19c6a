"""Which place of a chart lies under the pointer, and which is next for an arrow key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from htt_desktop.ui.painting.layout import Layout
from htt_desktop.ui.painting.scene import Series

_REACH_PX = 14.0
_SAME_PX = 1.5
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its series and its index within it."""

    series: int
    index: int


class HitMap:
    """The places of all series in pixels."""

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

    def nearest(self, x: float, y: float) -> Place | None:
        """Return the place under a pixel; earlier series win ties.

        A driver's number stands for their last place.
        """
        if not self._x.size:
            return None
        for one in self._labels:
            is_over = 0 <= x - one.left <= one.width and 0 <= y - one.top <= one.height
            if is_over and one.label.driver in self._of_driver:
                owner = self._of_driver[one.label.driver]
                return Place(owner, len(self._series[owner].x) - 1)
        away = np.hypot(self._squeeze * (self._x - x), self._y - y)
        best = int(np.argmin(away))
        return self._place(best) if away[best] <= _REACH_PX else None

    def neighbour(self, at: Place | None, right: int, down: int) -> Place | None:
        """Return the next place of the same series sideways, else the next in that direction."""
        if not self._x.size:
            return None
        if at is None:
            return self._place(0)
        here = self._flat(at)
        ahead = (self._x - self._x[here]) * right + (self._y - self._y[here]) * down
        aside = np.abs((self._x - self._x[here]) * down) + np.abs((self._y - self._y[here]) * right)
        is_ahead = ahead > _SAME_PX / 2
        cost = np.where(is_ahead, ahead + 2 * aside, np.inf)
        # The same series first: an arrow follows a driver's line however steep it is.
        own = is_ahead & (self._owner == at.series) & bool(right)
        same = np.where(own, ahead + aside / 1000, np.inf)
        chosen = same if np.isfinite(same).any() else cost
        best = int(np.argmin(chosen))
        return self._place(best) if np.isfinite(chosen[best]) else at

    def chooses(self, place: Place) -> bool:
        """Return whether a click on the place does something."""
        series = self._series[place.series]
        return bool(series.races) or (series.chooses_driver and series.driver is not None)

    def pixel(self, place: Place) -> QPointF:
        """Return where a place is."""
        flat = self._flat(place)
        return QPointF(float(self._x[flat]), float(self._y[flat]))

    def point(self, driver: str, index: int) -> QPointF:
        """Return where one of a driver's places is.

        Raises
        ------
        KeyError
            The driver has no such place.
        """
        for number, series in enumerate(self._series):
            if series.driver == driver and index < len(series.x):
                return self.pixel(Place(number, index))
        raise KeyError(driver, index)

    def polyline(self, place: Place) -> QPolygonF:
        """Return the line through all places of a series."""
        own = slice(self._first[place.series], self._first[place.series + 1])
        both = zip(self._x[own].tolist(), self._y[own].tolist(), strict=True)
        return QPolygonF([QPointF(x, y) for x, y in both])

    def text(self, place: Place) -> str:
        """Return what there is to say about a place, and whoever else stands exactly there."""
        flat = self._flat(place)
        away = np.maximum(np.abs(self._x - self._x[flat]), np.abs(self._y - self._y[flat]))
        here = [place, *(self._place(int(i)) for i in np.flatnonzero(away < _SAME_PX) if i != flat)]
        # Two laps of one driver share their heading: a line is told once per series.
        lines = dict.fromkeys(
            (one.series, line)
            for one in here[:_MOST_NAMES]
            for line in self._series[one.series].tell(one.index).split("\n")
        )
        more = len(here) - _MOST_NAMES
        return "\n".join([line for _, line in lines] + ([f"and {more} more"] if more > 0 else []))

    def _flat(self, place: Place) -> int:
        return int(self._first[place.series]) + place.index

    def _place(self, flat: int) -> Place:
        owner = int(self._owner[flat])
        return Place(owner, flat - int(self._first[owner]))
