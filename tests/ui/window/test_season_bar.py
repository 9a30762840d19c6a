from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_laps, read_season, write_season
from htt_desktop.sources.season.schema import STATS_FILE
from htt_desktop.ui.theme import DARK, LIGHT
from htt_desktop.ui.window.season_bar import SeasonBar
from htt_desktop.ui.wording.model_texts import model_line, model_tip
from htt_desktop.workers.season_loader import SeasonLoader
from tests.made_up_season import made_up_laps, made_up_season
from tests.patience import PATIENCE_MS


@pytest.fixture
def weekend(tmp_path: Path) -> Path:
    folder = tmp_path / "weekend"
    write_season(folder, made_up_season(2026), made_up_laps())
    return folder


@pytest.fixture
def loader(qtbot: QtBot, tmp_path: Path) -> Iterator[SeasonLoader]:
    bundled = {year: tmp_path / str(year) for year in (2024, 2025)}
    for year, folder in bundled.items():
        write_season(folder, made_up_season(year), made_up_laps())
    loader = SeasonLoader(read_season, read_laps, bundled)
    yield loader
    assert loader.shutdown(PATIENCE_MS)


@pytest.fixture
def bar(qtbot: QtBot, loader: SeasonLoader) -> SeasonBar:
    bar = SeasonBar(DARK, loader)
    qtbot.addWidget(bar)
    bar.resize(1280, bar.sizeHint().height())
    bar.show()
    return bar


def lines(bar: SeasonBar) -> list[str]:
    return [bar.season.itemText(row) for row in range(bar.season.count())]


def pick(qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader, text: str) -> None:
    with qtbot.waitSignal(loader.settled):
        bar.season.activated.emit(lines(bar).index(text))


def spoil(folder: Path) -> None:
    path = folder / STATS_FILE
    path.write_text(path.read_text("utf-8").replace('"wins":4', '"wins":-4', 1), "utf-8")


def test_that_an_empty_bar_offers_the_bundled_years(bar: SeasonBar) -> None:
    assert lines(bar) == ["Season 2025", "Season 2024"]
    assert bar.season.currentIndex() == -1
    assert bar.strip.isHidden()


def test_that_the_bar_shows_the_season_on_screen_and_its_model(
    bar: SeasonBar, loader: SeasonLoader
) -> None:
    loader.open_now()
    assert bar.season.currentText() == "Season 2025"
    assert bar.model.text() == (
        "The factors explain about two thirds of the finishing order; they forecast nothing"
    )
    assert "Leaving one driver out: R² 0.55" in bar.model.toolTip()


def test_that_a_year_is_chosen_in_the_list(
    qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader
) -> None:
    loader.open_now()
    pick(qtbot, bar, loader, "Season 2024")
    assert loader.season is not None
    assert loader.season.year == 2024
    assert bar.season.currentText() == "Season 2024"


def test_that_a_folder_of_ones_own_stays_in_the_list(
    qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader, weekend: Path
) -> None:
    loader.open_now(weekend)
    assert bar.season.currentText() == "weekend"
    assert str(weekend) in bar.season.toolTip()
    pick(qtbot, bar, loader, "Season 2025")
    pick(qtbot, bar, loader, "weekend")
    assert loader.folder == weekend


def test_that_a_problem_names_file_and_field_and_offers_the_bundled_season(
    qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader, weekend: Path
) -> None:
    loader.open_now(weekend)
    spoil(weekend)
    with qtbot.waitSignal(loader.failed):
        qtbot.mouseClick(bar.reload, Qt.MouseButton.LeftButton)
    assert bar.strip.isVisible()
    assert 'weekend/driver_season_stats.json: data["Anna Ace"].wins is -4' in bar.problem.text()
    assert bar.season.currentText() == "weekend"
    with qtbot.waitSignal(loader.settled):
        qtbot.mouseClick(bar.bundled, Qt.MouseButton.LeftButton)
    assert bar.strip.isHidden()
    assert loader.is_bundled


