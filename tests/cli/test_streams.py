"""Output into pipes of every encoding, into a full disk, and into nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPARE = ("compare", "--track", "indianapolis", "--race", "1", "--reference", "7", "--compared")


HTT = "from htt_desktop.cli.main import main; main()"
NO_STREAMS = "import sys; sys.stdout = sys.stderr = None; "

Ran = subprocess.CompletedProcess[bytes]


def _run(*words: str, encoding: str = "utf-8", program: str = HTT) -> Ran:
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_that_a_comparison_fits_into_every_encoding(encoding: str) -> None:
    ran = _run(*COMPARE, "47", encoding=encoding)
    assert ran.returncode == 0, ran.stderr
    text = ran.stdout.decode(encoding)
    assert "Parker DeLong" in text
    assert "?" not in text
    minus = "−" if encoding == "utf-8" else "-"
    assert f"{minus}0.0" in text


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("season", "--help"),
        ("doctor", "--offline"),
        ("validate", "--track", "barber", "--race", "2"),
        ("snowflake", "ddl"),
        (*COMPARE, "–"),
        ("compare", "--track", "Nürburgring →"),
    ],
    ids=str,
)
def test_that_no_command_fails_on_an_encoding(words: tuple[str, ...], encoding: str) -> None:
    ran = _run(*words, encoding=encoding)
    both = (ran.stdout + ran.stderr).decode(encoding)
    assert both.strip()
    assert "UnicodeEncodeError" not in both
    assert "internal fault" not in both
    assert "Traceback" not in both


def test_that_a_program_without_streams_runs_all_the_same(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    program = (
        "import sys; sys.stdout = sys.stderr = None; from htt_desktop.cli.main import main; main()"
    )
    ran = _run(*COMPARE, "47", "--json", str(target), program=program)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert target.exists()
    program = (
        "import sys; sys.stdout = sys.stderr = None; import htt_desktop.app as a; a.main(['-h'])"
    )
    assert _run(program=program).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_that_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "htt_desktop.cli.main", *COMPARE, "47"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.stderr == "The output could not be written: there is no room; free some.\n"
    assert ran.returncode == 30


def test_that_warnings_of_libraries_do_not_stray_onto_the_error_stream() -> None:
    program = (
        "import warnings, logging; from htt_desktop.wiring.streams import prepare_streams; "
        "prepare_streams(); warnings.warn('old thing', UserWarning); "
        "logging.getLogger('library').warning('odd thing')"
    )
    ran = _run(program=program)
    assert (ran.returncode, ran.stderr) == (0, b"")
