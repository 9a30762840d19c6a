from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.sources.snowflake.faults import FaultKind, fault
from htt_desktop.workers import task_queue
from htt_desktop.workers.task import Cancelled, Control, Done, Failed, Task
from htt_desktop.workers.task_queue import TaskQueue
from tests.patience import PATIENCE_MS, PATIENCE_S
from tests.workers.ears import Ears, end, wait_for_cancel


@pytest.fixture
def queue(qtbot: QtBot) -> Iterator[TaskQueue]:
    queue = TaskQueue("test")
    yield queue
    queue.stop()
    assert queue.wait(time.monotonic() + PATIENCE_S)


@pytest.fixture
def newest(qtbot: QtBot) -> Iterator[TaskQueue]:
    queue = TaskQueue("test", newest_wins=True)
    yield queue
    queue.stop()
    assert queue.wait(time.monotonic() + PATIENCE_S)


def test_that_work_runs_elsewhere_and_is_heard_here(qtbot: QtBot, queue: TaskQueue) -> None:
    ears = Ears(queue)
    ran_on: list[int] = []

    def work(control: Control) -> str:
        ran_on.append(threading.get_ident())
        control.report("one")
        return "value"

    outcome = end(qtbot, queue, lambda: queue.submit("work", work))
    assert isinstance(outcome, Done)
    assert outcome.value == "value"
    assert ears.payloads == ["one"]
    assert ears.threads == {queue.thread()}
    assert ran_on != [threading.get_ident()]


def test_that_an_unused_queue_has_no_thread(queue: TaskQueue) -> None:
    assert queue._thread is None


def test_that_tasks_wait_for_each_other(qtbot: QtBot, queue: TaskQueue) -> None:
    gate = threading.Event()
    ears = Ears(queue)
    first = queue.submit("first", lambda _control: gate.wait(PATIENCE_S))
    second = queue.submit("second", lambda _control: 2)
    assert queue.current is first
    gate.set()
    qtbot.waitUntil(lambda: not queue.is_busy)
    assert [outcome.task for outcome in ears.outcomes] == [first, second]


def test_that_the_newest_task_wins(qtbot: QtBot, newest: TaskQueue) -> None:
    ears = Ears(newest)
    first = newest.submit("first", wait_for_cancel)
    second = newest.submit("second", lambda _control: 2)
    assert [type(outcome) for outcome in ears.outcomes] == [Cancelled]
    qtbot.waitUntil(lambda: len(ears.outcomes) == 2)
    assert [outcome.task for outcome in ears.outcomes] == [first, second]
    assert isinstance(ears.outcomes[1], Done)


def test_that_cancelling_answers_at_once_and_only_once(qtbot: QtBot, queue: TaskQueue) -> None:
    ears = Ears(queue)
    begun, gate = threading.Event(), threading.Event()

    def stubborn(control: Control) -> str:
        begun.set()
        gate.wait(PATIENCE_S)
        control.report("late")
        return "late"

    task = queue.submit("stubborn", stubborn)
    assert begun.wait(PATIENCE_S)
    queue.cancel()
    assert [outcome.task for outcome in ears.outcomes] == [task]
    gate.set()
    assert isinstance(end(qtbot, queue, lambda: queue.submit("next", lambda _control: 1)), Done)
    assert ears.payloads == []
    assert [outcome.task for outcome in ears.outcomes].count(task) == 1


def test_that_a_cancelled_task_that_has_not_begun_never_does(
    qtbot: QtBot, queue: TaskQueue
) -> None:
    gate = threading.Event()
    begun: list[str] = []
    queue.submit("first", lambda _control: gate.wait(PATIENCE_S))
    queue.submit("second", lambda _control: begun.append("second"))
    queue.cancel()
    gate.set()
    end(qtbot, queue, lambda: queue.submit("third", lambda _control: None))
    assert begun == []


