"""Guards around every test: nothing may escape from it, and nothing may wait for a person.

A thread, a running timer or a window that outlives its test disturbs the next one; a
connection, a keychain or a settings file outside the test's folder touches the machine of
whoever runs the tests; a modal dialog waits for ever. Each of these fails the test.
"""

from __future__ import annotations

import gc
import os
import socket
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    QSettings,
    QThread,
    QThreadPool,
    QTimer,
)
from PySide6.QtWidgets import (
    QApplication,
    QColorDialog,
    QDialog,
    QFileDialog,
    QFontDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
)

# Set before anything imports keyring, and inherited by the programs that tests start.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# The connector's native part would ask the cloud providers which of them it runs at; no guard
# in Python sees its connections.
os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"

PATIENCE_MS = 30_000
"""How long a thread that was told to stop may take to do so."""

MODAL = {
    QColorDialog: ("getColor",),
    QDialog: ("exec", "exec_"),
    QFileDialog: (
        "getExistingDirectory",
        "getOpenFileName",
        "getOpenFileNames",
        "getOpenFileUrl",
        "getSaveFileName",
        "getSaveFileUrl",
    ),
    QFontDialog: ("getFont",),
    QInputDialog: ("getDouble", "getInt", "getItem", "getMultiLineText", "getText"),
    QMenu: ("exec", "exec_"),
    QMessageBox: ("about", "aboutQt", "critical", "exec", "information", "question", "warning"),
}
"""Calls that wait for a person."""

LOCAL = {"", "127.0.0.1", "::1", "localhost"}


# ----------------------------------------------------------------- skips in CI are failures


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn an unexpected skip into a failure where skips are forbidden."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for whole modules that skip themselves."""
    report = yield
    _forbid_skip(report)
    return report


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not os.environ.get("HTT_FORBID_SKIPS") or report.outcome != "skipped":
        return
    if hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "needs Windows" in reason or "needs macOS" in reason:
        return
    report.outcome = "failed"
    report.longrepr = f"Unexpected skip: {reason}"


# -------------------------------------------------------------------------- once per session


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_a_person() -> Iterator[None]:
    """Fail a test that opens a modal dialog or menu."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, names in MODAL.items():
            for name in names:
                if name in vars(owner):
                    patch.setattr(owner, name, _refusal(f"{owner.__name__}.{name} was called"))
        yield


def _refusal(what: str) -> Callable[..., None]:
    def refuse(*_arguments: object, **_options: object) -> None:
        pytest.fail(f"A modal dialog waits for a person: {what}")

    return refuse


@pytest.fixture(scope="session", autouse=True)
def _no_connection_leaves_this_machine() -> Iterator[None]:
    """Fail a test that connects to, or looks up, another machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))
        look_up = socket.getaddrinfo

        def getaddrinfo(host: str | bytes | None, *rest: Any, **options: Any) -> Any:  # noqa: ANN401
            _demand_local(host)
            return look_up(host, *rest, **options)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


def _local_only(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:  # noqa: ANN401 - as socket has it
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _demand_local(address[0])
        return connect(self, address)

    return guarded


def _demand_local(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name not in LOCAL and not name.startswith("127."):
        pytest.fail(f"A connection leaves this machine: {name}")


# ------------------------------------------------------------------------ around every test


@pytest.fixture(autouse=True)
def _settings_stay_in_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send settings, caches and logs into the test's own folder."""
    home = tmp_path / "home"
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in [name for name in os.environ if name.startswith(("HTT_", "SNOWFLAKE_"))]:
        if name not in {"HTT_FORBID_SKIPS", "SNOWFLAKE_DISABLE_PLATFORM_DETECTION"}:
            monkeypatch.delenv(name)
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "config"))


@pytest.fixture(autouse=True)
def _nothing_escapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a window behind."""
    threads = set(threading.enumerate())
    windows = set(_windows())
    qt_threads: list[weakref.ref[QThread]] = []
    timers: list[weakref.ref[QTimer]] = []
    monkeypatch.setattr(QThread, "start", _recording(QThread.start, qt_threads))
    monkeypatch.setattr(QTimer, "start", _recording(QTimer.start, timers))
    yield
    if QCoreApplication.instance() is not None:
        # Without an event loop nothing else carries out deleteLater.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if _running(timers) or set(_windows()) - windows:
        # What only a reference cycle keeps alive has not escaped.
        gc.collect()
    escaped = [
        *(f"thread {name}" for name in _unfinished(threads)),
        *(f"Qt thread {name}" for name in _unfinished_qt(qt_threads)),
        *(f"timer of {timer.interval()} ms" for timer in _running(timers)),
        *(f"window {window}" for window in set(_windows()) - windows),
    ]
    if escaped:
        pytest.fail(f"Left behind: {'; '.join(escaped)}")


def _recording(start: Callable[..., None], started: list[Any]) -> Callable[..., None]:
    def record_and_start(self: QObject, *arguments: Any) -> None:  # noqa: ANN401 - Qt's overloads
        started.append(weakref.ref(self))
        start(self, *arguments)

    return record_and_start


def _alive(started: list[Any]) -> Iterator[Any]:
    for reference in started:
        thing = reference()
        if thing is not None and shiboken6.isValid(thing):
            yield thing


def _running(timers: list[weakref.ref[QTimer]]) -> list[QTimer]:
    return [timer for timer in _alive(timers) if timer.isActive()]


def _unfinished(before: set[threading.Thread]) -> list[str]:
    """Return the names of Python threads that do not end when waited for."""
    new = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new:
        if not isinstance(thread, threading._DummyThread):  # a QThread in disguise
            thread.join(PATIENCE_MS / 1000)
    return [
        thread.name
        for thread in new
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
    ]


def _unfinished_qt(started: list[weakref.ref[QThread]]) -> list[str]:
    """Return the names of Qt threads, the pool's included, that do not end when waited for."""
    names = [
        thread.objectName() or type(thread).__name__
        for thread in _alive(started)
        if not thread.wait(PATIENCE_MS)
    ]
    if not QThreadPool.globalInstance().waitForDone(PATIENCE_MS):
        names.append("of the global pool")
    return names


def _windows() -> list[str]:
    """Return what each top-level widget is; menus wait hidden for their next use."""
    return [
        f"{type(widget).__name__} {widget.windowTitle()!r} {id(widget):x}"
        for widget in QApplication.topLevelWidgets()
        if not isinstance(widget, QMenu) or widget.isVisible()
    ]
