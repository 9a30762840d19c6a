from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from htt_desktop.sources.errors import CancelledError, SourceError, stop_if_cancelled
from htt_desktop.sources.snowflake.diagnosis_steps import Step, StepResult
from htt_desktop.sources.snowflake.faults import FaultKind, fault
from htt_desktop.workers import task_queue
from htt_desktop.workers.keys import KeyState, Passphrase
from htt_desktop.workers.task import Cancelled, Control, Done, Failed, Outcome, Report, Task
from htt_desktop.workers.task_queue import TaskQueue
from tests.patience import PATIENCE_MS, PATIENCE_S
from tests.ui.connection.stage import GUEST, TEAM, Stage, all_passed


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


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    store = stage.open_profiles()
    store.save(TEAM)
    store.save(GUEST)
    store.choose(TEAM.name)
    yield stage
    stage.go_on.set()
    stage.keyring.opened.set()
    assert stage.service.shutdown(PATIENCE_MS)


def end(qtbot: QtBot, queue: TaskQueue, begin: Callable[[], Task[object]]) -> Outcome[object]:
    """Begin a task and return how it ended."""
    ears = Ears(queue)
    task = begin()
    qtbot.waitUntil(lambda: any(outcome.task is task for outcome in ears.outcomes))
    return next(outcome for outcome in ears.outcomes if outcome.task is task)


def wait_for_cancel(control: Control) -> None:
    assert control.cancel.wait(PATIENCE_S)
    raise CancelledError


def reading(qtbot: QtBot, stage: Stage) -> None:
    assert isinstance(end(qtbot, stage.service.profile_work, stage.service.read_profiles), Done)


# ----------------------------------------------------------------------------- the queue


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


def test_that_an_unused_lane_has_no_thread(queue: TaskQueue) -> None:
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


def test_that_a_stopped_lane_takes_nothing_more(qtbot: QtBot, queue: TaskQueue) -> None:
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


# ------------------------------------------------------------------------- the profiles


