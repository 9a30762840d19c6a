"""The transparent layer over the canvas: cursors, zoom box, the mouse and its menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget

from htt_desktop.ui.charts.panel_data import PANEL_TITLES, PanelKey
from htt_desktop.ui.theme import Theme

_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.25


class PointerLayer(QWidget):
    """Takes all mouse input of the stack, so that plots never fight over it.

    Parameters
    ----------
    tip_at
        Says what lies at a place, in pixels; empty where there is nothing to say.

    Signals
    -------
    clicked(QPointF)
        A place was clicked, in pixels.
    box_drawn(float, float)
        A box was drawn from one pixel to another; leftwards means zooming out.
    wheel_turned(float, float)
        Zoom factor and the pixel to keep still.
    panned(float)
        The view was dragged by this many pixels.
    pan_ended()
        The dragging is over.
    menu_requested(QPoint, QPoint)
        Right click, in pixels here and on the screen.
    """

    clicked = Signal(QPointF)
    box_drawn = Signal(float, float)
    wheel_turned = Signal(float, float)
    panned = Signal(float)
    pan_ended = Signal()
    menu_requested = Signal(QPoint, QPoint)

    def __init__(self, theme: Theme, parent: QWidget, tip_at: Callable[[QPoint], str]) -> None:
        super().__init__(parent)
        self._tip_at = tip_at
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        # A style sheet's background would otherwise hide the plots underneath.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._theme = theme
        self._first: float | None = None
        self._second: float | None = None
        self._pressed: QPointF | None = None
        self._box: tuple[float, float] | None = None
        self._pan_from: float | None = None

    def event(self, event: QEvent) -> bool:
        """Say what lies under a pointer that rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().event(event)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def set_cursors(self, first: float | None, second: float | None) -> None:
        """Put the cursor lines on these pixels; only the strips that change are repainted."""
        if second != self._second or (second is not None and first != self._first):
            self.update()
        elif first != self._first:
            for x in (self._first, first):
                if x is not None:
                    self.update(round(x) - 2, 0, 5, self.height())
        self._first, self._second = first, second

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cursors and the zoom box."""
        painter = QPainter(self)
        color = QColor(self._theme.text)
        if self._first is not None and self._second is not None:
            between = QColor(color)
            between.setAlphaF(0.07)
            left, right = sorted((round(self._first), round(self._second)))
            painter.fillRect(left, 0, right - left, self.height(), between)
            pen = QPen(color, 1)
            pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.drawLine(round(self._second), 0, round(self._second), self.height())
        if self._first is not None:
            painter.fillRect(round(self._first), 0, 1, self.height(), color)
        if self._box is not None:
            edges = sorted(self._box)
            area = QRect(round(edges[0]), 0, round(edges[1] - edges[0]), self.height())
            fill = QColor(self._theme.text)
            fill.setAlphaF(0.12)
            painter.fillRect(area, fill)
            painter.setPen(QPen(color, 1))
            painter.drawRect(area.adjusted(0, 0, 0, -1))
            hint = "zoom in" if self._box[1] >= self._box[0] else "zoom out"
            painter.drawText(area.adjusted(6, 4, 200, 0), Qt.AlignmentFlag.AlignTop, hint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a click, a box, or a pan with the middle button or Shift."""
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        middle = event.button() == Qt.MouseButton.MiddleButton
        left = event.button() == Qt.MouseButton.LeftButton
        if middle or (left and shifted):
            self._pan_from = event.position().x()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch the box or drag the view; merely hovering does nothing."""
        x = event.position().x()
        if self._pan_from is not None:
            self.panned.emit(x - self._pan_from)
            self._pan_from = x
        elif self._pressed is not None:
            start = self._pressed.x()
            if self._box is not None or abs(x - start) >= QApplication.startDragDistance():
                self._box = start, x
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish whatever was begun."""
        if self._pan_from is not None:
            self._pan_from = None
            self.unsetCursor()
            self.pan_ended.emit()
            return
        pressed, box = self._pressed, self._box
        self._pressed = self._box = None
        if box is not None:
            self.update()
            self.box_drawn.emit(*box)
        elif pressed is not None:
            self.clicked.emit(pressed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; sideways or with Shift, move along the lap."""
        turn = event.angleDelta()
        sideways = turn.x() or (
            turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self.panned.emit(sideways / _NOTCH * self.width() / 10)
        elif turn.y():
            self.wheel_turned.emit(_ZOOM_PER_NOTCH ** (turn.y() / _NOTCH), event.position().x())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the panel under the pointer."""
        self.menu_requested.emit(event.pos(), event.globalPos())


class PanelMenu(QMenu):
    """The menu of one panel; it goes away once closed.

    Parameters
    ----------
    key
        The panel.
    keys, shown
        All panels and those on screen, in their order.

    Signals
    -------
    expanded(int)
        Position among the shown panels, from 1.
    difference_toggled()
        Compared − reference, or two traces again.
    moved(str, int)
        The panel and its new position among the shown ones, from 0.
    toggled(str)
        A panel to hide or to show.
    """

    expanded = Signal(int)
    difference_toggled = Signal()
    moved = Signal(str, int)
    toggled = Signal(str)

    def __init__(
        self, key: str, keys: Sequence[str], shown: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.aboutToHide.connect(self.deleteLater)
        position = shown.index(key)
        expand = self.addAction("Expand or restore")
        expand.triggered.connect(lambda: self.expanded.emit(position + 1))
        self.difference = self.addAction("Show as difference")
        self.difference.setCheckable(True)
        self.difference.setEnabled(key != PanelKey.DELTA)
        self.difference.triggered.connect(self.difference_toggled)
        up = self.addAction("Move up")
        up.setEnabled(position > 0)
        up.triggered.connect(lambda: self.moved.emit(key, position - 1))
        down = self.addAction("Move down")
        down.setEnabled(position < len(shown) - 1)
        down.triggered.connect(lambda: self.moved.emit(key, position + 1))
        self.addSeparator()
        for name in keys:
            entry = self.addAction(PANEL_TITLES[PanelKey(name)])
            entry.setCheckable(True)
            entry.setChecked(name in shown)
            entry.triggered.connect(lambda _checked=False, name=name: self.toggled.emit(name))
