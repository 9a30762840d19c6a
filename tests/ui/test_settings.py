from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.ui.formats import UnitSystem
from htt_desktop.ui.settings import Preferences, Settings, ThemeChoice

WISHES = Preferences(
    ThemeChoice.LIGHT,
    geometry="QUJD",
    panels='{"order": []}',
    grid=False,
    units=UnitSystem.IMPERIAL,
)


def test_that_preferences_survive_a_restart(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "deep" / "settings.json")
    settings.update(WISHES)
    settings.save()
    assert Settings(tmp_path / "deep" / "settings.json").preferences == WISHES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b'{"theme": "pink"}',
        b'{"grid": "yes"}',
        b'{"geometry": 7}',
        b'{"theme": null}',
        b'{"units": "furlongs"}',
    ],
)
def test_that_a_damaged_file_means_defaults_and_is_set_aside(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.preferences == Preferences()
    assert str(path) in settings.problem
    assert path.with_suffix(".damaged").read_bytes() == content
    settings.save()
    assert Settings(path).problem == ""


def test_that_settings_of_a_later_version_are_ignored_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "wheels": 4}), "utf-8")
    assert Settings(path).preferences == Preferences(theme=ThemeChoice.DARK)


def test_that_a_place_that_cannot_be_written_is_not_fatal(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way", "utf-8")
    settings = Settings(blocker / "settings.json")
    settings.update(WISHES)
    settings.save()
    assert blocker.read_text("utf-8") == "in the way"


def test_that_listeners_hear_real_changes_only(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    heard: list[Preferences] = []
    settings.changed.connect(heard.append)
    settings.update(Preferences())
    settings.choose_theme(ThemeChoice.LIGHT)
    settings.choose_theme(ThemeChoice.LIGHT)
    assert heard == [replace(Preferences(), theme=ThemeChoice.LIGHT)]
