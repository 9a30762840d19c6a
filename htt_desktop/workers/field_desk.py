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
from htt_desktop.workers.connection_jobs import Control, Done, Failed, Outcome
from htt_desktop.workers.task_queue import Lane


class FieldPlace(Protocol):
    """Where fields come from."""

    def answer(self, key: RaceKey, cancel: threading.Event, *, fresh: bool = False) -> FieldAnswer:
        """Return the field of a race, or why there is none."""
        ...

    def close(self) -> None:
        """Give the connection up."""
        ...


@dataclass(frozen=True)
class FieldJob:
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
    """A :class:`FieldJob` has its answer.

    Attributes
    ----------
    reference
        ``None`` where there is none.
    why
        One sentence, empty when there is one.
    """

    job: FieldJob
    reference: FieldReference | None
    why: str = ""


class FieldDesk(QObject):
    """Takes jobs and passes the answers on; the newest job wins and older ones end silently.

    Parameters
    ----------
    make_place
        Called on the worker's thread for the first job, and again after :meth:`reopen`;
        ``None`` where no field can be had.

    Signals
    -------
    loaded(FieldLoaded)
        The answer to the newest job, or why there is none.
    place_left()
        What was told so far is of another place than what will be.
    """

    loaded = Signal(object)
    place_left = Signal()

    def __init__(
        self, make_place: Callable[[], FieldPlace] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_place = make_place
        self._opened = _Opened()
        self._job: FieldJob | None = None
        self._lane = Lane("field", newest_wins=True, parent=self)
        self._lane.ended.connect(self._on_ended)

    @property
    def current(self) -> FieldJob | None:
        """The job under way."""
        return self._job

    def ask(self, key: RaceKey, *, fresh: bool = False) -> FieldJob:
        """Ask for the field of a race."""
        job = FieldJob(key, fresh)
        if self._make_place is None:
            self.loaded.emit(FieldLoaded(job, None, NO_SERVER))
            return job

        work = partial(_answer, job, self._opened, self._make_place)
        self.cancel()
        self._job = job
        self._lane.submit(f"field of {key}", work)
        return job

    def cancel(self) -> None:
        """Withdraw the job under way."""
        self._job = None
        self._lane.cancel()

    def reopen(self) -> None:
        """Ask another place from the next job on."""
        self.cancel()
        self._opened = _Opened()
        self.place_left.emit()

    def stop(self) -> None:
        """Withdraw the job under way and take no further one; :meth:`wait` waits for it."""
        self._job = None
        self._lane.stop()

    def wait(self, until: float) -> bool:
        """Wait for the thread's end.

        Parameters
        ----------
        until
            On the clock of ``time.monotonic``, in seconds.

        Returns
        -------
        bool
            False when it did not come back in time.
        """
        return self._lane.wait(until)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        job = self._job
        if job is None:
            return
        if isinstance(outcome, Done) and isinstance(outcome.value, FieldAnswer):
            self._job = None
            answer = outcome.value
            self.loaded.emit(FieldLoaded(job, answer.reference, answer.why))
        elif isinstance(outcome, Failed):
            self._job = None
            self.loaded.emit(FieldLoaded(job, None, outcome.reason))


@dataclass(eq=False)
class _Opened:
    """The place, once it is open; only the lane's thread looks inside."""

    place: FieldPlace | None = None


def _answer(
    job: FieldJob, opened: _Opened, make_place: Callable[[], FieldPlace], control: Control
) -> FieldAnswer:
    """Return the answer to a job; runs on the lane's thread, one job at a time."""
    if opened.place is None:
        opened.place = make_place()
    try:
        return opened.place.answer(job.key, control.cancel, fresh=job.fresh)
    finally:
        opened.place.close()
