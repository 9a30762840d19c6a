"""A chart painted from a scene, and what of it lies under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from htt_desktop.ui.painting.interactive_chart import InteractiveChart
from htt_desktop.ui.painting.layout import PAD_PX, Layout, lay_out
from htt_desktop.ui.painting.marks import color_of
from htt_desktop.ui.painting.painter import paint_message, paint_scene
from htt_desktop.ui.painting.scene import Role, Scene, Series, only_says
from htt_desktop.ui.theme import BASE_PX, Theme, font

_REACH_PX = 14.0
_SAME_PX = 1.5
_MOST_NAMES = 4


class SceneChart(InteractiveChart):
    """A chart that shows a scene; its points are those of the scene's series in their order.

    Signals
    -------
    race_chosen(RaceKey)
        Race of the point the user chose, from charts over the calendar.
    """

    race_chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._scene = only_says("Nothing to show yet.")
        self._layout: Layout | None = None
        self._laid_out_for = QSize()
        self._hits: HitMap | None = None
        self.setMinimumSize(160, 120)

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self._scene

    def show_scene(self, scene: Scene) -> None:
        """Replace what is shown."""
        self._scene = scene
        self.contents_changed(scene.facts or scene.message)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 280)

    def arrange(self) -> None:
        """Forget the layout: the next one who asks makes it."""
        self._layout = self._hits = None

    def laid_out(self) -> Layout:
        """Return where everything is in the present size."""
        # A widget that is not shown yet hears of its new size only later.
        if self._layout is None or self._laid_out_for != self.size():
            metrics = QFontMetricsF(self.font())
            self._layout = lay_out(self._scene, self.width(), self.height(), metrics)
            self._laid_out_for = self.size()
            self._hits = None
        return self._layout

    def point_count(self) -> int:
        """Return the number of points of all series."""
        return sum(len(series.x) for series in self._scene.series)

    def point(self, index: int) -> QPointF:
        """Return the pixel of a point."""
        return self._laid_out_hits().pixel(index)

    def point_of(self, driver: str, index: int) -> QPointF:
        """Return the pixel of one of a driver's points.

        Raises
        ------
        KeyError
            The driver has no such point in the picture.
        """
        return self._laid_out_hits().point_of(driver, index)

    def point_at(self, at: QPointF) -> int | None:
        """Return the point under a pixel."""
        if self._scene.message or not self._scene.series:
            return None
        return self._laid_out_hits().nearest(at.x(), at.y())

    def tooltip_of(self, index: int) -> str:
        """Return what there is to say about a point and those that stand exactly there."""
        return self._laid_out_hits().tooltip_of(index)

    def driver_at(self, index: int) -> str | None:
        """Return the driver of a point's series where a click chooses them."""
        series, _ = self._laid_out_hits().series_of(index)
        return series.driver if series.chooses_driver else None

    def neighbour(self, index: int | None, right: int, down: int) -> int | None:
        """Return the next point along the line, else the next in that direction."""
        return self._laid_out_hits().neighbour(index, right, down)

    def can_choose(self, index: int) -> bool:
        """Return whether a click on a point does something."""
        series, _ = self._laid_out_hits().series_of(index)
        return bool(series.races) or super().can_choose(index)

    def choose(self, index: int) -> None:
        """Choose the race of a point, and its driver."""
        series, position = self._laid_out_hits().series_of(index)
        if series.races:
            self.race_chosen.emit(series.races[position])
        super().choose(index)

    def event(self, event: QEvent) -> bool:
        """Say the whole footnote when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            on_it = not self._scene.message and self.laid_out().footnote.contains(event.pos())
            QToolTip.showText(event.globalPos(), self._scene.footnote if on_it else "", self)
            return True
        return super().event(event)

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint the scene."""
        if self._scene.message:
            painter.setFont(font(BASE_PX))
            room = QRectF(self.rect()).adjusted(2 * PAD_PX, PAD_PX, -2 * PAD_PX, -PAD_PX)
            paint_message(painter, theme, room, self._scene.message)
        else:
            paint_scene(painter, theme, self._scene, self.laid_out())

    def paint_pointed(self, painter: QPainter, theme: Theme, index: int) -> None:
        """Ring the point; one of the field brings its line forward."""
        hits = self._laid_out_hits()
        series, _ = hits.series_of(index)
        color = QColor(color_of(Role.PLAIN if series.role is Role.FIELD else series.role, theme))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if series.role is Role.FIELD and len(series.x) > 1:
            painter.setPen(QPen(color, 1.6))
            painter.drawPolyline(hits.polyline(index))
        painter.setPen(QPen(color, 2))
        painter.drawEllipse(hits.pixel(index), 7.0, 7.0)

    def _laid_out_hits(self) -> HitMap:
        found = self.laid_out()
        if self._hits is None:
            self._hits = HitMap(self._scene.series, found)
        return self._hits


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
