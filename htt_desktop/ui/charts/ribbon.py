"""The ribbon under the delta: who owns each segment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from htt_desktop.ui import formats
from htt_desktop.ui.charts.panel_rows import RIBBON_PX
from htt_desktop.ui.charts.track_marks import SegmentMark
from htt_desktop.ui.theme import Theme, blend, font

_BAR_PX = 4
_TEXT_PX = 10


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
