from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.snowflake.diagnosis_steps import Step, StepResult
from htt_desktop.workers.keys import KeyState, Passphrase
from htt_desktop.workers.task import Done, Failed
from tests.patience import PATIENCE_MS
from tests.ui.connection.stage import GUEST, TEAM, Stage, all_passed, stage_of_two
from tests.workers.ears import Ears, end, wait_for_cancel


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    yield from stage_of_two(tmp_path)


def reading(qtbot: QtBot, stage: Stage) -> None:
    assert isinstance(end(qtbot, stage.service.profile_work, stage.service.read_profiles), Done)


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
