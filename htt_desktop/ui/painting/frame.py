"""The frame of the season's charts: shows a scene, answers pointer and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.painting.hits import HitMap, Place
from htt_desktop.ui.painting.layout import Layout, lay_out
from htt_desktop.ui.painting.marks import color_of
from htt_desktop.ui.painting.painter import paint_bubble, paint_message, paint_scene
from htt_desktop.ui.painting.scene import Role, Scene, only_says
from htt_desktop.ui.theme import BASE_PX, LABEL_PX, Theme, font

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PlotFrame(QWidget):
    """A chart painted from a scene.

    Hovering says in a box what lies under the pointer, a click chooses it. With the focus,
    arrows walk from place to place, Enter chooses, Escape lets go.

    Signals
    -------
    driver_chosen(str)
        Driver of the place the user chose.
    race_chosen(RaceKey)
        Race of the place the user chose, from charts over the calendar.
    """

    driver_chosen = Signal(str)
    race_chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._scene = only_says("Nothing to show yet.")
        self._layout: Layout | None = None
        self._laid_out_for = QSize()
        self._hits: HitMap | None = None
        self._at: Place | None = None
        self._is_walking = False
        self.setFont(font(LABEL_PX))
        self.setMinimumSize(160, 120)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(KEPT_KEYS, (*_ARROWS, *_CHOOSING, Qt.Key.Key_Escape))
        self.setAccessibleName(name)

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self._scene

    @property
    def told(self) -> str:
        """What the box beside the pointer says, empty without one."""
        return "" if self._at is None else self._laid_out_hits().text(self._at)

    def show_scene(self, scene: Scene) -> None:
        """Replace what is shown."""
        self._scene = scene
        self._at = None
        self.setAccessibleDescription(scene.facts or scene.message)
        self._layout = self._hits = None
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 280)

    def place_of(self, driver: str, index: int) -> QPointF:
        """Return the pixel of one of a driver's places.

        Raises
        ------
        KeyError
            The driver has no such place in the picture.
        """
        return self._laid_out_hits().point(driver, index)

    def laid_out(self) -> Layout:
        """Return where everything is in the present size."""
        # A widget that is not shown yet hears of its new size only later.
        if self._layout is None or self._laid_out_for != self.size():
            metrics = QFontMetricsF(self.font())
            self._layout = lay_out(self._scene, self.width(), self.height(), metrics)
            self._laid_out_for = self.size()
            self._hits = None
        return self._layout

    def event(self, event: QEvent) -> bool:
        """Say the whole footnote when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            on_it = not self._scene.message and self.laid_out().footnote.contains(event.pos())
            QToolTip.showText(event.globalPos(), self._scene.footnote if on_it else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene and what follows the pointer."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        if self._scene.message:
            painter.setFont(font(BASE_PX))
            paint_message(painter, self._theme, QRectF(self.rect()), self._scene.message)
        else:
            painter.setFont(self.font())
            paint_scene(painter, self._theme, self._scene, self.laid_out())
            if self._at is not None:
                self._paint_place(painter, self._at)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.reference), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what lies under the pointer."""
        self._is_walking = False
        self._go_to(self._nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        if not self._is_walking:
            self._go_to(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what lies under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            place = self._nearest(event.position())
            if place is not None:
                self._choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, choose and let go."""
        key = Qt.Key(event.key())
        if key in _ARROWS and self._scene.series:
            self._is_walking = True
            self._go_to(self._laid_out_hits().neighbour(self._at, *_ARROWS[key]))
            self.setAccessibleDescription(self.told)
        elif key in _CHOOSING and self._at is not None:
            self._choose(self._at)
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._go_to(None)
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
            self._at = None
            self.setAccessibleDescription(self._scene.facts)
        self.update()
        super().focusOutEvent(event)

    def _laid_out_hits(self) -> HitMap:
        found = self.laid_out()
        if self._hits is None:
            self._hits = HitMap(self._scene.series, found)
        return self._hits

    def _nearest(self, at: QPointF) -> Place | None:
        if self._scene.message or not self._scene.series:
            return None
        return self._laid_out_hits().nearest(at.x(), at.y())

    def _go_to(self, place: Place | None) -> None:
        if place == self._at:
            return
        self._at = place
        can_choose = place is not None and self._laid_out_hits().chooses(place)
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
        )
        self.update()

    def _choose(self, place: Place) -> None:
        series = self._scene.series[place.series]
        if series.races:
            self.race_chosen.emit(series.races[place.index])
        if series.driver is not None and series.chooses_driver:
            self.driver_chosen.emit(series.driver)

    def _paint_place(self, painter: QPainter, place: Place) -> None:
        hits = self._laid_out_hits()
        series = self._scene.series[place.series]
        at = hits.pixel(place)
        color = QColor(
            color_of(Role.PLAIN if series.role is Role.FIELD else series.role, self._theme)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if series.role is Role.FIELD and len(series.x) > 1:
            painter.setPen(QPen(color, 1.6))
            painter.drawPolyline(hits.polyline(place))
        painter.setPen(QPen(color, 2))
        painter.drawEllipse(at, 7.0, 7.0)
        paint_bubble(painter, self._theme, hits.text(place), at, QRectF(self.rect()))
