"""The widgets of the stack: they draw its state and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from htt_desktop.ui.charts.canvas import PlotCanvas
from htt_desktop.ui.charts.delta_data import band_legend, delta_tip, how_known, segment_tip
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.margin import COLUMN_PX, LEGEND_PAD_PX, MARGIN_PX, PanelMargin
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.panel_layout import (
    RIBBON_PX,
    least_height,
    overlap_rows,
    share_height,
    stacked_legends,
)
from htt_desktop.ui.charts.pointer_layer import PointerLayer
from htt_desktop.ui.charts.stack_state import StackState
from htt_desktop.ui.charts.track_marks import TrackMarks
from htt_desktop.ui.painting.labels import free_labels
from htt_desktop.ui.painting.scales import tick_decimals
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem
from htt_desktop.ui.wording.lap_texts import lap_names

_NO_MARKS = TrackMarks((), (), ())

TOP_PX = 32
BOTTOM_PX = 22
_LINE_PX = 15


class StackView:
    """Canvas, margin, rulers and the mouse layer on a widget, sharing one left edge.

    After a change of the state call the narrowest of :meth:`show_data`, :meth:`arrange`,
    :meth:`show_view` and :meth:`show_cursor`; each does what the later ones do, too.
    """

    def __init__(self, theme: Theme, state: StackState, host: QWidget) -> None:
        self._host = host
        self._state = state
        self._theme = theme
        self.top = TrackRuler(theme, host)
        self.margin = PanelMargin(theme, host)
        self.canvas = PlotCanvas(theme, host)
        self.bottom = AxisRuler(theme, host)
        self.pointer = PointerLayer(theme, host, self.tip_at)
        self._grid = grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.top, 0, 0, 1, 2)
        grid.addWidget(self.margin, 1, 0)
        grid.addWidget(self.canvas, 1, 1)
        grid.addWidget(self.bottom, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self.top, self.margin, self.bottom, self.pointer):
            part.set_theme(theme)
        self.canvas.set_theme(theme, self._state.front())

    def show_data(self) -> None:
        """Draw other laps, or the same ones over another axis or in other units."""
        unit = "m" if self._state.mode is AxisMode.DISTANCE else "s"
        self.canvas.axis_factor = formats.in_units(1.0, unit, self._state.units)[0]
        self.canvas.show_panels(self._state.data)
        self.arrange()

    def arrange(self) -> None:
        """Share out the height and draw everything in its new place."""
        state = self._state
        shown = state.panels.shown()
        self._host.setMinimumHeight(least_height(shown) + TOP_PX + BOTTOM_PX)
        self._grid.activate()
        height = self.canvas.height()
        if state.overlapped:
            rows = overlap_rows(shown, height)
            legend_rows = stacked_legends(rows, height)
        else:
            rows = legend_rows = share_height(shown, height, state.panels.expanded)
        front = state.front()
        self.canvas.place(rows)
        self.canvas.set_theme(self._theme, front)
        self.margin.set_panels(state.data, self.canvas.panels)
        self.show_field()
        self.margin.place(rows, legend_rows, front)
        self.margin.set_selected(state.panels.selected)
        self.pointer.setGeometry(self.canvas.geometry())
        self.pointer.raise_()
        self.show_view()

    def show_field(self) -> None:
        """Say where the field is drawn and what it is."""
        state = self._state
        field = None if state.data is None else state.data.field
        keys = state.field_keys()
        self.canvas.set_field_keys(keys)
        if field is None:
            self.margin.set_field((), "", "" if state.field else state.why_no_field)
        else:
            self.margin.set_field(keys, field.label, field.tip)

    def show_view(self) -> None:
        """Draw the visible stretch."""
        state, canvas = self._state, self.canvas
        canvas.set_view(state.zoom.view)
        self.show_cursor()
        data, comparison = state.data, state.comparison
        if data is None or comparison is None:
            self.top.show_marks(_NO_MARKS, ("", ""), canvas.x_of)
            self.bottom.show_axis(state.mode, (), canvas.x_of)
            self.top.set_notes(())
            self.margin.set_band((), "")
            return
        self.top.show_marks(data.marks, lap_names(comparison), canvas.x_of)
        self.bottom.show_axis(state.mode, canvas.x_ticks(), canvas.x_of)
        self.top.set_notes(state.notes(thinned=canvas.is_thinned))
        legend = band_legend(data.delta, comparison, state.zero_m, state.nudge_m, state.units)
        self.margin.set_band(legend, how_known(comparison))
        # The delta's axis follows the view, so its figures have to be written again.
        self.margin.update_figures(PanelKey.DELTA)

    def show_cursor(self) -> None:
        """Draw the cursors and write what stands under them."""
        state = self._state
        if state.data is None:
            self.pointer.set_cursors(None, None)
            self.bottom.set_cursors(())
            self.margin.set_readings(())
            return
        places = [
            state.data.axis.to_x(place)
            for place in (state.cursor_m, state.second_m)
            if place is not None
        ]
        pixels = [self.canvas.x_of(x) for x in places]
        # The last pixel column belongs to the line, where a cursor must still be seen.
        pixels = [min(pixel, self.canvas.width() - 1.0) for pixel in pixels]
        self.pointer.set_cursors(*(*pixels, None, None)[:2])
        self.bottom.set_cursors(tuple(places))
        under = () if state.cursor_m is None else state.readings_at(state.cursor_m)
        self.margin.set_readings(under)

    def tip_at(self, place: QPoint) -> str:
        """Return what hovering over the canvas says: about the delta and its ribbon."""
        state = self._state
        data, comparison = state.data, state.comparison
        if data is None or comparison is None or PanelKey.DELTA not in state.panels.shown():
            return ""
        row, x = self.canvas.panels[PanelKey.DELTA].row, self.canvas.at_pixel(place.x())
        if row.top <= place.y() < row.bottom:
            length = formats.length(data.axis.to_distance(x), state.units)
            where = ", ".join((length, *state.notes()))
            return delta_tip(data.delta, comparison, where, x, state.nudge_m)
        if row.bottom <= place.y() < row.bottom + RIBBON_PX:
            marks = data.marks.segments
            found = next((mark for mark in marks if mark.start <= x < mark.end), None)
            return "" if found is None else segment_tip(found, comparison)
        return ""


class TrackRuler(QWidget):
    """Corner numbers and loop names over the stack; beside them the legends' key and notes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(TOP_PX)
        self._font = font(LABEL_PX)
        self._theme = theme
        self._marks = TrackMarks((), (), ())
        self._names = ("", "")
        self._notes: tuple[str, ...] = ()
        self._x_of: Callable[[float], float] = float

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_marks(
        self, marks: TrackMarks, names: tuple[str, str], x_of: Callable[[float], float]
    ) -> None:
        """Write the marks of a track and the names of the two laps."""
        self._marks, self._names, self._x_of = marks, names, x_of
        self.update()

    def set_notes(self, notes: tuple[str, ...]) -> None:
        """Write what changes the reading of the plots, such as a nudge."""
        if notes != self._notes:
            self._notes = notes
            self.setToolTip("\n".join(notes))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the key, loops in the upper line and corners in the lower."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.fillRect(event.rect(), QColor(self._theme.window))
        if not self._names[0]:
            return
        self._paint_key(painter)
        self._paint_notes(painter)
        width = self.width() - MARGIN_PX
        painter.translate(MARGIN_PX, 0)
        painter.setClipRect(0, 0, width, TOP_PX)
        loops = [(self._x_of(loop.x), loop.label) for loop in self._marks.loops]
        self._paint_line(painter, 0, loops, self._theme.muted, width)
        corners = []
        for corner in self._marks.corners:
            left = max(self._x_of(corner.start), 0.0)
            right = min(self._x_of(corner.end), float(width))
            if right > left:
                label = corner.label if corner.sure else corner.label + "?"
                corners.append(((left + right) / 2, label))
        self._paint_line(painter, _LINE_PX, corners, self._theme.text, width)

    def _paint_line(
        self,
        painter: QPainter,
        top: int,
        marks: Sequence[tuple[float, str]],
        color: str,
        width: int,
    ) -> None:
        metrics = QFontMetrics(self._font)
        wanted = []
        for x, text in marks:
            size = metrics.horizontalAdvance(text) + 5.0
            if 0 <= x <= width:
                wanted.append((x - size / 2, size, text))
        painter.setPen(QColor(color))
        for left, size, text in free_labels(wanted, width):
            painter.drawText(QRectF(left, top, size, _LINE_PX), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_notes(self, painter: QPainter) -> None:
        room = QRect(LEGEND_PAD_PX, 0, MARGIN_PX - 2 * LEGEND_PAD_PX, _LINE_PX)
        text = QFontMetrics(self._font).elidedText(
            " · ".join(self._notes), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.setPen(QColor(self._theme.loss))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_key(self, painter: QPainter) -> None:
        y = TOP_PX - _LINE_PX - 2
        for index, (color, name) in enumerate(
            zip((self._theme.reference, self._theme.compared), self._names, strict=True)
        ):
            area = QRect(LEGEND_PAD_PX + index * COLUMN_PX, y, COLUMN_PX - 6, _LINE_PX)
            painter.setPen(QColor(color))
            painter.drawText(area, Qt.AlignmentFlag.AlignRight, name)
            pen = QPen(QColor(color), 2)
            if index:
                pen.setDashPattern([2.0, 1.2])
            painter.setPen(pen)
            middle = area.center().y() + 1
            end = area.right() - QFontMetrics(self._font).horizontalAdvance(name) - 4
            painter.drawLine(max(end - 16, area.left()), middle, end, middle)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(
            QRect(LEGEND_PAD_PX + 2 * COLUMN_PX, y, COLUMN_PX - 6, _LINE_PX),
            Qt.AlignmentFlag.AlignRight,
            "Δ",
        )


class AxisRuler(QWidget):
    """Figures of the horizontal axis, and the cursors' places on it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(BOTTOM_PX)
        self._font = font(LABEL_PX)
        self._theme = theme
        self._mode = AxisMode.DISTANCE
        self._ticks: tuple[float, ...] = ()
        self._x_of: Callable[[float], float] = float
        self._cursors: tuple[float, ...] = ()
        self._units = UnitSystem.METRIC

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_axis(
        self, mode: AxisMode, ticks: tuple[float, ...], x_of: Callable[[float], float]
    ) -> None:
        """Write the figures of a view; ticks are in metres or seconds."""
        self._mode, self._ticks, self._x_of = mode, ticks, x_of
        self.update()

    def set_units(self, units: UnitSystem) -> None:
        """Write distances in other units."""
        self._units = units
        self.update()

    def _written(self, x: float) -> float:
        if self._mode is AxisMode.TIME:
            return x
        return formats.in_units(x, "m", self._units)[0]

    def set_cursors(self, places: tuple[float, ...]) -> None:
        """Flag the cursors' places on the axis."""
        if places != self._cursors:
            self._cursors = places
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint figures and flags."""
        theme = self._theme
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.fillRect(event.rect(), QColor(theme.window))
        painter.setPen(QColor(theme.muted))
        unit = formats.in_units(1.0, "m", self._units)[1]
        title = "time since line s" if self._mode is AxisMode.TIME else f"lap distance {unit}"
        room = QRect(LEGEND_PAD_PX, 0, MARGIN_PX - 2 * LEGEND_PAD_PX, BOTTOM_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
        if not self._ticks:
            return
        width = self.width() - MARGIN_PX
        painter.translate(MARGIN_PX, 0)
        flags = self._flags(width)
        step = self._written(self._ticks[1] - self._ticks[0]) if len(self._ticks) > 1 else 1.0
        wanted = [*flags]
        for value in self._ticks:
            label = formats.number(self._written(value), tick_decimals(step))
            size = QFontMetrics(self._font).horizontalAdvance(label) + 8.0
            wanted.append((self._x_of(value) - size / 2, size, label))
        painter.setPen(QColor(theme.muted))
        placed = free_labels(wanted, width)
        for left, size, label in placed[len(flags) :]:
            painter.drawText(QRectF(left, 0, size, BOTTOM_PX), Qt.AlignmentFlag.AlignCenter, label)
        for left, size, label in placed[: len(flags)]:
            area = QRectF(left, 2, size, BOTTOM_PX - 4)
            painter.fillRect(area, QColor(theme.text))
            painter.setPen(QColor(theme.panel))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, label)

    def _flags(self, width: int) -> list[tuple[float, float, str]]:
        decimals = 0 if self._mode is AxisMode.DISTANCE else 2
        flags = []
        for place in self._cursors:
            label = formats.number(self._written(place), decimals)
            size = QFontMetrics(self._font).horizontalAdvance(label) + 8.0
            x = self._x_of(place)
            if 0 <= x <= width:
                flags.append((x - size / 2, size, label))
        return free_labels(flags, width)
