"""The tab over the bundled seasons: every driver, every section."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from htt_desktop.sources.season.files import read_laps, read_season
from htt_desktop.ui.tabs.driver.results import ResultsTree
from htt_desktop.ui.wording import formats
from tests.ui.tabs.driver.conftest import Stage, cells

YEARS = (2025, 2024)


def folder(data_dir: Path, year: int) -> Path:
    return data_dir / "season" / str(year)


def cut_off(results: ResultsTree) -> list[str]:
    """Return the cells that do not fit into their columns."""
    model, option = results.results, QStyleOptionViewItem()
    option.initFrom(results)
    option.font = results.font()
    found = []
    for row in range(model.rowCount()):
        for column in range(1, model.columnCount()):
            index = model.index(row, column)
            if results.itemDelegate().sizeHint(option, index).width() > results.columnWidth(column):
                found.append(f"{index.data()}, row {row}")
    return found


@pytest.mark.parametrize("year", YEARS)
def test_that_every_driver_of_a_bundled_season_is_shown_as_recorded(
    empty: Stage, data_dir: Path, year: int
) -> None:
    season = read_season(folder(data_dir, year))
    empty.seasons.show(season)
    for driver, stats in season.stats.items():
        empty.state.choose_driver(driver)
        tiles = [figure.text for figure in empty.page.tiles.figures[0]]
        assert tiles[1:4] == [str(stats.wins), str(stats.podiums), str(stats.poles)]
        assert tiles[4] == formats.number(stats.avg_finish, 1)
        records = season.results[driver]
        assert empty.results.results.rowCount() == len(records)
        for row, record in enumerate(records):
            shown = cells(empty.results, row)
            assert shown["finish"] == formats.number(record.finish)
            assert shown["grid"] == formats.number(record.grid)
            assert shown["points"] == formats.number(record.points)
            assert shown["best lap"].removeprefix("★ ") == formats.lap_time(record.best_lap_s)
        assert cut_off(empty.results) == []


def test_that_the_champion_of_2025_leads_with_his_points(empty: Stage, data_dir: Path) -> None:
    empty.seasons.show(read_season(folder(data_dir, 2025)))
    assert empty.page.header.driver.plate.number == "13"
    assert empty.page.header.driver.facts.text() == "BSI Racing · Am · champion · 14 races"
    points = empty.page.tiles.figures[0][0]
    assert (points.text, points.place) == ("264", "1st of 41")


def test_that_two_drivers_told_apart_by_a_zero_are_two(empty: Stage, data_dir: Path) -> None:
    empty.seasons.show(read_season(folder(data_dir, 2025)))
    empty.state.choose_driver("Jason Kos")
    empty.state.choose_rival("Karl Forman")
    header = empty.page.header
    assert (header.driver.plate.number, header.rival.plate.number) == ("3", "03")


@pytest.mark.parametrize("year", YEARS)
def test_that_every_section_has_something_to_say_about_everybody(
    empty: Stage, data_dir: Path, year: int
) -> None:
    season = read_season(folder(data_dir, year))
    empty.seasons.show(season, read_laps(folder(data_dir, year)))
    drawer = empty.sections.drawer
    drivers = list(season.drivers)
    for place in range(drawer.count()):
        drawer.setCurrentIndex(place)
        for driver, rival in zip(drivers[::3], drivers[1::3], strict=False):
            empty.state.choose_driver(driver)
            empty.state.choose_rival(rival)
            QApplication.processEvents()
            pair = empty.page.pair
            assert pair is not None
            assert pair.names == (driver, rival)
