"""Eight figures of a driver's season with their places in the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.race_records import SeasonStats
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import (
    FEW_STARTS,
    FieldRank,
    credited_points,
    field_ranks,
    has_standings,
    points_ranks,
)
from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import GRID_PX, HEADLINE_PX, LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import ordinal

_POINTS = 0

_HEIGHT_PX = 68
_NARROWEST_PX = 104
_LABEL_LINE_PX = 16
_TIGHT_PX, _ROOM_PX = 14, 64
"""Size of a figure where its part of the tile is narrower than a large one needs."""
_SIGNS = ("━", "╍")


@dataclass(frozen=True)
class Measure:
    """What one tile shows.

    Attributes
    ----------
    sign
        +1 where more is better, −1 where less is.
    value
        The figure, ``None`` where the sheets do not say.
    is_mean
        A mean over races; from a few of them it is no match for one over a season.
    """

    title: str
    tip: str
    sign: int
    decimals: int
    value: Callable[[SeasonStats], float | None]
    has_sign: bool = False
    is_mean: bool = False

    def text(self, value: float | None) -> str:
        """Return the figure as it is shown."""
        write = formats.signed if self.has_sign else formats.number
        return write(value, self.decimals)


MEASURES: tuple[Measure, ...] = (
    Measure("points", "As the official sheets credit them.", 1, 0, lambda stats: stats.points),
    Measure("wins", "Races won.", 1, 0, lambda stats: stats.wins),
    Measure("podiums", "Races finished in the top three.", 1, 0, lambda stats: stats.podiums),
    Measure(
        "poles",
        "Fastest in qualifying, also without a start in the race.",
        1,
        0,
        lambda stats: stats.poles,
    ),
    Measure(
        "mean finish",
        "Mean official position.",
        -1,
        1,
        lambda stats: stats.avg_finish,
        is_mean=True,
    ),
    Measure(
        "mean qualifying",
        "Mean position in qualifying, also where the race was not started.",
        -1,
        1,
        lambda stats: stats.avg_qualifying,
        is_mean=True,
    ),
    Measure(
        "places gained",
        "Mean of qualifying position minus finish, over starts; + is forwards. Grid penalties are"
        " not published.",
        1,
        1,
        lambda stats: stats.avg_positions_gained,
        has_sign=True,
        is_mean=True,
    ),
    Measure("fastest laps", "Fastest lap of a race.", 1, 0, lambda stats: stats.fastest_laps),
)
"""The tiles from left to right."""


def rank_text(found: FieldRank) -> str:
    """Return a rank as people write it.

    Examples
    --------
    >>> rank_text(FieldRank(2, 41, is_shared=False)), rank_text(FieldRank(9, 45, is_shared=True))
    ('2nd of 41', '=9th of 45')
    """
    return f"{_place(found)} of {found.of}"


def _place(found: FieldRank) -> str:
    return f"{'=' if found.is_shared else ''}{ordinal(found.rank)}"


@dataclass(frozen=True)
class Figure:
    """One driver's content of a tile.

    Attributes
    ----------
    short
        The place alone, for a tile that two drivers share.
    """

    text: str
    place: str
    short: str
    tip: str


class FieldFigures:
    """All drivers by all measures, ranked once per season."""

    def __init__(self, season: Season) -> None:
        self._stats = season.stats
        self._has_standings = has_standings(season.stats.values())
        columns = [self._column(measure) for measure in MEASURES]
        self._ranks = [
            field_ranks(column, measure.sign)
            for measure, column in zip(MEASURES, columns, strict=True)
        ]
        self._ranks[_POINTS] = points_ranks(season.stats)
        self._best = [
            _best(measure, column) for measure, column in zip(MEASURES, columns, strict=True)
        ]

    def figures(self, driver: str) -> tuple[Figure, ...]:
        """Return the content of a driver's tiles."""
        return tuple(self._figure(driver, at, measure) for at, measure in enumerate(MEASURES))

    def _column(self, measure: Measure) -> dict[str, float]:
        values = {name: self._value(name, measure) for name in self._stats}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, driver: str, measure: Measure) -> float | None:
        stats = self._stats[driver]
        if measure is MEASURES[_POINTS]:
            return credited_points(stats, standings=self._has_standings)
        return measure.value(stats)

    def _figure(self, driver: str, at: int, measure: Measure) -> Figure:
        stats, rank = self._stats[driver], self._ranks[at].get(driver)
        text, races = measure.text(self._value(driver, measure)), counted(stats.races, "race")
        short = formats.MISSING
        if rank is None:
            words = "not in the standings" if at == _POINTS else "no figure"
        else:
            words = rank_text(rank)
            short = _place(rank)
            if measure.is_mean and stats.races <= FEW_STARTS:
                words += f", {races}"
        best = f"Best of the field: {self._best[at]}."
        return Figure(text, words, short, f"{driver}: {text}, {words}, from {races}. {best}")


def _best(measure: Measure, column: Mapping[str, float]) -> str:
    if not column:
        return formats.MISSING
    value = max(column.values(), key=lambda value: measure.sign * value)
    names = [name for name, other in column.items() if other == value]
    whose = names[0] if len(names) == 1 else f"{len(names)} drivers"
    return f"{measure.text(value)}, {whose}"


class StatTiles(QWidget):
    """Value and field rank per tile; with a rival, both values.

    Labels would cost a layout pass for each of their texts, on every change of driver.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._field: FieldFigures | None = None
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
            self._season, self._field = pair.season, FieldFigures(pair.season)
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
            paint_plate(painter, rect, Qt.PenStyle.NoPen, self._theme.color("panel"))
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
