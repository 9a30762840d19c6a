"""A chart of intervals, a row each, and the plain records that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from htt_desktop.ui.painting.interactive_chart import InteractiveChart
from htt_desktop.ui.painting.layout import elided
from htt_desktop.ui.painting.painter import paint_message
from htt_desktop.ui.painting.scales import nice_step, tick_decimals, ticks
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

NO_EVIDENCE = "no evidence"
"""Beside an interval that contains zero."""

_PAD_PX = 8.0
_HEAD_PX = 32.0
_FOOT_PX = 17.0
_AIR_PX = 12.0
_DOT_PX = 4.5
_TICK_ROOM_PX = 34.0
_MOST_TICKS = 10
_NOTE_ROOM_PX = 76.0
_NARROW_PX = 380


@dataclass(frozen=True)
class Interval:
    """A value with its interval; ``is_evident`` when zero lies outside."""

    value: float
    low: float
    high: float
    is_evident: bool


@dataclass(frozen=True)
class IntervalRow:
    """One row.

    Attributes
    ----------
    own, rival
        The solid and the hollow point.
    figures
        Texts of the columns on the right.
    note
        Instead of a point where there is none.
    tip
        What the bubble says.
    """

    label: str
    own: Interval | None
    rival: Interval | None
    figures: tuple[str, ...]
    note: str
    tip: str


@dataclass(frozen=True)
class IntervalFrame:
    """What stands around the rows.

    Attributes
    ----------
    sides, short_sides
        What left and right of zero mean, each with its arrow; in full and for narrow charts.
    headings, short_headings
        Of the figures, in full and for narrow charts.
    note, short_note
        What the intervals are, the second where the first does not fit.
    reach
        Half of the axis; the intervals decide when ``None``.
    empty
        Sentence when there are no rows.
    """

    sides: tuple[str, str]
    short_sides: tuple[str, str]
    headings: tuple[str, ...]
    short_headings: tuple[str, ...]
    note: str
    reach: float | None = None
    empty: str = ""
    short_note: str = ""


class IntervalRows(InteractiveChart):
    """The chart; evident intervals are coloured, the others grey and said to be none."""

    def __init__(
        self, theme: Theme, name: str, frame: IntervalFrame, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, name, parent)
        self.setMinimumSize(240, 120)
        self._frame = frame
        self._rows: tuple[IntervalRow, ...] = ()
        self._rival: str | None = None
        self._legend = ""
        self._labels: list[str] = []
        self._area = QRectF()
        self._reach = 1.0
        self._ticks: list[tuple[float, str]] = []
        self._columns: list[tuple[float, str]] = []
        self._heads: list[tuple[QPointF, str]] = []

    @property
    def rows(self) -> tuple[IntervalRow, ...]:
        """What is shown."""
        return self._rows

    @property
    def heads(self) -> list[tuple[QPointF, str]]:
        """Left and right side and the note, each with the place of its text."""
        return list(self._heads)

    def show_rows(
        self, rows: Sequence[IntervalRow], rival: str | None = None, legend: str = ""
    ) -> None:
        """Replace the rows; choosing one goes over to the rival, if there is one.

        Parameters
        ----------
        rows
            From top to bottom.
        rival
            Key of the driver behind the hollow points.
        legend
            Whose the points are.
        """
        self._rows = tuple(rows)
        self._rival = rival
        self._legend = legend
        told = "; ".join(row.tip.replace("\n", ", ") for row in rows)
        self.contents_changed(told or self._frame.empty)

    def sizeHint(self) -> QSize:
        """Return a size with comfortable rows."""
        return QSize(420, round(_HEAD_PX + _FOOT_PX + 26 * max(len(self._rows), 4)))

    def point_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def point(self, index: int) -> QPointF:
        """Return where a row's own point is, the zero line without one."""
        own = self._rows[index].own
        return QPointF(self._x(own.value if own else 0.0), self._y(index))

    def point_at(self, at: QPointF) -> int | None:
        """Return the row under a pixel."""
        if not self._rows or not self._area.top() <= at.y() < self._area.bottom():
            return None
        return int((at.y() - self._area.top()) / self._area.height() * len(self._rows))

    def tooltip_of(self, index: int) -> str:
        """Return a row in words."""
        return self._rows[index].tip

    def driver_at(self, index: int) -> str | None:
        """Return the rival."""
        return self._rival

    def arrange(self) -> None:
        """Work out the area, the axis and the columns."""
        metrics = QFontMetricsF(self.font())
        right = self._arrange_columns(metrics)
        wished = max((metrics.horizontalAdvance(row.label) for row in self._rows), default=0.0)
        room = min(wished, 0.34 * self.width())
        self._labels = [elided(row.label, room, metrics) for row in self._rows]
        left = _PAD_PX + room + 10
        height = max(self.height() - _HEAD_PX - _FOOT_PX, 10.0)
        self._area = QRectF(left, _HEAD_PX, max(right - left, 40.0), height)
        intervals = [each for row in self._rows for each in (row.own, row.rival) if each]
        ends = [abs(end) for each in intervals for end in (each.low, each.high, each.value)]
        self._reach = self._frame.reach or 1.06 * max(ends, default=1.0) or 1.0
        most = min(max(5, int(self._area.width() / _TICK_ROOM_PX)), _MOST_TICKS)
        values = ticks(-self._reach, self._reach, most)
        decimals = tick_decimals(nice_step(2 * self._reach, most))
        self._ticks = [(self._x(value), formats.signed(value, decimals)) for value in values]
        self._heads = self._arrange_heads(metrics)

    def _arrange_columns(self, metrics: QFontMetricsF) -> float:
        """Place the figures from the right edge; return where the plot has to end."""
        is_narrow = self.width() < _NARROW_PX
        headings = self._frame.short_headings if is_narrow else self._frame.headings
        right, self._columns = self.width() - _PAD_PX, []
        for column, heading in reversed(list(enumerate(headings))):
            texts = (heading, *(row.figures[column] for row in self._rows))
            self._columns.insert(0, (right, heading))
            right -= max(map(metrics.horizontalAdvance, texts)) + _AIR_PX
        return right

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint axis, rows and figures."""
        if not self._rows:
            paint_message(painter, theme, QRectF(self.rect()), self._frame.empty)
            return
        self._paint_axis(painter, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, theme, row, index)

    def paint_pointed(self, painter: QPainter, theme: Theme, index: int) -> None:
        """Underline the row."""
        high = self._area.height() / len(self._rows)
        y = self._area.top() + (index + 1) * high - 1
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLine(QLineF(_PAD_PX, y, self.width() - _PAD_PX, y))

    def _paint_axis(self, painter: QPainter, theme: Theme) -> None:
        metrics = QFontMetricsF(painter.font())
        area = self._area
        painter.setPen(QPen(QColor(theme.grid), 1))
        for x, _ in self._ticks:
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLine(QLineF(self._x(0.0), area.top() - 3, self._x(0.0), area.bottom()))
        for x, text in self._ticks:
            start = x - metrics.horizontalAdvance(text) / 2
            painter.drawText(QPointF(start, area.bottom() + metrics.ascent() + 2), text)
        baseline = area.top() - 5
        for edge, heading in self._columns:
            start = edge - metrics.horizontalAdvance(heading)
            painter.drawText(QPointF(start, baseline), heading)
        for at, text in self._heads:
            painter.drawText(at, text)

    def _arrange_heads(self, metrics: QFontMetricsF) -> list[tuple[QPointF, str]]:
        """Place what the sides mean, above the plot if there is room, and what is shown."""
        frame = self._frame
        left, right = self._area.left(), self._area.right()
        sides = frame.sides
        needed = sum(map(metrics.horizontalAdvance, sides)) + _AIR_PX
        if needed > right - left:
            left, right = _PAD_PX, self.width() - _PAD_PX
        if needed > right - left:
            sides = frame.short_sides
        above, below = 2 + metrics.ascent(), self._area.top() - 5
        for note in (f"{frame.note}   {self._legend}", frame.note, frame.short_note or frame.note):
            if _PAD_PX + metrics.horizontalAdvance(note) + _AIR_PX <= self._area.right():
                break
        return [
            (QPointF(left, above), sides[0]),
            (QPointF(right - metrics.horizontalAdvance(sides[1]), above), sides[1]),
            (QPointF(_PAD_PX, below), note),
        ]

    def _paint_row(self, painter: QPainter, theme: Theme, row: IntervalRow, index: int) -> None:
        metrics = QFontMetricsF(painter.font())
        y = self._y(index)
        baseline = y + metrics.ascent() / 2 - 1
        is_told = row.own is not None and row.own.is_evident
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(_PAD_PX, baseline), self._labels[index])
        for (edge, _), text in zip(self._columns, row.figures, strict=True):
            painter.drawText(QPointF(edge - metrics.horizontalAdvance(text), baseline), text)
        apart = 0.0 if row.rival is None else min(self._area.height() / len(self._rows) / 4, 7.0)
        if row.rival is not None:
            token = theme.compared if row.rival.is_evident else theme.muted
            self._paint_interval(painter, theme, row.rival, QColor(token), y + apart, is_own=False)
        if row.own is None:
            painter.setPen(QColor(theme.muted))
            fits = metrics.horizontalAdvance(row.note) <= self._area.width() / 2 - 6
            start = self._x(0.0) + 6 if fits else self._area.left()
            shown = elided(row.note, self._area.right() - start, metrics)
            painter.drawText(QPointF(start, baseline - apart), shown)
            return
        token = theme.reference if is_told else theme.muted
        self._paint_interval(painter, theme, row.own, QColor(token), y - apart, is_own=True)
        if not is_told:
            self._paint_no_evidence(painter, theme, row.own, baseline - apart)

    def _paint_interval(
        self,
        painter: QPainter,
        theme: Theme,
        interval: Interval,
        color: QColor,
        y: float,
        *,
        is_own: bool,
    ) -> None:
        pen = QPen(color, 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if not is_own:
            pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        low, high = self._x(interval.low), self._x(interval.high)
        painter.drawLine(QLineF(low, y, high, y))
        painter.setPen(QPen(color, 2.0))
        for x in (low, high):
            painter.drawLine(QLineF(x, y - 3, x, y + 3))
        painter.setBrush(color if is_own else QColor(theme.panel))
        painter.drawEllipse(QPointF(self._x(interval.value), y), _DOT_PX, _DOT_PX)

    def _paint_no_evidence(
        self, painter: QPainter, theme: Theme, interval: Interval, baseline: float
    ) -> None:
        painter.setPen(QColor(theme.muted))
        left, right = self._x(interval.low), self._x(interval.high)
        if self._area.right() - right >= _NOTE_ROOM_PX:
            painter.drawText(QPointF(right + 8, baseline), NO_EVIDENCE)
        elif left - self._area.left() >= _NOTE_ROOM_PX:
            painter.drawText(QPointF(left - _NOTE_ROOM_PX + 4, baseline), NO_EVIDENCE)

    def _x(self, value: float) -> float:
        shown = min(max(value, -self._reach), self._reach)
        return self._area.center().x() + shown / self._reach * self._area.width() / 2

    def _y(self, index: int) -> float:
        return self._area.top() + (index + 0.5) * self._area.height() / max(len(self._rows), 1)
