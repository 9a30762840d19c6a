"""Loads what the Improve tab shows: lists and comparisons, and beside them what the server has.

What is on this computer is shown without waiting for a server that may be down. Its list of
races, drivers and laps comes afterwards, over a connection of its own that is there only while
it is asked.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from htt_desktop.domain.errors import DomainError, UnknownTrackError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.sources.errors import SourceError, UnknownRaceError
from htt_desktop.sources.packs.arrow_memory import give_back
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.field_reference_loader import FieldReferenceLoader, FieldSource
from htt_desktop.workers.task import Cancelled, Control, Done, Failed, Outcome, Report, Task
from htt_desktop.workers.task_queue import CLOSING_MS, TaskQueue, stop_all
from htt_desktop.workers.telemetry_requests import (
    Catalogue,
    CompareRequest,
    LapChoice,
    ListRequest,
    Loaded,
    RaceList,
)

_LOGGER = logging.getLogger(__name__)

_IDLE_CHECK_MS = 30_000
"""How often a connection nobody uses is looked for."""


class OfferSource(Protocol):
    """A server that says what it has."""

    def offer(self, key: RaceKey | None, cancel: threading.Event, *, fresh: bool) -> Offer:
        """Return which races there are, and the drivers and laps of one of them."""
        ...

    def close(self) -> None:
        """Give the connection up."""
        ...


@dataclass(frozen=True, eq=False)
class LoadFailed(Failed):
    """There is no answer to a request.

    Attributes
    ----------
    catalogue
        What was known before the failure, so that another lap can be chosen.
    """

    request: ListRequest | CompareRequest = field(kw_only=True)
    catalogue: Catalogue = field(default_factory=Catalogue)

    @property
    def no_such_race(self) -> bool:
        """Every source was asked and none has the race, as against one that did not answer."""
        return issubclass(self.error, UnknownRaceError | UnknownTrackError)


@dataclass(frozen=True)
class OfferRequest:
    """Ask the server which races it has, and drivers and laps of one of them."""

    key: RaceKey | None


class _Upkeep(StrEnum):
    """What the thread does beside the requests."""

    REOPEN = "open again"
    CLOSE_IDLE = "close an idle connection"
    TAKE_OFFER = "take what the server has"


class TelemetryLoader(QObject):
    """Takes requests, has them worked off on another thread and passes the answers on.

    A new request supersedes the one under way, which ends as cancelled there and then; whatever
    the thread still says about it is dropped. A list that the new request needs, too, is finished
    all the same, lest it be asked for twice.

    Parameters
    ----------
    make_comparer
        Called on the thread for the first request, because opening the source costs imports and
        file access that the window must not wait for, and again after :meth:`reopen`.
    make_fields
        Opens where the quartiles of whole fields come from; ``None`` where there are none.
    make_offers
        Opens the server that says what it has, called on a thread for every question; ``None``
        where there is none.

    Attributes
    ----------
    fields
        Loads the quartiles of whole fields, on another thread.

    Signals
    -------
    started(ListRequest | CompareRequest), reported(Report)
        A request was taken; so many rows have come.
    listed(RaceList), loaded(Loaded), failed(LoadFailed), cancelled(Cancelled)
        Exactly one of them per request.
    catalogued(Catalogue)
        What is on offer changed, beside the requests.
    """

    started = Signal(object)
    reported = Signal(object)
    listed = Signal(object)
    loaded = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)
    catalogued = Signal(object)

    def __init__(
        self,
        make_comparer: Callable[[], Comparer],
        parent: QObject | None = None,
        make_fields: Callable[[], FieldSource] | None = None,
        make_offers: Callable[[], OfferSource] | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = FieldReferenceLoader(make_fields, self)
        self._make_offers = make_offers
        self._task: Task[object] | None = None
        self._last: ListRequest | CompareRequest | None = None
        self._opened = _OpenedComparer(make_comparer)
        self._queue = TaskQueue(
            "telemetry", after_task=give_back, at_end=self._opened.close, parent=self
        )
        self._queue.reported.connect(self._on_reported)
        self._queue.ended.connect(self._on_ended)
        self._offers = TaskQueue("offer", newest_wins=True, parent=self)
        self._offers.ended.connect(self._on_offer_ended)
        self._idle = QTimer(self)
        self._idle.setInterval(_IDLE_CHECK_MS)
        self._idle.timeout.connect(self._on_idle)
        self._queue.start()
        self._idle.start()

    @property
    def current(self) -> ListRequest | CompareRequest | None:
        """The request under way."""
        return self._last if self._task else None

    def list_race(self, key: RaceKey | None) -> ListRequest:
        """Ask which races there are and which drivers and laps one of them has."""
        request = ListRequest(key)
        self._submit(request, partial(self._opened.list_race, request))
        return request

    def compare(
        self, key: RaceKey, reference: LapChoice, compared: LapChoice, *, fresh: bool = False
    ) -> CompareRequest:
        """Ask for two laps laid over one another."""
        request = CompareRequest(key, reference, compared, fresh)
        self._submit(request, partial(self._opened.compare, request))
        return request

    def cancel(self) -> None:
        """Cancel the request under way, if there is one."""
        task, self._task = self._task, None
        if task is not None:
            self._queue.cancel_task(task)

    def reopen(self) -> None:
        """Give up the source and its connection, for another one from the next request on."""
        self.cancel()
        self.fields.reopen()
        self._offers.cancel()
        self._queue.submit(_Upkeep.REOPEN, self._opened.reopen)
        if self._last is not None:
            # What is on offer now, first without the server's word and then with it.
            self._take(Offer(), self._last.key)
            self._ask_for_offer(self._last.key, fresh=True)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the threads.

        Returns
        -------
        bool
            False when one did not come back in time; see :meth:`TaskQueue.wait`.
        """
        self.cancel()
        self._idle.stop()
        return stop_all((self._queue, self.fields, self._offers), wait_ms)

    def _submit(
        self, request: ListRequest | CompareRequest, work: Callable[[Control], object]
    ) -> None:
        task = Task(request, work, "the comparison")
        before, self._task = self._task, task
        self._last = request
        needed = before if before and _builds_upon(request, before.request) else None
        if before is not None and needed is None:
            self._queue.cancel_task(before)
        self._queue.add(task, builds_on=needed)
        self.started.emit(request)

    def _ask_for_offer(self, key: RaceKey | None, *, fresh: bool = False) -> None:
        """Ask what the server has; ``fresh`` even for what it said before."""
        asking = self._offers.current
        is_asked = asking is not None and asking.request == OfferRequest(key)
        if self._make_offers is not None and (fresh or not is_asked):
            work = partial(_offer, self._make_offers, key, fresh=fresh)
            self._offers.submit(OfferRequest(key), work)

    def _take(self, offer: Offer, key: RaceKey | None) -> None:
        self._queue.submit(_Upkeep.TAKE_OFFER, partial(self._opened.take, offer, key))

    @Slot(object)
    def _on_reported(self, report: Report) -> None:
        if report.task is self._task:
            self.reported.emit(report)

    @Slot(object)
    def _on_ended(self, outcome: Outcome[object]) -> None:
        request = outcome.task.request
        if outcome.task is self._task:
            self._task = None
        if not isinstance(request, ListRequest | CompareRequest):
            if isinstance(outcome, Done) and isinstance(outcome.value, Catalogue):
                self.catalogued.emit(outcome.value)
        elif isinstance(outcome, Cancelled):
            self.cancelled.emit(outcome)
        elif isinstance(outcome, Failed):
            known = outcome.context if isinstance(outcome.context, Catalogue) else Catalogue()
            self.failed.emit(LoadFailed(**vars(outcome), request=request, catalogue=known))
            self._look_further(known)
        elif isinstance(outcome.value, Loaded):
            self.loaded.emit(outcome.value)
            self._look_further(outcome.value.catalogue)
        elif isinstance(outcome.value, RaceList):
            self.listed.emit(outcome.value)
            self._look_further(outcome.value.catalogue)

    def _look_further(self, known: Catalogue) -> None:
        """Ask the server only now: what is on this computer was shown without it."""
        if self.current is None and known.has_more and self._last is not None:
            self._ask_for_offer(self._last.key)

    @Slot(object)
    def _on_offer_ended(self, outcome: Outcome[Offer]) -> None:
        if isinstance(outcome, Done) and isinstance(outcome.task.request, OfferRequest):
            self._take(outcome.value, outcome.task.request.key)

    @Slot()
    def _on_idle(self) -> None:
        self._queue.submit(_Upkeep.CLOSE_IDLE, self._opened.close_idle)


