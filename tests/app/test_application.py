"""The whole application, started as users start it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from htt_desktop.ui.settings import Settings
from htt_desktop.wiring import display as display_module
from htt_desktop.wiring.display import missing_display

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
LEAST_COLOURS = 100


def start(
    folder: Path, *arguments: str, offscreen: bool = True, data: Path | None = None
) -> subprocess.CompletedProcess[str]:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    if offscreen:
        surroundings["QT_QPA_PLATFORM"] = "offscreen"
    if data is not None:
        surroundings["HTT_DATA_DIR"] = str(data)
    surroundings["PYTHONPATH"] = os.pathsep.join(
        [str(ROOT), *filter(None, [surroundings.get("PYTHONPATH")])]
    )
    surroundings["TMPDIR"] = surroundings["XDG_CACHE_HOME"] = str(folder)
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "htt_desktop", *arguments],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def colours(picture: Path) -> int:
    image = QImage(str(picture))
    assert not image.isNull()
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)}
    )


def test_that_the_application_loads_the_bundled_race_and_leaves_cleanly(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    answer = start(
        tmp_path,
        *("--screenshot", str(tmp_path / "window.png"), "--settings", str(settings)),
        *("--timings", "--exit"),
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    times = json.loads(answer.stdout)
    assert times["painted"] <= times["loaded"]
    assert colours(tmp_path / "window.png") > LEAST_COLOURS
    assert Settings(settings).problem == ""


def test_that_a_race_can_be_asked_for_and_its_drivers_are_found(tmp_path: Path) -> None:
    answer = start(tmp_path, "--track", "barber", "--race", "2", "--exit")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_that_a_year_without_telemetry_ends_with_a_sentence_and_not_with_another_year(
    tmp_path: Path,
) -> None:
    picture = tmp_path / "window.png"
    answer = start(
        *(tmp_path, "--season", "2024", "--track", "cota"),
        *("--screenshot", str(picture), "--exit"),
    )
    assert answer.returncode != 0
    assert "cota R1 2024" in answer.stderr


def test_that_a_driver_asked_for_alone_is_not_exchanged(tmp_path: Path) -> None:
    answer = start(tmp_path, "--track", "barber", "--reference", "999", "--exit")
    assert answer.returncode != 0
    assert answer.stderr.startswith("No driver 999")


def test_that_a_race_without_a_track_is_a_question(tmp_path: Path) -> None:
    answer = start(tmp_path, "--race", "2", "--exit")
    assert answer.returncode != 0
    assert "--track" in answer.stderr


def test_that_an_unknown_driver_ends_with_a_sentence_and_not_with_success(tmp_path: Path) -> None:
    answer = start(tmp_path, "--compared", "999", "--exit")
    assert answer.returncode != 0
    assert answer.stderr.startswith("No driver 999")
    assert "Traceback" not in answer.stderr


def test_that_a_damaged_pack_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "race.parquet").write_bytes(b"PAR1 and no more")
    answer = start(tmp_path, "--pack", "race.parquet", "--exit")
    assert answer.returncode != 0
    assert "race.parquet" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_that_a_folder_without_packs_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    answer = start(tmp_path, "--pack", "packs", "--exit")
    assert answer.returncode != 0
    assert len(answer.stderr.splitlines()) == 1
    assert "Traceback" not in answer.stderr


def test_that_missing_data_end_with_a_sentence(tmp_path: Path) -> None:
    answer = start(tmp_path, "--exit", data=tmp_path)
    assert answer.returncode != 0
    assert "HTT_DATA_DIR" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
def test_that_without_a_display_the_page_becomes_a_picture_and_a_table(tmp_path: Path) -> None:
    answer = start(tmp_path, offscreen=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("There is no display")
    assert any(line.split()[:1] == ["T1"] for line in lines)
    assert "The picture is" in lines[-1]
    picture = tmp_path / "htt-desktop" / "pictures" / "indianapolis_r1_2025.png"
    assert lines[-1].endswith(str(picture))
    assert colours(picture) > LEAST_COLOURS
    assert list(picture.parent.iterdir()) == [picture]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
def test_that_without_a_cache_folder_the_picture_goes_into_a_new_private_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "htt-desktop").write_text("in the way", "utf-8")
    answer = start(tmp_path, offscreen=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    (picture,) = tmp_path.glob("htt-desktop-*/*.png")
    assert answer.stdout.splitlines()[-1].endswith(str(picture))
    assert picture.parent.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
@pytest.mark.parametrize(
    "display, platform, sentence",
    [
        ("", "", "There is no display"),
        (":4711", "", "The display :4711 does not answer"),
        ("unix:4711.0", "", "The display unix:4711.0 does not answer"),
        ("localhost:4711.0", "", "The display localhost:4711.0 does not answer"),
        ("", "offscreen", ""),
        ("a spelling of its own", "", ""),
    ],
)
def test_that_a_display_that_does_not_answer_is_noticed_before_qt_gives_up(
    monkeypatch: pytest.MonkeyPatch, display: str, platform: str, sentence: str
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert missing_display().startswith(sentence)
    assert bool(missing_display()) == bool(sentence)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a display")
def test_that_a_display_that_answers_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with socket.socket(socket.AF_INET) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setattr(display_module, "_FIRST_PORT", server.getsockname()[1])
        monkeypatch.setenv("DISPLAY", "127.0.0.1:0")
        assert missing_display() == ""
