"""Each guard of tests/guards.py is seen to bite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

OFFENDERS = """
import socket
import threading
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import QSettings, QStandardPaths, QThread, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from tests import guards

# What the offenders leave running never ends, so there is nothing to wait for.
guards.PATIENCE_MS = 500

kept = []
release = threading.Event()


def teardown_module():
    release.set()
    for thing in kept:
        if isinstance(thing, QThread):
            thing.quit()
            thing.wait()


def test_thread():
    threading.Thread(target=release.wait, args=(30,), daemon=True).start()


def test_thread_that_ends():
    threading.Timer(0.05, lambda: None).start()


def test_qt_thread(qapp):
    thread = QThread()
    kept.append(thread)
    thread.start()


def test_timer(qapp):
    timer = QTimer()
    kept.append(timer)
    timer.start(60_000)


def test_timer_of_a_dead_owner(qapp):
    QTimer().start(60_000)


def test_window(qapp):
    window = QWidget()
    window.setWindowTitle("forgotten")
    kept.append(window)


def test_window_that_closes(qtbot):
    window = QWidget()
    qtbot.addWidget(window)


def test_connection():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=0.01)
    except Exception:
        pass


def test_connection_by_address():
    with socket.socket() as plug:
        plug.settimeout(0.01)
        plug.connect_ex(("192.0.2.1", 80))


def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()):
            pass


def test_keychain():
    keyring.set_password("htt", "engineer", "secret")


def test_settings(tmp_path):
    settings = QSettings("htt-guard", "htt-guard")
    settings.setValue("a", 1)
    settings.sync()
    assert Path(settings.fileName()).is_relative_to(tmp_path)
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    assert Path(place).is_relative_to(tmp_path)


def test_dialog(qapp):
    QDialog().exec()


def test_message_box(qapp):
    QMessageBox.question(None, "Title", "Really?")


def test_message_box_object(qapp):
    QMessageBox().exec()


def test_file_dialog(qapp):
    QFileDialog.getOpenFileName(None)


def test_skip():
    pytest.skip("felt like it")


def test_skip_elsewhere():
    pytest.skip("needs Windows")


def test_warning():
    import warnings
    warnings.warn("something is going away", DeprecationWarning)
"""

BITES = {
    "thread": "Left behind: thread",
    "qt_thread": "Left behind: Qt thread QThread",
    "timer": "Left behind: timer of 60000 ms",
    "window": "Left behind: window QWidget 'forgotten'",
    "connection": "A connection leaves this machine: 192.0.2.1",
    "connection_by_address": "A connection leaves this machine: 192.0.2.1",
    "keychain": "NoKeyringError",
    "dialog": "A modal dialog waits for a person: QDialog.exec",
    "message_box": "A modal dialog waits for a person: QMessageBox.question",
    "message_box_object": "A modal dialog waits for a person: QDialog.exec",
    "file_dialog": "A modal dialog waits for a person: QFileDialog.getOpenFileName",
    "skip": "Unexpected skip: Skipped: felt like it",
    "warning": "DeprecationWarning: something is going away",
}
LETS_PASS = ("thread_that_ends", "timer_of_a_dead_owner", "window_that_closes", "loopback",
             "settings", "skip_elsewhere")  # fmt: skip


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the closing lines of a run of the offenders under the guards."""
    folder = tmp_path_factory.mktemp("offenders")
    (folder / "test_offenders.py").write_text(OFFENDERS, encoding="utf-8")
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.guards"]\n', encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "--tb=short", "-p", "no:cacheprovider"]
    answer = subprocess.run(
        [*command, "-c", str(ROOT / "pyproject.toml"), f"--rootdir={folder}", str(folder)],
        cwd=folder,
        env={
            **os.environ,
            "HTT_FORBID_SKIPS": "1",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "500",
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "short test summary info" in answer.stdout, answer.stdout + answer.stderr
    return answer.stdout.rpartition("short test summary info")[2]


@pytest.mark.parametrize("name", BITES)
def test_that_the_guard_bites(name: str, summary: str) -> None:
    lines = re.findall(rf"^(?:FAILED|ERROR) \S*::test_{name}\b.*$", summary, re.MULTILINE)
    assert any(BITES[name] in line for line in lines), summary


@pytest.mark.parametrize("name", LETS_PASS)
def test_that_the_guards_let_the_innocent_pass(name: str, summary: str) -> None:
    lines = re.findall(rf"^\w+ .*::test_{name}\b.*$", summary, re.MULTILINE)
    assert not [line for line in lines if line.startswith(("FAILED", "ERROR"))], summary
