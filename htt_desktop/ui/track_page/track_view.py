"""One track from above, or as a straight lap where nobody recorded positions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.tracks import Track
from htt_desktop.ui.charts.map_painter import MapScale, paint_marks
from htt_desktop.ui.charts.map_picture import MapPicture, picture_along
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.track_page.ribbon import NO_POSITIONS, corner_figure, paint_track_ribbon

MEASURED = "N ↑   mean of the fastest laps' positions"
DRAWN = "drawn from speed and lateral acceleration, without positions"
DRAWN_NORTH_UP = f"N ↑   {DRAWN}"
NOTHING = "Nothing is known of the shape of this track."

_LINE_PX = 3.5
_NOTE_PX = 22.0
_ARROW_M = 60.0
_ARROW_PX = 7.0


class TrackView(QWidget):
    """The track with its corners and loops.

    A corner whose place is uncertain carries a question mark. The picture is painted
    once for each size and theme.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(240, 200)
        self.setFont(font(LABEL_PX))
        self._theme = theme
        self._track: Track | None = None
        self._picture: MapPicture | None = None
        self._ground: QPixmap | None = None

    @property
    def picture(self) -> MapPicture | None:
        """The line with its marks, ``None`` where the lap is laid out straight."""
        return self._picture

    @property
    def note(self) -> str:
        """Where the picture comes from."""
        if self._picture is not None:
            if not self._picture.reconstructed:
                return MEASURED
            return DRAWN_NORTH_UP if self._picture.is_north_up else DRAWN
        return NOTHING if self._track is None else NO_POSITIONS

    def show_track(self, season: Season, track_id: str) -> None:
        """Show a track of a season."""
        self._track = season.geometry.get(track_id)
        line = season.lines.get(track_id)
        length_m = season.tracks[track_id].length_m
        self._picture = None if line is None else _picture(line, self._track, length_m)
        corners = "" if self._track is None else f", {len(self._track.numbered_corners)} corners"
        self.setAccessibleName(f"Map of {season.tracks[track_id].name}{corners}")
        self.setAccessibleDescription(self.note)
        self._redraw()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self._redraw()

    def sizeHint(self) -> QSize:
        """Return a size at which all corner numbers fit."""
        return QSize(460, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the picture again in the new size."""
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture."""
        if self._ground is None:
            self._ground = self._draw_ground()
        QPainter(self).drawPixmap(0, 0, self._ground)

    def _redraw(self) -> None:
        self._ground = None
        self.update()

    def _draw_ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(QColor(self._theme.panel))
        painter = QPainter(ground)
        painter.setFont(self.font())
        area = QRectF(self.rect())
        if self._picture is not None:
            self._paint_map(painter, self._picture)
        elif self._track is not None:
            paint_track_ribbon(painter, self._theme, self._track, area)
        else:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, NOTHING)
        painter.end()
        return ground

    def _paint_map(self, painter: QPainter, picture: MapPicture) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        scale = MapScale.fitting(picture, self.width(), self.height())
        pen = QPen(QColor(self._theme.muted), _LINE_PX)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if picture.reconstructed:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([5.0, 1.4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = scale.line(picture).tolist()
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        self._paint_arrow(painter, picture, scale)
        paint_marks(painter, self._theme, picture, scale)
        note = QRectF(8, self.height() - _NOTE_PX, self.width() - 16, _NOTE_PX)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(note, Qt.AlignmentFlag.AlignVCenter, self.note)

    def _paint_arrow(self, painter: QPainter, picture: MapPicture, scale: MapScale) -> None:
        """Paint which way the cars go, just behind the line."""
        tail = scale.to_pixels(*picture.place(_ARROW_M))
        tip = scale.to_pixels(*picture.place(_ARROW_M + 8.0))
        ahead = tip - tail
        size = float(np.hypot(ahead.x(), ahead.y())) or 1.0
        ahead *= _ARROW_PX / size
        across = QPointF(-ahead.y(), ahead.x()) * 0.8
        painter.setPen(QPen(QColor(self._theme.panel), 1))
        painter.setBrush(QColor(self._theme.text))
        painter.drawPolygon(QPolygonF([tail + ahead, tail - ahead + across, tail - ahead - across]))


def _picture(line: TrackLine, track: Track | None, length_m: float) -> MapPicture:
    """Return the closed line with its marks; without a track table only the finish line."""
    count = len(line.x_m)
    places_m = np.append(np.arange(count) * line.step_m, length_m)
    points = places_m, np.append(line.x_m, line.x_m[0]), np.append(line.y_m, line.y_m[0])
    bare = Track("", "", length_m, (0.0, 0.0), 0.0, (), (), 0.0, 0.0)
    known = bare if track is None else track
    corners = tuple(replace(corner, number=corner_figure(corner)) for corner in known.corners)
    marked = replace(known, corners=corners)
    return picture_along(
        marked,
        points,
        (),
        reconstructed=not line.is_measured,
        is_north_up=line.is_measured or known.line_bearing_deg is not None,
    )
