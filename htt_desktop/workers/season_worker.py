"""Reads seasons on a thread of its own; only the desk talks to it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.errors import SourceError

_LOGGER = logging.getLogger(__name__)

ReadSeason = Callable[[Path], Season]
"""Folder → season; raises SourceError."""

ReadLaps = Callable[[Path, Season], SeasonLaps]
"""Folder and its season → laps; raises SourceError."""


@dataclass(frozen=True, eq=False)
class SeasonTicket:
    """One reading.

    Attributes
    ----------
    season
        ``None`` to read the season, else the season whose laps are wanted.
    notice
        What must be said about the season if it is shown.
    cancel
        Set when nobody waits for it any more.
    """

    folder: Path
    season: Season | None = None
    notice: str = ""
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, eq=False)
class SeasonOutcome:
    """How a reading ended.

    Attributes
    ----------
    season, laps
        What was read, ``None`` for what was not.
    reason
        Why it failed; empty when it did not.
    """

    ticket: SeasonTicket
    season: Season | None = None
    laps: SeasonLaps | None = None
    reason: str = ""


class SeasonWorker(QObject):
    """Turns tickets into outcomes, one at a time.

    Signals
    -------
    ended(SeasonOutcome)
        Exactly once per ticket.
    """

    ended = Signal(object)

    def __init__(self, read_season: ReadSeason, read_laps: ReadLaps) -> None:
        super().__init__()
        self._read_season = read_season
        self._read_laps = read_laps

    def outcome(self, ticket: SeasonTicket) -> SeasonOutcome:
        """Read on the calling thread."""
        try:
            if ticket.cancel.is_set():
                return SeasonOutcome(ticket)
            if ticket.season is None:
                return SeasonOutcome(ticket, season=self._read_season(ticket.folder))
            return SeasonOutcome(ticket, laps=self._read_laps(ticket.folder, ticket.season))
        except SourceError as error:
            return SeasonOutcome(ticket, reason=str(error))
        except Exception as error:  # the thread's edge: a bug must not end it silently
            _LOGGER.exception("season %s", ticket.folder)
            reason = (
                f"An internal fault stopped reading {ticket.folder} "
                f"({type(error).__name__}: {error})."
            )
            return SeasonOutcome(ticket, reason=reason)

    @Slot(object)
    def _on_submitted(self, ticket: SeasonTicket) -> None:
        self.ended.emit(self.outcome(ticket))
