from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.ui.connection.key_dialogs import CreateKeyDialog, KeyFileDialog, PassphraseDialog
from htt_desktop.ui.connection.key_section import KeySection
from htt_desktop.ui.connection.widgets import Question
from tests.ui.connection.conftest import PASSPHRASE
from tests.ui.connection.stage import Stage


@pytest.fixture
def section(qtbot: QtBot, stage: Stage) -> Iterator[KeySection]:
    """Return the section of the team's profile, which has no key yet."""
    section = KeySection(stage.service)
    qtbot.addWidget(section)
    section.resize(480, 320)
    section.show()
    section.show_profile("Team", "ENGINEER")
    settle(qtbot, stage)
    yield section
    QGuiApplication.clipboard().clear()


def settle(qtbot: QtBot, stage: Stage) -> None:
    qtbot.waitUntil(lambda: not stage.service.key_work.is_busy)


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isEnabled(), button.text()
    assert button.isVisible(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def import_file(qtbot: QtBot, stage: Stage, section: KeySection, file: Path) -> None:
    """Choose a file in the dialog that the button opens."""
    press(qtbot, section.import_key)
    dialog = section.findChildren(KeyFileDialog)[-1]
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    settle(qtbot, stage)


def passphrase_dialog(section: KeySection) -> PassphraseDialog:
    found = [dialog for dialog in section.findChildren(PassphraseDialog) if dialog.isVisible()]
    assert len(found) == 1
    return found[0]


def test_that_a_profile_without_a_key_says_so(section: KeySection) -> None:
    assert section.state.text().startswith("No key is kept for this profile")
    assert not section.forget.isEnabled()
    assert not section.copy_fingerprint.isEnabled()


def test_that_a_plain_key_is_imported_without_a_question(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path, key: PrivateKey
) -> None:
    import_file(qtbot, stage, section, key_file)
    assert not section.findChildren(PassphraseDialog)
    assert stage.keys.load("Team") == key
    assert section.state.text() == "Key stored in MemoryKeyring, from today."
    assert section.fingerprint.text() == key.fingerprint


def test_that_an_encrypted_key_asks_for_its_passphrase(
    qtbot: QtBot, stage: Stage, section: KeySection, encrypted_file: Path, key: PrivateKey
) -> None:
    import_file(qtbot, stage, section, encrypted_file)
    dialog = passphrase_dialog(section)
    assert dialog.field.echoMode() is QLineEdit.EchoMode.Password
    assert not dialog.ok.isEnabled()
    qtbot.keyClicks(dialog.field, PASSPHRASE)
    press(qtbot, dialog.ok)
    assert dialog.field.text() == ""
    settle(qtbot, stage)
    assert stage.keys.load("Team") == key


def test_that_a_wrong_passphrase_is_asked_for_again(
    qtbot: QtBot, stage: Stage, section: KeySection, encrypted_file: Path, key: PrivateKey
) -> None:
    import_file(qtbot, stage, section, encrypted_file)
    dialog = passphrase_dialog(section)
    qtbot.keyClicks(dialog.field, "wrong")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    settle(qtbot, stage)
    again = passphrase_dialog(section)
    assert "does not open this private key" in again.reason.text()
    qtbot.keyClicks(again.field, PASSPHRASE)
    qtbot.keyClick(again.field, Qt.Key.Key_Return)
    settle(qtbot, stage)
    assert stage.keys.load("Team") == key


def test_that_a_passphrase_that_is_not_given_leaves_no_key(
    qtbot: QtBot, stage: Stage, section: KeySection, encrypted_file: Path
) -> None:
    import_file(qtbot, stage, section, encrypted_file)
    dialog = passphrase_dialog(section)
    qtbot.keyClicks(dialog.field, "half")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.field.text() == ""
    assert stage.keys.load("Team") is None
    assert section.import_key.isEnabled()


def test_that_a_file_without_a_key_is_refused_in_words(
    qtbot: QtBot, stage: Stage, section: KeySection, tmp_path: Path
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("nothing secret", "utf-8")
    import_file(qtbot, stage, section, file)
    assert "not a private key" in section.problem.text()
    import_file(qtbot, stage, section, tmp_path / "gone.p8")
    assert "gone.p8 cannot be read" in section.problem.text()


def test_that_a_created_pair_shows_its_line_to_copy(
    qtbot: QtBot, stage: Stage, section: KeySection
) -> None:
    press(qtbot, section.create_key)
    dialog = section.findChildren(CreateKeyDialog)[-1]
    assert dialog.warning.isHidden()
    press(qtbot, dialog.ok)
    settle(qtbot, stage)
    made = stage.keys.load("Team")
    assert made is not None
    line = f"ALTER USER ENGINEER SET RSA_PUBLIC_KEY='{made.public_pem_body}';"
    press(qtbot, section.copy_line)
    assert QGuiApplication.clipboard().text() == line
    section.second.click()
    press(qtbot, section.copy_line)
    assert QGuiApplication.clipboard().text() == line.replace("PUBLIC_KEY=", "PUBLIC_KEY_2=")
    press(qtbot, section.copy_fingerprint)
    assert QGuiApplication.clipboard().text() == made.fingerprint


def test_that_the_line_of_a_kept_key_is_shown_on_demand(
    qtbot: QtBot, stage: Stage, section: KeySection, key: PrivateKey, key_file: Path
) -> None:
    import_file(qtbot, stage, section, key_file)
    section.show_profile("", "")
    section.show_profile("Team", "ENGINEER")
    settle(qtbot, stage)
    assert section.line.isHidden()
    press(qtbot, section.show_line)
    settle(qtbot, stage)
    assert key.public_pem_body in section.line.toPlainText()


def test_that_replacing_a_key_is_warned_of(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path
) -> None:
    import_file(qtbot, stage, section, key_file)
    press(qtbot, section.create_key)
    dialog = section.findChildren(CreateKeyDialog)[-1]
    assert "replaced at once" in dialog.warning.text()
    dialog.reject()


@pytest.mark.parametrize("days, due", [(12, False), (89, False), (90, True), (400, True)])
def test_that_an_old_key_is_reminded_of(
    qtbot: QtBot, stage: Stage, section: KeySection, key: PrivateKey, days: int, due: bool
) -> None:
    stage.days_old = -days
    stage.open_store().save("Guest", key)
    stage.days_old = 0
    section.show_profile("Guest", "GUEST")
    settle(qtbot, stage)
    assert section.state.text() == f"Key stored in MemoryKeyring, {days} days old."
    assert section.due.isVisible() is due


def test_that_a_key_is_forgotten_only_after_a_question(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path
) -> None:
    import_file(qtbot, stage, section, key_file)
    for yes in (False, True):
        assert stage.keys.load("Team") is not None
        press(qtbot, section.forget)
        question = section.findChildren(Question)[-1]
        press(qtbot, question.yes if yes else question.no)
        settle(qtbot, stage)
    assert stage.keys.load("Team") is None
    assert stage.keyring.entries == {}
    assert section.state.text().startswith("No key is kept")


def test_that_a_locked_keyring_offers_this_session_and_another_try(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path, key: PrivateKey
) -> None:
    stage.keyring.is_locked = True
    import_file(qtbot, stage, section, key_file)
    assert "locked" in section.problem.text()
    assert section.state.text() == "The key is not kept yet."
    assert section.line.isHidden()
    press(qtbot, section.again)
    settle(qtbot, stage)
    assert "locked" in section.problem.text()
    press(qtbot, section.for_session)
    settle(qtbot, stage)
    assert section.state.text().startswith("Key kept for this session only")
    assert stage.keys.load("Team") == key
    assert section.for_session.isHidden()


def test_that_another_try_keeps_the_key_once_the_keyring_is_open(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path, key: PrivateKey
) -> None:
    stage.keyring.is_locked = True
    import_file(qtbot, stage, section, key_file)
    stage.keyring.is_locked = False
    press(qtbot, section.again)
    settle(qtbot, stage)
    kept = stage.open_store().load("Team")
    assert kept is not None
    assert kept.key == key
    assert section.problem.isHidden()


def test_that_a_computer_without_a_keyring_says_so_and_offers_this_session(
    qtbot: QtBot, stage: Stage, key_file: Path, section: KeySection
) -> None:
    stage.has_keyring = False
    stage.keys._opened = None
    section.show_profile("Guest", "GUEST")
    settle(qtbot, stage)
    assert "no keyring" in section.problem.text()
    assert section.state.text() == "No key can be seen."
    import_file(qtbot, stage, section, key_file)
    press(qtbot, section.for_session)
    settle(qtbot, stage)
    assert section.state.text().startswith("Key kept for this session only")


def test_that_a_key_is_not_shown_under_another_profile(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path, key: PrivateKey
) -> None:
    stage.keyring.opened.clear()
    section.import_file(key_file)
    section.show_profile("", "")
    stage.keyring.opened.set()
    settle(qtbot, stage)
    assert stage.keys.load("Team") == key
    assert section.fingerprint.isHidden()
    assert section.state.text().startswith("Save the profile first")


def test_that_a_keyring_that_asks_its_user_does_not_hold_the_window(
    qtbot: QtBot, stage: Stage, section: KeySection, key_file: Path
) -> None:
    stage.keyring.opened.clear()
    press(qtbot, section.import_key)
    section.findChildren(KeyFileDialog)[-1].fileSelected.emit(str(key_file))
    assert "Waiting for the keyring" in section.state.text()
    assert not section.import_key.isEnabled()
    stage.keyring.opened.set()
    settle(qtbot, stage)
    assert "Key stored in" in section.state.text()
    section.findChildren(KeyFileDialog)[-1].reject()