def test_that_the_bundled_season_is_not_passed_off_as_the_chosen_folder(
    bar: SeasonBar, loader: SeasonLoader, weekend: Path
) -> None:
    spoil(weekend)
    loader.open_now(weekend)
    assert bar.season.currentText() == "Season 2025"
    assert "weekend" in lines(bar)
    assert "this is the bundled season 2025 instead" in bar.problem.text()
    assert ".wins is -4" in bar.problem.text()


def test_that_a_broken_bundled_season_is_not_the_way_out(
    qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader, tmp_path: Path
) -> None:
    loader.open_now()
    spoil(tmp_path / "2025")
    with qtbot.waitSignal(loader.failed):
        qtbot.mouseClick(bar.reload, Qt.MouseButton.LeftButton)
    assert bar.bundled.text() == "Show bundled season 2024"
    with qtbot.waitSignal(loader.settled):
        qtbot.mouseClick(bar.bundled, Qt.MouseButton.LeftButton)
    assert bar.season.currentText() == "Season 2024"
    spoil(tmp_path / "2024")
    with qtbot.waitSignal(loader.failed):
        qtbot.mouseClick(bar.reload, Qt.MouseButton.LeftButton)
    assert bar.bundled.isHidden()


def test_that_choosing_a_damaged_folder_leaves_the_shown_one_in_the_list(
    qtbot: QtBot, bar: SeasonBar, loader: SeasonLoader, weekend: Path
) -> None:
    spoil(weekend)
    loader.open_now()
    loader.open_now(weekend)
    pick(qtbot, bar, loader, "weekend")
    assert bar.season.currentText() == "Season 2025"
    assert bar.strip.isVisible()


def test_that_without_bundled_seasons_none_is_offered(qtbot: QtBot, tmp_path: Path) -> None:
    loader = SeasonLoader(read_season, read_laps)
    bar = SeasonBar(LIGHT, loader)
    qtbot.addWidget(bar)
    loader.open_now(tmp_path)
    assert not bar.strip.isHidden()
    assert bar.bundled.isHidden()


def test_that_a_season_in_memory_has_a_line_too(qtbot: QtBot) -> None:
    loader = SeasonLoader()
    bar = SeasonBar(LIGHT, loader)
    qtbot.addWidget(bar)
    loader.show(made_up_season())
    assert bar.season.currentText() == "Season 2025"


def test_that_the_button_asks_for_a_folder(qtbot: QtBot, bar: SeasonBar) -> None:
    with qtbot.waitSignal(bar.folder_wanted):
        qtbot.mouseClick(bar.other, Qt.MouseButton.LeftButton)


def test_that_a_model_without_enough_races_says_so() -> None:
    model = replace(made_up_season().model, leave_one_race_out=None, leave_one_driver_out=None)
    assert model_line(model).startswith("Too few races")
    assert "Leaving" not in model_tip(model)


def test_that_a_reading_that_takes_long_is_said_and_the_season_stays(
    qtbot: QtBot, tmp_path: Path, weekend: Path
) -> None:
    gate = threading.Event()

    def read(folder: Path) -> Season:
        if folder == weekend:
            gate.wait()
        return read_season(folder)

    write_season(tmp_path / "2025", made_up_season(), made_up_laps())
    loader = SeasonLoader(read, read_laps, {2025: tmp_path / "2025"})
    bar = SeasonBar(DARK, loader)
    qtbot.addWidget(bar)
    loader.open_now()
    quality = bar.model.text()
    loader.open(weekend)
    assert bar.model.text() == quality
    qtbot.waitUntil(lambda: bar.model.text() == f"Reading {weekend} …")
    assert bar.season.currentText() == "Season 2025"
    with qtbot.waitSignal(loader.settled):
        gate.set()
    assert (bar.model.text(), bar.season.currentText()) == (quality, "weekend")
    assert loader.shutdown(PATIENCE_MS)


def test_that_every_control_is_reached_by_the_keyboard(bar: SeasonBar) -> None:
    for control in (bar.season, bar.reload, bar.other, bar.bundled):
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
