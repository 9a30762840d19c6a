"""The key and its passphrase go to the keyring and nowhere else."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.ui.connection.dialog import ConnectionDialog
from htt_desktop.ui.connection.key_dialogs import PassphraseDialog
from htt_desktop.workers.task import Outcome
from tests.ui.connection.conftest import PASSPHRASE
from tests.ui.connection.stage import Stage, all_passed


def forms_of(key: PrivateKey) -> list[str]:
    """Return pieces that would give the key away, in every form it may be written in."""
    der = key.der_pkcs8
    text = base64.b64encode(der).decode()
    # Of the middle: the beginning is the same for all keys, and public.
    return [
        text[800:840],
        der[600:620].hex(),
        repr(der[600:612])[2:-1],
        "PRIVATE KEY",
        PASSPHRASE,
    ]


def widget_texts(top: QWidget) -> str:
    texts = [top.windowTitle(), top.toolTip(), top.accessibleDescription()]
    texts += [child.text() for child in top.findChildren(QLabel)]
    texts += [child.text() for child in top.findChildren(QLineEdit)]
    texts += [child.toPlainText() for child in top.findChildren(QPlainTextEdit)]
    texts += [child.toolTip() for child in top.findChildren(QWidget)]
    return "\n".join(texts)


def test_that_neither_key_nor_passphrase_leaves_for_anywhere_else(
    qtbot: QtBot,
    stage: Stage,
    tmp_path: Path,
    encrypted_file: Path,
    key: PrivateKey,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: list[Outcome[object]] = []
    for queue in (stage.service.key_work, stage.service.tests, stage.service.profile_work):
        queue.ended.connect(outcomes.append)
    stage.results = all_passed()
    seen = []
    with caplog.at_level(logging.DEBUG):
        dialog = ConnectionDialog(stage.service)
        dialog.open()
        qtbot.waitUntil(dialog.key.import_key.isEnabled)
        for words, locked in (("wrong", False), (PASSPHRASE, True), (PASSPHRASE, False)):
            stage.keyring.is_locked = locked
            dialog.key.import_file(encrypted_file)
            qtbot.waitUntil(lambda: bool(visible(dialog)))
            asking = visible(dialog)[0]
            qtbot.keyClicks(asking.field, words)
            asking.accept()
            qtbot.waitUntil(lambda: not stage.service.key_work.is_busy)
            for again in visible(dialog):
                again.reject()
            seen.append(widget_texts(dialog))
        qtbot.waitUntil(dialog.key.show_line.isEnabled)
        dialog.key.show_line.click()
        qtbot.waitUntil(dialog.key.line.isVisible)
        dialog.key.copy_line.click()
        seen += [QGuiApplication.clipboard().text(), QGuiApplication.clipboard().text()]
        dialog.key.copy_fingerprint.click()
        seen.append(QGuiApplication.clipboard().text())
        dialog.test.start.click()
        qtbot.waitUntil(dialog.test.copy.isEnabled)
        dialog.test.copy.click()
        seen.append(QGuiApplication.clipboard().text())
        seen += [widget_texts(top) for top in QApplication.topLevelWidgets()]
        dialog.reject()
    assert stage.keys_seen == [key]
    seen.append(repr(outcomes))
    seen.append(repr([vars(outcome) for outcome in outcomes]))
    seen.append(repr([stage.service, stage.keys, vars(stage.keys), stage.service.book]))
    seen.append(caplog.text)
    seen += capsys.readouterr()
    QSettings().sync()
    # Whatever was written anywhere in the test's folder, but for the key file itself.
    seen += [
        file.read_bytes().decode("latin-1")
        for file in tmp_path.rglob("*")
        if file.is_file() and file != encrypted_file
    ]
    assert stage.profiles_path.is_file()
    for secret in forms_of(key):
        for text in seen:
            assert secret not in text
    # It did go where it belongs.
    assert forms_of(key)[0] in "".join(stage.keyring.entries.values())
    QGuiApplication.clipboard().clear()


def visible(dialog: ConnectionDialog) -> list[PassphraseDialog]:
    return [found for found in dialog.findChildren(PassphraseDialog) if found.isVisible()]
