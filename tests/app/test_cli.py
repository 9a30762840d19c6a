"""The htt command line, run as a program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from htt_desktop import __version__
from htt_desktop.cli import main as cli_main

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
UNKNOWN_TRACK, UNKNOWN_DRIVER, UNKNOWN_LAP, NO_DATA = 10, 11, 12, 30


def htt(folder: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    program = code or "from htt_desktop.cli.main import main; main()"
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def test_that_help_names_every_command_and_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from htt_desktop.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    print('code', end.code)\n"
        "heavy = {'numpy', 'PySide6', 'pandas', 'pyarrow'}\n"
        "print('loaded', sorted(heavy & set(sys.modules)))"
    )
    answer = htt(tmp_path, "--help", code=code)
    for command in ("compare", "validate", "accuracy", "render", "telemetry", "data"):
        assert command in answer.stdout
    assert "code 0" in answer.stdout
    assert "loaded []" in answer.stdout


def test_that_the_version_is_printed_without_a_command(tmp_path: Path) -> None:
    answer = htt(tmp_path, "--version")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{__version__}\n", "")


@pytest.mark.parametrize("command", ["compare", "validate", "render", "telemetry", "data"])
def test_that_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    answer = htt(tmp_path, command, "--help")
    assert answer.returncode == 0, answer.stderr
    assert f"htt {command}" in answer.stdout


def test_that_a_picture_has_the_wanted_size_and_scale(tmp_path: Path) -> None:
    answer = htt(tmp_path, "render", "--out", "p.png", "--size", "1280x720", "--scale", "2")
    assert (answer.returncode, answer.stderr) == (0, "")
    image = QImage(str(tmp_path / "p.png"))
    assert (image.width(), image.height()) == (2560, 1440)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["p.png"]


def test_that_the_themes_of_two_pictures_differ(tmp_path: Path) -> None:
    answer = htt(tmp_path, "render", "--screenshots", "images", "--size", "1280x720")
    assert (answer.returncode, answer.stderr) == (0, "")
    brightness = {}
    for path in (tmp_path / "images").iterdir():
        brightness[path.name] = QImage(str(path)).pixelColor(2, 2).lightness()
    tabs = ("dashboard", "driver", "improve")
    themes = {f"{tab}_{theme}.png" for tab in tabs for theme in ("dark", "light")}
    small = {"dashboard_1280x720.png", "driver_1280x720.png"}
    assert set(brightness) == themes | small
    for tab in tabs:
        assert brightness[f"{tab}_light.png"] > brightness[f"{tab}_dark.png"] + 100


@pytest.mark.parametrize("tab", ["dashboard", "driver"])
def test_that_season_tabs_can_be_drawn(tmp_path: Path, tab: str) -> None:
    who = ("--driver", "Jason Kos", "--rival", "Karl Forman")
    answer = htt(tmp_path, "render", "--tab", tab, *who, "--out", "p.png", "--size", "1280x720")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert (tmp_path / "p.png").is_file()
    plain = htt(tmp_path, "render", "--tab", tab, "--out", "q.png", "--size", "1280x720")
    assert plain.returncode == 0
    assert (tmp_path / "p.png").read_bytes() != (tmp_path / "q.png").read_bytes()


@pytest.mark.parametrize(
    "arguments, expected, words",
    [
        (["--compared", "999"], UNKNOWN_DRIVER, "999"),
        (["--compared-lap", "99"], UNKNOWN_LAP, "lap 99"),
        (["--track", "moon"], UNKNOWN_TRACK, "moon"),
        (["--track", "cota", "--season", "2024"], NO_DATA, "cota R1 2024"),
        (["--tab", "driver", "--driver", "Nobody"], UNKNOWN_DRIVER, "'Nobody'"),
        (["--tab", "dashboard", "--rival", "Nobody"], UNKNOWN_DRIVER, "'Nobody'"),
        (["--tab", "dashboard", "--season", "2019"], NO_DATA, "2019"),
    ],
)
def test_that_a_foreseen_error_is_one_sentence_with_its_own_code(
    tmp_path: Path, arguments: list[str], expected: int, words: str
) -> None:
    answer = htt(tmp_path, "render", "--out", "p.png", *arguments)
    assert answer.returncode == expected
    assert words in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "p.png").exists()


def test_that_a_wrong_size_is_a_usage_error(tmp_path: Path) -> None:
    answer = htt(tmp_path, "render", "--size", "big")
    assert answer.returncode == 2
    assert "1920x1080" in answer.stderr


def test_that_a_bug_is_one_sentence_for_the_user_and_a_traceback_for_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a bug")

    assert cli_main._guarded(broken) == 1
    shown = capsys.readouterr().err
    assert "ZeroDivisionError: a bug" in shown
    assert "Traceback" not in shown
    assert "Traceback" in caplog.text
