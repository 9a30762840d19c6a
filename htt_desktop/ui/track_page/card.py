"""The facts of one weekend as the lines of its card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import CalendarRace, Decisive, SeasonTrack, Weather
from htt_desktop.ui.painting.layout import elided
from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.theme import BASE_PX, LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import short_name

# Not by strftime, whose names depend on the language of the system.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NOTHING_STANDS_OUT = "No factor stands out"

CARD_PX = 110
NARROWEST_PX = 164

_PAD_PX = 7.0
_GAP_PX = 4.0
_LINE_PX = 15.0


@dataclass(frozen=True)
class RaceLine:
    """Winner and weather of one race, each in full and shorter for a narrow card."""

    winner: tuple[str, ...]
    weather: tuple[str, ...]

    @property
    def forms(self) -> tuple[tuple[str, str], ...]:
        """Return winner and weather, the longest first."""
        full, *shorter = self.winner
        return (
            (full, self.weather[0]),
            *((winner, weather) for winner in shorter for weather in self.weather),
        )


@dataclass(frozen=True)
class CardFacts:
    """All lines of a card.

    Attributes
    ----------
    dates, months
        Days of the weekend, and only its month for a narrow card; empty when unknown.
    decided, decided_short
        Which factor went with the finish, or that none stands out; the second for a narrow
        card.
    starts
        Drivers and starts behind it, empty when unknown.
    stands_out
        A factor is named.
    proof
        Correlation, interval and lead of the named factor, for the tooltip.
    """

    track_id: str
    name: str
    dates: str
    months: str
    geometry: str
    races: tuple[RaceLine, ...]
    decided: str
    decided_short: str
    starts: str
    stands_out: bool
    proof: str

    @property
    def spoken(self) -> str:
        """All lines as one text."""
        races = [f"{line.winner[0]}, {line.weather[0]}" for line in self.races]
        decided = f"{self.decided} ({self.starts})" if self.starts else self.decided
        lines = [self.name, self.dates, self.geometry, *races, decided, self.proof]
        return "; ".join(line for line in lines if line)


def card_facts(season: Season, track: SeasonTrack) -> CardFacts:
    """Return the lines of a track's card."""
    strongest = next((each for each in track.decided_by if each.stands_out), None)
    days = [race.date for race in track.races]
    return CardFacts(
        track_id=track.id,
        name=short_name(track.id, track.name),
        dates=dates(days),
        months=months(days),
        geometry=f"{formats.number(track.length_m / 1000, 2)} km · "
        f"{counted(track.corners, 'corner')}",
        races=tuple(_race_line(season, track.id, race) for race in track.races),
        decided=decided(strongest),
        decided_short=decided(strongest, is_short=True),
        starts=starts(track.decided_by),
        stands_out=strongest is not None,
        proof="" if strongest is None else proof(strongest),
    )


def dates(iso: Sequence[str | None]) -> str:
    """Write the days of a weekend.

    Examples
    --------
    >>> dates(["2025-03-29", "2025-03-30"]), dates(["2025-04-30", "2025-05-01"])
    ('29–30 Mar', '30 Apr – 1 May')
    >>> dates(["2025-07-19", "2025-07-19"]), dates([None, "2025-07-20"]), dates([None])
    ('19 Jul', '20 Jul', '')
    """
    days = sorted({dt.date.fromisoformat(day) for day in iso if day})
    if not days:
        return ""
    first, last = days[0], days[-1]
    if first == last:
        return _day(first)
    if first.month == last.month:
        return f"{first.day}–{_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def months(iso: Sequence[str | None]) -> str:
    """Write the months of a weekend, for where its days do not fit.

    One day alone would be shorter too, but it would deny the other.

    Examples
    --------
    >>> months(["2025-08-16", "2025-08-17"]), months(["2025-04-30", "2025-05-01"])
    ('Aug', 'Apr–May')
    >>> months([None])
    ''
    """
    known = sorted({dt.date.fromisoformat(day).month for day in iso if day})
    return "–".join(_MONTHS[month - 1] for month in known)


def _day(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def weather(found: Weather | None, *, is_short: bool = False) -> str:
    """Write air temperature and rain of a race; the short form says nothing of no rain.

    That no rain was measured during the race does not make the track dry: it may have been
    wet from before, so the word is avoided.

    Examples
    --------
    >>> weather(None)
    '–'
    """
    if found is None:
        return formats.MISSING
    dry = "" if is_short else ", no rain measured"
    return f"{formats.number(found.air_c)} °C{', rain' if found.has_rain else dry}"


def decided(strongest: Decisive | None, *, is_short: bool = False) -> str:
    """Say which factor went with the finish, or that none stands out."""
    if strongest is None:
        return NOTHING_STANDS_OUT
    title = FACTORS_BY_ID[strongest.factor].title
    return f"{title} led" if is_short else f"{title} went with the finish"


def starts(found: Sequence[Decisive]) -> str:
    """Write how many drivers and starts the four factors were compared on.

    Returns
    -------
    str
        Empty when unknown: no start has all factors, or the file is of a version that
        compared every factor on other starts.
    """
    known = next((one for one in found if one.n_drivers), None)
    if known is None or known.n_drivers is None:
        return ""
    return f"{counted(known.n_drivers, 'driver')}, {counted(known.n, 'start')}"


def proof(found: Decisive) -> str:
    """Write correlation, its interval and how often the factor led."""
    return f"{correlation(found)}, {led(found)}"


def correlation(found: Decisive) -> str:
    """Write the correlation of a factor with the finish, and its interval."""
    low, high = formats.number(found.low, 2), formats.number(found.high, 2)
    rho = formats.number(found.correlation, 2)
    return f"rank correlation with the finish ρ {rho}, 95 % from {low} to {high}"


def led(found: Decisive) -> str:
    """Write in how many of the repeated draws a factor was the strongest of the four."""
    share = None if found.leads_share is None else 100 * found.leads_share
    return f"strongest of the four in {formats.number(share)} % of 1,000 random draws of drivers"


def named(season: Season, key: RaceKey, driver: str | None) -> str:
    """Write a driver with the number of that race."""
    if driver is None:
        return formats.MISSING
    row = season.result(driver, key)
    return driver if row is None else f"#{row.driver_number} {driver}"


def _race_line(season: Season, track_id: str, race: CalendarRace) -> RaceLine:
    head = f"R{race.race} "
    full = named(season, RaceKey(season.year, track_id, race.race), race.winner)
    winners = [head + full]
    if race.winner is not None:
        first, _, last = race.winner.partition(" ")
        if last:
            winners += [
                head + full.replace(race.winner, name) for name in (f"{first[0]}. {last}", last)
            ]
    return RaceLine(tuple(winners), (weather(race.weather), weather(race.weather, is_short=True)))


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
        border = QPen(QColor(theme.reference if has_focus else theme.grid), 2 if has_focus else 1)
        ground = QColor(theme.raised if self.underMouse() else theme.panel)
        paint_plate(painter, whole.adjusted(1, 1, -1, -1), border, ground)
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
