"""The season tabs of the real application, started as users start it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.ui.settings import Preferences, Settings
from tests.app.test_application import LEAST_COLOURS, ROOT, colours, start

SEASON = ROOT / "data" / "season" / "2025"


@pytest.mark.parametrize("tab", ["dashboard", "driver"])
def test_that_each_season_tab_can_be_the_first(tmp_path: Path, tab: str) -> None:
    picture = tmp_path / f"{tab}.png"
    answer = start(tmp_path, "--tab", tab, "--screenshot", str(picture), "--exit")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert colours(picture) > LEAST_COLOURS


def test_that_a_season_that_is_not_there_is_said_and_not_exchanged(tmp_path: Path) -> None:
    answer = start(tmp_path, "--tab", "dashboard", "--season", "2019", "--exit")
    assert answer.returncode != 0
    assert "2019" in answer.stderr


def test_that_the_tab_in_front_is_remembered(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    answer = start(tmp_path, "--tab", "driver", "--settings", str(settings), "--exit")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert Settings(settings).preferences.tab == "Driver"
    again = start(tmp_path, "--settings", str(settings), "--timings", "--exit")
    assert json.loads(again.stdout)["loaded"] > 0
    assert Settings(settings).preferences.tab == "Driver"


def test_that_another_folder_of_season_files_can_be_named(tmp_path: Path) -> None:
    shutil.copytree(SEASON, tmp_path / "mine")
    answer = start(tmp_path, "--season-dir", "mine", "--exit")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_that_a_damaged_season_ends_with_file_and_field(tmp_path: Path) -> None:
    shutil.copytree(SEASON, tmp_path / "mine")
    stats = tmp_path / "mine" / "driver_season_stats.json"
    stats.write_text(stats.read_text("utf-8").replace('"wins":6', '"wins":"six"'), "utf-8")
    answer = start(tmp_path, "--season-dir", "mine", "--exit")
    assert answer.returncode != 0
    assert "driver_season_stats.json" in answer.stderr
    assert "wins" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_that_a_remembered_folder_that_is_gone_is_said_and_not_forgotten(tmp_path: Path) -> None:
    path, gone = tmp_path / "settings.json", str(tmp_path / "gone")
    settings = Settings(path)
    settings.update(replace(Preferences(), season_folder=gone))
    settings.save()
    answer = start(tmp_path, "--settings", str(path), "--exit")
    assert answer.returncode != 0
    assert gone in answer.stderr
    assert Settings(path).preferences.season_folder == gone


def test_that_the_season_needs_no_telemetry(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("packs"))
    answer = start(tmp_path, "--tab", "dashboard", "--exit", data=data)
    assert (answer.returncode, answer.stderr) == (0, "")
