"""The GUI thread's counter for telemetry jobs: newest wins, cancel answers at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.workers.closing import CLOSING_MS
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.field_desk import FieldDesk, FieldPlace
from htt_desktop.workers.garbage import GarbageCollector
from htt_desktop.workers.jobs import (
    Cancelled,
    CompareJob,
    Failed,
    Job,
    LapChoice,
    Listed,
    ListJob,
    Loaded,
    Outcome,
    Progressed,
)
from htt_desktop.workers.offer_desk import OfferDesk, Offered, OfferPlace
from htt_desktop.workers.telemetry_worker import TelemetryWorker, Ticket

_UNSTOPPABLE: list[tuple[QThread, TelemetryWorker]] = []
"""Threads that outlived their shutdown; destroying them would abort the process."""

_IDLE_CHECK_MS = 30_000
"""How often a connection nobody uses is looked for."""


class TelemetryDesk(QObject):
    """Takes jobs, hands them to the worker's thread and passes the answers on.

    A new job supersedes the one under way, which ends as cancelled there and
    then; whatever the worker still says about it is dropped. A list that the new
    job needs, too, is finished all the same, lest it be asked for twice.

    Parameters
    ----------
    make_comparer
        Called once, on the worker's thread.
    make_fields
        Opens where the quartiles of whole fields come from; ``None`` where there are none.
    make_offers
        Opens the server that says what it has; ``None`` where there is none.

    Attributes
    ----------
    fields
        Takes jobs about whole fields, on another thread.
    offers
        Asks what the server has, on another thread, once something is on screen.

    Signals
    -------
    started(Job), progressed(Progressed)
        A job was taken; it has rows.
    listed(Listed), loaded(Loaded), failed(Failed), cancelled(Cancelled)
        Exactly one of them per job.
    catalogued(Catalogue)
        What is on offer changed, beside the jobs.
    """

    started = Signal(object)
    progressed = Signal(object)
    listed = Signal(object)
    loaded = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)
    catalogued = Signal(object)
    _submitted = Signal(object)
    _offered = Signal(object)
    _reopening = Signal()

    def __init__(
        self,
        make_comparer: Callable[[], Comparer],
        parent: QObject | None = None,
        make_fields: Callable[[], FieldPlace] | None = None,
        make_offers: Callable[[], OfferPlace] | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = FieldDesk(make_fields, self)
        self.offers = OfferDesk(make_offers, self)
        self._last_id = 0
        self._last_key: RaceKey | None = None
        self._ticket: Ticket | None = None
        self._thread = QThread()
        self._thread.setObjectName("telemetry")
        self._worker = TelemetryWorker(make_comparer)
        self._worker.moveToThread(self._thread)
        self._submitted.connect(self._worker._on_submitted)  # noqa: SLF001 - its one caller
        self._reopening.connect(self._worker._on_reopening)  # noqa: SLF001
        self._offered.connect(self._worker._on_offered)  # noqa: SLF001
        self.offers.offered.connect(self._on_offered)
        # Direct: it is emitted on the thread itself, whose event loop has ended by then.
        self._thread.finished.connect(
            self._worker._close,  # noqa: SLF001
            Qt.ConnectionType.DirectConnection,
        )
        self._idle = QTimer(self)
        self._idle.setInterval(_IDLE_CHECK_MS)
        self._idle.timeout.connect(self._worker._on_idle)  # noqa: SLF001
        self._worker.progressed.connect(self._on_progressed)
        self._worker.ended.connect(self._on_ended)
        self._worker.catalogued.connect(self.catalogued)
        self._garbage = GarbageCollector(self)
        self._garbage.start()
        self._thread.start()
        self._idle.start()

    @property
    def current(self) -> Job | None:
        """The job under way."""
        return self._ticket.job if self._ticket else None

    def list_race(self, key: RaceKey | None) -> ListJob:
        """Ask which races there are and which drivers and laps one of them has."""
        job = ListJob(self._next_id(), key)
        self._submit(job)
        return job

    def compare(
        self, key: RaceKey, reference: LapChoice, compared: LapChoice, *, fresh: bool = False
    ) -> CompareJob:
        """Ask for two laps laid over one another."""
        job = CompareJob(self._next_id(), key, reference, compared, fresh)
        self._submit(job)
        return job

    def cancel(self) -> None:
        """Withdraw the job under way, if there is one."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            ticket.cancel.set()
            self.cancelled.emit(Cancelled(ticket.job))

    def reopen(self) -> None:
        """Give up the source and its connection, for another one from the next job on."""
        self.cancel()
        self.fields.reopen()
        self.offers.cancel()
        self._reopening.emit()
        if self._last_id:
            # What is on offer now, first without the server's word and then with it.
            self._offered.emit(Offered(self._last_key, Offer()))
            self.offers.ask(self._last_key, fresh=True)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the thread.

        Returns
        -------
        bool
            False when the worker did not come back in time. Its thread is then
            kept alive, and the process must be left without destroying it.
        """
        until = time.monotonic() + wait_ms / 1000
        self.cancel()
        self.fields.stop()
        self.offers.stop()
        self._idle.stop()
        self._thread.quit()
        stopped = self._thread.wait(wait_ms)
        left = [self.fields.wait(until), self.offers.wait(until)]
        self._garbage.stop()
        if not stopped:
            _UNSTOPPABLE.append((self._thread, self._worker))
        return stopped and all(left)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _submit(self, job: Job) -> None:
        superseded, cancel = self._ticket, threading.Event()
        if superseded is not None and _builds_upon(job, superseded.job):
            cancel = superseded.cancel
        elif superseded is not None:
            superseded.cancel.set()
        self._ticket, self._last_key = Ticket(job, cancel), job.key
        if superseded is not None:
            self.cancelled.emit(Cancelled(superseded.job))
        self.started.emit(job)
        self._submitted.emit(self._ticket)

    @Slot(object)
    def _on_progressed(self, progress: Progressed) -> None:
        if progress.job == self.current:
            self.progressed.emit(progress)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if outcome.job != self.current:
            return
        self._ticket = None
        if isinstance(outcome, Loaded):
            self.loaded.emit(outcome)
        elif isinstance(outcome, Listed):
            self.listed.emit(outcome)
        elif isinstance(outcome, Failed):
            self.failed.emit(outcome)
        else:
            self.cancelled.emit(outcome)
            return
        if self.current is None and outcome.catalogue.has_more:
            # Only now: what is near was shown without it.
            self.offers.ask(outcome.job.key)

    @Slot(object)
    def _on_offered(self, offered: Offered) -> None:
        self._offered.emit(offered)


def _builds_upon(job: Job, before: Job) -> bool:
    """Tell whether a job needs first what the one before it is finding out already."""
    return isinstance(before, ListJob) and job.key == before.key
