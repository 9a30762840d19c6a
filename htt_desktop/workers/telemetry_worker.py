"""Runs telemetry jobs on a thread of its own; only the desk talks to it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.errors import DomainError, UnknownTrackError
from htt_desktop.sources.errors import CancelledError, SourceError, UnknownRaceError
from htt_desktop.sources.packs.arrow import give_back
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.jobs import (
    Cancelled,
    Catalogue,
    CompareJob,
    Failed,
    Job,
    Listed,
    ListJob,
    Outcome,
    Progressed,
)
from htt_desktop.workers.offer_desk import Offered

_LOGGER = logging.getLogger(__name__)
_PROGRESS_INTERVAL_S = 0.05


@dataclass(frozen=True, eq=False)
class Ticket:
    """A job with the event that withdraws it."""

    job: Job
    cancel: threading.Event


class TelemetryWorker(QObject):
    """Turns tickets into outcomes, one at a time.

    Parameters
    ----------
    make_comparer
        Called on the worker's thread at the first ticket, because opening the
        source costs imports and file access that the window must not wait for.

    Signals
    -------
    progressed(Progressed)
        Rows so far, at most twenty times a second.
    ended(Outcome)
        Exactly once per ticket.
    catalogued(Catalogue)
        What is on offer changed without a ticket.
    """

    progressed = Signal(object)
    ended = Signal(object)
    catalogued = Signal(object)

    def __init__(self, make_comparer: Callable[[], Comparer]) -> None:
        super().__init__()
        self._make_comparer = make_comparer
        self._comparer: Comparer | None = None
        self._failed: tuple[threading.Event, Failed] | None = None

    @Slot(object)
    def _on_submitted(self, ticket: Ticket) -> None:
        outcome = self._outcome(ticket)
        self._failed = (ticket.cancel, outcome) if isinstance(outcome, Failed) else None
        self.ended.emit(outcome)
        # The window goes on with the outcome meanwhile.
        give_back()

    @Slot(object)
    def _on_offered(self, offered: Offered) -> None:
        """Tell what is on offer, now that the server was asked beside the jobs."""
        try:
            if self._comparer is None:
                self._comparer = self._make_comparer()
            self.catalogued.emit(self._comparer.take(offered.offer, offered.key))
        except (DomainError, SourceError) as error:
            # The next job meets the same and says so.
            _LOGGER.warning("offer not taken: %s", error)

    @Slot()
    def _on_reopening(self) -> None:
        """Give up source and connection; the next job opens them again."""
        self._close()
        self._comparer = None

    @Slot()
    def _on_idle(self) -> None:
        connection = self._comparer.connection if self._comparer else None
        if connection is not None:
            self._quietly(connection.close_if_idle)

    @Slot()
    def _close(self) -> None:
        connection = self._comparer.connection if self._comparer else None
        if connection is not None:
            self._quietly(connection.close)

    def _quietly(self, give_up: Callable[[], object]) -> None:
        try:
            give_up()
        except Exception:  # what cannot be closed any more is gone already
            _LOGGER.exception("connection not closed")

    def _outcome(self, ticket: Ticket) -> Outcome:
        job = ticket.job
        try:
            return self._work(ticket)
        except CancelledError:
            return Cancelled(job)
        except (DomainError, SourceError) as error:
            return Failed(
                job,
                str(error),
                catalogue=self._known(job),
                no_such_race=isinstance(error, UnknownRaceError | UnknownTrackError),
            )
        except Exception as error:  # the thread's edge: a bug must not end it silently
            _LOGGER.exception("job %s", job)
            reason = f"An internal fault stopped the comparison ({type(error).__name__}: {error})."
            return Failed(job, reason, is_bug=True, catalogue=self._known(job))

    def _work(self, ticket: Ticket) -> Outcome:
        if ticket.cancel.is_set():
            return Cancelled(ticket.job)
        if self._failed is not None and self._failed[0] is ticket.cancel:
            # What it builds upon found no answer: asking once more would double the wait.
            return replace(self._failed[1], job=ticket.job)
        if self._comparer is None:
            self._comparer = self._make_comparer()
        if isinstance(ticket.job, ListJob):
            self._comparer.races(ticket.cancel)
            if ticket.job.key is not None:
                self._comparer.inventory(ticket.job.key, ticket.cancel)
            return Listed(ticket.job, self._known(ticket.job))
        return self._comparer.compare(ticket.job, self._reporter(ticket.job), ticket.cancel)

    def _reporter(self, job: CompareJob) -> Callable[[int], None]:
        reported_at = 0.0

        def report(rows: int) -> None:
            nonlocal reported_at
            now = time.monotonic()
            if now - reported_at >= _PROGRESS_INTERVAL_S:
                reported_at = now
                self.progressed.emit(Progressed(job, rows))

        return report

    def _known(self, job: Job) -> Catalogue:
        return self._comparer.known(job.key) if self._comparer else Catalogue()
