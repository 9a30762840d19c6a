"""Says where the telemetry on screen came from, how old it is, how much, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.sources.telemetry_source import OriginKind, TelemetryOrigin
from htt_desktop.ui.connection.widgets import button
from htt_desktop.ui.theme import LABEL_PX, RADIUS_PX, Theme, font
from htt_desktop.ui.wording.formats import number

STALE_AFTER = timedelta(days=1)
"""Cached rows older than that may differ from the table's by now."""

_EVERY_MS = 60_000


class Condition(Enum):
    """How good what is on screen is; symbol and the theme's colour."""

    FINE = ("●", "gain")
    STALE = ("◷", "compared")
    NOTICED = ("▲", "compared")
    TRUNCATED = ("▲", "loss")


@dataclass(frozen=True)
class BadgeText:
    """What a badge says.

    Attributes
    ----------
    text
        One short line, symbol first.
    tip
        Everything known, one fact a line.
    """

    condition: Condition
    text: str
    tip: str


class SourceBadge(QWidget):
    """A small label with a button to fetch again.

    Signals
    -------
    refresh_wanted()
        Compare with the server and fetch what differs.
    """

    refresh_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._origin: TelemetryOrigin | None = None
        self._can_refresh = False
        self._is_busy = False
        self.label = QLabel()
        self.label.setFont(font(LABEL_PX))
        self.label.setAccessibleName("Where the telemetry came from")
        self.refresh = button(
            "Refresh", "Compare the row counts with Snowflake and fetch only what differs"
        )
        self.refresh.setFont(font(LABEL_PX))
        self.refresh.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.refresh)
        layout.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._show)
        self.refresh.clicked.connect(self.refresh_wanted)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self._show()

    def show_origin(self, origin: TelemetryOrigin | None) -> None:
        """Say where what is on screen came from; ``None`` when nothing is."""
        self._origin = origin
        self._show()

    def set_can_refresh(self, can_refresh: bool) -> None:
        """Offer to compare with the server, which needs a connection."""
        self._can_refresh = can_refresh
        self._show()

    def set_busy(self, is_busy: bool) -> None:
        """Say that a refresh is under way."""
        self._is_busy = is_busy
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the age go on while it is seen."""
        super().showEvent(event)
        self._show()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the clock rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _show(self) -> None:
        origin = self._origin
        self.label.setVisible(origin is not None)
        self.refresh.setVisible(origin is not None and self._can_refresh)
        self.refresh.setEnabled(not self._is_busy)
        self.refresh.setText("Refreshing …" if self._is_busy else "Refresh")
        if origin is None:
            return
        said = badge_text(origin, datetime.now(UTC))
        self.label.setText(said.text)
        self.label.setToolTip(said.tip)
        self.label.setAccessibleDescription(said.tip)
        theme, token = self._theme, said.condition.value[1]
        ink = theme.muted if said.condition is Condition.FINE else getattr(theme, token)
        self.label.setStyleSheet(
            f"color: {ink}; background: {theme.raised}; "
            f"border-radius: {RADIUS_PX}px; padding: 2px 8px;"
        )


def badge_text(origin: TelemetryOrigin, now: datetime) -> BadgeText:
    """Return what a badge says about an origin.

    Examples
    --------
    >>> at = datetime(2025, 5, 2, 12, tzinfo=UTC)
    >>> origin = TelemetryOrigin(
    ...     "cache", "", 89412, 0.21, OriginKind.CACHE, "2025-05-02T09:00:00+00:00"
    ... )
    >>> badge_text(origin, at).text
    '● cache, 3 hours old · 89,412 rows · 0.2 s'
    """
    stamp = _stamp(origin.fetched_at)
    age = now - stamp if stamp else None
    condition = _condition(origin, age)
    words = [_place(origin) + (f", {_age(age)}" if age is not None else "")]
    if condition is Condition.TRUNCATED:
        words[0] += ", truncated"
    elif condition is Condition.NOTICED:
        words[0] += ", see note"
    words += [
        counted(origin.rows, "row"),
        f"{number(origin.seconds, 1)} s",
    ]
    facts = [f"Source: {origin.label or origin.kind.value}"]
    if stamp is not None:
        facts.append(f"Fetched from Snowflake: {stamp.astimezone():%Y-%m-%d %H:%M}")
    if made := _stamp(origin.created):
        facts.append(f"Data made: {made.astimezone():%Y-%m-%d %H:%M}")
    facts.append(f"{origin.rows:,} rows in {number(origin.seconds, 2)} s")
    if origin.truncated:
        facts.append(
            "Truncated: there are more rows than one request may return, so some are missing; "
            "choose single laps or download the race pack."
        )
    if condition is Condition.STALE:
        facts.append("More than a day old; Refresh compares it with the server.")
    if origin.notice:
        facts.append(origin.notice)
    return BadgeText(condition, f"{condition.value[0]} {' · '.join(words)}", "\n".join(facts))


def _condition(origin: TelemetryOrigin, age: timedelta | None) -> Condition:
    if origin.truncated:
        return Condition.TRUNCATED
    if origin.notice:
        return Condition.NOTICED
    if origin.kind is OriginKind.CACHE and age is not None and age > STALE_AFTER:
        return Condition.STALE
    return Condition.FINE


def _place(origin: TelemetryOrigin) -> str:
    # A pack of one's own is called by its file's name.
    return origin.label if origin.kind is OriginKind.PACK else origin.kind.value


def _stamp(text: str) -> datetime | None:
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def _age(age: timedelta) -> str:
    """Return an age in its largest unit."""
    seconds = max(0.0, age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // length)
        if count:
            return f"{counted(count, unit)} old"
    return "fresh"
