"""The four factors of a driver beside a rival's and the field's, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.factor_levels import FactorLevels, factor_levels, factor_scores_of
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.interactive_chart import InteractiveChart
from htt_desktop.ui.painting.layout import elided
from htt_desktop.ui.painting.painter import paint_message
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats

_PAD_PX = 8.0
_KEY_PX = 17.0
_FIGURE_PX = 34.0
_OWN_SHARE, _RIVAL_SHARE = 0.36, 0.26
"""Heights of both bars in parts of a row."""

_NOBODY = "Choose a driver to see their four factors."


@dataclass(frozen=True)
class FactorRow:
    """One factor of both drivers; ``None`` where there is no score."""

    title: str
    own: float | None
    rival: float | None
    levels: FactorLevels


class FactorBars(InteractiveChart):
    """Driver, rival, mean of the championship's top three and field median per factor.

    Bars and not a radar: lengths from one common line are compared more surely than lengths
    along four directions, the area of a radar depends on the order of its axes, and a missing
    factor leaves a gap in a bar chart where a radar would draw a zero. The driver's bar is
    solid, the rival's a dashed outline below it; a triangle marks the top three, a line the
    median.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Four factors against the field", parent)
        self.setMinimumSize(220, 150)
        self._rows: tuple[FactorRow, ...] = ()
        self._names: list[tuple[str, str]] = []
        self._rival: str | None = None
        self._left = self._right = self._row_px = 0.0
        self._keys: list[tuple[str, QPointF, str]] = []

    @property
    def rows(self) -> tuple[FactorRow, ...]:
        """What is shown, in the order of the factor table."""
        return self._rows

    def show_season(self, season: Season, driver: str | None, rival: str | None) -> None:
        """Show the factors of a driver, and of a rival beside them."""
        rival = None if rival == driver else rival
        rows = []
        for factor in FACTORS:
            scores = factor_scores_of(season, factor.id)
            own = None if driver is None else scores.get(driver)
            other = None if rival is None else scores.get(rival)
            rows.append(FactorRow(factor.title, own, other, factor_levels(season, factor.id)))
        self._rows = tuple(rows) if driver is not None else ()
        self._rival = rival
        self._names = [
            (
                token,
                f"#{season.factors[name].driver_number} {name}" if name in season.factors else name,
            )
            for token, name in (("reference", driver), ("compared", rival))
            if name is not None
        ]
        self.contents_changed("; ".join(map(self.tooltip_of, range(len(self._rows)))))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(360, 190)

    def point_count(self) -> int:
        """Return the number of factors shown."""
        return len(self._rows)

    def point(self, index: int) -> QPointF:
        """Return where the bubble of a factor begins."""
        return QPointF(self._left + 12, (index + 0.5) * self._row_px + _PAD_PX / 2)

    def point_at(self, at: QPointF) -> int | None:
        """Return the factor under a pixel."""
        index = int((at.y() - _PAD_PX / 2) // self._row_px) if self._row_px else -1
        return index if 0 <= index < len(self._rows) else None

    def tooltip_of(self, index: int) -> str:
        """Return all figures of a factor."""
        row = self._rows[index]
        lines = [row.title]
        for (_, name), value in zip(self._names, (row.own, row.rival), strict=False):
            lines.append(f"{name}: {'no score' if value is None else formats.number(value)}")
        top = f" ({', '.join(row.levels.top_names)})" if row.levels.top_names else ""
        lines.append(f"top three {formats.number(row.levels.top_three)}{top}")
        lines.append(f"field median {formats.number(row.levels.median)}")
        return "\n".join(lines)

    def driver_at(self, index: int) -> str | None:
        """Return the rival: choosing a row goes over to them."""
        return self._rival

    def arrange(self) -> None:
        """Work out rows and legend."""
        metrics = QFontMetricsF(self.font())
        names = [metrics.horizontalAdvance(row.title) for row in self._rows]
        self._left = _PAD_PX + max(names, default=0.0) + 8
        figures = 2 if self._rival is not None else 1
        self._right = max(self.width() - _PAD_PX - figures * _FIGURE_PX, self._left + 20)
        self._keys = []
        entries = [*self._names, ("best", "top three"), ("muted", "field median")]
        x, lines = _PAD_PX, 1
        for token, text in entries:
            shown = elided(text, self.width() - 2 * _PAD_PX - 22, metrics)
            size = 20 + metrics.horizontalAdvance(shown) + 14
            if x > _PAD_PX and x + size - 14 > self.width() - _PAD_PX:
                x, lines = _PAD_PX, lines + 1
            self._keys.append((token, QPointF(x, float(lines)), shown))
            x += size
        top = self.height() - lines * _KEY_PX - 2
        self._keys = [
            (token, QPointF(at.x(), top + (at.y() - 1) * _KEY_PX), text)
            for token, at, text in self._keys
        ]
        self._row_px = max((top - _PAD_PX) / max(len(self._rows), 1), 1.0)

    def paint_chart(self, painter: QPainter, theme: Theme) -> None:
        """Paint bars, levels, figures and legend."""
        if not self._rows:
            paint_message(painter, theme, QRectF(self.rect()), _NOBODY)
            return
        bottom = _PAD_PX / 2 + self._row_px * len(self._rows)
        painter.setPen(QPen(QColor(theme.grid), 1))
        for value in (0, 25, 50, 75, 100):
            x = self._x(value)
            painter.drawLine(QLineF(x, _PAD_PX / 2, x, bottom))
        for index, row in enumerate(self._rows):
            self._paint_row(painter, theme, row, _PAD_PX / 2 + index * self._row_px)
        self._paint_keys(painter, theme)

    def _paint_row(self, painter: QPainter, theme: Theme, row: FactorRow, top: float) -> None:
        high = self._row_px
        line = QRectF(_PAD_PX, top, self._left - _PAD_PX, high)
        painter.setPen(QColor(theme.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, row.title)
        own_px = min(high * _OWN_SHARE, 16.0)
        rival_px = min(high * _RIVAL_SHARE, 12.0) if self._rival is not None else 0.0
        middle = top + (high - own_px - rival_px - 2) / 2
        bars = [(row.own, middle, own_px, theme.reference, True)]
        if self._rival is not None:
            bars.append((row.rival, middle + own_px + 2, rival_px, theme.compared, False))
        for value, at, size, color, is_own in bars:
            if value is None:
                painter.setPen(QColor(theme.muted))
                note = QRectF(self._x(0) + 4, at - 8, self._right - self._left, size + 16)
                painter.drawText(note, Qt.AlignmentFlag.AlignVCenter, "no score")
                continue
            bar = QRectF(self._x(0), round(at), self._x(value) - self._x(0), round(size))
            if is_own:
                painter.fillRect(bar, QColor(color))
            else:
                painter.setPen(_dashed(theme))
                painter.setBrush(QColor(theme.panel))
                painter.drawRect(bar)
        self._paint_levels(painter, theme, row.levels, top)
        for place, (value, *_, color, is_own) in enumerate(bars):
            painter.setFont(font(LABEL_PX, bold=is_own))
            painter.setPen(QColor(theme.muted if value is None else color))
            cell = QRectF(self._right + place * _FIGURE_PX, top, _FIGURE_PX, high)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(cell, flags, formats.number(value))
        painter.setFont(self.font())

    def _paint_levels(
        self, painter: QPainter, theme: Theme, levels: FactorLevels, top: float
    ) -> None:
        if levels.median is not None:
            x = self._x(levels.median)
            painter.setPen(QPen(QColor(theme.muted), 2))
            painter.drawLine(QLineF(x, top + 3, x, top + self._row_px - 3))
        if levels.top_three is not None:
            x = self._x(levels.top_three)
            painter.setPen(QPen(QColor(theme.best), 2))
            painter.drawLine(QLineF(x, top + 3, x, top + self._row_px - 3))
            self._paint_triangle(painter, theme, QPointF(x, top + 8))

    def _paint_triangle(self, painter: QPainter, theme: Theme, tip: QPointF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(QPen(QColor(theme.panel), 1))
        painter.setBrush(QColor(theme.best))
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-5, -8), tip + QPointF(5, -8)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_keys(self, painter: QPainter, theme: Theme) -> None:
        metrics = QFontMetricsF(self.font())
        for kind, at, text in self._keys:
            sample = QRectF(at.x(), at.y() + 5, 14, 7)
            match kind:
                case "reference":
                    painter.fillRect(sample, QColor(theme.reference))
                case "compared":
                    painter.setPen(_dashed(theme))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRect(sample)
                case "best":
                    tip = QPointF(sample.center().x(), sample.bottom())
                    self._paint_triangle(painter, theme, tip)
                case _:
                    painter.setPen(QPen(QColor(theme.muted), 2))
                    middle = sample.center().x()
                    painter.drawLine(QLineF(middle, at.y() + 2, middle, at.y() + 14))
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(at.x() + 20, at.y() + metrics.ascent() + 2), text)

    def _x(self, score: float) -> float:
        return self._left + (self._right - self._left) * score / 100.0


def _dashed(theme: Theme) -> QPen:
    pen = QPen(QColor(theme.compared), 1.5)
    pen.setDashPattern([3.0, 2.0])
    return pen
