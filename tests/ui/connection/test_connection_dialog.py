from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import create_key
from htt_desktop.sources.snowflake.diagnosis_steps import Step
from htt_desktop.sources.snowflake.faults import FaultKind, fault
from htt_desktop.ui.connection.connection_test import FAILED, OPEN, PASSED, RUNNING
from htt_desktop.ui.connection.dialog import ConnectionDialog
from htt_desktop.ui.connection.widgets import Question
from htt_desktop.ui.theme import DARK, dress
from tests.ui.connection.stage import GUEST, TEAM, Stage, all_passed, failed_at


@pytest.fixture
def dialog(qtbot: QtBot, stage: Stage) -> Iterator[ConnectionDialog]:
    """Return the dialog as it is once it has read the profiles and the key."""
    dress(DARK)
    dialog = ConnectionDialog(stage.service)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: names(dialog) == ["● Team", "   Guest"])
    qtbot.waitUntil(lambda: not stage.service.key_work.is_busy)
    yield dialog
    dialog._drafts.clear()


def names(dialog: ConnectionDialog) -> list[str]:
    rows = dialog.profiles.names
    return [rows.item(row).text() for row in range(rows.count())]


def type_into(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(qtbot: QtBot, stage: Stage) -> None:
    queues = (stage.service.profile_work, stage.service.key_work, stage.service.tests)
    qtbot.waitUntil(lambda: not any(queue.is_busy for queue in queues))


def answer(qtbot: QtBot, dialog: QWidget, *, yes: bool) -> None:
    question = dialog.findChildren(Question)[-1]
    assert question.isVisible()
    press(qtbot, question.yes if yes else question.no)


# ------------------------------------------------------------------------- the profiles


def test_that_the_profile_in_use_is_shown_first(dialog: ConnectionDialog) -> None:
    assert dialog.form.profile() == TEAM
    assert not dialog.save.isEnabled()
    assert not dialog.use.isEnabled()


def test_that_a_saved_edit_is_in_the_file(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["warehouse"], "BIG_WH")
    assert names(dialog)[0] == "● Team *"
    press(qtbot, dialog.save)
    settle(qtbot, stage)
    assert stage.open_profiles().profiles()[0].warehouse == "BIG_WH"
    assert dialog.message.text() == "Saved."
    assert names(dialog)[0] == "● Team"


def test_that_wrong_fields_say_why_and_are_not_saved(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    before = stage.profiles_path.read_bytes()
    type_into(qtbot, dialog.form.fields["role"], "my role")
    assert "not a valid SQL name" in dialog.form.problems["role"].text()
    assert dialog.form.problems["role"].isVisible()
    assert dialog.form.problems["account"].isHidden()
    press(qtbot, dialog.save)
    settle(qtbot, stage)
    assert dialog.form.fields["role"].hasFocus()
    assert "Not saved" in dialog.message.text()
    assert stage.profiles_path.read_bytes() == before


def test_that_a_pasted_address_becomes_the_account(qtbot: QtBot, dialog: ConnectionDialog) -> None:
    field = dialog.form.fields["account"]
    type_into(qtbot, field, "https://ab1.eu-central-1.snowflakecomputing.com/console")
    dialog.form.fields["user"].setFocus()
    assert field.text() == "ab1.eu-central-1"
    assert dialog.form.problems["account"].isHidden()


@pytest.mark.parametrize(
    "port, plain, host, words",
    [
        ("eighty", False, "127.0.0.1", "port"),
        ("70000", False, "127.0.0.1", "70000"),
        ("", True, "10.0.0.1", "Without https"),
    ],
)
def test_that_a_private_server_is_checked(
    qtbot: QtBot, dialog: ConnectionDialog, port: str, plain: bool, host: str, words: str
) -> None:
    type_into(qtbot, dialog.form.fields["host"], host)
    if port:
        type_into(qtbot, dialog.form.port, port)
    if plain:
        press(qtbot, dialog.form.plain)
    assert words in dialog.form.problems["host"].text()


def test_that_a_powerful_role_is_allowed_with_advice(
    qtbot: QtBot, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["role"], "ACCOUNTADMIN")
    assert "far more than read" in dialog.form.problems["role"].text()
    assert dialog.form.problems["role"].property("role") == "muted"


def test_that_a_new_profile_is_typed_saved_and_used(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    press(qtbot, dialog.profiles.new)
    assert dialog.form.fields["name"].hasFocus()
    assert "Save the profile first" in dialog.key.state.text()
    for field, text in (("name", "Third"), ("account", "my-org"), ("user", "ME")):
        type_into(qtbot, dialog.form.fields[field], text)
    qtbot.keyClick(dialog.form.fields["user"], Qt.Key.Key_Return)
    settle(qtbot, stage)
    assert names(dialog) == ["● Team", "   Guest", "   Third"]
    press(qtbot, dialog.use)
    settle(qtbot, stage)
    chosen = stage.open_profiles().chosen
    assert chosen is not None
    assert chosen.name == "Third"
    assert names(dialog)[2] == "● Third"


def test_that_an_empty_new_profile_says_what_is_missing(
    qtbot: QtBot, dialog: ConnectionDialog
) -> None:
    press(qtbot, dialog.profiles.new)
    press(qtbot, dialog.save)
    assert "has no name" in dialog.form.problems["name"].text()
    assert "account is missing" in dialog.form.problems["account"].text()


def test_that_edits_survive_looking_at_another_profile(
    qtbot: QtBot, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["schema"], "OTHER")
    dialog.profiles.names.setCurrentRow(1)
    assert dialog.form.profile() == GUEST
    dialog.profiles.names.setCurrentRow(0)
    assert dialog.form.profile().schema == "OTHER"
    assert dialog.save.isEnabled()


def test_that_a_profile_is_duplicated_with_its_key(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    press(qtbot, dialog.profiles.copy)
    settle(qtbot, stage)
    assert names(dialog)[2] == "   Team (2)"
    assert dialog.form.profile().name == "Team (2)"
    assert stage.keys.load("Team (2)") == key


def test_that_a_profile_is_removed_only_after_a_question(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    press(qtbot, dialog.profiles.remove)
    answer(qtbot, dialog, yes=False)
    assert len(stage.open_profiles().profiles()) == 2
    press(qtbot, dialog.profiles.remove)
    answer(qtbot, dialog, yes=True)
    settle(qtbot, stage)
    assert stage.open_profiles().profiles() == (GUEST,)
    assert dialog.form.profile() == GUEST


def test_that_a_rename_shows_the_key_under_the_new_name(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.open_store().save("Team", create_key())
    type_into(qtbot, dialog.form.fields["name"], "Pit wall")
    press(qtbot, dialog.save)
    settle(qtbot, stage)
    assert names(dialog) == ["   Guest", "● Pit wall"]
    qtbot.waitUntil(lambda: "Key stored in" in dialog.key.state.text())


def test_that_closing_asks_about_what_is_not_saved(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["schema"], "OTHER")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    answer(qtbot, dialog, yes=False)
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    answer(qtbot, dialog, yes=True)
    assert dialog.isHidden()
    assert stage.open_profiles().profiles()[0] == TEAM


def test_that_a_failed_save_is_said_and_nothing_is_lost(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["name"], "Guest")
    press(qtbot, dialog.save)
    settle(qtbot, stage)
    assert "already" in dialog.message.text()
    assert dialog.form.profile().name == "Guest"
    assert dialog.save.isEnabled()


# ----------------------------------------------------------------------------- the test


def marks(dialog: ConnectionDialog) -> str:
    return "".join(dialog.test.steps.marks[step].text() for step in Step)


def test_that_all_steps_pass_one_after_the_other(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = all_passed()
    stage.go_on.clear()
    press(qtbot, dialog.test.start)
    assert marks(dialog) == RUNNING + OPEN * 7
    stage.go_on.set()
    settle(qtbot, stage)
    assert marks(dialog) == PASSED * 8
    assert dialog.test.verdict.text() == "✓ The connection works."
    assert dialog.test.steps.times[Step.ROWS].text() == "0.10 s"


@pytest.mark.parametrize("step", list(Step))
def test_that_a_failure_says_where_and_what_to_do(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog, step: Step
) -> None:
    stage.results = failed_at(step)
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    place = list(Step).index(step)
    assert marks(dialog) == PASSED * place + FAILED + OPEN * (7 - place)
    assert dialog.test.steps.sentences[step].text() == "It is not."
    assert dialog.test.steps.advice.text() == "Do this."
    assert dialog.test.verdict.text().startswith("✗")
    assert dialog.test.start.text() == "Test again"


def test_that_another_key_leaves_nothing_of_the_test_before(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = failed_at(Step.KEY)
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    assert dialog.test.verdict.text().startswith("✗")
    dialog.key._begin(stage.service.read_key("Team"))
    settle(qtbot, stage)
    assert dialog.test.verdict.text().startswith("✗")
    dialog.key._begin(stage.service.create_key("Team", TEAM.user, 2048))
    settle(qtbot, stage)
    assert dialog.test.verdict.text() == ""
    assert FAILED not in marks(dialog)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_that_every_kind_of_fault_has_its_sentence_on_screen(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog, kind: FaultKind
) -> None:
    def fail(*_arguments: object) -> None:
        raise fault(kind)

    stage.service._diagnose = fail  # type: ignore[assignment]
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    shown = dialog.test.verdict.text()
    if kind is FaultKind.CANCELLED:
        assert shown == "The test was cancelled."
    else:
        assert shown == str(fault(kind))
    assert dialog.test.start.isEnabled()


def test_that_a_test_is_cancelled_and_can_be_had_again(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = all_passed()
    stage.go_on.clear()
    press(qtbot, dialog.test.start)
    press(qtbot, dialog.test.cancel)
    assert dialog.test.verdict.text() == "The test was cancelled."
    assert RUNNING not in marks(dialog)
    stage.go_on.set()
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    assert marks(dialog) == PASSED * 8


def test_that_a_second_test_takes_the_place_of_the_first(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = all_passed()
    stage.go_on.clear()
    press(qtbot, dialog.test.start)
    press(qtbot, dialog.test.start)
    assert dialog.test.verdict.text() == "Trying the connection …"
    assert dialog.test.cancel.isEnabled()
    stage.go_on.set()
    settle(qtbot, stage)
    assert marks(dialog) == PASSED * 8
    assert dialog.test.verdict.text() == "✓ The connection works."


def test_that_a_result_does_not_outlive_the_fields_it_is_about(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = all_passed()
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    type_into(qtbot, dialog.form.fields["schema"], "OTHER")
    assert marks(dialog) == OPEN * 8
    assert dialog.test.verdict.isHidden()


def test_that_tests_of_others_are_not_shown(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.results = all_passed()
    stage.service.test(TEAM)
    settle(qtbot, stage)
    assert marks(dialog) == OPEN * 8
    assert dialog.test.verdict.isHidden()


def test_that_the_test_takes_the_fields_as_they_are_and_the_key_as_it_is_kept(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    key = create_key()
    stage.open_store().save("Team", key)
    type_into(qtbot, dialog.form.fields["name"], "Not saved")
    type_into(qtbot, dialog.form.fields["warehouse"], "BIG_WH")
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    assert stage.profiles_seen[0].warehouse == "BIG_WH"
    assert stage.keys_seen == [key]


def test_that_unusable_fields_are_not_tried(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    type_into(qtbot, dialog.form.fields["user"], " ")
    press(qtbot, dialog.test.start)
    settle(qtbot, stage)
    assert stage.profiles_seen == []
    assert "Not tried" in dialog.message.text()


def test_that_closing_cancels_a_test(qtbot: QtBot, stage: Stage, dialog: ConnectionDialog) -> None:
    stage.results = all_passed()
    stage.go_on.clear()
    press(qtbot, dialog.test.start)
    press(qtbot, dialog.finish)
    assert dialog.isHidden()
    assert not stage.service.tests.is_busy


def test_that_closing_drops_a_key_that_could_not_be_kept(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    stage.keyring.is_locked = True
    stage.service.create_key("Team", "ENGINEER", 2048)
    settle(qtbot, stage)
    assert stage.keys.state("Team").waits
    press(qtbot, dialog.finish)
    assert not stage.keys.state("Team").waits


# ------------------------------------------------------------------------- the keyboard


def test_that_the_tab_key_reaches_everything_in_reading_order(
    qtbot: QtBot, stage: Stage, dialog: ConnectionDialog
) -> None:
    form = dialog.form
    wanted = [
        dialog.profiles.names,
        dialog.profiles.new,
        *form.fields.values(),
        form.port,
        form.plain,
        dialog.key.import_key,
        dialog.key.create_key,
        dialog.test.start,
        dialog.finish,
    ]
    reached: list[QWidget] = []
    dialog.profiles.names.setFocus()
    for _ in range(60):
        focus = dialog.focusWidget()
        assert focus is not None
        if focus in reached:
            break
        reached.append(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert [widget for widget in reached if widget in wanted] == wanted


def test_that_every_control_has_a_name_for_screen_readers(dialog: ConnectionDialog) -> None:
    for field in dialog.findChildren(QLineEdit):
        assert field.accessibleName()
    for button in dialog.findChildren(QAbstractButton):
        assert button.text() or button.accessibleName()


def test_that_the_dialog_fits_the_smallest_screen(dialog: ConnectionDialog) -> None:
    hint = dialog.minimumSizeHint()
    assert hint.width() <= 1280
    assert hint.height() <= 680
    assert dialog.width() <= 1280
    assert dialog.height() <= 700
