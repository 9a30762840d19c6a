"""The scripts that set the project up on a strange machine."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs Linux: programs are shell scripts")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on the path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _program(folder: Path, name: str, lines: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def _script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "requirements"))
    return importlib.import_module(name)


def test_that_the_pip_configuration_reaches_uv(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    python = _program(
        programs,
        "python",
        """cat <<'END'
:env:.cert='/etc/own.pem'
global.cert='/etc/other.pem'
global.extra-index-url='file:///first\\n file:///second'
install.index-url='https://user:word@mirror.invalid/simple'
global.index-url='https://overruled.invalid/simple'
global.find-links='/wheels /more'
freeze.exclude='x'
END""",
    )
    settings = _script("pip_settings", monkeypatch).uv_settings(python)
    assert settings["SSL_CERT_FILE"] == "/etc/own.pem"
    assert settings["UV_DEFAULT_INDEX"] == "https://user:word@mirror.invalid/simple"
    assert settings["UV_INDEX"] == "file:///first file:///second"
    assert settings["UV_FIND_LINKS"] == "/wheels,/more"


def test_that_the_users_own_variables_win(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.invalid/simple")
    python = _program(programs, "python", "echo \"global.index-url='https://pip.invalid/simple'\"")
    settings = _script("pip_settings", monkeypatch).uv_settings(python)
    assert "UV_DEFAULT_INDEX" not in settings


def test_that_missing_libraries_are_named_in_one_line_to_paste(
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _program(
        programs, "ldd", "echo '  libEGL.so.1 => not found'; echo '  libxcb-xkb.so.1 => not found'"
    )
    _program(programs, "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    stamp = tmp_path / "stamp"
    _script("qt_libraries", monkeypatch).see_to_them(Path(sys.executable), stamp)
    assert capsys.readouterr().out.splitlines() == [
        "Missing: Qt's system libraries. Paste: sudo apt-get install -y libegl1 libxcb-xkb1"
    ]
    assert not stamp.exists()


def test_that_missing_libraries_are_installed_by_root(
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "log"
    _program(programs, "ldd", f"[ -f {log} ] || echo '  libEGL.so.1 => not found'")
    _program(programs, "apt-get", f'echo "$*" >> {log}')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    stamp = tmp_path / "stamp"
    _script("qt_libraries", monkeypatch).see_to_them(Path(sys.executable), stamp)
    assert log.read_text(encoding="utf-8").splitlines() == [
        "-qq update",
        "-qq install -y --no-install-recommends libegl1",
    ]
    assert stamp.exists()


def test_that_a_complete_qt_is_not_tried_twice(
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = _script("qt_libraries", monkeypatch)
    stamp = tmp_path / "stamp"
    _program(programs, "ldd", "true")
    script.see_to_them(Path(sys.executable), stamp)
    _program(programs, "ldd", "echo '  libEGL.so.1 => not found'")
    assert script.see_to_them(Path(sys.executable), stamp)
    assert capsys.readouterr().out == ""


def test_that_a_qt_that_does_not_start_stops_the_setup(
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _program(programs, "ldd", "true")
    python = _program(programs, "python", "echo 'ImportError: libGL.so.1: not there' >&2; exit 1")
    stamp = tmp_path / "stamp"
    assert not _script("qt_libraries", monkeypatch).see_to_them(python, stamp)
    assert "libGL.so.1: not there" in capsys.readouterr().out
    assert not stamp.exists()
