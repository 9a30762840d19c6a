"""One track from above, or as a straight lap where nobody recorded positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.tracks import Corner, Track
from htt_desktop.ui.charts.map_painter import MapScale, paint_marks
from htt_desktop.ui.charts.map_picture import MapPicture, picture_along
from htt_desktop.ui.charts.track_marks import loop_label
from htt_desktop.ui.painting.scales import nice_step, tick_decimals
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats

MEASURED = "N ↑   mean of the fastest laps' positions"
DRAWN = "drawn from speed and lateral acceleration, without positions"
DRAWN_NORTH_UP = f"N ↑   {DRAWN}"
NOTHING = "Nothing is known of the shape of this track."

_LINE_PX = 3.5
_NOTE_PX = 22.0
_ARROW_M = 60.0
_ARROW_PX = 7.0

NO_POSITIONS = (
    "No positions were recorded here, so the lap is laid out straight: lap distance from the "
    "finish line, left corners above, right corners below."
)

_CAPTION_PX = 44.0
_PAD_PX = 10.0
_BAND_PX = 20.0
_LEVELS = 3
_APART_PX = 3.0
_TICK_ROOM_PX = 60.0


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


def paint_track_ribbon(painter: QPainter, theme: Theme, track: Track, area: QRectF) -> None:
    """Paint sectors, corners and loops along a straight lap."""
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    sentence = QRectF(
        area.left() + _PAD_PX, area.top() + 4, area.width() - 2 * _PAD_PX, area.height()
    )
    flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    used = painter.boundingRect(sentence, int(flags), NO_POSITIONS)
    painter.setPen(QColor(theme.muted))
    painter.drawText(sentence, int(flags), NO_POSITIONS)
    left, right = area.left() + _CAPTION_PX + _PAD_PX, area.right() - 2 * _PAD_PX
    width = max(right - left, 20.0)
    scale = width / track.length_m
    above, below = (_placed(track, side, left, scale, metrics) for side in "LR")
    rows_above, rows_below = (
        1 + max((label.level for label in each), default=0) for each in (above, below)
    )
    free = area.bottom() - used.bottom() - (rows_above + rows_below + 2) * line - _BAND_PX - 12
    top = used.bottom() + 4 + max(free, 0.0) / 2 + rows_above * line
    band = QRectF(left, top, width, _BAND_PX)
    _paint_sectors(painter, theme, track, band)
    _paint_corners(painter, theme, above, band.top(), -1)
    _paint_corners(painter, theme, below, band.bottom(), 1)
    foot = band.bottom() + rows_below * line + 6
    captions = {
        "left": band.top() - line / 2 - 2,
        "right": band.bottom() + line / 2 + 2,
        "loops": foot + line / 2,
        "km": foot + 1.5 * line,
    }
    painter.setPen(QColor(theme.muted))
    for text, middle in captions.items():
        painter.drawText(QPointF(area.left() + _PAD_PX, middle + metrics.ascent() / 2 - 1), text)
    _paint_loops(painter, theme, track, band, foot)
    _paint_axis(painter, theme, track, band, foot + line)


def corner_figure(corner: Corner) -> str:
    """Return a corner's number, with a question mark where its place is uncertain."""
    return f"{corner.number}?" if corner.confidence == "low" else corner.number


def label_levels(starts: Sequence[float], widths: Sequence[float], count: int) -> list[int]:
    """Return in which row each label finds room, the last one where in none.

    Examples
    --------
    >>> label_levels([0.0, 4.0, 6.0, 30.0], [8.0] * 4, 2)
    [0, 1, 1, 0]
    """
    ends = [float("-inf")] * count
    found = []
    for start, width in zip(starts, widths, strict=True):
        free = (k for k in range(count) if start >= ends[k] + _APART_PX)
        level = next(free, count - 1)
        ends[level] = start + width
        found.append(level)
    return found


