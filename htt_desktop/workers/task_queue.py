"""The queue in which the window's background work waits, and the thread that does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from htt_desktop.workers.garbage import GarbageCollector
from htt_desktop.workers.task import Cancelled, Control, Failed, Outcome, Report, Task, outcome_of

CLOSING_MS = 2000
"""How long the window waits for its threads when it closes; a later one is left behind."""

_UNSTOPPABLE: list[tuple[QThread, QObject]] = []
"""Threads that outlived their shutdown; destroying them would abort the process."""

_Value = TypeVar("_Value")


def _nothing() -> None:
    """Do nothing."""


class _Worker(QObject):
    """Lives on the queue's thread and turns tasks into outcomes, one at a time."""

    reported = Signal(object)
    ended = Signal(object)

    def __init__(self, after_task: Callable[[], None], at_end: Callable[[], None]) -> None:
        super().__init__()
        self._after_task = after_task
        self._at_end = at_end
        self._failed: tuple[threading.Event, Failed] | None = None

    @Slot(object)
    def on_submitted(self, submitted: tuple[Task[object], Control]) -> None:
        task, control = submitted
        outcome: Outcome[object]
        if self._failed is not None and self._failed[0] is control.cancel:
            # What it builds on found no answer: asking once more would double the wait.
            outcome = replace(self._failed[1], task=task)
        else:
            outcome = outcome_of(task, control)
        if isinstance(outcome, Failed):
            self._failed = (control.cancel, outcome)
        self.ended.emit(outcome)
        self._after_task()

    @Slot()
    def on_finished(self) -> None:
        self._at_end()


class TaskQueue(QObject):
    """Runs tasks one after the other; its thread begins with the first of them.

    Cancelling answers at once; whatever the worker still says about that task is dropped, and
    the next one waits until it has let go.

    Parameters
    ----------
    name
        Of the thread.
    newest_wins
        A new task cancels those before it; otherwise it waits for them.
    after_task
        Called on the thread after every task, while the window goes on with its outcome.
    at_end
        Called on the thread when it ends.

    Signals
    -------
    reported(Report)
        A running task has something to say.
    ended(Done | Failed | Cancelled)
        Exactly once per task.
    """

    reported = Signal(object)
    ended = Signal(object)
    _submitted = Signal(object)

    def __init__(
        self,
        name: str,
        *,
        newest_wins: bool = False,
        after_task: Callable[[], None] = _nothing,
        at_end: Callable[[], None] = _nothing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._newest_wins = newest_wins
        self._controls: dict[Task[object], Control] = {}
        self._worker = _Worker(after_task, at_end)
        self._thread: QThread | None = None
        self._garbage = GarbageCollector(self)
        self._is_over = False

    @property
    def current(self) -> Task[object] | None:
        """The task under way."""
        return next(iter(self._controls), None)

    @property
    def is_paused(self) -> bool:
        """Whether the task under way was asked to begin nothing further."""
        control = self._control
        return control is not None and control.pause.is_set()

    @property
    def is_busy(self) -> bool:
        """Whether a task is under way or waits for its turn."""
        return bool(self._controls)

    def submit(self, request: object, work: Callable[[Control], _Value]) -> Task[_Value]:
        """Run work in the background; see :class:`Task`."""
        task = Task(request, work)
        self.add(task)
        return task

    def add(self, task: Task[object], builds_on: Task[object] | None = None) -> None:
        """Run a task in the background.

        Parameters
        ----------
        builds_on
            A task under way whose work this one needs first: it ends as cancelled and is worked
            off all the same, and cancelling the new one stops both.
        """
        if self._newest_wins:
            self.cancel()
        before = None if builds_on is None else self._controls.pop(builds_on, None)
        if builds_on is not None and before is not None:
            self.ended.emit(Cancelled(builds_on))
        if self._is_over:
            self.ended.emit(Cancelled(task))
            return
        self.start()

        worker = self._worker

        def report(payload: object) -> None:
            worker.reported.emit(Report(task, payload))

        control = Control(report, before.cancel if before else None)
        self._controls[task] = control
        self._submitted.emit((task, control))

    def start(self) -> None:
        """Let the thread begin, lest the first task wait for it."""
        if self._thread is not None:
            return
        self._thread = QThread()
        self._thread.setObjectName(self.objectName())
        self._worker.moveToThread(self._thread)
        self._submitted.connect(self._worker.on_submitted)
        self._worker.reported.connect(self._on_reported)
        self._worker.ended.connect(self._on_ended)
        # Direct: it is emitted on the thread itself, whose event loop has ended by then.
        self._thread.finished.connect(self._worker.on_finished, Qt.ConnectionType.DirectConnection)
        self._garbage.start()
        self._thread.start()

    def cancel(self) -> None:
        """Cancel everything under way or waiting."""
        cancelled = list(self._controls.items())
        self._controls.clear()
        for _, control in cancelled:
            control.cancel.set()
        for task, _ in cancelled:
            self.ended.emit(Cancelled(task))

    def cancel_task(self, task: Task[object]) -> None:
        """Cancel one task, if it has not ended yet."""
        control = self._controls.pop(task, None)
        if control is not None:
            control.cancel.set()
            self.ended.emit(Cancelled(task))

    def pause(self) -> None:
        """Ask the task under way to begin nothing further until :meth:`resume`."""
        if self._control is not None:
            self._control.pause.set()

    def resume(self) -> None:
        """Let the task under way go on."""
        if self._control is not None:
            self._control.pause.clear()

    def stop(self) -> None:
        """Cancel everything and let the thread end; :meth:`wait` waits for it."""
        self._is_over = True
        self.cancel()
        if self._thread is not None:
            self._thread.quit()

    def wait(self, until_s: float) -> bool:
        """Wait for the thread's end.

        Parameters
        ----------
        until_s
            On the clock of ``time.monotonic``.

        Returns
        -------
        bool
            False when the worker did not come back in time. Its thread is then kept alive, and
            the process must be left without destroying it.
        """
        if self._thread is None:
            return True
        stopped = self._thread.wait(max(0, round((until_s - time.monotonic()) * 1000)))
        self._garbage.stop()
        if not stopped:
            _UNSTOPPABLE.append((self._thread, self._worker))
        return stopped

    @property
    def _control(self) -> Control | None:
        """Of the task under way."""
        return next(iter(self._controls.values()), None)

    @Slot(object)
    def _on_reported(self, report: Report) -> None:
        if report.task in self._controls:
            self.reported.emit(report)

    @Slot(object)
    def _on_ended(self, outcome: Outcome[object]) -> None:
        if self._controls.pop(outcome.task, None) is not None:
            self.ended.emit(outcome)


class Stoppable(Protocol):
    """A queue, or whoever has one of their own."""

    def stop(self) -> None:
        """Take nothing more and let the thread end."""
        ...

    def wait(self, until_s: float) -> bool:
        """Return whether the thread ended in time; see :meth:`TaskQueue.wait`."""
        ...


def stop_all(queues: Sequence[Stoppable], wait_ms: int = CLOSING_MS) -> bool:
    """Stop several queues within one time limit and return whether all threads ended."""
    until_s = time.monotonic() + wait_ms / 1000
    for queue in queues:
        queue.stop()
    stopped = [queue.wait(until_s) for queue in queues]
    return all(stopped)
