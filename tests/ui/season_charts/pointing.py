"""A hand for the painted charts: rests the pointer and looks at a pixel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from htt_desktop.ui.painting.interactive_chart import InteractiveChart
from htt_desktop.ui.painting.scene_chart import SceneChart


def hover(chart: InteractiveChart, at: QPointF) -> str:
    """Rest the pointer at a pixel and return what the bubble says."""
    nothing, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there = chart.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, there, nothing, nothing, plain)
    QApplication.sendEvent(chart, event)
    return chart.shown_tooltip


def hover_at(chart: SceneChart, driver: str, index: int) -> str:
    """Rest the pointer on one of a driver's points."""
    return hover(chart, chart.point_of(driver, index))


def color_at(chart: InteractiveChart, at: QPointF) -> str:
    """Return the colour painted at a pixel as ``#RRGGBB``."""
    return chart.grab().toImage().pixelColor(at.toPoint()).name().upper()
