"""A lap laid out straight: what is known of a track where no positions were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from htt_desktop.domain.tracks import Corner, Track
from htt_desktop.ui.charts.track_marks import loop_label
from htt_desktop.ui.painting.scales import nice_step, tick_decimals
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

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


def levels(starts: Sequence[float], widths: Sequence[float], count: int) -> list[int]:
    """Return in which row each label finds room, the last one where in none.

    Examples
    --------
    >>> levels([0.0, 4.0, 6.0, 30.0], [8.0] * 4, 2)
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
    rows = levels(starts, widths, _LEVELS)
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