def _builds_upon(request: ListRequest | CompareRequest, before: object) -> bool:
    """Return whether a request needs first what the one before it is finding out already."""
    return isinstance(before, ListRequest) and request.key == before.key


def _offer(
    make_offers: Callable[[], OfferSource], key: RaceKey | None, control: Control, *, fresh: bool
) -> Offer:
    """Return what the server has; runs on the thread of the offers."""
    source = make_offers()
    try:
        return source.offer(key, control.cancel, fresh=fresh)
    finally:
        source.close()


class _OpenedComparer:
    """The comparer, once it is open; only the thread of the telemetry looks inside."""

    def __init__(self, make_comparer: Callable[[], Comparer]) -> None:
        self._make_comparer = make_comparer
        self._comparer: Comparer | None = None

    def list_race(self, request: ListRequest, control: Control) -> RaceList:
        with self._knowing(request.key, control) as comparer:
            comparer.races(control.cancel)
            if request.key is not None:
                comparer.inventory(request.key, control.cancel)
            return RaceList(request, comparer.known(request.key))

    def compare(self, request: CompareRequest, control: Control) -> Loaded:
        with self._knowing(request.key, control) as comparer:
            return comparer.compare(request, control.progress, control.cancel)

    def take(self, offer: Offer, key: RaceKey | None, _control: Control) -> Catalogue | None:
        """Return what is on offer, now that the server was asked beside the requests."""
        try:
            return self._open().take(offer, key)
        except (DomainError, SourceError) as error:
            # The next request meets the same and says so.
            _LOGGER.warning("offer not taken: %s", error)
            return None

    def reopen(self, _control: Control) -> None:
        """Give up source and connection; the next request opens them again."""
        self.close()
        self._comparer = None

    def close_idle(self, _control: Control) -> None:
        connection = self._comparer.connection if self._comparer else None
        if connection is not None:
            self._quietly(connection.close_if_idle)

    def close(self) -> None:
        connection = self._comparer.connection if self._comparer else None
        if connection is not None:
            self._quietly(connection.close)

    def _quietly(self, give_up: Callable[[], object]) -> None:
        try:
            give_up()
        except Exception:  # what cannot be closed any more is gone already
            _LOGGER.exception("connection not closed")

    def _open(self) -> Comparer:
        if self._comparer is None:
            self._comparer = self._make_comparer()
        return self._comparer

    @contextmanager
    def _knowing(self, key: RaceKey | None, control: Control) -> Iterator[Comparer]:
        """Give the comparer, and add to a failure what is known about the race."""
        comparer = self._open()
        try:
            yield comparer
        except Exception:
            control.context = comparer.known(key)
            raise
