"""The number as on the car: solid for the driver, dashed for the rival."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from htt_desktop.ui.state import Side
from htt_desktop.ui.theme import FIGURE_PX, RADIUS_PX, Theme, font

_SIZE = QSize(72, 44)
_LINE_PX = 2


class NumberPlate(QWidget):
    """A frame in the colour of its side around a number; empty for nobody."""

    def __init__(self, side: Side, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._theme = theme
        self.number = ""
        self.setFont(font(FIGURE_PX, bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_number(self, number: str) -> None:
        """Show another number."""
        self.number = number
        self.setAccessibleName(f"number {number}" if number else "nobody")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for three figures."""
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and number."""
        is_driver = self._side is Side.REFERENCE
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.SolidLine if is_driver else Qt.PenStyle.DashLine
        token = self._side.value if self.number else "grid"
        painter.setPen(QPen(self._theme.color(token), _LINE_PX, style))
        painter.setBrush(self._theme.color("panel"))
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, RADIUS_PX, RADIUS_PX)
        painter.setPen(self._theme.color("text"))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.number)