def test_that_paused_work_goes_on_where_it_was(qtbot: QtBot, queue: TaskQueue) -> None:
    ears = Ears(queue)
    queue.submit("paced", paced)
    qtbot.waitUntil(lambda: ears.payloads == ["begun"])
    queue.pause()
    assert queue.is_paused
    qtbot.waitUntil(lambda: "paused" in ears.payloads)
    queue.resume()
    qtbot.waitUntil(lambda: len(ears.outcomes) == 1)
    assert isinstance(ears.outcomes[0], Done)
    assert not queue.is_paused


def paced(control: Control) -> None:
    """Wait for the pause, say so, and wait for its end."""
    control.report("begun")
    assert control.pause.wait(PATIENCE_S)
    control.report("paused")
    while control.pause.is_set():
        stop_if_cancelled(control.cancel)
        time.sleep(0.005)


def test_that_frequent_progress_is_thinned(qtbot: QtBot, queue: TaskQueue) -> None:
    ears = Ears(queue)

    def work(control: Control) -> None:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            control.progress("rows")

    end(qtbot, queue, lambda: queue.submit("work", work))
    assert 1 <= len(ears.payloads) <= 8


def test_that_an_expected_failure_is_a_sentence_with_its_kind(
    qtbot: QtBot, queue: TaskQueue
) -> None:
    def refuse(_control: Control) -> None:
        raise fault(FaultKind.REFUSED_KEY)

    outcome = end(qtbot, queue, lambda: queue.submit("work", refuse))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FaultKind.REFUSED_KEY
    assert outcome.reason == str(fault(FaultKind.REFUSED_KEY))
    assert not outcome.is_bug


def test_that_what_builds_on_a_failure_fails_with_it_whatever_ran_between(
    qtbot: QtBot, queue: TaskQueue
) -> None:
    gate, ran = threading.Event(), []
    ears = Ears(queue)

    def refuse(_control: Control) -> None:
        gate.wait(PATIENCE_S)
        raise SourceError("The server does not answer.")

    first = queue.submit("first", refuse)
    queue.submit("upkeep", lambda _control: None)
    last = Task("last", lambda _control: ran.append("last"))
    queue.add(last, builds_on=first)
    gate.set()
    qtbot.waitUntil(lambda: not queue.is_busy)
    assert [type(outcome) for outcome in ears.outcomes] == [Cancelled, Done, Failed]
    assert ears.outcomes[-1].task is last
    assert ran == []


def test_that_a_bug_is_logged_without_what_it_says(
    qtbot: QtBot, queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(_control: Control) -> None:
        message = "-----BEGIN PRIVATE KEY-----"
        raise ValueError(message)

    with caplog.at_level(logging.DEBUG):
        outcome = end(qtbot, queue, lambda: queue.submit("work", break_down))
    assert isinstance(outcome, Failed)
    assert outcome.is_bug
    assert "ValueError" in outcome.reason
    assert "break_down" in caplog.text
    assert "PRIVATE" not in caplog.text + outcome.reason + repr(outcome)


def test_that_a_stopped_queue_takes_nothing_more(qtbot: QtBot, queue: TaskQueue) -> None:
    ears = Ears(queue)
    queue.stop()
    queue.submit("late", lambda _control: None)
    assert [type(outcome) for outcome in ears.outcomes] == [Cancelled]


def test_that_shutting_down_is_bounded_whatever_the_worker_does(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[QThread, object]] = []
    monkeypatch.setattr(task_queue, "_UNSTOPPABLE", kept)
    queue = TaskQueue("stuck")
    gate, begun = threading.Event(), threading.Event()

    def stuck(_control: Control) -> None:
        begun.set()
        gate.wait(PATIENCE_S)

    queue.submit("stuck", stuck)
    assert begun.wait(PATIENCE_S)
    queue.stop()
    began = time.monotonic()
    assert not queue.wait(began + 0.1)
    assert not gate.is_set()
    assert len(kept) == 1
    gate.set()
    assert kept[0][0].wait(PATIENCE_MS)


def test_that_a_task_does_not_show_what_is_bound_to_its_work() -> None:
    task = Task("import key", partial(print, "open sesame"))
    assert "sesame" not in repr(task) + repr(Failed(task, "No.")) + repr(Cancelled(task))
    assert "sesame" not in repr(Done(task, "open sesame"))
