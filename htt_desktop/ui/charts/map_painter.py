"""Paints the track map's ground: line, marks, labels and key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.map_picture import Gain, MapMark, MapPicture
from htt_desktop.ui.painting.labels import Box, DirectedLabel, place_labels
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_BORDER_PX = 34.0
_KEY_PX = 22.0
_LEADER_PX = 17.0
_FINISH_REACH_PX = 10.0
_WIDTHS_PX = {Gain.LOSES: 5.5, Gain.GAINS: 3.5, Gain.EVEN: 3.0, Gain.UNKNOWN: 1.5}
"""Thick where the compared car loses, thin where it gains: a cue besides the colour."""


@dataclass(frozen=True)
class MapScale:
    """Metres to logical pixels of a widget with the aspect locked and north up."""

    west_m: float
    north_m: float
    pixels_per_metre: float
    left: float
    top: float
    width: int
    height: int

    @classmethod
    def fitting(cls, picture: MapPicture, width: int, height: int) -> MapScale:
        """Return the scale that centres the whole line in a widget."""
        west, east = float(picture.east_m.min()), float(picture.east_m.max())
        south, north = float(picture.north_m.min()), float(picture.north_m.max())
        wide = max(width - 2 * _BORDER_PX, 20.0)
        high = max(height - 2 * _BORDER_PX - _KEY_PX, 20.0)
        scale = min(wide / max(east - west, 1.0), high / max(north - south, 1.0))
        left = (width - (east - west) * scale) / 2
        top = (height - _KEY_PX - (north - south) * scale) / 2
        return cls(west, north, scale, left, top, width, height)

    def to_pixels(self, east_m: float, north_m: float) -> QPointF:
        """Return the pixel of a place."""
        return QPointF(
            self.left + (east_m - self.west_m) * self.pixels_per_metre,
            self.top + (self.north_m - north_m) * self.pixels_per_metre,
        )

    def to_metres(self, point: QPointF) -> tuple[float, float]:
        """Return east and north of a pixel."""
        return (
            self.west_m + (point.x() - self.left) / self.pixels_per_metre,
            self.north_m - (point.y() - self.top) / self.pixels_per_metre,
        )

    def line(self, picture: MapPicture) -> FloatArray:
        """Return the line in pixels, shape ``(points, 2)``."""
        x = self.left + (picture.east_m - self.west_m) * self.pixels_per_metre
        y = self.top + (self.north_m - picture.north_m) * self.pixels_per_metre
        return np.column_stack((x, y))


def paint_picture(painter: QPainter, theme: Theme, picture: MapPicture, scale: MapScale) -> None:
    """Paint everything that does not move with the cursor."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setFont(font(LABEL_PX))
    line = scale.line(picture)
    _paint_runs(painter, theme, picture, line)
    paint_marks(painter, theme, picture, scale)
    _paint_key(painter, theme, picture, scale)


def paint_marks(painter: QPainter, theme: Theme, picture: MapPicture, scale: MapScale) -> None:
    """Paint the finish line, the loops and the numbers of the corners."""
    _paint_ticks(painter, theme, picture, scale)
    _paint_labels(painter, theme, picture, scale, scale.line(picture))


def _paint_runs(painter: QPainter, theme: Theme, picture: MapPicture, line: FloatArray) -> None:
    colors = {
        Gain.LOSES: theme.loss,
        Gain.GAINS: theme.gain,
        Gain.EVEN: theme.muted,
        Gain.UNKNOWN: theme.muted,
    }
    for run in picture.runs:
        pen = QPen(QColor(colors[run.gain]), _WIDTHS_PX[run.gain])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if run.gain is Gain.UNKNOWN:
            pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        points = line[run.first : run.last + 1]
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))


def _paint_ticks(painter: QPainter, theme: Theme, picture: MapPicture, scale: MapScale) -> None:
    for mark, reach, width in (
        (picture.finish, _FINISH_REACH_PX, 3.0),
        *((loop, 6.0, 1.5) for loop in picture.loops),
    ):
        at = scale.to_pixels(mark.east_m, mark.north_m)
        # Pixels count downwards: turning the heading by 90° on screen is (north, east).
        across = QPointF(mark.ahead_north, mark.ahead_east) * reach
        painter.setPen(QPen(QColor(theme.text), width))
        painter.drawLine(at - across, at + across)


