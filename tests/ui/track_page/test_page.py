"""The page of one track."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.tables.rows_model import Tone
from htt_desktop.ui.theme import DARK, LIGHT
from htt_desktop.ui.track_page.page import TrackPage
from htt_desktop.ui.track_page.track_rows import FactTable

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def page(on_screen: OnScreen) -> TrackPage:
    made = TrackPage(DARK)
    on_screen(made, 1264, 600)
    return made


def texts(table: FactTable) -> list[list[str]]:
    rows = table.rows
    return [[cell.text for cell in rows.row(place).cells] for place in range(rows.rowCount())]


def click(table: FactTable, row: int, column: int) -> None:
    index = table.rows.index(row, column)
    table.scrollTo(index)
    place = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_that_best_laps_list_every_driver_with_the_gap_to_the_best(
    page: TrackPage, real_season: Season
) -> None:
    page.show_track(real_season, "barber")
    rows = texts(page.best_laps)

    assert len(rows) == len(real_season.tracks["barber"].best_laps)
    # As the lap sheets of race 2 have them.
    assert rows[0] == ["1  #22 Jeremy Fletcher", "1:37.304", "", "R2", "11"]
    assert rows[1] == ["2  #13 Westin Workman", "1:37.350", "+0.046", "R2", "2"]
    assert all(re.fullmatch(r"\+\d+\.\d{3}", row[2]) for row in rows[1:])
    assert [row[2] for row in rows[1:]] == sorted((row[2] for row in rows[1:]), key=float)


def test_that_races_stand_side_by_side(page: TrackPage, season: Season) -> None:
    page.show_track(season, "sonoma")
    rows = {row[0]: row[1:] for row in texts(page.races)}

    assert rows["winner"] == ["#13 Anna Ace", "#13 Anna Ace"]
    assert rows["winning time"] == ["23:20.000", "23:20.000"]
    assert rows["pole time"] == ["1:52.500", "1:52.500"]
    assert rows["air"] == ["18 °C, no rain measured", "–"]
    assert rows["wind"] == ["4 km/h", "–"]
    assert rows["yellow laps"] == ["2", "2"]
    page.show_track(season, "barber")
    rows = {row[0]: row[1:] for row in texts(page.races)}
    assert rows["pole"] == ["–", "–"]
    assert rows["track"] == ["–", "–"]


def test_that_penalties_and_exclusions_stand_on_the_page(
    page: TrackPage, real_season: Season
) -> None:
    page.show_track(real_season, "roadamerica")
    rows = {row[0]: row[1:] for row in texts(page.races)}
    assert rows["stewards"] == ["none published", "2 penalties, 2 put back"]
    notes = page.notes.toPlainText()
    put_back = "put back to P26 by the stewards, P2 on the road, no time penalty published"
    assert f"R2 · #72 Ethan Goulart, {put_back}\n" in notes
    assert "R2 · #31 Jackson Tovo, 52.000 s of penalty in the race time, P7 on the road" in notes
    page.show_track(real_season, "sonoma")
    notes = page.notes.toPlainText()
    assert "R1 · #78 Ethan Ayars finished P6 for 8 points but has 0 in" in notes


def test_that_corners_show_how_sure_their_place_is(page: TrackPage, season: Season) -> None:
    page.show_track(season, "barber")
    corners = season.geometry["barber"].corners
    rows = texts(page.corners)

    assert len(rows) == len(corners)
    for place, corner in enumerate(corners):
        is_low = corner.confidence == "low"
        assert rows[place][0] == f"T{corner.number}{' ?' if is_low else ''}"
        assert rows[place][2:] == [corner.direction, f"{corner.apex_m:.0f}", corner.confidence]
        tones = {cell.tone for cell in page.corners.rows.row(place).cells}
        assert tones == {Tone.MUTED if is_low else Tone.TEXT}


def test_that_missing_corners_sectors_and_demands_are_told(page: TrackPage, season: Season) -> None:
    page.show_track(replace(season, geometry={}), "sonoma")
    assert not page.corners.isVisible()
    assert texts(page.sectors) == [["", "", "no lap here has sector times", "", ""]]
    page.show_track(season, "barber")
    assert page.corners.isVisible()
    assert texts(page.sectors)[1] == ["S2", "42.300", "#13 Anna Ace", "R2", "4"]
    demands = {row[0]: row[1:] for row in texts(page.demands)}
    assert demands["pace loss in 10 laps, %"] == ["–", "–"]
    assert demands["laps under yellow, %"] == ["20", "1st of 2"]


def test_that_the_factors_carry_their_intervals_and_starts(page: TrackPage, season: Season) -> None:
    page.show_track(season, "barber")
    rows = page.decided.rows

    assert [row.label for row in rows] == ["Speed", "Consistency", "Racecraft", "Tyre management"]
    assert [row.figures for row in rows] == [("97 %",), ("1 %",), ("1 %",), ("1 %",)]
    assert page.headline.text() == "Speed went with the finish (6 drivers, 11 starts)"
    assert rows[0].tip.startswith("Speed, 6 drivers, 11 starts: rank correlation with the finish ρ")
    assert [row.own.is_evident for row in rows if row.own] == [True, True, False, False]
    assert rows[3].tip.endswith("no evidence: the interval contains zero")
    few = replace(season.tracks["barber"].decided_by[0], correlation=None, low=None, high=None, n=0)
    few = replace(few, n_drivers=0, leads_share=None)
    track = replace(season.tracks["barber"], decided_by=(few,))
    page.show_track(replace(season, tracks={"barber": track}), "barber")
    assert page.decided.rows[0].figures == ("–",)
    assert page.headline.text() == "No factor stands out"


def test_that_a_click_on_a_driver_chooses_them(
    page: TrackPage, season: Season, qtbot: QtBot
) -> None:
    page.show_track(season, "barber")
    QApplication.processEvents()
    with qtbot.waitSignal(page.driver_chosen) as chosen:
        click(page.best_laps, 2, 1)
    assert chosen.args == ["Cy Calm"]
    with qtbot.waitSignal(page.driver_chosen) as chosen:
        click(page.races, 0, 2)
    assert chosen.args == ["Anna Ace"]
    with qtbot.assertNotEmitted(page.driver_chosen):
        click(page.races, 1, 1)
        click(page.races, 2, 1)
        click(page.corners, 0, 0)
        click(page.demands, 0, 0)


def test_that_enter_chooses_the_driver_of_the_current_cell(
    page: TrackPage, season: Season, qtbot: QtBot
) -> None:
    page.show_track(season, "barber")
    page.best_laps.setFocus()
    page.best_laps.setCurrentIndex(page.best_laps.rows.index(1, 0))
    QTest.keyClick(page.best_laps, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.driver_chosen) as chosen:
        QTest.keyClick(page.best_laps, Qt.Key.Key_Return)
    assert chosen.args == ["Cy Calm"]


@pytest.mark.parametrize("where", ["page", "table", "button"])
def test_that_escape_and_the_button_close(
    page: TrackPage, season: Season, qtbot: QtBot, where: str
) -> None:
    page.show_track(season, "barber")
    with qtbot.waitSignal(page.closed):
        if where == "button":
            button = page.findChild(QPushButton)
            assert button is not None
            button.click()
        else:
            target = page if where == "page" else page.best_laps
            target.setFocus()
            QTest.keyClick(target, Qt.Key.Key_Escape)


@pytest.mark.parametrize("width, columns", [(1264, 3), (900, 2), (340, 1)])
def test_that_the_page_takes_as_many_columns_as_fit(
    page: TrackPage, real_season: Season, width: int, columns: int
) -> None:
    page.show_track(real_season, "vir")
    page.resize(width, 700)
    QApplication.processEvents()

    assert page.width() == width
    lefts = {each.mapTo(page, each.rect().topLeft()).x() for each in (page.view, page.races)}
    assert len(lefts) == min(columns, 2)
    beside = page.best_laps.mapTo(page, page.best_laps.rect().topLeft())
    assert (beside.x() > page.races.mapTo(page, page.races.rect().topLeft()).x()) == (columns == 3)


def test_that_small_tables_show_all_their_rows(page: TrackPage, real_season: Season) -> None:
    for track_id in real_season.tracks:
        page.show_track(real_season, track_id)
        QApplication.processEvents()
        for table in (page.races, page.sectors, page.demands):
            last = table.visualRect(table.rows.index(table.rows.rowCount() - 1, 0))
            assert last.bottom() <= table.viewport().height()


def test_that_another_season_and_theme_can_follow(
    page: TrackPage, season: Season, real_season: Season
) -> None:
    page.show_track(real_season, "cota")
    page.show_track(season, "barber")
    page.set_theme(LIGHT)
    assert len(texts(page.best_laps)) == 6
    assert page.accessibleName() == "Track page, Barber Motorsports Park"
    with pytest.raises(KeyError):
        page.show_track(season, "cota")


@pytest.mark.parametrize("year", ["2024", "2025"])
def test_that_every_track_of_the_bundled_seasons_is_told_without_holes(
    page: TrackPage, data_dir: Path, year: str
) -> None:
    season = read_season(data_dir / "season" / year)
    for track_id in season.tracks:
        page.show_track(season, track_id)
        tables = (page.races, page.best_laps, page.sectors, page.demands)
        told = [text for table in tables for row in texts(table) for text in row]
        told += [row.tip for row in page.decided.rows]
        assert len(told) > 100
        assert not [text for text in told if re.search(r"None|nan|inf\b", text)]
        assert len(page.decided.rows) == 4