@dataclass(frozen=True)
class _Label:
    x: float
    start: float
    text: str
    is_unsure: bool
    level: int


def _placed(
    track: Track, side: str, left: float, scale: float, metrics: QFontMetricsF
) -> list[_Label]:
    corners = [corner for corner in track.corners if corner.direction == side]
    texts = [corner_figure(corner) for corner in corners]
    widths = [metrics.horizontalAdvance(text) for text in texts]
    places = [left + corner.apex_m * scale for corner in corners]
    starts = [x - size / 2 for x, size in zip(places, widths, strict=True)]
    rows = label_levels(starts, widths, _LEVELS)
    return [
        _Label(x, start, text, corner.confidence == "low", level)
        for x, start, text, corner, level in zip(places, starts, texts, corners, rows, strict=True)
    ]


def _paint_sectors(painter: QPainter, theme: Theme, track: Track, band: QRectF) -> None:
    # Where the loops stand the sectors end; the printed ends may lie elsewhere.
    places = {loop.name: loop.distance_m for loop in track.loops}
    ends = [0.0, *track.sector_ends_m, track.length_m]
    ends[1], ends[2] = places.get("IM1", ends[1]), places.get("IM2", ends[2])
    metrics = QFontMetricsF(painter.font())
    for index in range(3):
        first, last = (
            band.left() + end / track.length_m * band.width() for end in ends[index:][:2]
        )
        cell = QRectF(first, band.top(), last - first, band.height())
        painter.fillRect(cell, QColor(theme.grid if index == 1 else theme.raised))
        painter.setPen(QColor(theme.text))
        metres = f"S{index + 1} · {formats.number(ends[index + 1] - ends[index])} m"
        fits = metrics.horizontalAdvance(metres) <= cell.width() - 4
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, metres if fits else f"S{index + 1}")
    painter.setPen(QPen(QColor(theme.text), 3))
    painter.drawLine(QLineF(band.left(), band.top() - 3, band.left(), band.bottom() + 3))


def _paint_corners(
    painter: QPainter, theme: Theme, labels: Sequence[_Label], edge: float, down: int
) -> None:
    """Paint numbers with leaders from an edge of the band, upwards for ``down`` −1."""
    metrics = QFontMetricsF(painter.font())
    for label in labels:
        end = edge + down * (4 + label.level * metrics.height())
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLine(QLineF(label.x, edge, label.x, end))
        painter.setPen(QColor(theme.muted if label.is_unsure else theme.text))
        baseline = end - 3 if down < 0 else end + metrics.ascent()
        painter.drawText(QPointF(label.start, baseline), label.text)


def _paint_loops(painter: QPainter, theme: Theme, track: Track, band: QRectF, top: float) -> None:
    metrics = QFontMetricsF(painter.font())
    end = float("-inf")
    for loop in track.loops:
        x = band.left() + loop.distance_m / track.length_m * band.width()
        text = loop_label(loop.name)
        # Loops within a sector must not cross its text.
        tick_top = band.top() if text != loop.name else band.bottom() - 5
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.drawLine(QLineF(x, tick_top, x, band.bottom()))
        start = x - metrics.horizontalAdvance(text) / 2
        if start >= end + _APART_PX:
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(start, top + metrics.ascent()), text)
            end = start + metrics.horizontalAdvance(text)


def _paint_axis(painter: QPainter, theme: Theme, track: Track, band: QRectF, top: float) -> None:
    metrics = QFontMetricsF(painter.font())
    length_km = track.length_m / 1000
    step = nice_step(length_km, max(2, int(band.width() / _TICK_ROOM_PX)))
    painter.setPen(QColor(theme.muted))
    for count in range(int(length_km / step) + 1):
        x = band.left() + count * step / length_km * band.width()
        text = formats.number(count * step, tick_decimals(step))
        start = x - metrics.horizontalAdvance(text) / 2
        painter.drawText(QPointF(start, top + metrics.ascent()), text)
