"""One factor as a strip: everybody a dot, the driver solid, the rival hollow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.factor_levels import FactorLevels, factor_levels
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.interactive_chart import InteractiveChart
from htt_desktop.ui.painting.layout import elided
from htt_desktop.ui.theme import BASE_PX, Theme, blend, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.factor_sentences import what_lacks, why_no_score
from htt_desktop.ui.wording.formats import ordinal

_PAD_PX = 8.0
_TITLE_PX = 20.0
_FOOT_PX = 16.0
_DOT_PX = 3.5
_OWN_PX = 5.5
_REACH_PX = 9.0


@dataclass(frozen=True)
class Dot:
    """One driver on the strip."""

    driver: str
    number: str
    score: float
    rank: int | None
    of: int

    @property
    def text(self) -> str:
        """Score and rank as they stand in the heading."""
        rank = "" if self.rank is None else f" · {ordinal(self.rank)} of {self.of}"
        return f"{formats.number(self.score)}{rank}"


class FactorStrip(InteractiveChart):
    """The scores of all drivers in one factor, from 0 to 100.

    The driver is solid, the rival hollow, everybody else small and grey; ticks mark the
    field's median and the mean of the championship's top three. A driver without a score
    is told why.
    """

    def __init__(self, theme: Theme, factor_id: str, parent: QWidget | None = None) -> None:
        self._factor = FACTORS_BY_ID[factor_id]
        super().__init__(theme, f"{self._factor.title} of every driver", parent)
        self.setMinimumSize(200, 72)
        self._dots: list[Dot] = []
        self._levels = FactorLevels(None, (), None)
        self._driver: str | None = None
        self._rival: str | None = None
        self._reason = ""
        self._lacking = ""
        self._places: list[QPointF] = []
        self._texts: list[tuple[QPointF, str, str, bool]] = []
        self._area = QRectF()

    @property
    def dots(self) -> tuple[Dot, ...]:
        """Everybody with a score, the lowest first."""
        return tuple(self._dots)

    @property
    def reason(self) -> str:
        """Why the driver is not on the strip, empty otherwise."""
        return self._reason

    @property
    def heading(self) -> str:
        """Score and rank of the driver, a dash without them."""
        own = self._dot_of(self._driver)
        return formats.MISSING if own is None else own.text

    def show_season(self, season: Season, driver: str | None, rival: str | None) -> None:
        """Show the factor with a driver and a rival marked."""
        factor_id = self._factor.id
        self._driver, self._rival = driver, None if rival == driver else rival
        self._dots = sorted(
            (
                Dot(name, own.driver_number, found.score, found.rank, found.of)
                for name, own in season.factors.items()
                if (found := own.factors.get(factor_id)) is not None and found.score is not None
            ),
            key=lambda dot: (dot.score, dot.driver),
        )
        self._levels = factor_levels(season, factor_id)
        is_unscored = driver is not None and self._dot_of(driver) is None
        self._reason = why_no_score(season, driver, factor_id) if driver and is_unscored else ""
        self._lacking = what_lacks(season, driver, factor_id) if driver and is_unscored else ""
        self.setToolTip(self._reason)
        self.contents_changed(self._reason or f"{driver or 'Nobody'}: {self.heading}")

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(360, 80)

    def point_count(self) -> int:
        """Return how many drivers have a score."""
        return len(self._dots)

    def point(self, index: int) -> QPointF:
        """Return the pixel of a dot; dots are counted from the lowest score."""
        return self._places[index]

    def point_of(self, driver: str) -> QPointF | None:
        """Return the pixel of a driver's dot, ``None`` without a score."""
        for dot, place in zip(self._dots, self._places, strict=True):
            if dot.driver == driver:
                return place
        return None

    def point_at(self, at: QPointF) -> int | None:
        """Return the dot under a pixel."""
        best, nearest = None, _REACH_PX
        for index, place in enumerate(self._places):
            away = QLineF(place, at).length()
            if away < nearest:
                best, nearest = index, away
        return best

    def tooltip_of(self, index: int) -> str:
        """Return name, number, score and rank."""
        dot = self._dots[index]
        return f"#{dot.number} {dot.driver}  {dot.text}"

    def driver_at(self, index: int) -> str | None:
        """Return whose dot it is."""
        return self._dots[index].driver

    def arrange(self) -> None:
        """Place dots and texts."""
        bottom = self.height() - _FOOT_PX
        self._area = QRectF(
            _PAD_PX + _OWN_PX,
            _TITLE_PX,
            max(self.width() - 2 * (_PAD_PX + _OWN_PX), 20.0),
            max(bottom - _TITLE_PX, 10.0),
        )
        middle, reach = self._area.center().y(), self._area.height() / 2 - _DOT_PX - 1
        # Driver and rival choose first, so they stay on the middle of the strip.
        first = [dot for dot in self._dots if dot.driver in (self._driver, self._rival)]
        rest = [dot for dot in self._dots if dot.driver not in (self._driver, self._rival)]
        order = [*first, *rest]
        moves = swarm([self._x(dot.score) for dot in order], 2 * _DOT_PX + 1.0, max(reach, 0.0))
        move_of = {dot.driver: move for dot, move in zip(order, moves, strict=True)}
        self._places = [
            QPointF(self._x(dot.score), middle + move_of[dot.driver]) for dot in self._dots
        ]
        self._texts = [*self._heading_texts(), *self._foot_texts()]

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint scale, levels, dots and texts."""
        self._paint_scale(painter, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(blend(theme.muted, theme.panel, 0.75)))
        marked = []
        for dot, place in zip(self._dots, self._places, strict=True):
            if dot.driver in (self._driver, self._rival):
                marked.append((dot.driver == self._driver, place))
            else:
                painter.drawEllipse(place, _DOT_PX, _DOT_PX)
        for is_driver, place in sorted(marked, key=lambda each: each[0]):
            token = theme.reference if is_driver else theme.compared
            painter.setPen(
                QPen(QColor(theme.panel if is_driver else token), 1.5 if is_driver else 2)
            )
            painter.setBrush(QColor(token if is_driver else theme.panel))
            painter.drawEllipse(place, _OWN_PX, _OWN_PX)
        plain, heavy = self.font(), font(BASE_PX, bold=True)
        for at, text, token, is_heavy in self._texts:
            painter.setFont(heavy if is_heavy else plain)
            painter.setPen(QColor(getattr(theme, token)))
            painter.drawText(at, text)
        painter.setFont(plain)

    def paint_pointed(self, painter: QPainter, theme: Theme, index: int) -> None:
        """Ring the dot."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.drawEllipse(self._places[index], _OWN_PX + 1.5, _OWN_PX + 1.5)

    def _paint_scale(self, painter: QPainter, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(QColor(theme.grid), 1))
        middle = self._area.center().y()
        painter.drawLine(QLineF(self._area.left(), middle, self._area.right(), middle))
        for value in (0, 25, 50, 75, 100):
            x = self._x(value)
            painter.drawLine(QLineF(x, self._area.top() + 4, x, self._area.bottom()))
        for level, token, width in (
            (self._levels.median, theme.muted, 1.5),
            (self._levels.top_three, theme.best, 2.0),
        ):
            if level is not None:
                painter.setPen(QPen(QColor(token), width))
                x = self._x(level)
                painter.drawLine(QLineF(x, self._area.top(), x, self._area.bottom() + 2))

    def _heading_texts(self) -> list[tuple[QPointF, str, str, bool]]:
        heavy = QFontMetricsF(font(BASE_PX, bold=True))
        plain = QFontMetricsF(self.font())
        y = 2 + heavy.ascent()
        texts = [(QPointF(_PAD_PX, y), self._factor.title, "text", True)]
        right = self.width() - _PAD_PX
        left = _PAD_PX + heavy.horizontalAdvance(self._factor.title) + 10
        if self._driver is not None:
            right -= heavy.horizontalAdvance(self.heading)
            token = "muted" if self._reason else "reference"
            texts.append((QPointF(right, y), self.heading, token, True))
        rival = self._dot_of(self._rival)
        if rival is not None:
            for shown in (f"○ #{rival.number} {rival.text}", f"○ {formats.number(rival.score)}"):
                size = plain.horizontalAdvance(shown)
                if left + size + 10 <= right:
                    texts.append((QPointF(right - size - 10, y), shown, "compared", False))
                    break
        return texts

    def _foot_texts(self) -> list[tuple[QPointF, str, str, bool]]:
        metrics = QFontMetricsF(self.font())
        y = self.height() - _FOOT_PX + metrics.ascent() + 1
        if self._lacking:
            shown = elided(f"no score: {self._lacking}", self.width() - 2 * _PAD_PX, metrics)
            return [(QPointF(_PAD_PX, y), shown, "muted", False)]
        levels = [
            (self._x(level), f"{name} {formats.number(level)}", token)
            for level, name, token in (
                (self._levels.top_three, "top three", "best"),
                (self._levels.median, "median", "muted"),
            )
            if level is not None
        ]
        ends = [(self._x(0.0), "0", "muted"), (self._x(100.0), "100", "muted")]
        texts: list[tuple[QPointF, str, str, bool]] = []
        used: list[tuple[float, float]] = []
        for x, text, token in (*levels, *ends):
            size = metrics.horizontalAdvance(text)
            limit = self.width() - 2.0 - size
            for wish in (x - size / 2, x + 3, x - size - 3):
                left = min(max(wish, 2.0), limit)
                if all(left > end + 8 or left + size < start - 8 for start, end in used):
                    used.append((left, left + size))
                    texts.append((QPointF(left, y), text, token, False))
                    break
        return texts

    def _dot_of(self, driver: str | None) -> Dot | None:
        return next((dot for dot in self._dots if dot.driver == driver), None)

    def _x(self, score: float) -> float:
        return self._area.left() + self._area.width() * score / 100.0


