"""One driver's laps as chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from htt_desktop.domain.lap_rules import Exclusion, LapStatus
from htt_desktop.ui.actions import ENTER_KEYS, KEPT_KEYS
from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.state import Side
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import lap_tip

_HEIGHT_PX = 36
_TITLE_PX = 64
_GAP_PX = 2
_HATCH_PX = 7
_PADDING_PX = 6
_WIDEST_PX = 72
_AIR_PX = 4
_GAP_TITLE = "gap s"
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}

_TENTHS_BELOW_S = 9.95
_SECONDS_BELOW_S = 99.5


@dataclass(frozen=True)
class ChipTexts:
    """One line per lap.

    Attributes
    ----------
    are_gaps
        The lines are gaps to the best lap in seconds, not lap times.
    """

    lines: tuple[str, ...]
    are_gaps: bool


class LapRow(QWidget):
    """Chips: filled = clean, hatched = excluded, dotted = no telemetry, outlined = chosen.

    Laps under yellow have a yellow ground. Where there is little room times are rounded,
    or give way to the gap to the best lap; hovering gives them in full. With the focus,
    arrows walk along the chips, Enter chooses and Shift+Enter forces in; all other keys
    stay with the plots.

    Attributes
    ----------
    title
        Whose laps they are.

    Signals
    -------
    chosen(int)
        Lap number the user chose, clean or forced in.
    refused(str)
        Why a click did nothing.
    """

    chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, side: Side, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._theme = theme
        self.title = ""
        self._statuses: Sequence[LapStatus] = ()
        self._chosen: int | None = None
        self._marked = 0
        self.setFont(font(LABEL_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(KEPT_KEYS, tuple(_STEPS))
        self.setAccessibleName(f"Laps of the {side.value} driver")

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_laps(self, title: str, statuses: Sequence[LapStatus], chosen: int | None) -> None:
        """Replace the chips."""
        self.title, self._statuses, self._chosen = title, statuses, chosen
        numbers = [status.lap.lap_number for status in statuses]
        self._marked = numbers.index(chosen) if chosen in numbers else 0
        self.update()

    def chip_rect(self, place: int) -> QRect:
        """Return where the chip of the ``place``-th lap is, from 0."""
        width = self._chip_width()
        left = _TITLE_PX + round(place * width)
        right = _TITLE_PX + round((place + 1) * width) - _GAP_PX
        return QRect(left, 1, max(1, right - left), self.height() - 2)

    def _chip_width(self) -> float:
        room = self.width() - _TITLE_PX - _PADDING_PX
        return min(_WIDEST_PX, room / max(1, len(self._statuses)))

    def sizeHint(self) -> QSize:
        """Return the height of one row."""
        return QSize(400, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the height of one row at any width."""
        return QSize(200, _HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Say what a chip stands for when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos())
            text = "" if place is None else lap_tip(self._statuses[place])
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the lap; Shift forces an excluded one in."""
        place = self._place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the chips and choose."""
        key = Qt.Key(event.key())
        if key in _STEPS and self._statuses:
            last = len(self._statuses) - 1
            self._marked = max(0, min(last, self._marked + _STEPS[key]))
            self.refused.emit(lap_tip(self._statuses[self._marked]))
            self.update()
        elif key in ENTER_KEYS and self._statuses:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._choose(self._marked, shift)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the mark."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the mark."""
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title and chips."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color(self._side.value))
        texts = self.chip_texts()
        room = QRect(_PADDING_PX, 0, _TITLE_PX - _PADDING_PX, self.height())
        if texts.are_gaps:
            room.setHeight(self.height() // 2)
            painter.drawText(room, Qt.AlignmentFlag.AlignBottom, self.title)
            room.moveTop(room.bottom() + 1)
            painter.setPen(self._theme.color("muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignTop, _GAP_TITLE)
        else:
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.title)
        for place, status in enumerate(self._statuses):
            text = f"{status.lap.lap_number}\n{texts.lines[place]}"
            self._paint_chip(painter, place, status, text)

    def chip_texts(self) -> ChipTexts:
        """Return what stands below the lap numbers, for all chips alike."""
        # One chip can be a pixel narrower than the next; all show their times alike.
        room = int(self._chip_width()) - _GAP_PX - _AIR_PX
        return chip_texts(self._statuses, room, QFontMetrics(self.font()))

    def _paint_chip(self, painter: QPainter, place: int, status: LapStatus, text: str) -> None:
        theme = self._theme
        is_chosen = status.lap.lap_number == self._chosen
        inner = self.chip_rect(place).adjusted(1, 1, -1, -1)
        has_rows = status.can_be_forced
        pen = QPen(theme.color(self._side.value), 2) if is_chosen else QPen(theme.color("grid"))
        if not has_rows:
            pen.setStyle(Qt.PenStyle.DotLine)
            pen.setColor(pen.color() if is_chosen else theme.color("muted"))
        paint_plate(painter, inner, pen, self._ground(status))
        if has_rows and not status.is_clean:
            _hatch(painter, inner, theme.color("grid"))
        if self.hasFocus() and place == self._marked:
            border = QPen(theme.color("text"), 1, Qt.PenStyle.DashLine)
            paint_plate(painter, inner.adjusted(2, 2, -2, -2), border, Qt.BrushStyle.NoBrush)
        painter.setPen(self._text_color(status, is_chosen))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)

    def _ground(self, status: LapStatus) -> QBrush:
        if Exclusion.FLAG in status.exclusions and status.can_be_forced:
            return QBrush(self._theme.color("yellow_phase"))
        return QBrush(self._theme.color("raised")) if status.is_clean else QBrush()

    def _text_color(self, status: LapStatus, is_chosen: bool) -> QColor:
        bright = status.is_clean or is_chosen
        return self._theme.color("text" if bright else "muted")

    def _place_at(self, point: QPoint) -> int | None:
        places = range(len(self._statuses))
        return next((place for place in places if self.chip_rect(place).contains(point)), None)

    def _choose(self, place: int, forced: bool) -> None:
        status = self._statuses[place]
        self._marked = place
        if status.is_clean or (forced and status.can_be_forced):
            self.chosen.emit(status.lap.lap_number)
        else:
            self.refused.emit(lap_tip(status).capitalize() + ".")


def _hatch(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Draw diagonal lines; Qt's own pattern shrinks to dots on dense screens."""
    pen = painter.pen()
    painter.setPen(QPen(color, 1))
    painter.save()
    painter.setClipRect(rect)
    for left in range(rect.left() - rect.height(), rect.right(), _HATCH_PX):
        painter.drawLine(left, rect.bottom(), left + rect.height(), rect.top())
    painter.restore()
    painter.setPen(pen)


def chip_texts(statuses: Sequence[LapStatus], room_px: int, metrics: QFontMetrics) -> ChipTexts:
    """Return the times of all laps in the most exact of the forms that fit every chip.

    Lap times to thousandths, hundredths or tenths, rounded; else gaps to the fastest clean
    lap in tenths. The shortest form is returned even where it does not fit.
    """
    times_s = [status.lap.lap_time_s for status in statuses]
    for decimals in (3, 2, 1):
        lines = tuple(formats.lap_time(time_s, decimals) for time_s in times_s)
        if _fit(lines, room_px, metrics):
            return ChipTexts(lines, are_gaps=False)
    clean = [status.lap.lap_time_s for status in statuses if status.is_clean]
    best_s = min(clean or times_s)
    signed = tuple(_signed_gap(time_s - best_s) for time_s in times_s)
    if _fit(signed, room_px, metrics):
        return ChipTexts(signed, are_gaps=True)
    return ChipTexts(tuple(gap(time_s - best_s) for time_s in times_s), are_gaps=True)


def gap(seconds: float) -> str:
    """Write a gap in three or four characters: tenths, above ten seconds whole ones.

    Examples
    --------
    >>> gap(0.0), gap(1.26), gap(-0.31), gap(9.96), gap(75.4), gap(131.0)
    ('0.0', '1.3', '−0.3', '10', '75', '2m')
    """
    size_s = abs(seconds)
    if size_s >= _SECONDS_BELOW_S:
        sign = formats.MINUS if seconds < 0 else ""
        return f"{sign}{size_s / 60:.0f}m"
    return formats.number(seconds, 1 if size_s < _TENTHS_BELOW_S else 0)


def _signed_gap(seconds: float) -> str:
    text = gap(seconds)
    return f"+{text}" if seconds > 0 and text != "0.0" else text


def _fit(lines: Sequence[str], room_px: int, metrics: QFontMetrics) -> bool:
    return all(metrics.horizontalAdvance(line) <= room_px for line in lines)