def dense(line: FloatArray, step: float = 3.0) -> FloatArray:
    """Return a line with points no further apart than ``step``, shape ``(n, 2)``.

    Examples
    --------
    >>> dense(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [4.0, 0.0], [4.0, 3.0]]
    """
    length = np.hypot(*np.diff(line, axis=0).T)
    parts = np.maximum(np.ceil(length / step), 1)
    index = np.arange(line.shape[0])
    at = np.concatenate(([0.0], np.repeat(1 / parts, parts.astype(np.int64)).cumsum()))
    return np.column_stack([np.interp(at, index, line[:, axis]) for axis in (0, 1)])


def _finish_line(picture: MapPicture, scale: MapScale) -> FloatArray:
    mark = picture.finish
    at = scale.to_pixels(mark.east_m, mark.north_m)
    across = QPointF(mark.ahead_north, mark.ahead_east) * _FINISH_REACH_PX
    ends = at - across, at + across
    return np.array([[end.x(), end.y()] for end in ends])


def _paint_labels(
    painter: QPainter, theme: Theme, picture: MapPicture, scale: MapScale, line: FloatArray
) -> None:
    metrics = QFontMetricsF(painter.font())
    middle = line.mean(axis=0)
    busy = np.concatenate((dense(line), dense(_finish_line(picture, scale))))
    area = Box(2.0, 2.0, scale.width - 4.0, scale.height - 4.0 - _KEY_PX)

    def labels(marks: Iterable[MapMark]) -> list[DirectedLabel]:
        found = []
        for mark in marks:
            at = scale.to_pixels(mark.east_m, mark.north_m)
            right, down = mark.ahead_north, mark.ahead_east
            # Away from the middle of the track there is more room.
            if right * (at.x() - middle[0]) + down * (at.y() - middle[1]) < 0:
                right, down = -right, -down
            size = metrics.horizontalAdvance(mark.label) + 4, metrics.height() - 1
            found.append(DirectedLabel(mark.label, at.x(), at.y(), right, down, *size))
        return found

    wanted = [*labels([picture.finish]), *labels(picture.corners)]
    placed = place_labels(wanted, busy, area)
    names = place_labels(labels(picture.loops), busy, area, [box for _, box in placed])
    for group, color in ((placed, theme.text), (names, theme.muted)):
        painter.setPen(QPen(QColor(color), 0.7))
        for label, box in group:
            x, y, away = box.away_from(label.x, label.y)
            if away > _LEADER_PX:
                painter.drawLine(QPointF(label.x, label.y), QPointF(x, y))
            cell = QRectF(box.left, box.top, box.width, box.height)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, label.text)


def _paint_key(painter: QPainter, theme: Theme, picture: MapPicture, scale: MapScale) -> None:
    metrics = QFontMetricsF(painter.font())
    y = scale.height - _KEY_PX
    x = 8.0
    for gain, color, text in (
        (Gain.LOSES, theme.loss, "▲ compared loses"),
        (Gain.GAINS, theme.gain, "▼ gains"),
    ):
        painter.setPen(QPen(QColor(color), _WIDTHS_PX[gain]))
        painter.drawLine(QPointF(x, y + _KEY_PX / 2), QPointF(x + 16, y + _KEY_PX / 2))
        painter.setPen(QColor(theme.text))
        size = metrics.horizontalAdvance(text)
        painter.drawText(QRectF(x + 21, y, size + 2, _KEY_PX), Qt.AlignmentFlag.AlignVCenter, text)
        x += 21 + size + 14
    note = "   ".join(
        text
        for text, is_said in (
            ("N ↑", picture.is_north_up),
            ("reconstructed, no GPS", picture.reconstructed),
        )
        if is_said
    )
    painter.setPen(QColor(theme.loss if picture.reconstructed else theme.muted))
    if x + metrics.horizontalAdvance(note) + 8 <= scale.width:
        area = QRectF(x, y, scale.width - x - 8, _KEY_PX)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
    else:
        area = QRectF(8, 2, scale.width - 16, _KEY_PX)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
