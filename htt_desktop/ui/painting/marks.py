"""Colours, pens, marks and plates: never told apart by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from htt_desktop.ui.painting.scene import Mark, Role, Shape
from htt_desktop.ui.theme import RADIUS_PX, Theme, blend

_DASHES = [4.0, 2.5]
_HALF_PX = {Shape.SMALL: 2.2, Shape.RING: 2.6, Shape.DIAMOND: 5.5, Shape.CROSS: 4.0}
_DOT_PX = 4.5
_FIELD_DOT_PX = 3.2
_FIELD_SHARE = 0.7
_DIAMOND = ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))
_TRIANGLE = ((-1.0, 0.9), (0.0, -1.0), (1.0, 0.9))


def color_of(role: Role, theme: Theme) -> str:
    """Return the colour of a role."""
    if role is Role.DRIVER:
        return theme.reference
    if role is Role.RIVAL:
        return theme.compared
    return theme.muted if role is Role.FIELD else theme.text


def pen_of(role: Role, theme: Theme) -> QPen:
    """Return the pen of a role's lines: solid for the driver, dashed for the rival."""
    if role is Role.FIELD:
        return QPen(QColor(blend(theme.muted, theme.panel, _FIELD_SHARE)), 1.0)
    pen = QPen(QColor(color_of(role, theme)), 2.4 if role is Role.DRIVER else 2.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if role is Role.RIVAL:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_DASHES)
    return pen


def paint_mark(painter: QPainter, theme: Theme, mark: Mark, x: float, y: float) -> None:
    """Paint a mark with its middle at a pixel.

    The rival's triangle is open at its base, so that two at the same edge stay apart.
    """
    color = QColor(color_of(mark.role, theme))
    half = _HALF_PX.get(mark.shape, _DOT_PX)
    if mark.shape is Shape.CROSS:
        painter.setPen(QPen(color, 1.8))
        painter.drawLine(QLineF(x - half, y - half, x + half, y + half))
        painter.drawLine(QLineF(x - half, y + half, x + half, y - half))
        return
    if mark.shape is Shape.BAR:
        painter.setPen(QPen(color, 2.4))
        painter.drawLine(QLineF(x - 6, y, x + 6, y))
        return
    is_filled = mark.is_filled and mark.shape is not Shape.RING
    painter.setPen(Qt.PenStyle.NoPen if is_filled else QPen(color, 1.6))
    painter.setBrush(color if is_filled else QColor(theme.panel))
    if mark.shape in (Shape.ABOVE, Shape.BELOW):
        turn = half if mark.shape is Shape.ABOVE else -half
        corners = QPolygonF([QPointF(x + dx * half, y + dy * turn) for dx, dy in _TRIANGLE])
        if mark.role is Role.RIVAL:
            painter.setPen(QPen(color, 1.8))
            painter.drawPolyline(corners)
        else:
            painter.drawPolygon(corners)
    elif mark.shape is Shape.DIAMOND:
        painter.drawPolygon(
            QPolygonF([QPointF(x + dx * half, y + dy * half) for dx, dy in _DIAMOND])
        )
    else:
        if mark.role is Role.FIELD:
            half = _FIELD_DOT_PX
        painter.drawEllipse(QPointF(x, y), half, half)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_plate(
    painter: QPainter,
    box: QRect | QRectF,
    border: QPen | Qt.PenStyle,
    ground: QBrush | QColor | Qt.BrushStyle,
) -> None:
    """Paint a box with round corners."""
    painter.setPen(border)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