def swarm(x: Sequence[float], apart: float, reach: float) -> list[float]:
    """Return how far each dot is moved aside so that no two touch.

    Earlier dots choose first and stay in the middle when it is free. Where the room is
    full a dot goes to the place furthest from the others. The same dots give the same
    picture.

    Parameters
    ----------
    x
        Places along the strip in pixels.
    apart
        Distance of two centres that just do not touch.
    reach
        Furthest move to either side.

    Examples
    --------
    >>> swarm([0.0, 1.0, 50.0], 6.0, 20.0)
    [0.0, -6.0, 0.0]
    >>> swarm([0.0, 0.0], 6.0, 2.0)
    [0.0, -1.5]
    """
    step = max(apart / 4, 0.5)
    moves = [0.0]
    for k in range(1, int(reach / step) + 1):
        moves += [-k * step, k * step]
    placed: list[tuple[float, float]] = []
    for at in x:
        near = [(px - at, py) for px, py in placed if abs(px - at) < apart]
        best, widest = 0.0, -1.0
        for move in moves:
            gap = min((dx * dx + (py - move) ** 2 for dx, py in near), default=apart * apart)
            if gap > widest:
                best, widest = move, gap
            if gap >= apart * apart:
                break
        placed.append((at, best))
    return [move for _, move in placed]
