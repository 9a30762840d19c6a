"""The row of stat tiles, painted in one go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.tile_figures import MEASURES, Field, Figure
from htt_desktop.ui.theme import GRID_PX, HEADLINE_PX, LABEL_PX, RADIUS_PX, Theme, font

_HEIGHT_PX = 68
_NARROWEST_PX = 104
_LABEL_LINE_PX = 16
_TIGHT_PX, _ROOM_PX = 14, 64
"""Size of a figure where its part of the tile is narrower than a large one needs."""
_SIGNS = ("━", "╍")


class StatTiles(QWidget):
    """Value and field rank per tile; with a rival, both values.

    Labels would cost a layout pass for each of their texts, on every change of driver.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._field: Field | None = None
        self._season: object = None
        self.figures: tuple[tuple[Figure, ...], ...] = ()
        self._small = font(LABEL_PX)
        self._large = font(HEADLINE_PX, bold=True)
        self._tight = font(_TIGHT_PX, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Season in figures")

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival."""
        if self._field is None or self._season is not pair.season:
            self._season, self._field = pair.season, Field(pair.season)
        field = self._field
        self.figures = tuple(field.figures(name) for name in pair.names)
        self.setAccessibleDescription(
            "; ".join(
                f"{measure.title}: " + " against ".join(f"{f.text}, {f.place}" for f in both)
                for measure, *both in zip(MEASURES, *self.figures, strict=True)
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for eight tiles."""
        return QSize(len(MEASURES) * (_NARROWEST_PX + GRID_PX) + GRID_PX, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the same: narrower tiles could not be read."""
        return self.sizeHint()

    def tile_rect(self, place: int) -> QRect:
        """Return where a tile lies."""
        room = self.width() - GRID_PX
        left = GRID_PX + place * room // len(MEASURES)
        right = (place + 1) * room // len(MEASURES)
        return QRect(left, 0, right - left, self.height() - 4)

    def figure_room(self, place: int) -> int:
        """Return how wide a driver's figure in a tile may be, in pixels."""
        return (self.tile_rect(place).width() - GRID_PX - 4) // max(1, len(self.figures))

    def figure_font(self, room: int) -> QFont:
        """Return the font for a figure in its room."""
        return self._large if room >= _ROOM_PX else self._tight

    def event(self, event: QEvent) -> bool:
        """Show the tool tip of the tile under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().x()), self)
            return True
        return super().event(event)

    def tip_at(self, x: int) -> str:
        """Return what hovering at a place says."""
        for place, measure in enumerate(MEASURES):
            if self.tile_rect(place).contains(x, 1) and self.figures:
                return "\n".join([measure.tip, *(row[place].tip for row in self.figures)])
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all tiles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, measure in enumerate(MEASURES):
            rect = self.tile_rect(place)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("panel"))
            painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
            inner = rect.adjusted(GRID_PX, 4, -4, -4)
            painter.setFont(self._small)
            painter.setPen(self._theme.color("muted"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignTop, measure.title)
            figures = [row[place] for row in self.figures]
            half = self.figure_room(place)
            for side, figure in enumerate(figures):
                part = QRect(inner.left() + side * half, inner.top(), half, inner.height())
                self._paint_figure(painter, part, figure, side if len(figures) > 1 else None)

    def _paint_figure(
        self, painter: QPainter, rect: QRect, figure: Figure, side: int | None
    ) -> None:
        tone, words = "text", figure.place
        if side is not None:
            # The sign stands with the place: before a figure it would look like a minus.
            tone = "compared" if side else "reference"
            words = f"{_SIGNS[side]} {figure.short}"
        painter.setFont(self._small)
        painter.setPen(self._theme.color("muted" if side is None else tone))
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignBottom, words)
        painter.setPen(self._theme.color(tone))
        painter.setFont(self.figure_font(rect.width()))
        middle = rect.adjusted(0, _LABEL_LINE_PX - 2, 0, -_LABEL_LINE_PX + 2)
        painter.drawText(middle, Qt.AlignmentFlag.AlignVCenter, figure.text)
