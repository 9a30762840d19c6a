"""A painted chart that answers pointer and keyboard; what it shows is up to its subclasses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from htt_desktop.ui.actions import ENTER_KEYS, KEPT_KEYS
from htt_desktop.ui.painting.painter import paint_bubble
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class InteractiveChart(QWidget):
    """A chart of points: hovering or arrows describe one in a bubble, click or Enter choose it.

    Points are counted from 0. A chart works out its pixels in :meth:`arrange`, which runs when
    contents or size change, so that painting only draws.

    Signals
    -------
    driver_chosen(str)
        Driver of the point the user chose.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pointed: int | None = None
        self._is_walking = False
        self._description = ""
        self.setFont(font(LABEL_PX))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(KEPT_KEYS, (*_ARROWS, *ENTER_KEYS, Qt.Key.Key_Escape))
        self.setAccessibleName(name)

    def point_count(self) -> int:
        """Return how many points there are."""
        raise NotImplementedError

    def point(self, index: int) -> QPointF:
        """Return the pixel of a point."""
        raise NotImplementedError

    def point_at(self, at: QPointF) -> int | None:
        """Return the point under a pixel."""
        raise NotImplementedError

    def tooltip_of(self, index: int) -> str:
        """Return what the bubble says about a point."""
        raise NotImplementedError

    def driver_at(self, index: int) -> str | None:
        """Return whom choosing a point chooses."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Work out all pixels for the present contents and size."""
        raise NotImplementedError

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint everything but the bubble."""
        raise NotImplementedError

    def paint_pointed(self, painter: QPainter, theme: Theme, index: int) -> None:
        """Emphasise the point under the pointer; nothing unless a chart wants more."""

    def neighbour(self, index: int | None, right: int, down: int) -> int | None:
        """Return the next point in the direction of an arrow key: here points stand in a row."""
        last = self.point_count() - 1
        step = right + down
        if index is None:
            return 0 if step > 0 else last
        return min(max(index + step, 0), last)

    def can_choose(self, index: int) -> bool:
        """Return whether a click on a point does something."""
        return self.driver_at(index) is not None

    def choose(self, index: int) -> None:
        """Tell whoever listens that the user chose a point."""
        driver = self.driver_at(index)
        if driver is not None:
            self.driver_chosen.emit(driver)

    @property
    def shown_tooltip(self) -> str:
        """What the bubble says, empty without one."""
        return "" if self._pointed is None else self.tooltip_of(self._pointed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def contents_changed(self, description: str) -> None:
        """Arrange and paint again, pointing at nothing.

        Parameters
        ----------
        description
            The key facts in words, for those who do not see the picture.
        """
        self._pointed = None
        self._is_walking = False
        self._description = description
        self.setAccessibleDescription(description)
        self.arrange()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart, the pointed point with its bubble, and the focus."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        painter.setFont(self.font())
        self.paint_chart(painter, self._theme)
        if self._pointed is not None:
            self.paint_pointed(painter, self._theme, self._pointed)
            at = self.point(self._pointed)
            paint_bubble(painter, self._theme, self.shown_tooltip, at, QRectF(self.rect()))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.reference), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything for the new size."""
        super().resizeEvent(event)
        self.arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Describe what lies under the pointer."""
        self._is_walking = False
        self._point_to(self.point_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        if not self._is_walking:
            self._point_to(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what lies under the pointer."""
        index = self.point_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, choose and let go."""
        key = Qt.Key(event.key())
        if key in _ARROWS and self.point_count():
            self._is_walking = True
            self._point_to(self.neighbour(self._pointed, *_ARROWS[key]))
        elif key in ENTER_KEYS and self._pointed is not None:
            self.choose(self._pointed)
        elif key == Qt.Key.Key_Escape and self._pointed is not None:
            self._point_to(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame of the focus."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the point that the arrows reached."""
        if self._is_walking:
            self._is_walking = False
            self._point_to(None)
        self.update()
        super().focusOutEvent(event)

    def _point_to(self, index: int | None) -> None:
        is_new, self._pointed = index != self._pointed, index
        reached = self.shown_tooltip if self._is_walking else ""
        self.setAccessibleDescription(reached or self._description)
        if not is_new:
            return
        is_hand = index is not None and self.can_choose(index)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_hand else Qt.CursorShape.ArrowCursor)
        self.update()
