"""What charts of rows and dots share: a place under the pointer, told in a bubble."""

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

from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.painting.painter import paint_bubble
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Down)
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PointedChart(QWidget):
    """A chart with places in a row; hovering or arrows tell one, a click or Enter chooses it.

    A chart made of it arranges its places in :meth:`arrange`, which runs when contents or
    size change, so that painting only draws.

    Signals
    -------
    driver_chosen(str)
        Driver of the place the user chose.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pointed: int | None = None
        self._is_walking = False
        self.setFont(font(LABEL_PX))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(KEPT_KEYS, (*_BACK, *_ON, *_CHOOSING, Qt.Key.Key_Escape))
        self.setAccessibleName(name)

    @property
    def told(self) -> str:
        """What the bubble says, empty without one."""
        return "" if self._pointed is None else self.tell(self._pointed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def place_count(self) -> int:
        """Return how many places there are, in the order of the arrow keys."""
        raise NotImplementedError

    def place(self, index: int) -> QPointF:
        """Return the pixel of a place."""
        raise NotImplementedError

    def place_at(self, at: QPointF) -> int | None:
        """Return the place under a pixel."""
        raise NotImplementedError

    def tell(self, index: int) -> str:
        """Return what the bubble says about a place."""
        raise NotImplementedError

    def driver_at(self, index: int) -> str | None:
        """Return whom choosing a place chooses."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Work out all pixels for the present contents and size."""
        raise NotImplementedError

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint everything but the bubble."""
        raise NotImplementedError

    def paint_pointed(self, painter: QPainter, theme: Theme, index: int) -> None:
        """Emphasise the place under the pointer; nothing unless a chart wants more."""

    def contents_changed(self) -> None:
        """Arrange and paint again, pointing at nothing."""
        self._pointed = None
        self._is_walking = False
        self.arrange()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chart, the pointed place with its bubble, and the focus."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        painter.setFont(self.font())
        self.paint_chart(painter, self._theme)
        if self._pointed is not None:
            self.paint_pointed(painter, self._theme, self._pointed)
            at = self.place(self._pointed)
            paint_bubble(painter, self._theme, self.told, at, QRectF(self.rect()))
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
        """Tell what lies under the pointer."""
        self._is_walking = False
        self._point_at(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        if not self._is_walking:
            self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what lies under the pointer."""
        index = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, choose and let go."""
        key, count = Qt.Key(event.key()), self.place_count()
        if key in (*_BACK, *_ON) and count:
            start = -1 if key in _ON else count
            here = start if self._pointed is None else self._pointed
            self._is_walking = True
            self._point_at(min(max(here + (1 if key in _ON else -1), 0), count - 1))
        elif key in _CHOOSING and self._pointed is not None:
            self._choose(self._pointed)
        elif key == Qt.Key.Key_Escape and self._pointed is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame of the focus."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the place that the arrows reached."""
        if self._is_walking:
            self._is_walking = False
            self._pointed = None
        self.update()
        super().focusOutEvent(event)

    def _point_at(self, index: int | None) -> None:
        if index == self._pointed:
            return
        self._pointed = index
        can_choose = index is not None and self.driver_at(index) is not None
        shape = Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def _choose(self, index: int) -> None:
        driver = self.driver_at(index)
        if driver is not None:
            self.driver_chosen.emit(driver)
