"""One weekend of the calendar as a card."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from htt_desktop.ui.season_charts.plot_layout import elided
from htt_desktop.ui.theme import BASE_PX, LABEL_PX, RADIUS_PX, Theme, font
from htt_desktop.ui.track_page.card_facts import CardFacts

CARD_PX = 110
NARROWEST_PX = 164

_PAD_PX = 7.0
_GAP_PX = 4.0
_LINE_PX = 15.0


class TrackCard(QAbstractButton):
    """A card; it is a button, so a click or the space bar presses it."""

    def __init__(self, theme: Theme, facts: CardFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts = facts
        self._lines: list[tuple[QPointF, str, str, bool]] = []
        self.setCheckable(True)
        self.setFont(font(LABEL_PX))
        self.setMinimumWidth(NARROWEST_PX)
        self.setFixedHeight(CARD_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_facts(facts)

    @property
    def facts(self) -> CardFacts:
        """What the card says."""
        return self._facts

    @property
    def texts(self) -> tuple[str, ...]:
        """What is painted, shortened to the present width."""
        return tuple(text for _, text, _, _ in self._lines)

    def show_facts(self, facts: CardFacts) -> None:
        """Replace what the card says."""
        self._facts = facts
        self.setAccessibleName(facts.spoken)
        self.setToolTip(facts.spoken.replace("; ", "\n"))
        self._arrange()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which nothing is shortened."""
        return QSize(218, CARD_PX)

    def hitButton(self, pos: QPoint) -> bool:
        """Let the whole card be pressed."""
        return True

    def checkStateSet(self) -> None:
        """Leave the mark to those who know which track is open."""

    def nextCheckState(self) -> None:
        """Leave the mark to those who know which track is open."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the lines to the new width."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, frame and lines."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        has_focus, whole = self.hasFocus(), QRectF(self.rect())
        painter.setPen(
            QPen(QColor(theme.reference if has_focus else theme.grid), 2 if has_focus else 1)
        )
        painter.setBrush(QColor(theme.raised if self.underMouse() else theme.panel))
        painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), RADIUS_PX, RADIUS_PX)
        if self.isChecked():
            painter.fillRect(
                QRectF(2, whole.height() - 5, whole.width() - 4, 4), QColor(theme.reference)
            )
        plain, heavy = self.font(), font(BASE_PX, bold=True)
        for at, text, color, is_heavy in self._lines:
            painter.setFont(heavy if is_heavy else plain)
            painter.setPen(QColor(getattr(theme, color)))
            painter.drawText(at, text)

    def _arrange(self) -> None:
        facts = self._facts
        plain, heavy = QFontMetricsF(self.font()), QFontMetricsF(font(BASE_PX, bold=True))
        right = self.width() - _PAD_PX
        self._lines = []
        y = _PAD_PX + heavy.ascent() - 1
        room = right - _PAD_PX - _GAP_PX - heavy.horizontalAdvance(facts.name)
        fits = plain.horizontalAdvance(facts.dates) <= room
        left = self._put_right(facts.dates if fits else facts.months, right, y, plain)
        name = elided(facts.name, left - _PAD_PX - _GAP_PX, heavy)
        self._lines.append((QPointF(_PAD_PX, y), name, "text", True))
        y += _LINE_PX + 1
        self._put(facts.geometry, y, right, plain, "muted")
        for winner, weather in self._fitting(plain):
            y += _LINE_PX
            room = self._put_right(weather, right, y, plain) - _GAP_PX
            self._put(winner, y, room, plain, "text")
        y += _LINE_PX
        fits = plain.horizontalAdvance(facts.decided) <= right - _PAD_PX
        decided = facts.decided if fits else facts.decided_short
        self._put(decided, y, right, plain, "text" if facts.stands_out else "muted")
        self._put(facts.starts, y + _LINE_PX, right, plain, "muted")

    def _fitting(self, metrics: QFontMetricsF) -> list[tuple[str, str]]:
        """Return winner and weather of the races in the longest form in which all fit."""
        room = self.width() - 2 * _PAD_PX - _GAP_PX
        forms = [race.forms for race in self._facts.races]
        lines: list[tuple[str, str]] = []
        for form in range(max(map(len, forms), default=0)):
            lines = [each[min(form, len(each) - 1)] for each in forms]
            widths = (sum(map(metrics.horizontalAdvance, line)) for line in lines)
            if max(widths) <= room:
                break
        return lines

    def _put(self, text: str, y: float, right: float, metrics: QFontMetricsF, color: str) -> None:
        shown = elided(text, right - _PAD_PX, metrics)
        self._lines.append((QPointF(_PAD_PX, y), shown, color, False))

    def _put_right(self, text: str, right: float, y: float, metrics: QFontMetricsF) -> float:
        """Add a muted text at the right edge and return where it begins."""
        left = right - metrics.horizontalAdvance(text)
        if text:
            self._lines.append((QPointF(left, y), text, "muted", False))
        return left