def test_that_profiles_are_read_and_the_one_in_use_is_known(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.assertNotEmitted(stage.service.in_use_changed):
        reading(qtbot, stage)
    assert stage.service.book.profiles == (TEAM, GUEST)
    assert stage.service.book.chosen == TEAM


def test_that_another_profile_in_use_is_told_once(qtbot: QtBot, stage: Stage) -> None:
    reading(qtbot, stage)
    heard: list[object] = []
    stage.service.in_use_changed.connect(lambda: heard.append(stage.service.book.chosen))
    service = stage.service
    end(qtbot, service.profile_work, lambda: service.choose_profile("Guest"))
    end(qtbot, service.profile_work, lambda: service.choose_profile("Guest"))
    end(
        qtbot, service.profile_work, lambda: service.save_profile(replace(TEAM, schema="S"), "Team")
    )
    other = replace(GUEST, warehouse="W")
    end(qtbot, service.profile_work, lambda: service.save_profile(other, "Guest"))
    assert heard == [GUEST, other]


def test_that_a_profile_chosen_in_another_window_is_told(qtbot: QtBot, stage: Stage) -> None:
    reading(qtbot, stage)
    stage.open_profiles().choose("Guest")
    with qtbot.waitSignal(stage.service.in_use_changed):
        stage.service.read_profiles()


def test_that_a_key_that_is_not_kept_changes_nothing(qtbot: QtBot, stage: Stage) -> None:
    reading(qtbot, stage)
    stage.keyring.is_locked = True
    with qtbot.assertNotEmitted(stage.service.in_use_changed):
        end(qtbot, stage.service.key_work, lambda: stage.service.create_key("Team", "E", 2048))


def test_that_a_renamed_profile_takes_its_key_along(qtbot: QtBot, stage: Stage) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    reading(qtbot, stage)
    service = stage.service
    renamed = replace(TEAM, name="Pit wall")
    end(qtbot, service.profile_work, lambda: service.save_profile(renamed, "Team"))
    assert {profile.name for profile in service.book.profiles} == {"Pit wall", "Guest"}
    assert service.book.chosen == renamed
    assert stage.keys.load("Pit wall") == key
    assert stage.keys.load("Team") is None


def test_that_a_profile_is_not_renamed_when_its_key_cannot_follow(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.open_store().save("Team", create_key())
    reading(qtbot, stage)
    stage.keyring.is_locked = True
    service = stage.service
    outcome = end(
        qtbot, service.profile_work, lambda: service.save_profile(replace(TEAM, name="New"), "Team")
    )
    assert isinstance(outcome, Failed)
    assert "locked" in outcome.reason
    assert stage.open_profiles().profiles() == (TEAM, GUEST)


def test_that_no_profile_takes_the_place_of_another(qtbot: QtBot, stage: Stage) -> None:
    reading(qtbot, stage)
    service = stage.service
    same = replace(GUEST, name="TEAM")
    outcome = end(qtbot, service.profile_work, lambda: service.save_profile(same, "Guest"))
    assert isinstance(outcome, Failed)
    assert "already" in outcome.reason
    assert stage.open_profiles().profiles() == (TEAM, GUEST)


def test_that_capital_letters_of_a_name_may_change(qtbot: QtBot, stage: Stage) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    reading(qtbot, stage)
    service = stage.service
    outcome = end(
        qtbot,
        service.profile_work,
        lambda: service.save_profile(replace(TEAM, name="TEAM"), "Team"),
    )
    assert isinstance(outcome, Done)
    assert [profile.name for profile in service.book.profiles] == ["TEAM", "Guest"]
    assert stage.keys.load("TEAM") == key


def test_that_a_removed_profile_leaves_no_entry_in_the_keyring(qtbot: QtBot, stage: Stage) -> None:
    stage.open_store().save("Team", create_key())
    stage.session.save("Team", create_key())
    reading(qtbot, stage)
    end(qtbot, stage.service.profile_work, lambda: stage.service.remove_profile("Team"))
    assert stage.service.book.profiles == (GUEST,)
    assert stage.keyring.entries == {}
    assert stage.keys.load("Team") is None


def test_that_a_profile_stays_when_its_key_cannot_be_forgotten(qtbot: QtBot, stage: Stage) -> None:
    stage.open_store().save("Team", create_key())
    stage.keyring.is_locked = True
    outcome = end(qtbot, stage.service.profile_work, lambda: stage.service.remove_profile("Team"))
    assert isinstance(outcome, Failed)
    assert stage.open_profiles().profiles() == (TEAM, GUEST)


def test_that_a_copy_has_the_same_key(qtbot: QtBot, stage: Stage) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    copy = replace(TEAM, name="Team (2)")
    end(qtbot, stage.service.profile_work, lambda: stage.service.copy_profile("Team", copy))
    assert stage.keys.load("Team (2)") == key


# ----------------------------------------------------------------------------- the keys


def test_that_the_keyring_is_never_asked_on_this_thread(
    qtbot: QtBot, stage: Stage, tmp_path: Path
) -> None:
    service = stage.service
    end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    for ask in (
        lambda: service.read_key("Team"),
        lambda: service.show_key_lines("Team", "ENGINEER"),
        lambda: service.forget_key("Team"),
    ):
        end(qtbot, service.key_work, ask)
    assert stage.keyring.asked_on
    assert threading.current_thread().name not in stage.keyring.asked_on


def test_that_a_new_key_is_kept_and_its_lines_are_public(qtbot: QtBot, stage: Stage) -> None:
    service = stage.service
    outcome = end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    assert isinstance(outcome, Done)
    state = outcome.value
    assert isinstance(state, KeyState)
    kept = stage.keys.load("Team")
    assert kept is not None
    assert state.facts is not None
    assert state.facts.fingerprint == kept.fingerprint
    assert state.lines[0] == f"ALTER USER ENGINEER SET RSA_PUBLIC_KEY='{kept.public_pem_body}';"
    assert "RSA_PUBLIC_KEY_2=" in state.lines[1]


def test_that_a_locked_keyring_leaves_a_key_waiting_that_can_be_kept_otherwise(
    qtbot: QtBot, stage: Stage
) -> None:
    service = stage.service
    stage.keyring.is_locked = True
    outcome = end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    assert isinstance(outcome, Done)
    assert isinstance(outcome.value, KeyState)
    assert outcome.value.waits
    assert "locked" in outcome.value.problem
    end(qtbot, service.key_work, lambda: service.keep_waiting_key("Team", "", for_session=True))
    assert stage.keys.load("Team") is not None
    assert stage.keyring.entries == {}


def test_that_a_waiting_key_is_kept_once_the_keyring_opens(qtbot: QtBot, stage: Stage) -> None:
    service = stage.service
    stage.keyring.is_locked = True
    end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    stage.keyring.is_locked = False
    outcome = end(
        qtbot, service.key_work, lambda: service.keep_waiting_key("Team", "X", for_session=False)
    )
    assert isinstance(outcome, Done)
    assert isinstance(outcome.value, KeyState)
    assert outcome.value.facts is not None
    assert not outcome.value.is_for_session
    assert stage.open_store().load("Team") is not None


def test_that_a_kept_key_takes_the_place_of_one_for_this_session(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.session.save("Team", create_key())
    end(qtbot, stage.service.key_work, lambda: stage.service.create_key("Team", "E", 2048))
    kept = stage.open_store().load("Team")
    assert kept is not None
    assert stage.keys.load("Team") == kept.key
    assert not stage.keys.state("Team").is_for_session


def test_that_a_waiting_key_is_dropped(qtbot: QtBot, stage: Stage) -> None:
    service = stage.service
    stage.keyring.is_locked = True
    end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    service.drop_waiting_key()
    end(qtbot, service.key_work, lambda: service.keep_waiting_key("Team", "", for_session=True))
    assert stage.session.load("Team") is None


def test_that_without_a_keyring_a_key_lasts_for_the_session(qtbot: QtBot, stage: Stage) -> None:
    stage.has_keyring = False
    service = stage.service
    outcome = end(qtbot, service.key_work, lambda: service.create_key("Team", "ENGINEER", 2048))
    assert isinstance(outcome, Done)
    assert isinstance(outcome.value, KeyState)
    assert "no keyring" in outcome.value.problem
    assert outcome.value.waits
    end(qtbot, service.key_work, lambda: service.keep_waiting_key("Team", "", for_session=True))
    assert stage.keys.state("Team").is_for_session


def test_that_a_new_key_of_the_profile_in_use_is_told(qtbot: QtBot, stage: Stage) -> None:
    reading(qtbot, stage)
    with qtbot.waitSignal(stage.service.in_use_changed):
        stage.service.create_key("Team", "ENGINEER", 2048)
    with qtbot.assertNotEmitted(stage.service.in_use_changed):
        end(qtbot, stage.service.key_work, lambda: stage.service.read_key("Team"))
        end(qtbot, stage.service.key_work, lambda: stage.service.create_key("Guest", "G", 2048))


def test_that_a_passphrase_hides_and_goes_after_one_use() -> None:
    secret = Passphrase("open sesame")
    assert "sesame" not in repr(secret) + str(secret)
    assert secret.take() == "open sesame"
    assert secret.take() == ""


def test_that_a_task_does_not_show_what_is_bound_to_its_work() -> None:
    task = Task("import key", partial(print, "open sesame"))
    assert "sesame" not in repr(task) + repr(Failed(task, "No.")) + repr(Cancelled(task))
    assert "sesame" not in repr(Done(task, "open sesame"))


def test_that_tasks_and_outcomes_show_nothing_of_what_they_hold(
    qtbot: QtBot, stage: Stage, tmp_path: Path
) -> None:
    task = stage.service.import_key("Team", "E", tmp_path / "none", Passphrase("open sesame"))
    assert "sesame" not in repr(task)
    outcome = end(qtbot, stage.service.key_work, lambda: stage.service.read_key("Team"))
    assert "KeyState" not in repr(outcome)


# ---------------------------------------------------------------------------- the tests


def test_that_a_test_tells_every_step_and_gets_the_key(qtbot: QtBot, stage: Stage) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    stage.results = all_passed()
    told: list[StepResult] = []
    stage.service.step_done.connect(told.append)
    end(qtbot, stage.service.tests, lambda: stage.service.test(TEAM))
    assert [result.step for result in told] == list(Step)
    assert stage.keys_seen == [key]


def test_that_a_new_test_cancels_the_one_before(qtbot: QtBot, stage: Stage) -> None:
    stage.results = all_passed()
    stage.go_on.clear()
    ears = Ears(stage.service.tests)
    first = stage.service.test(TEAM)
    second = stage.service.test(GUEST)
    assert [outcome.task for outcome in ears.outcomes] == [first]
    stage.go_on.set()
    qtbot.waitUntil(lambda: len(ears.outcomes) == 2)
    assert ears.outcomes[1].task is second
    assert len(ears.payloads) == len(Step)


def test_that_a_session_key_goes_before_the_keyring(qtbot: QtBot, stage: Stage) -> None:
    kept, lent = create_key(), create_key()
    stage.open_store().save("Team", kept)
    stage.session.save("Team", lent)
    loaded: list[PrivateKey | None] = [stage.keys.load("Team")]
    stage.session.forget("Team")
    loaded.append(stage.keys.load("Team"))
    assert loaded == [lent, kept]


def test_that_a_source_error_of_the_diagnosis_is_a_failure(qtbot: QtBot, stage: Stage) -> None:
    def refuse() -> list[StepResult]:
        raise SourceError("Nothing goes; do something.")

    stage.diagnose = lambda *_arguments: iter(refuse())  # type: ignore[method-assign]
    stage.service._diagnose = stage.diagnose
    outcome = end(qtbot, stage.service.tests, lambda: stage.service.test(TEAM))
    assert isinstance(outcome, Failed)
    assert outcome.reason == "Nothing goes; do something."


def test_that_shutting_down_in_the_middle_of_everything_ends_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stage = Stage(tmp_path)
    stage.results = all_passed()
    stage.go_on.clear()
    stage.service.test(TEAM)
    stage.service.downloads.submit("download", wait_for_cancel)
    stage.service.uploads.submit("upload", wait_for_cancel)
    assert stage.service.shutdown(PATIENCE_MS)
