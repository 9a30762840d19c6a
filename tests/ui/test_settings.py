from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.ui.settings import Preferences, Settings, ThemeChoice
from htt_desktop.ui.wording.formats import UnitSystem

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


def test_that_a_bad_value_is_set_back_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    sound = {"theme": "light", "grid": False, "units": "imperial", "tab": "Driver"}
    kept = Preferences(ThemeChoice.LIGHT, grid=False, units=UnitSystem.IMPERIAL, tab="Driver")
    bad: dict[str, list[object]] = {
        "geometry": ["äöü", 7, "=", "x" * 30_000],
        "panels": ["[" * 100_000, "[1]", '{"order": [[1]]}', '{"order": 5}', "{", None],
        "season_folder": ["a\0b", [], 1.5],
        "tab": [{}],
        "theme": ["pink", None, ["light"]],
        "units": ["furlongs", 3],
        "grid": ["yes", 1],
    }
    for name, values in bad.items():
        for value in values:
            content = json.dumps({**sound, name: value})
            path.write_text(content, "utf-8")
            settings = Settings(path)
            assert f"for {name}, which was reset" in settings.problem, value
            assert path.with_suffix(".damaged").read_text("utf-8") == content
            usual = getattr(Preferences(), name)
            assert settings.preferences == replace(kept, **{name: usual}), (name, value)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b" " * 1_000_001])
def test_that_a_file_that_is_no_table_of_settings_means_defaults(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert Settings(path).preferences == Preferences()


def test_that_every_change_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = Settings(path), Settings(path)
    one.choose_theme(ThemeChoice.LIGHT)
    assert Settings(path).preferences.theme is ThemeChoice.LIGHT
    other.update(WISHES)
    assert Settings(path).preferences == WISHES
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]


def test_that_settings_that_cannot_be_kept_are_said_once_and_written_later(
    tmp_path: Path, qapp: object
) -> None:
    blocker = tmp_path / "folder"
    blocker.write_text("in the way", "utf-8")
    settings = Settings(blocker / "settings.json")
    said: list[str] = []
    settings.not_saved.connect(said.append)
    settings.choose_theme(ThemeChoice.LIGHT)
    settings.update(WISHES)
    assert len(said) == 1
    assert str(blocker / "settings.json") in said[0]
    blocker.unlink()
    settings.save()  # what the timer calls
    assert Settings(blocker / "settings.json").preferences == WISHES
    settings.save()
    assert len(said) == 1


def test_that_settings_without_a_file_are_written_nowhere(tmp_path: Path) -> None:
    settings = Settings(None)
    settings.update(WISHES)
    assert settings.preferences == WISHES
    assert list(tmp_path.iterdir()) == []
