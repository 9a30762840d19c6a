from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.files import read_laps, read_season, write_season
from htt_desktop.sources.season.schema import LAPS_FILE, STATS_FILE
from htt_desktop.workers import task_queue
from htt_desktop.workers.season_loader import SeasonLoader
from tests.made_up_season import made_up_laps, made_up_season
from tests.patience import PATIENCE_MS


class Ears(QObject):
    """Notes in order what the loader says, and the thread it was said on."""

    def __init__(self, loader: SeasonLoader) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.reasons: list[str] = []
        self.threads: set[QThread] = set()
        loader.changed.connect(self.on_changed)
        loader.laps_changed.connect(self.on_laps_changed)
        loader.failed.connect(self.on_failed)

    def on_changed(self) -> None:
        self._note("changed")

    def on_laps_changed(self) -> None:
        self._note("laps")

    def on_failed(self, reason: str) -> None:
        self.reasons.append(reason)
        self._note("failed")

    def _note(self, what: str) -> None:
        self.threads.add(QThread.currentThread())
        self.heard.append(what)


class Ends(QObject):
    """Counts, on this thread and after the loader, what the worker has ended."""

    def __init__(self, loader: SeasonLoader) -> None:
        super().__init__()
        self.count = 0
        loader._queue._worker.ended.connect(self.on_ended)

    def on_ended(self, _outcome: object) -> None:
        self.count += 1


