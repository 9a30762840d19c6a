"""One thread for one kind of background work."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, QThread, Signal, Slot

from htt_desktop.workers.connection_jobs import Cancelled, Outcome, Task, Work
from htt_desktop.workers.connection_worker import ConnectionWorker, Ticket

_UNSTOPPABLE: list[tuple[QThread, ConnectionWorker]] = []
"""Threads that outlived their shutdown; destroying them would abort the process."""


class Lane(QObject):
    """Runs tasks one after the other; its thread begins with the first of them.

    Cancelling answers at once; whatever the worker still says about that task is dropped, and
    the next one waits until it has let go.

    Parameters
    ----------
    name
        Of the thread.
    newest_wins
        A new task withdraws those before it; otherwise it waits for them.

    Signals
    -------
    started(Task)
        A task was taken.
    progressed(Progress)
        Running work has something to say.
    ended(Done | Failed | Cancelled)
        Exactly once per task.
    """

    started = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    _submitted = Signal(object)

    def __init__(
        self, name: str, *, newest_wins: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._newest_wins = newest_wins
        self._tickets: deque[Ticket] = deque()
        self._worker = ConnectionWorker()
        self._thread: QThread | None = None
        self._is_over = False

    @property
    def current(self) -> Task | None:
        """The task under way."""
        return self._tickets[0].task if self._tickets else None

    @property
    def is_paused(self) -> bool:
        """Whether the task under way was told to begin nothing further."""
        return bool(self._tickets) and self._tickets[0].control.pause.is_set()

    @property
    def is_busy(self) -> bool:
        """Whether a task is under way or waits for its turn."""
        return bool(self._tickets)

    def submit(self, name: str, work: Work) -> Task:
        """Run work in the background."""
        task = Task(name, work)
        if self._newest_wins:
            self.cancel()
        self._send(task)
        return task

    def cancel(self) -> None:
        """Withdraw everything under way or waiting."""
        withdrawn = [ticket.task for ticket in self._tickets]
        for ticket in self._tickets:
            ticket.control.cancel.set()
        self._tickets.clear()
        for task in withdrawn:
            self.ended.emit(Cancelled(task))

    def pause(self) -> None:
        """Ask the task under way to begin nothing further until :meth:`resume`."""
        if self._tickets:
            self._tickets[0].control.pause.set()

    def resume(self) -> None:
        """Let the task under way go on."""
        if self._tickets:
            self._tickets[0].control.pause.clear()

    def stop(self) -> None:
        """Withdraw everything and let the thread end; :meth:`wait` waits for it."""
        self._is_over = True
        self.cancel()
        if self._thread is not None:
            self._thread.quit()

    def wait(self, until: float) -> bool:
        """Wait for the thread's end.

        Parameters
        ----------
        until
            On the clock of ``time.monotonic``, in seconds.

        Returns
        -------
        bool
            False when the worker did not come back in time. Its thread is then kept alive, and
            the process must be left without destroying it.
        """
        if self._thread is None:
            return True
        stopped = self._thread.wait(max(0, round((until - time.monotonic()) * 1000)))
        if not stopped:
            _UNSTOPPABLE.append((self._thread, self._worker))
        return stopped

    def _send(self, task: Task) -> None:
        if self._is_over:
            self.ended.emit(Cancelled(task))
            return
        if self._thread is None:
            self._thread = QThread()
            self._thread.setObjectName(self.objectName())
            self._worker.moveToThread(self._thread)
            self._submitted.connect(self._worker._on_submitted)  # noqa: SLF001 - its one caller
            self._worker.told.connect(self._on_told)
            self._worker.ended.connect(self._on_ended)
            self._thread.start()
        ticket = Ticket(task, self._worker)
        self._tickets.append(ticket)
        self.started.emit(task)
        self._submitted.emit(ticket)

    @Slot(object)
    def _on_told(self, told: tuple[Ticket, object]) -> None:
        ticket, payload = told
        if ticket in self._tickets:
            self.progressed.emit(ticket.progress(payload))

    @Slot(object)
    def _on_ended(self, told: tuple[Ticket, Outcome]) -> None:
        ticket, outcome = told
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            self.ended.emit(outcome)
