"""Paints a laid-out scene."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from htt_desktop.ui.painting.layout import PAD_PX, SAMPLE_PX, Layout
from htt_desktop.ui.painting.marks import color_of, paint_mark, paint_plate, pen_of
from htt_desktop.ui.painting.scene import BoxPlot, Mark, Role, Scene, Shape
from htt_desktop.ui.theme import Theme, blend

_STAMP_PX = 9.0
_DOTS = [1.0, 3.0]


def paint_scene(painter: QPainter, theme: Theme, scene: Scene, found: Layout) -> None:
    """Paint everything that does not follow the pointer."""
    _paint_ground(painter, theme, scene, found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    for line, polygon in zip(scene.lines, found.polygons, strict=True):
        painter.setPen(pen_of(line.role, theme))
        painter.drawPolyline(polygon)
    _paint_band_texts(painter, theme, scene, found)
    for box in scene.boxes:
        _paint_box(painter, theme, box, found)
    metrics = QFontMetricsF(painter.font())
    stamps: dict[Role, QPixmap] = {}
    for mark in scene.marks:
        x, y = found.x_of(mark.x), found.y_of(mark.y)
        if mark.shape in (Shape.SMALL, Shape.RING):
            # Hundreds of them: copying a picture costs a tenth of drawing a circle.
            if mark.role not in stamps:
                stamps[mark.role] = _stamp(theme, mark, painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(x - _STAMP_PX / 2, y - _STAMP_PX / 2), stamps[mark.role])
            continue
        paint_mark(painter, theme, mark, x, y)
        if mark.text:
            painter.setPen(QColor(color_of(mark.role, theme)))
            left = x - metrics.horizontalAdvance(mark.text) / 2
            painter.drawText(QPointF(left, y - 7), mark.text)
    _paint_labels(painter, theme, found, metrics)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    _paint_texts(painter, theme, found)


def _stamp(theme: Theme, mark: Mark, ratio: float) -> QPixmap:
    stamp = QPixmap(round(_STAMP_PX * ratio), round(_STAMP_PX * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    paint_mark(painter, theme, mark, _STAMP_PX / 2, _STAMP_PX / 2)
    painter.end()
    return stamp


def _paint_ground(painter: QPainter, theme: Theme, scene: Scene, found: Layout) -> None:
    area = found.area
    for band in scene.bands:
        left, right = found.x_of(band.start), found.x_of(band.end)
        cell = QRectF(left, area.top(), right - left, area.height())
        painter.fillRect(cell, QColor(theme.yellow_phase))
    painter.setPen(QPen(QColor(theme.grid), 1))
    painter.drawLines([QLineF(area.left(), y, area.right(), y) for y in found.y_grid])
    painter.drawLines([QLineF(x, area.top(), x, area.bottom()) for x in found.x_grid])
    for rule in scene.rules:
        pen = pen_of(rule.role, theme)
        pen.setWidthF(1.2)
        if rule.role is Role.PLAIN:
            pen.setColor(QColor(theme.muted))
            pen.setDashPattern(_DOTS)
        painter.setPen(pen)
        if rule.is_upright:
            at = found.x_of(rule.at)
            painter.drawLine(QLineF(at, area.top(), at, area.bottom()))
        else:
            at = found.y_of(rule.at)
            painter.drawLine(QLineF(area.left(), at, area.right(), at))


def _paint_band_texts(painter: QPainter, theme: Theme, scene: Scene, found: Layout) -> None:
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(theme.text))
    last_end = 0.0
    for band in scene.bands:
        left, size = found.x_of(band.start) + 2, metrics.horizontalAdvance(band.text) + 4
        if left < last_end:
            continue
        last_end = left + size
        # On a ground of its own, since lines run below it.
        top = found.area.bottom() - metrics.height()
        painter.fillRect(QRectF(left, top, size, metrics.height()), QColor(theme.yellow_phase))
        painter.drawText(QPointF(left + 2, top + metrics.ascent()), band.text)


def _paint_box(painter: QPainter, theme: Theme, box: BoxPlot, found: Layout) -> None:
    color = color_of(box.role, theme)
    left, right = found.x_of(box.left), found.x_of(box.right)
    cell = QRectF(QPointF(left, found.y_of(box.high)), QPointF(right, found.y_of(box.low)))
    cell = cell.normalized()
    pen = pen_of(box.role, theme)
    pen.setWidthF(1.2)
    painter.setPen(pen)
    if box.role is Role.DRIVER:
        painter.setBrush(QColor(blend(color, theme.panel, 0.3)))
    painter.drawRect(cell)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(color), 2.4))
    middle = found.y_of(box.middle)
    painter.drawLine(QLineF(left, middle, right, middle))


def _paint_labels(painter: QPainter, theme: Theme, found: Layout, metrics: QFontMetricsF) -> None:
    for placed in found.labels:
        painter.setPen(QPen(QColor(color_of(placed.label.role, theme)), 0.8))
        if placed.leader is not None:
            end = QPointF(placed.left - 2, placed.top + placed.height / 2)
            painter.drawLine(QPointF(*placed.leader), end)
        baseline = placed.top + (placed.height + metrics.ascent()) / 2 - 1
        painter.drawText(QPointF(placed.left, baseline), placed.label.text)


def _paint_texts(painter: QPainter, theme: Theme, found: Layout) -> None:
    role = None
    for text in found.texts:
        if text.role is not role:
            painter.setPen(QColor(color_of(text.role, theme)))
            role = text.role
        painter.drawText(QPointF(text.x, text.y), text.text)
    for x, y, sample in found.samples:
        painter.setPen(pen_of(sample, theme))
        painter.drawLine(QLineF(x, y, x + SAMPLE_PX, y))


def paint_message(painter: QPainter, theme: Theme, area: QRectF, message: str) -> None:
    """Write one sentence into the middle of an area."""
    painter.setPen(QColor(theme.muted))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area, int(flags), message)


def bubble_box(at: QPointF, width: float, height: float, bounds: QRectF) -> QRectF:
    """Return a box above or below a place and beside it, inside the bounds where it fits."""
    left = at.x() + 12 if at.x() + 12 + width <= bounds.right() else at.x() - 12 - width
    top = at.y() - 10 - height if at.y() - 10 - height >= bounds.top() else at.y() + 12
    left = min(max(left, bounds.left() + 1), max(bounds.right() - width - 1, bounds.left()))
    top = min(max(top, bounds.top() + 1), max(bounds.bottom() - height - 1, bounds.top()))
    return QRectF(left, top, width, height)


def paint_bubble(painter: QPainter, theme: Theme, text: str, at: QPointF, bounds: QRectF) -> None:
    """Write what the pointer rests on into a box beside the place, inside the widget."""
    metrics = QFontMetricsF(painter.font())
    lines = text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * PAD_PX
    height = len(lines) * metrics.height() + PAD_PX
    box = bubble_box(at, width, height, bounds)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    paint_plate(painter, box, QPen(QColor(theme.muted), 1), QColor(theme.raised))
    painter.setPen(QColor(theme.text))
    for index, line in enumerate(lines):
        y = box.top() + PAD_PX / 2 + index * metrics.height() + metrics.ascent()
        painter.drawText(QPointF(box.left() + PAD_PX, y), line)
