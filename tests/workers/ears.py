"""Whoever listens to a task queue in a test."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from htt_desktop.sources.errors import CancelledError
from htt_desktop.workers.task import Control, Outcome, Report, Task
from htt_desktop.workers.task_queue import TaskQueue
from tests.patience import PATIENCE_S


class Ears(QObject):
    """Notes what a queue says, and the thread it was said on."""

    def __init__(self, queue: TaskQueue) -> None:
        super().__init__()
        self.outcomes: list[Outcome[object]] = []
        self.payloads: list[object] = []
        self.threads: set[QThread] = set()
        queue.reported.connect(self.on_reported)
        queue.ended.connect(self.on_ended)

    def on_reported(self, report: Report) -> None:
        self.threads.add(QThread.currentThread())
        self.payloads.append(report.payload)

    def on_ended(self, outcome: Outcome[object]) -> None:
        self.threads.add(QThread.currentThread())
        self.outcomes.append(outcome)


def end(qtbot: QtBot, queue: TaskQueue, begin: Callable[[], Task[object]]) -> Outcome[object]:
    """Begin a task and return how it ended."""
    ears = Ears(queue)
    task = begin()
    qtbot.waitUntil(lambda: any(outcome.task is task for outcome in ears.outcomes))
    return next(outcome for outcome in ears.outcomes if outcome.task is task)


def wait_for_cancel(control: Control) -> None:
    assert control.cancel.wait(PATIENCE_S)
    raise CancelledError
