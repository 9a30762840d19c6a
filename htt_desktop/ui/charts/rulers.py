"""Above the stack: corners and loops. Below it: lap distance or time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.margin import COLUMN_PX, LEGEND_PAD_PX, MARGIN_PX
from htt_desktop.ui.charts.track_marks import TrackMarks
from htt_desktop.ui.painting.labels import free_labels
from htt_desktop.ui.painting.scales import tick_decimals
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem

TOP_PX = 32
BOTTOM_PX = 22
_LINE_PX = 15


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