class Gate:
    """Readers that can be held up."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.seasons: list[Path] = []
        self.laps: list[Path] = []

    def read_season(self, folder: Path) -> Season:
        self.seasons.append(folder)
        self.open.wait()
        return read_season(folder)

    def read_laps(self, folder: Path, season: Season) -> SeasonLaps:
        self.laps.append(folder)
        self.open.wait()
        return read_laps(folder, season)


@pytest.fixture
def folders(tmp_path: Path) -> dict[int, Path]:
    found = {}
    for year in (2024, 2025):
        found[year] = tmp_path / "bundled" / str(year)
        write_season(found[year], made_up_season(year), made_up_laps())
    return found


@pytest.fixture
def weekend(tmp_path: Path) -> Path:
    folder = tmp_path / "weekend"
    write_season(folder, replace(made_up_season(), year=2026), made_up_laps())
    return folder


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def loader(qtbot: QtBot, gate: Gate, folders: dict[int, Path]) -> Iterator[SeasonLoader]:
    loader = SeasonLoader(gate.read_season, gate.read_laps, folders)
    yield loader
    gate.open.set()
    assert loader.shutdown(PATIENCE_MS)


def settle(qtbot: QtBot, loader: SeasonLoader, ask: Callable[[], None]) -> None:
    with qtbot.waitSignal(loader.settled):
        ask()


def break_stats(folder: Path) -> None:
    path = folder / STATS_FILE
    path.write_text(path.read_text("utf-8").replace('"wins":4', '"wins":"four"', 1), "utf-8")


def test_that_the_newest_bundled_season_opens_when_no_folder_is_named(
    qtbot: QtBot, loader: SeasonLoader, folders: dict[int, Path]
) -> None:
    ears = Ears(loader)
    settle(qtbot, loader, loader.open)
    assert loader.season == read_season(folders[2025])
    assert (loader.folder, loader.is_bundled, loader.years) == (folders[2025], True, (2025, 2024))
    assert ears.heard == ["changed", "laps"]
    assert ears.threads == {QCoreApplication.instance().thread()}  # type: ignore[union-attr]


def test_that_a_folder_of_ones_own_is_not_called_bundled(
    qtbot: QtBot, loader: SeasonLoader, weekend: Path
) -> None:
    settle(qtbot, loader, lambda: loader.open(weekend))
    assert loader.season is not None
    assert (loader.season.year, loader.folder, loader.is_bundled) == (2026, weekend, False)
    assert loader.year_of(loader.folder) is None


def test_that_choosing_a_year_shows_it(qtbot: QtBot, loader: SeasonLoader) -> None:
    settle(qtbot, loader, lambda: loader.choose(2024))
    assert loader.season is not None
    assert loader.season.year == 2024


def test_that_choosing_a_year_nobody_bundled_fails_and_changes_nothing(
    qtbot: QtBot, loader: SeasonLoader
) -> None:
    settle(qtbot, loader, loader.open)
    before = loader.season
    ears = Ears(loader)
    loader.choose(1999)
    assert ears.heard == ["failed"]
    assert "1999" in ears.reasons[0]
    assert loader.season is before


def test_that_reading_does_not_hold_up_the_window(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate
) -> None:
    gate.open.clear()
    loader.open()
    qtbot.waitUntil(lambda: len(gate.seasons) == 1)
    assert loader.season is None
    settle(qtbot, loader, gate.open.set)
    assert loader.season is not None


def test_that_opening_at_once_needs_no_thread(loader: SeasonLoader) -> None:
    ears = Ears(loader)
    loader.open_now()
    assert ears.heard == ["changed", "laps"]
    assert loader._queue._thread is None
    assert gc.isenabled()


def test_that_the_newest_request_wins(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate, folders: dict[int, Path], weekend: Path
) -> None:
    ears = Ears(loader)
    gate.open.clear()
    loader.open()
    qtbot.waitUntil(lambda: len(gate.seasons) == 1)
    loader.open(weekend)
    loader.choose(2024)
    settle(qtbot, loader, gate.open.set)
    assert loader.season is not None
    assert loader.season.year == 2024
    assert ears.heard == ["changed", "laps"]
    assert gate.seasons == [folders[2025], folders[2024]]


def test_that_the_last_good_season_stays_when_reloading_finds_damage(
    qtbot: QtBot, loader: SeasonLoader, weekend: Path
) -> None:
    settle(qtbot, loader, lambda: loader.open(weekend))
    before = loader.season
    ears = Ears(loader)
    break_stats(weekend)
    settle(qtbot, loader, loader.reload)
    assert loader.season is before
    assert ears.heard == ["failed"]
    assert loader.problem == ears.reasons[0]
    assert 'weekend/driver_season_stats.json: data["Anna Ace"].wins' in loader.problem


def test_that_a_repaired_folder_shows_after_reload(
    qtbot: QtBot, loader: SeasonLoader, weekend: Path
) -> None:
    whole = (weekend / STATS_FILE).read_bytes()
    settle(qtbot, loader, loader.open)
    break_stats(weekend)
    settle(qtbot, loader, lambda: loader.open(weekend))
    assert loader.season is not None
    assert (loader.season.year, loader.is_bundled, loader.wanted) == (2025, True, weekend)
    (weekend / STATS_FILE).write_bytes(whole)
    settle(qtbot, loader, loader.reload)
    assert (loader.season.year, loader.problem, loader.folder) == (2026, "", weekend)


def test_that_a_damaged_folder_at_the_start_shows_the_bundled_season_and_says_so(
    qtbot: QtBot, loader: SeasonLoader, weekend: Path
) -> None:
    ears = Ears(loader)
    break_stats(weekend)
    with qtbot.waitSignal(loader.changed):
        loader.open(weekend)
    assert ears.heard == ["failed", "changed", "laps"]
    assert (loader.is_bundled, loader.wanted) == (True, weekend)
    assert str(weekend) in loader.notice
    assert "bundled season 2025" in loader.notice
    assert "wins" in loader.problem
    settle(qtbot, loader, loader.open)
    assert (loader.notice, loader.problem) == ("", "")


def test_that_opening_at_once_falls_back_the_same_way(loader: SeasonLoader, weekend: Path) -> None:
    break_stats(weekend)
    loader.open_now(weekend)
    assert loader.season is not None
    assert loader.season.year == 2025
    assert "wins" in loader.problem
    assert loader.notice


def test_that_a_damaged_bundled_season_is_not_offered_again(
    qtbot: QtBot, loader: SeasonLoader, folders: dict[int, Path], weekend: Path
) -> None:
    for folder in (weekend, folders[2025]):
        break_stats(folder)
    loader.open_now(weekend)
    assert loader.season is not None
    assert loader.season.year == loader.spare == 2024
    assert loader.notice == (
        f"{weekend} could not be read; this is the bundled season 2024 instead."
    )
    assert loader.is_unreadable(folders[2025])


def test_that_damage_everywhere_ends_in_a_sentence_and_no_season(
    qtbot: QtBot, loader: SeasonLoader, folders: dict[int, Path], weekend: Path
) -> None:
    ears = Ears(loader)
    for folder in (weekend, *folders.values()):
        break_stats(folder)
    loader.open_now(weekend)
    assert ears.heard == ["failed"] * (1 + len(folders))
    assert loader.season is None
    assert loader.spare is None
    assert ears.reasons[1].startswith("2025/driver_season_stats.json")


def test_that_without_bundled_seasons_the_desk_says_what_to_do(qtbot: QtBot) -> None:
    loader = SeasonLoader()
    ears = Ears(loader)
    loader.open()
    assert ears.heard == ["failed"]
    assert "htt season build" in ears.reasons[0]


def test_that_laps_are_read_once_and_only_when_asked_for(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate, folders: dict[int, Path]
) -> None:
    settle(qtbot, loader, loader.open)
    assert (loader.laps, gate.laps) == (None, [])
    gate.open.clear()
    loader.request_laps()
    loader.request_laps()
    settle(qtbot, loader, gate.open.set)
    loader.request_laps()
    assert loader.laps == made_up_laps()
    # Whatever was asked for above is over when the next season has come.
    settle(qtbot, loader, lambda: loader.choose(2024))
    qtbot.waitUntil(lambda: loader.laps is not None)
    assert gate.laps == [folders[2025], folders[2024]]


def test_that_another_season_brings_its_own_laps_to_whoever_draws_them(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate, folders: dict[int, Path]
) -> None:
    settle(qtbot, loader, loader.open)
    settle(qtbot, loader, loader.request_laps)
    ears = Ears(loader)
    settle(qtbot, loader, lambda: loader.choose(2024))
    assert loader.laps is None
    qtbot.waitUntil(lambda: loader.laps is not None)
    assert ears.heard == ["changed", "laps", "laps"]
    assert gate.laps == [folders[2025], folders[2024]]


def test_that_laps_of_a_season_that_left_the_screen_are_dropped(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate
) -> None:
    settle(qtbot, loader, loader.open)
    gate.open.clear()
    loader.request_laps()
    qtbot.waitUntil(lambda: len(gate.laps) == 1)
    ends = Ends(loader)
    loader.show(made_up_season(2031))
    gate.open.set()
    qtbot.waitUntil(lambda: ends.count == 1)
    has_laps = loader.laps is not None
    assert not has_laps


def test_that_damaged_laps_fail_while_the_season_stays(
    qtbot: QtBot, loader: SeasonLoader, folders: dict[int, Path]
) -> None:
    settle(qtbot, loader, loader.open)
    (folders[2025] / LAPS_FILE).write_bytes(b"{")
    settle(qtbot, loader, loader.request_laps)
    assert loader.laps is None
    assert loader.season is not None
    assert loader.problem.startswith("2025/laps.json is not valid JSON")


def test_that_laps_of_a_season_in_memory_are_never_read(loader: SeasonLoader, gate: Gate) -> None:
    loader.show(made_up_season())
    loader.request_laps()
    assert gate.laps == []


def test_that_whoever_hears_of_a_failure_may_ask_for_another_season(
    qtbot: QtBot, loader: SeasonLoader, gate: Gate, folders: dict[int, Path], weekend: Path
) -> None:
    class Chooser(QObject):
        def on_failed(self) -> None:
            loader.choose(2024)

    chooser = Chooser()
    loader.failed.connect(chooser.on_failed)
    break_stats(weekend)
    with qtbot.waitSignal(loader.changed):
        loader.open(weekend)
    assert loader.season is not None
    assert loader.season.year == 2024
    assert gate.seasons == [weekend, folders[2024]]


def test_that_a_bug_in_reading_is_logged_and_leaves_the_thread_alive(
    qtbot: QtBot, folders: dict[int, Path], caplog: pytest.LogCaptureFixture
) -> None:
    faults = [ZeroDivisionError("a bug")]

    def read(folder: Path) -> Season:
        if faults:
            raise faults.pop()
        return read_season(folder)

    loader = SeasonLoader(read, read_laps, folders)
    settle(qtbot, loader, loader.open)
    assert "internal fault" in loader.problem
    assert "ZeroDivisionError" in caplog.text
    settle(qtbot, loader, loader.reload)
    assert loader.season is not None
    assert loader.shutdown(PATIENCE_MS)


def test_that_a_reader_that_does_not_come_back_is_kept_alive(
    qtbot: QtBot,
    loader: SeasonLoader,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[object] = []
    monkeypatch.setattr(task_queue, "_UNSTOPPABLE", kept)
    gate.open.clear()
    loader.open()
    qtbot.waitUntil(lambda: len(gate.seasons) == 1)
    assert not loader.shutdown(wait_ms=20)
    assert len(kept) == 1
    gate.open.set()


def test_that_a_desk_without_readers_says_so(tmp_path: Path) -> None:
    loader = SeasonLoader()
    loader.open_now(tmp_path)
    assert "no reader" in loader.problem
    with pytest.raises(SourceError):
        read_season(tmp_path)
