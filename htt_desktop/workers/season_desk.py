"""The season on its own thread: opened, reloaded, changed; the last good one stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from PySide6.QtCore import QObject, QThread, Signal, Slot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.errors import SourceError
from htt_desktop.workers.closing import CLOSING_MS
from htt_desktop.workers.garbage import GarbageCollector
from htt_desktop.workers.season_worker import (
    ReadLaps,
    ReadSeason,
    SeasonOutcome,
    SeasonTicket,
    SeasonWorker,
)

_UNSTOPPABLE: list[tuple[QThread, SeasonWorker]] = []
"""Threads that outlived their shutdown; destroying them would abort the process."""


def _nothing_to_read(folder: Path, _season: Season | None = None) -> NoReturn:
    raise SourceError(f"{folder} cannot be read: this desk was given no reader.")


class SeasonDesk(QObject):
    """Holds the season on screen; tabs read it and listen.

    The newest request wins. When reading fails, what was on screen stays; only when
    nothing is on screen yet does the newest bundled season step in, and :attr:`notice`
    says so.

    Parameters
    ----------
    read_season, read_laps
        Called on the worker's thread (:meth:`open_now`: on the caller's).
    bundled
        Folders of the bundled seasons by year.
    why_none
        What to say when a bundled season is asked for and there is none.

    Signals
    -------
    changed()
        :attr:`season` is another one, or the first.
    laps_changed()
        :attr:`laps` has arrived, or is gone because the season changed.
    failed(str)
        Reading failed: one sentence with file and field. What was on screen stays.
    started()
        A season is being read from :attr:`wanted`.
    settled()
        A reading ended, well or not: :attr:`problem`, :attr:`notice`, :attr:`wanted` are
        up to date.
    """

    changed = Signal()
    laps_changed = Signal()
    failed = Signal(str)
    started = Signal()
    settled = Signal()
    _submitted = Signal(object)

    def __init__(
        self,
        read_season: ReadSeason = _nothing_to_read,
        read_laps: ReadLaps = _nothing_to_read,
        bundled: Mapping[int, Path] = MappingProxyType({}),
        why_none: str = "No season is bundled; open a folder made by `htt season build`.",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.season: Season | None = None
        self.laps: SeasonLaps | None = None
        self.folder: Path | None = None
        """Folder of the season on screen."""
        self.wanted: Path | None = None
        """Folder that was asked for last; another one than :attr:`folder` after a failure."""
        self.problem = ""
        """Why the last reading failed; empty when it did not."""
        self.notice = ""
        """What the user must know about the season on screen; usually empty."""
        self._why_none = why_none
        self._unreadable: set[Path] = set()
        self._bundled = dict(sorted(bundled.items(), reverse=True))
        self._opening: SeasonTicket | None = None
        self._fetching: SeasonTicket | None = None
        self._are_laps_wanted = False
        self._worker = SeasonWorker(read_season, read_laps)
        self._thread: QThread | None = None
        self._garbage = GarbageCollector(self)

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the bundled seasons, the newest first."""
        return tuple(self._bundled)

    @property
    def is_bundled(self) -> bool:
        """Whether the season on screen came with the application."""
        return self.folder in self._bundled.values()

    @property
    def is_reading(self) -> bool:
        """Whether a season is being read; the one on screen stays until it has come."""
        return self._opening is not None

    @property
    def spare(self) -> int | None:
        """Newest bundled year that is not known to be unreadable, ``None`` without one."""
        return next(
            (year for year, folder in self._bundled.items() if folder not in self._unreadable),
            None,
        )

    def is_unreadable(self, folder: Path | None) -> bool:
        """Return whether the last reading of a folder failed."""
        return folder in self._unreadable

    def folder_of(self, year: int) -> Path | None:
        """Return the folder of a bundled season, ``None`` for a year that is not bundled."""
        return self._bundled.get(year)

    def year_of(self, folder: Path | None) -> int | None:
        """Return the year of a bundled season's folder, ``None`` for any other folder."""
        return next((year for year, path in self._bundled.items() if path == folder), None)

    def open(self, folder: Path | None = None) -> None:
        """Read a season folder; without one, the newest bundled season."""
        ticket = self._ticket_for(folder)
        if ticket is not None:
            self._send(ticket)
            self.started.emit()

    def open_now(self, folder: Path | None = None) -> None:
        """Read a season folder before returning, for the start of the application."""
        ticket = self._ticket_for(folder)
        while ticket is not None:
            ticket = self._take_season(self._worker.outcome(ticket))

    def choose(self, year: int) -> None:
        """Read a bundled season."""
        folder = self._bundled.get(year)
        if folder is None:
            self._fail(f"No season {year} is bundled; choose another year or open its folder.")
        else:
            self.open(folder)

    def reload(self) -> None:
        """Read the wanted folder again: the one on screen, or the one that failed."""
        self.open(self.wanted)

    def request_laps(self) -> None:
        """Load the laps of the season on screen, once; :attr:`laps_changed` follows."""
        if self._are_laps_wanted or self.season is None or self.folder is None:
            return
        self._are_laps_wanted = True
        self._fetching = SeasonTicket(self.folder, self.season)
        self._send(self._fetching)

    def show(self, season: Season, laps: SeasonLaps | None = None) -> None:
        """Take a season that is already in memory."""
        self._withdraw()
        self.folder = self.wanted = None
        self._hold(season, laps)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the thread.

        Returns
        -------
        bool
            False when the worker did not come back in time. Its thread is then
            kept alive, and the process must be left without destroying it.
        """
        self._withdraw()
        self._fetching = None
        if self._thread is None:
            return True
        self._thread.quit()
        stopped = self._thread.wait(wait_ms)
        self._garbage.stop()
        if not stopped:
            _UNSTOPPABLE.append((self._thread, self._worker))
        return stopped

    def _ticket_for(self, folder: Path | None) -> SeasonTicket | None:
        folder = folder or next(iter(self._bundled.values()), None)
        if folder is None:
            self._fail(self._why_none)
            return None
        self._withdraw()
        self.wanted = folder
        self._opening = SeasonTicket(folder)
        return self._opening

    def _withdraw(self) -> None:
        if self._opening is not None:
            self._opening.cancel.set()
            self._opening = None

    def _send(self, ticket: SeasonTicket) -> None:
        if self._thread is None:
            # Only now: a desk that never reads off the GUI thread needs no thread.
            self._thread = QThread()
            self._thread.setObjectName("season")
            self._worker.moveToThread(self._thread)
            self._submitted.connect(self._worker._on_submitted)  # noqa: SLF001 - its one caller
            self._worker.ended.connect(self._on_ended)
            self._garbage.start()
            self._thread.start()
        self._submitted.emit(ticket)

    @Slot(object)
    def _on_ended(self, outcome: SeasonOutcome) -> None:
        if outcome.ticket is self._opening:
            instead = self._take_season(outcome)
            if instead is not None:
                self._send(instead)
        elif outcome.ticket is self._fetching:
            self._take_laps(outcome)

    def _take_season(self, outcome: SeasonOutcome) -> SeasonTicket | None:
        """Show what was read, or say why not and return what to read instead."""
        ticket, self._opening = outcome.ticket, None
        if outcome.season is None:
            self._unreadable.add(ticket.folder)
            self._fail(outcome.reason)
            return self._instead_of(ticket.folder)
        self._unreadable.discard(ticket.folder)
        self.folder = ticket.folder
        self.notice = ticket.notice
        if not ticket.notice:
            self.problem = ""
        self._hold(outcome.season, None)
        return None

    def _instead_of(self, failed: Path) -> SeasonTicket | None:
        """Return the newest readable bundled season when the screen would stay empty."""
        year = self.spare
        folder = None if year is None else self._bundled[year]
        # Whoever heard of the failure may already have asked for another season.
        if self.season is not None or self._opening is not None or folder is None:
            return None
        self._opening = SeasonTicket(
            folder,
            notice=(
                f"{self.wanted or failed} could not be read; this is the bundled season {year} "
                "instead."
            ),
        )
        return self._opening

    def _take_laps(self, outcome: SeasonOutcome) -> None:
        self._fetching = None
        if outcome.laps is None:
            self._fail(outcome.reason)
            return
        self.laps = outcome.laps
        self.laps_changed.emit()
        self.settled.emit()

    def _hold(self, season: Season, laps: SeasonLaps | None) -> None:
        had_wanted_laps, self._are_laps_wanted = self._are_laps_wanted, laps is not None
        if self._fetching is not None:
            self._fetching.cancel.set()
            self._fetching = None
        self.season = season
        self.laps = laps
        self.changed.emit()
        self.laps_changed.emit()
        if had_wanted_laps:
            # Whoever draws laps goes on drawing them after a reload or another year.
            self.request_laps()
        self.settled.emit()

    def _fail(self, reason: str) -> None:
        self.problem = reason
        self.failed.emit(reason)
        self.settled.emit()
