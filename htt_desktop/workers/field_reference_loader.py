"""Asks how the whole field drives a race, beside the comparison and never in its way.

The field is worth having and never urgent. It therefore has a thread and a connection of its own:
a comparison neither waits for it nor ends it. Both are there only while something is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.field_answer import NO_SERVER, FieldAnswer
from htt_desktop.workers.task import Control, Done, Failed, Outcome
from htt_desktop.workers.task_queue import TaskQueue


class FieldSource(Protocol):
    """Where the quartiles of whole fields come from."""

    def answer(self, key: RaceKey, cancel: threading.Event, *, fresh: bool = False) -> FieldAnswer:
        """Return the field of a race, or why there is none."""
        ...

    def close(self) -> None:
        """Give the connection up."""
        ...


@dataclass(frozen=True, eq=False)
class FieldRequest:
    """Find out how the field drives a race.

    Attributes
    ----------
    fresh
        Ask the server even though the answer is on this computer.
    """

    key: RaceKey
    fresh: bool = False


@dataclass(frozen=True, eq=False)
class FieldLoaded:
    """The answer to a :class:`FieldRequest`.

    Attributes
    ----------
    reference
        ``None`` where there is none.
    why
        One sentence, empty when there is one.
    """

    request: FieldRequest
    reference: FieldReference | None
    why: str = ""


@dataclass(eq=False)
class _OpenedSource:
    """The source, once it is open; only the queue's thread looks inside."""

    source: FieldSource | None = None


class FieldReferenceLoader(QObject):
    """Takes requests and passes the answers on; the newest wins and older ones end silently.

    Parameters
    ----------
    make_source
        Called on the thread for the first request, and again after :meth:`reopen`; ``None`` where
        no field can be had.

    Signals
    -------
    loaded(FieldLoaded)
        The answer to the newest request, or why there is none.
    source_left()
        What was loaded so far is from another source than what will be.
    """

    loaded = Signal(object)
    source_left = Signal()

    def __init__(
        self, make_source: Callable[[], FieldSource] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_source = make_source
        self._opened = _OpenedSource()
        self._queue = TaskQueue("field", newest_wins=True, parent=self)
        self._queue.ended.connect(self._on_ended)

    @property
    def current(self) -> object | None:
        """The request under way."""
        task = self._queue.current
        return None if task is None else task.request

    def ask(self, key: RaceKey, *, fresh: bool = False) -> FieldRequest:
        """Ask for the field of a race."""
        request = FieldRequest(key, fresh)
        if self._make_source is None:
            self.loaded.emit(FieldLoaded(request, None, NO_SERVER))
        else:
            work = partial(_answer, request, self._opened, self._make_source)
            self._queue.submit(request, work)
        return request

    def cancel(self) -> None:
        """Cancel the request under way."""
        self._queue.cancel()

    def reopen(self) -> None:
        """Ask another source from the next request on."""
        self.cancel()
        self._opened = _OpenedSource()
        self.source_left.emit()

    def stop(self) -> None:
        """Cancel the request under way and take no further one; :meth:`wait` waits for it."""
        self._queue.stop()

    def wait(self, until_s: float) -> bool:
        """Wait for the thread's end; see :meth:`TaskQueue.wait`."""
        return self._queue.wait(until_s)

    @Slot(object)
    def _on_ended(self, outcome: Outcome[FieldAnswer]) -> None:
        request = outcome.task.request
        if not isinstance(request, FieldRequest):
            return
        if isinstance(outcome, Done):
            self.loaded.emit(FieldLoaded(request, outcome.value.reference, outcome.value.why))
        elif isinstance(outcome, Failed):
            self.loaded.emit(FieldLoaded(request, None, outcome.reason))


def _answer(
    request: FieldRequest,
    opened: _OpenedSource,
    make_source: Callable[[], FieldSource],
    control: Control,
) -> FieldAnswer:
    """Return the answer to a request; runs on the queue's thread, one request at a time."""
    if opened.source is None:
        opened.source = make_source()
    try:
        return opened.source.answer(request.key, control.cancel, fresh=request.fresh)
    finally:
        opened.source.close()
