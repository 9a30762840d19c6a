"""The one place where pyqtgraph draws: a trace, and the band behind the delta."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import (
    QGraphicsLineItem,
    QGraphicsPathItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.signals import runs

_DASHES = (7.0, 4.0)
_FINE_RATIO = 1.5

# Pens wider than one device pixel leave Qt's fast path and cost eight times as much.
# One-pixel strokes side by side look like a pen of 1.5 pixels and stay on it.
_STROKES = (-0.25, 0.25)
_FINE_STROKES = (-0.5, 0.0, 0.5)
"""Shifts in pixels, rightwards and downwards alike: plain screens, and those at 1.5× and more."""

POINTS_PER_PIXEL = 16
"""More points than this per pixel are thinned; one lap at 23 Hz never gets there."""


class LapCurve(pg.PlotCurveItem):  # type: ignore[misc, unused-ignore]
    """A trace with gaps, solid or dashed, drawn with one-pixel strokes."""

    def __init__(self, *, dashed: bool) -> None:
        super().__init__()
        self._dashed = dashed
        self._x: FloatArray = np.empty(0)
        self._y: FloatArray = np.empty(0)
        self._stroke = QPen()
        self._bounds = QRectF()
        self._drawn: tuple[int, int, int] | None = None
        self.is_thinned = False

    def set_color(self, color: QColor) -> None:
        """Draw in a colour."""
        self._stroke = QPen(color, 1)
        self._stroke.setCosmetic(True)
        if self._dashed:
            self._stroke.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.update()

    def set_points(self, x: FloatArray, y: FloatArray) -> None:
        """Draw other points; a NaN in ``y`` is a gap."""
        self._x, self._y = x, y
        self._drawn = None
        self.is_thinned = False
        self._bounds = _bounds_of(x, y)
        self.setVisible(x.size > 1)
        self.setData(x, y, connect="finite")

    def set_view(self, start: float, end: float, pixels: int) -> None:
        """Thin the visible points if the screen is too narrow for them."""
        first = max(int(self._x.searchsorted(start)) - 1, 0)
        last = int(self._x.searchsorted(end, side="right")) + 1
        if needs_thinning(last - first, pixels):
            wanted = (first, last, pixels)
            if wanted != self._drawn:
                part = slice(first, last)
                x, y = peaks(self._x[part], self._y[part], pixels)
                self.setData(x, y, connect="finite")
                self._drawn = wanted
            self.is_thinned = True
        elif self.is_thinned:
            self.set_points(self._x, self._y)

    def boundingRect(self) -> QRectF:
        """Return the extent of the points.

        The base class adds the pen's width and measures all points again whenever the
        view moves; the canvas is always drawn whole, so neither is needed.
        """
        return self._bounds

    def viewTransformChanged(self) -> None:
        """Keep the extent: it does not depend on the view."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Stroke the trace."""
        if self.xData is None or self.xData.size < 2:
            return
        # Antialiasing is free for one-pixel strokes, so it stays on while dragging.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        ratio = painter.device().devicePixelRatioF()
        if self._dashed:
            # Cosmetic pens count device pixels, so dashes grow with the screen's density.
            self._stroke.setDashPattern([length * ratio for length in _DASHES])
        painter.setPen(self._stroke)
        path = self.getPath()
        placed = painter.worldTransform()
        for shift in _FINE_STROKES if ratio >= _FINE_RATIO else _STROKES:
            painter.setWorldTransform(placed * QTransform.fromTranslate(shift, shift))
            painter.drawPath(path)
        painter.setWorldTransform(placed)


def _bounds_of(x: FloatArray, y: FloatArray) -> QRectF:
    finite = y[np.isfinite(y)]
    if not finite.size:
        return QRectF()
    low, high = float(finite.min()), float(finite.max())
    return QRectF(float(x[0]), low, float(x[-1] - x[0]), high - low)


class ZeroLine(QGraphicsLineItem):
    """The level of no difference: over the band, under the delta."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-5)

    def set_color(self, color: QColor) -> None:
        """Draw in a colour."""
        pen = QPen(color, 1)
        pen.setCosmetic(True)
        self.setPen(pen)

    def set_ends(self, start: float, end: float) -> None:
        """Reach along the axis from one place to another."""
        self.setLine(start, 0.0, end, 0.0)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw one row of pixels, of logical ones on dense screens."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        pen = self.pen()
        pen.setWidth(round(painter.device().devicePixelRatioF()))
        painter.setPen(pen)
        painter.drawLine(self.line())


class BandItem(QGraphicsPathItem):
    """The 95 % band around the delta."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(-10)

    def set_band(self, x: FloatArray, low: FloatArray, high: FloatArray) -> None:
        """Fill between two lines; NaN is a gap in both."""
        path = QPainterPath()
        known = np.isfinite(low) & np.isfinite(high)
        for first, last in runs(known):
            there_x, back_x = x[first:last], x[first:last][::-1]
            ring_x = np.concatenate((there_x, back_x))
            ring_y = np.concatenate((high[first:last], low[first:last][::-1]))
            path.addPath(pg.arrayToQPath(ring_x, ring_y, connect="all"))
            path.closeSubpath()
        self.setPath(path)


def needs_thinning(points: int, pixels: int) -> bool:
    """Return whether so many points on so few pixels should be thinned."""
    return points > POINTS_PER_PIXEL * max(pixels, 1)


def peaks(x: FloatArray, y: FloatArray, pixels: int) -> tuple[FloatArray, FloatArray]:
    """Return lowest and highest point of each pixel's worth of samples, in order.

    Extremes survive, and so does every gap: a group that holds a NaN ends in one.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> peaks(x, np.array([0, 5, 1, 2, 9, 3, 4, 4.0]), 2)[1].tolist()
    [0.0, 5.0, 9.0, 3.0]
    """
    size = max(x.size // max(pixels, 1), 2)
    groups = x.size // size
    cut = groups * size
    values = y[:cut].reshape(groups, size)
    gap = np.isnan(values).any(axis=1)
    low = np.where(np.isnan(values), np.inf, values).argmin(axis=1)
    high = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    first = np.arange(groups) * size
    picked = np.sort(np.stack((first + low, first + high), axis=1), axis=1).ravel()
    thin_x, thin_y = x[picked], y[picked]
    thin_y[1::2][gap] = np.nan
    return np.concatenate((thin_x, x[cut:])), np.concatenate((thin_y, y[cut:]))
