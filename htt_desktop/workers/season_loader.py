"""The season on its own thread: opened, reloaded, changed; the last good one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.errors import SourceError
from htt_desktop.workers.task import Control, Done, Failed, Outcome, Task, outcome_of
from htt_desktop.workers.task_queue import CLOSING_MS, TaskQueue, stop_all

ReadSeason = Callable[[Path], Season]
"""Folder → season; raises SourceError."""

ReadLaps = Callable[[Path, Season], SeasonLaps]
"""Folder and its season → laps; raises SourceError."""


@dataclass(frozen=True)
class SeasonRequest:
    """Read a season.

    Attributes
    ----------
    notice
        What must be said about the season if it is shown.
    """

    folder: Path
    notice: str = ""


@dataclass(frozen=True)
class LapsRequest:
    """Read the laps of the season on screen."""

    folder: Path


def _nothing_to_read(folder: Path, _season: Season | None = None) -> NoReturn:
    raise SourceError(f"{folder} cannot be read: this loader was given no reader.")


class SeasonLoader(QObject):
    """Holds the season on screen; tabs read it and listen.

    The newest request wins. When reading fails, what was on screen stays; only when
    nothing is on screen yet does the newest bundled season step in, and :attr:`notice`
    says so.

    Parameters
    ----------
    read_season, read_laps
        Called on the queue's thread (:meth:`open_now`: on the caller's).
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
        self._opening: Task[Season] | None = None
        self._fetching: Task[SeasonLaps] | None = None
        self._are_laps_wanted = False
        self._read_season = read_season
        self._read_laps = read_laps
        self._queue = TaskQueue("season", parent=self)
        self._queue.ended.connect(self._on_ended)

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
        request = self._request_for(folder)
        if request is not None:
            self._read(request)
            self.started.emit()

    def open_now(self, folder: Path | None = None) -> None:
        """Read a season folder before returning, for the start of the application."""
        request = self._request_for(folder)
        while request is not None:
            request = self._take_season(request, outcome_of(self._task(request), Control()))

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
        folder, season = self.folder, self.season
        self._fetching = Task(
            LapsRequest(folder),
            lambda _control: self._read_laps(folder, season),
            f"reading {folder}",
        )
        self._queue.add(self._fetching)

    def show(self, season: Season, laps: SeasonLaps | None = None) -> None:
        """Take a season that is already in memory."""
        self._cancel_opening()
        self.folder = self.wanted = None
        self._hold(season, laps)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the thread.

        Returns
        -------
        bool
            False when it did not come back in time; see :meth:`TaskQueue.wait`.
        """
        self._opening = self._fetching = None
        return stop_all((self._queue,), wait_ms)

    def _request_for(self, folder: Path | None) -> SeasonRequest | None:
        folder = folder or next(iter(self._bundled.values()), None)
        if folder is None:
            self._fail(self._why_none)
            return None
        self._cancel_opening()
        self.wanted = folder
        return SeasonRequest(folder)

    def _task(self, request: SeasonRequest) -> Task[Season]:
        folder = request.folder
        return Task(request, lambda _control: self._read_season(folder), f"reading {folder}")

    def _read(self, request: SeasonRequest) -> None:
        self._opening = self._task(request)
        self._queue.add(self._opening)

    def _cancel_opening(self) -> None:
        task, self._opening = self._opening, None
        if task is not None:
            self._queue.cancel_task(task)

    @Slot(object)
    def _on_ended(self, outcome: Outcome[Any]) -> None:
        request = outcome.task.request
        if outcome.task is self._opening and isinstance(request, SeasonRequest):
            self._opening = None
            instead = self._take_season(request, outcome)
            if instead is not None:
                self._read(instead)
        elif outcome.task is self._fetching:
            self._take_laps(outcome)

    def _take_season(
        self, request: SeasonRequest, outcome: Outcome[Season]
    ) -> SeasonRequest | None:
        """Show what was read, or say why not and return what to read instead."""
        if not isinstance(outcome, Done):
            self._unreadable.add(request.folder)
            self._fail(outcome.reason if isinstance(outcome, Failed) else "")
            return self._instead_of(request.folder)
        self._unreadable.discard(request.folder)
        self.folder = request.folder
        self.notice = request.notice
        if not request.notice:
            self.problem = ""
        self._hold(outcome.value, None)
        return None

    def _instead_of(self, failed: Path) -> SeasonRequest | None:
        """Return the newest readable bundled season when the screen would stay empty."""
        year = self.spare
        folder = None if year is None else self._bundled[year]
        # Whoever heard of the failure may already have asked for another season.
        if self.season is not None or self._opening is not None or folder is None:
            return None
        notice = (
            f"{self.wanted or failed} could not be read; this is the bundled season {year} instead."
        )
        return SeasonRequest(folder, notice)

    def _take_laps(self, outcome: Outcome[SeasonLaps]) -> None:
        self._fetching = None
        if not isinstance(outcome, Done):
            self._fail(outcome.reason if isinstance(outcome, Failed) else "")
            return
        self.laps = outcome.value
        self.laps_changed.emit()
        self.settled.emit()

    def _hold(self, season: Season, laps: SeasonLaps | None) -> None:
        had_wanted_laps, self._are_laps_wanted = self._are_laps_wanted, laps is not None
        fetching, self._fetching = self._fetching, None
        if fetching is not None:
            self._queue.cancel_task(fetching)
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
