"""A hand for the charts of rows and dots."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from htt_desktop.ui.painting.row_chart import PointedChart


def hover(chart: PointedChart, at: QPointF) -> str:
    """Rest the pointer at a pixel and return what the chart tells."""
    nothing, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there = chart.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, there, nothing, nothing, plain)
    QApplication.sendEvent(chart, event)
    return chart.told


def color_at(chart: PointedChart, at: QPointF) -> str:
    """Return the colour painted at a pixel as ``#RRGGBB``."""
    return chart.grab().toImage().pixelColor(at.toPoint()).name().upper()
