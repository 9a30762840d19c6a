"""The track seen from above."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.map_painter import MapScale, paint_picture
from htt_desktop.ui.charts.map_picture import MapPicture, cars_at, picture_of
from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.theme import BASE_PX, LABEL_PX, Theme, font
from htt_desktop.ui.wording.lap_texts import lap_names

_CAR_PX = 6.0
_HALF_NAME_PX = 7.0
_AHEAD_M = 10.0
_CLICK_PX = 40.0
_NO_LINE = (
    "No map of this pair: neither lap has GPS positions, and its speed and lateral "
    "acceleration do not close a lap. The plots are not affected."
)


class TrackMap(QWidget):
    """The driven line, coloured by who gains, with both cars at the cursor.

    North is up. The reference car is a filled dot, the compared car a ring, each with its
    name; both are shown at the same time since the line.

    Signals
    -------
    place_chosen(float)
        Lap distance in metres of the place that was clicked.
    """

    place_chosen = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(160, 120)
        self._theme = theme
        self._comparison: Comparison | None = None
        self._picture: MapPicture | None = None
        self._cursor_m: float | None = None
        self._ground: QPixmap | None = None
        self._scale: MapScale | None = None

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Draw the line of a comparison, or nothing."""
        before = self._comparison
        if before is None or comparison is None or before.track != comparison.track:
            self._cursor_m = None
        self._comparison = comparison
        self._picture = None if comparison is None else picture_of(comparison)
        self._redraw()

    @property
    def names(self) -> tuple[str, str]:
        """What is written beside the dots of the reference and the compared car."""
        return ("", "") if self._comparison is None else lap_names(self._comparison)

    def set_cursor(self, distance_m: float) -> None:
        """Put the cars where they were when the reference car was at this place."""
        self._cursor_m = distance_m
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self._redraw()

    def sizeHint(self) -> QSize:
        """Return a size at which all corner numbers fit."""
        return QSize(420, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture and the cars on it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        if self._picture is None:
            if self._comparison is not None:
                self._paint_reason(painter)
            return
        if self._ground is None:
            self._ground = self._draw_ground(self._picture)
        painter.drawPixmap(0, 0, self._ground)
        self._paint_cars(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the picture again in the new size."""
        super().resizeEvent(event)
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the place of the line nearest to the click."""
        if self._picture is None or self._scale is None:
            return
        east_m, north_m = self._scale.to_metres(event.position())
        distance_m, away_m = self._picture.nearest(east_m, north_m)
        if away_m * self._scale.pixels_per_metre <= _CLICK_PX:
            self.place_chosen.emit(distance_m)

    def _redraw(self) -> None:
        self._ground = None
        self.update()

    def _draw_ground(self, picture: MapPicture) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(QColor(self._theme.panel))
        painter = QPainter(ground)
        self._scale = MapScale.fitting(picture, self.width(), self.height())
        paint_picture(painter, self._theme, picture, self._scale)
        painter.end()
        return ground

    def _paint_cars(self, painter: QPainter) -> None:
        picture, comparison, scale = self._picture, self._comparison, self._scale
        if picture is None or comparison is None or scale is None or self._cursor_m is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        reference_m, compared_m = cars_at(comparison, self._cursor_m)
        names = self.names
        painter.setFont(font(LABEL_PX))
        for distance_m, token, filled in (
            (compared_m, self._theme.compared, False),
            (reference_m, self._theme.reference, True),
        ):
            place = scale.to_pixels(*picture.place(distance_m))
            self._paint_name(painter, picture, distance_m, names[not filled], left=filled)
            painter.setBrush(QColor(token if filled else self._theme.panel))
            painter.setPen(QPen(QColor(self._theme.panel if filled else token), 2.5))
            size = _CAR_PX - 1 if filled else _CAR_PX + 1
            painter.drawEllipse(QPointF(place), size, size)

    def _paint_name(
        self,
        painter: QPainter,
        picture: MapPicture,
        distance_m: float,
        name: str,
        *,
        left: bool,
    ) -> None:
        """Write whose dot it is beside the line: the cars are often on top of one another."""
        scale, theme = self._scale, self._theme
        if scale is None:
            return
        ends = [
            scale.to_pixels(*picture.place(max(distance_m + step_m, 0.0)))
            for step_m in (-_AHEAD_M, _AHEAD_M)
        ]
        along = ends[1] - ends[0]
        length = math.hypot(along.x(), along.y()) or 1.0
        # Pixels count downwards: (dy, −dx) points to the left of the driving direction.
        across = QPointF(along.y(), -along.x()) / length * (1.0 if left else -1.0)
        metrics = painter.fontMetrics()
        plate = QRectF(0.0, 0.0, metrics.horizontalAdvance(name) + 7.0, metrics.height())
        away = _CAR_PX + 4.0 + abs(across.x()) * plate.width() / 2 + abs(across.y()) * _HALF_NAME_PX
        plate.moveCenter(scale.to_pixels(*picture.place(distance_m)) + across * away)
        # Framed, or a car number could be taken for a corner's.
        border = QPen(QColor(theme.reference if left else theme.compared), 1)
        paint_plate(painter, plate, border, QColor(theme.panel))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_reason(self, painter: QPainter) -> None:
        painter.setFont(font(BASE_PX))
        painter.setPen(QColor(self._theme.muted))
        area = QRectF(self.rect()).adjusted(24, 16, -24, -16)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, int(flags), _NO_LINE)
