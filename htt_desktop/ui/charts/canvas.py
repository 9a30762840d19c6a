"""The drawing surface of the stack: panels, corner shading, loops, grid and ribbon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from htt_desktop.ui.charts.field_painter import FieldPainter
from htt_desktop.ui.charts.lap_axis import View
from htt_desktop.ui.charts.panel_data import PanelKey, PanelSet
from htt_desktop.ui.charts.panel_layout import RIBBON_PX, PanelRow
from htt_desktop.ui.charts.panel_plot import PanelPlot
from htt_desktop.ui.charts.track_marks import SegmentMark
from htt_desktop.ui.painting.scales import ticks
from htt_desktop.ui.theme import Theme, blend, font
from htt_desktop.ui.wording import formats

_DOT_PX = 3.0
_TICK_EVERY_PX = 72

_BAR_PX = 4
_TEXT_PX = 10


class PlotCanvas(pg.GraphicsView):  # type: ignore[misc, unused-ignore]
    """All panels on one scene, so that a frame is one paint of one view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        # A cached background would be repainted on every pan and only cost memory.
        self.setCacheMode(QGraphicsView.CacheModeFlag(0))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(200)
        self.panels: dict[str, PanelPlot] = {}
        self.view_span = View(0.0, 1.0)
        self.axis_factor = 1.0
        self.grid_shown = True
        self._theme = theme
        self._data: PanelSet | None = None
        self._rows: dict[str, PanelRow] = {}
        self._front: str | None = None
        self._picture: QPixmap | None = None
        self._field = FieldPainter()
        self._field_keys: tuple[str, ...] = ()

    def show_panels(self, data: PanelSet | None) -> None:
        """Draw the panels of a comparison; those it does not have are emptied."""
        self._data = data
        by_key = {} if data is None else {panel.key.value: panel for panel in data.panels}
        for key in PanelKey:
            plot = self.panels.get(key.value)
            present = data is not None and (key is PanelKey.DELTA or key.value in by_key)
            if plot is None and present:
                plot = self.panels[key.value] = PanelPlot(key.value)
                self.scene().addItem(plot.box)
            if plot is None:
                continue
            if not present or data is None:
                plot.clear()
            elif key is PanelKey.DELTA:
                plot.show_delta(data.delta)
            else:
                plot.show_channels(by_key[key.value])
        self._field.show_panels(data)
        self.set_theme(self._theme)

    def set_grid(self, shown: bool) -> None:
        """Show or hide grid lines."""
        self.grid_shown = shown
        self._repaint()

    def set_field_keys(self, keys: tuple[str, ...]) -> None:
        """Say in which panels the field lies behind the traces."""
        self._field_keys = keys
        for key, plot in self.panels.items():
            plot.leave_brakes_to(background=key in keys)
        self._repaint()

    def show_delta(self, data: PanelSet) -> None:
        """Draw another delta of the same laps."""
        self._data = data
        self.panels[PanelKey.DELTA].show_delta(data.delta)
        self._repaint()

    @property
    def is_thinned(self) -> bool:
        """Whether any shown trace is thinned."""
        return any(self.panels[key].is_thinned for key in self._rows if key in self.panels)

    def set_theme(self, theme: Theme, front: str | None = None) -> None:
        """Take the colours of a theme; with a ``front`` panel the others are dimmed."""
        self._theme = theme
        self._front = front if front in self._rows else None
        for key, plot in self.panels.items():
            plot.set_theme(theme, dimmed=front is not None and key not in (front, PanelKey.DELTA))
            plot.box.setZValue(-90 if key == front else -100)
        self._repaint()

    def place(self, rows: Mapping[str, PanelRow]) -> None:
        """Put panels into their rows and take the others off the scene."""
        self._rows = dict(rows)
        for key, plot in self.panels.items():
            plot.box.setVisible(key in rows)
            if key in rows:
                plot.set_row(rows[key], self.width())
        self.set_view(self.view_span)

    def set_view(self, view: View) -> None:
        """Show a stretch of the horizontal axis in every panel."""
        self.view_span = view
        for key in self._rows:
            plot = self.panels.get(key)
            if plot is None:
                continue
            if key == PanelKey.DELTA and self._data is not None:
                plot.set_value_range(*self._data.delta.value_range(view.start, view.end))
            plot.set_view(view.start, view.end, self.width())
        self._repaint()

    def x_of(self, x: float) -> float:
        """Return the pixel of a place on the horizontal axis."""
        return (x - self.view_span.start) / self.view_span.span * float(self.width())

    def at_pixel(self, pixel: float) -> float:
        """Return the place on the horizontal axis under a pixel."""
        return self.view_span.start + pixel / float(max(self.width(), 1)) * self.view_span.span

    def x_ticks(self) -> tuple[float, ...]:
        """Return places on the horizontal axis that are round in its unit, as many as fit."""
        most, factor = max(self.width() // _TICK_EVERY_PX, 2), self.axis_factor
        view = self.view_span
        return tuple(tick / factor for tick in ticks(view.start * factor, view.end * factor, most))

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint everything that lies behind the traces."""
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(rect, QColor(theme.window))
        width = self.width()
        rows = {(row.top, row.height): key for key, row in self._rows.items()}
        if self._front is not None:
            # Panels that overlap share a place; the front one rules its grid.
            row = self._rows[self._front]
            rows[row.top, row.height] = self._front
        for top, height in rows:
            painter.fillRect(QRectF(0, top, width, height), QColor(theme.panel))
        if self._data is None:
            return
        self._shade_corners(painter, rows)
        self._field.paint(
            painter, theme, self.panels, self._field_keys, self.view_span, self.width()
        )
        if self.grid_shown:
            self._draw_grid(painter, rows)
        self._draw_zero_lines(painter)
        self._draw_loops(painter, rows)
        delta = self._rows.get(PanelKey.DELTA)
        if delta is not None:
            paint_ribbon(painter, theme, self._data.marks.segments, self.x_of, delta.bottom, width)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the official differences over the delta, hollow where they are not exact."""
        row = self._rows.get(PanelKey.DELTA)
        plot = self.panels.get(PanelKey.DELTA)
        if row is None or plot is None or self._data is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        theme, exact = self._theme, self._data.delta.are_loops_exact
        painter.setPen(QPen(QColor(theme.panel if exact else theme.text), 1))
        painter.setBrush(QColor(theme.text if exact else theme.panel))
        for dot in self._data.delta.loops:
            if self.view_span.start <= dot.x <= self.view_span.end:
                # The dot of the line would lose its right half at the panel's edge.
                x = min(max(self.x_of(dot.x), _DOT_PX), self.width() - _DOT_PX)
                painter.drawEllipse(QPointF(x, plot.y_of(dot.official_delta_s)), _DOT_PX, _DOT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the picture; it is drawn again only when something in it changed.

        A cursor that moves over the plots uncovers strips of them: copying a strip is
        free, drawing every trace for it is not.
        """
        ratio = self.devicePixelRatioF()
        picture = self._picture
        if picture is None or picture.size() != self.size() * ratio:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            with QPainter(picture) as painter:
                self.render(painter, QRectF(self.rect()), self.rect())
            self._picture = picture
        painter = QPainter(self.viewport())
        rect = event.rect()
        place = (rect.x(), rect.y(), rect.width(), rect.height())
        source = QRectF(*(ratio * pixels for pixels in place))
        painter.drawPixmap(QRectF(rect), picture, source)
        painter.end()

    def _repaint(self) -> None:
        self._picture = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Let the panels follow the new width."""
        super().resizeEvent(event)
        if hasattr(self, "_rows"):
            self.place(self._rows)

    def _shade_corners(self, painter: QPainter, rows: Iterable[tuple[int, int]]) -> None:
        data = self._data
        if data is None:
            return
        shade = QColor(self._theme.corner_shade)
        for corner in data.marks.corners:
            left, right = self.x_of(corner.start), self.x_of(corner.end)
            if right < 0 or left > self.width():
                continue
            for top, height in rows:
                painter.fillRect(QRectF(left, top, right - left, height), shade)

    def _draw_grid(self, painter: QPainter, rows: Mapping[tuple[int, int], str]) -> None:
        painter.setPen(QPen(QColor(self._theme.grid), 1))
        across = [round(self.x_of(x)) for x in self.x_ticks()]
        for (top, height), key in rows.items():
            for x in across:
                painter.drawLine(x, top, x, top + height - 1)
            plot = self.panels[key]
            for value in plot.ticks():
                y = round(plot.y_of(value))
                painter.drawLine(0, y, self.width(), y)

    def _draw_zero_lines(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        for key in self._rows:
            plot = self.panels.get(key)
            # The delta has a line of its own, over its band.
            if plot is not None and plot.as_difference:
                y = round(plot.y_of(0.0))
                painter.drawLine(0, y, self.width(), y)

    def _draw_loops(self, painter: QPainter, rows: Iterable[tuple[int, int]]) -> None:
        if self._data is None:
            return
        pen = QPen(QColor(blend(self._theme.muted, self._theme.panel, 0.7)), 1)
        pen.setDashPattern([2.0, 3.0])
        painter.setPen(pen)
        for loop in self._data.marks.loops:
            x = round(self.x_of(loop.x))
            if 0 <= x <= self.width():
                for top, height in rows:
                    painter.drawLine(x, top, x, top + height - 1)


def paint_ribbon(
    painter: QPainter,
    theme: Theme,
    segments: Iterable[SegmentMark],
    x_of: Callable[[float], float],
    top: int,
    width: int,
) -> None:
    """Paint one cell per segment: a bar on top where the compared car lost, below where it gained.

    A difference smaller than its band stays grey. The amount is written where it fits.
    """
    painter.setFont(font(_TEXT_PX))
    metrics = QFontMetricsF(painter.font())
    for segment in segments:
        left, right = max(x_of(segment.start), 0.0), min(x_of(segment.end), float(width))
        if right - left < 1:
            continue
        cell = QRectF(left, top + 1, right - left - 1, RIBBON_PX - 2)
        lost = segment.delta_s > 0
        color = theme.grid
        if segment.is_decided:
            color = theme.loss if lost else theme.gain
        painter.fillRect(cell, QColor(blend(color, theme.panel, 0.22)))
        bar = QRectF(cell)
        bar.setTop(cell.top() if lost else cell.bottom() - _BAR_PX)
        bar.setHeight(_BAR_PX)
        painter.fillRect(bar, QColor(color))
        text = formats.delta(segment.delta_s, segment.band_s)
        if metrics.horizontalAdvance(text) + 4 <= cell.width():
            painter.setPen(QColor(theme.text if segment.is_decided else theme.muted))
            room = cell.adjusted(0, _BAR_PX if lost else 0, 0, 0 if lost else -_BAR_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
