"""A hand for the charts: rests the pointer, clicks, presses keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from htt_desktop.ui.painting.frame import PlotFrame


def hover(chart: PlotFrame, at: QPointF) -> str:
    """Rest the pointer at a pixel and return what the chart tells."""
    nothing, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there = chart.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, there, nothing, nothing, plain)
    QApplication.sendEvent(chart, event)
    return chart.told


def hover_at(chart: PlotFrame, driver: str, index: int) -> str:
    """Rest the pointer on one of a driver's places."""
    return hover(chart, chart.place_of(driver, index))
