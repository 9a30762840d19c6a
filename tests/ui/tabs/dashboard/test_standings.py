from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.tabs.dashboard import cell_texts
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, STANDINGS_COLUMNS, ColumnId, widths
from htt_desktop.ui.wording.formats import MISSING
from tests.made_up_season import made_up_season
from tests.ui.tabs.dashboard.conftest import Dashboard

RANK, NUMBER, NAME = (PLACE_OF[c] for c in (ColumnId.RANK, ColumnId.NUMBER, ColumnId.NAME))
POINTS, AVERAGE = PLACE_OF[ColumnId.POINTS], PLACE_OF[ColumnId.AVERAGE]
TYRES, OVERALL = PLACE_OF["tire_management"], PLACE_OF[ColumnId.OVERALL]
TIP = Qt.ItemDataRole.ToolTipRole
RANKS = {
    "Anna Ace": "1",
    "Bob Bold": "2",
    "Cy Calm": "3",
    "Di Dash": "4",
    "Ed Early": "5",
    "Gus Guest": MISSING,
}
NARROW_PX = 1280


def click_heading(dashboard: Dashboard, column: int) -> None:
    header = dashboard.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 5, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def row_of(dashboard: Dashboard, name: str) -> int:
    return dashboard.column(NAME).index(name)


def press(qtbot: QtBot, dashboard: Dashboard, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(dashboard.view, key)


def test_that_every_driver_has_one_row_in_championship_order(dashboard: Dashboard) -> None:
    assert dict(zip(dashboard.column(NAME), dashboard.column(RANK), strict=True)) == RANKS
    assert dashboard.column(NAME)[0] == "Anna Ace"
    assert dashboard.tab.page.standings.count.text() == "6 drivers"


@pytest.mark.parametrize("column", range(1, len(STANDINGS_COLUMNS)))
def test_that_the_rank_stays_the_championship_rank_whatever_the_order(
    dashboard: Dashboard, column: int
) -> None:
    for _ in range(2):
        click_heading(dashboard, column)
        assert dict(zip(dashboard.column(NAME), dashboard.column(RANK), strict=True)) == RANKS


def test_that_points_sort_as_numbers_best_first_then_the_other_way(dashboard: Dashboard) -> None:
    click_heading(dashboard, POINTS)
    assert dashboard.column(POINTS) == ["100", "72", "60", "48", "10", MISSING]
    click_heading(dashboard, POINTS)
    assert dashboard.column(POINTS) == ["10", "48", "60", "72", "100", MISSING]


def test_that_a_low_average_finish_is_the_better_end(dashboard: Dashboard) -> None:
    click_heading(dashboard, AVERAGE)
    assert dashboard.column(AVERAGE)[0] == "1.0"


@pytest.mark.parametrize("column", [TYRES, OVERALL])
def test_that_missing_scores_are_last_in_both_directions(dashboard: Dashboard, column: int) -> None:
    for _ in range(2):
        click_heading(dashboard, column)
        assert dashboard.column(column)[-1] == MISSING
        assert dashboard.column(NAME)[-1] == "Ed Early"


def test_that_3_comes_before_03_and_both_are_shown_as_printed(dashboard: Dashboard) -> None:
    click_heading(dashboard, NUMBER)
    assert dashboard.column(NUMBER) == ["3", "03", "7", "13", "47", "99"]


def test_that_equal_figures_stay_in_championship_order(dashboard: Dashboard) -> None:
    click_heading(dashboard, NAME)
    click_heading(dashboard, NAME)
    click_heading(dashboard, PLACE_OF[ColumnId.WINS])
    assert dashboard.column(NAME) == list(RANKS)


@pytest.mark.parametrize(
    "query, names",
    [
        ("03", ["Di Dash"]),
        ("3", ["Cy Calm", "Di Dash"]),
        ("bold", ["Bob Bold", "Di Dash", "Gus Guest"]),
        ("BOLD motor 9", ["Gus Guest"]),
        ("class:am ed e", ["Ed Early"]),
        ("class:pro", []),
    ],
)
def test_that_the_filter_looks_at_name_number_team_and_class(
    dashboard: Dashboard, query: str, names: list[str]
) -> None:
    dashboard.tab.page.standings.filter.setText(query)
    assert dashboard.column(NAME) == names
    assert dashboard.tab.page.standings.count.text() == f"{len(names)} of 6 drivers"


def test_that_a_filter_without_a_match_says_so_and_offers_to_clear_it(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    standings = dashboard.tab.page.standings
    standings.filter.setText("zzz")
    assert not dashboard.view.isVisible()
    texts = [label.text() for label in standings.findChildren(type(standings._nobody))]
    assert "No driver matches “zzz”." in texts
    button = next(
        button
        for button in standings.findChildren(QPushButton)
        if button.text() == "Clear the filter"
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert dashboard.view.isVisible()
    assert len(dashboard.column(NAME)) == 6
    assert dashboard.view.hasFocus()


def test_that_letters_typed_in_the_table_filter_and_escape_shows_everybody(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    standings = dashboard.tab.page.standings
    qtbot.keyClicks(dashboard.view, "c")
    assert standings.filter.hasFocus()
    qtbot.keyClicks(standings.filter, "y")
    assert dashboard.column(NAME) == ["Cy Calm"]
    qtbot.keyClick(standings.filter, Qt.Key.Key_Escape)
    assert len(dashboard.column(NAME)) == 6


def test_that_down_leaves_the_filter_for_the_first_driver_shown(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    filter_line = dashboard.tab.page.standings.filter
    filter_line.setFocus()
    qtbot.keyClicks(filter_line, "dash")
    qtbot.keyClick(filter_line, Qt.Key.Key_Down)
    assert dashboard.view.hasFocus()
    assert dashboard.state.selection.driver == "Di Dash"


def test_that_order_and_filter_survive_another_season(dashboard: Dashboard) -> None:
    click_heading(dashboard, NUMBER)
    dashboard.tab.page.standings.filter.setText("racing")
    before = dashboard.column(NAME)
    dashboard.seasons.show(made_up_season(2024))
    assert dashboard.column(NAME) == before == ["Cy Calm", "Anna Ace", "Ed Early"]


def parsed(text: str) -> list[dict[str, str]]:
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_that_ctrl_c_copies_the_drivers_shown_in_their_order(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    click_heading(dashboard, NUMBER)
    dashboard.tab.page.standings.filter.setText("bold")
    dashboard.view.setFocus()
    qtbot.keyClick(dashboard.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = parsed(QGuiApplication.clipboard().text())
    assert [row["name"] for row in rows] == dashboard.column(NAME)
    assert [row["driver_number"] for row in rows] == ["03", "7", "99"]
    assert dashboard.said == ["Copied 3 drivers as CSV, as shown."]


def test_that_copied_figures_are_machine_numbers_and_missing_ones_are_empty(
    dashboard: Dashboard,
) -> None:
    rows = {row["name"]: row for row in parsed(dashboard.tab.page.standings.csv())}
    season = dashboard.season
    for name, row in rows.items():
        driver, stats = season.drivers[name], season.stats[name]
        assert stats.avg_finish is not None
        assert float(row["avg_finish"]) == pytest.approx(stats.avg_finish)
        assert int(row["wins"]) == stats.wins
        for factor in FACTORS:
            score = driver.factors[factor.id]
            assert row[factor.id] == ("" if score is None else f"{score:.10g}")
    assert rows["Ed Early"]["tire_management"] == rows["Ed Early"]["overall_score"] == ""
    assert rows["Gus Guest"]["championship_position"] == rows["Gus Guest"]["points"] == ""
    assert rows["Anna Ace"]["points"] == "100"


def test_that_commas_and_quotes_of_a_team_survive_the_csv(dashboard: Dashboard) -> None:
    season = made_up_season()
    awkward = 'Ace, "the" Racing'
    driver = replace(season.drivers["Anna Ace"], team=awkward)
    dashboard.seasons.show(replace(season, drivers={**season.drivers, "Anna Ace": driver}))
    assert parsed(dashboard.tab.page.standings.csv())[0]["team"] == awkward


def test_that_a_missing_score_says_what_is_lacking(dashboard: Dashboard) -> None:
    view, row = dashboard.view, row_of(dashboard, "Ed Early")
    speed = view.rows.index(row, PLACE_OF["speed"]).data(TIP)
    assert "no qualifying time" in speed
    assert "from 1 race" in speed
    tyres = view.rows.index(row, TYRES).data(TIP)
    assert tyres.startswith("Tyre management: –, 1 race")
    assert "too few clean laps" in tyres
    overall = view.rows.index(row, OVERALL).data(TIP)
    assert overall == "No overall score: there is none for tyre management (1 race)."
    guest = view.rows.index(row_of(dashboard, "Gus Guest"), RANK).data(TIP)
    assert guest.startswith("guest")


def test_that_headings_of_factors_explain_every_variable(dashboard: Dashboard) -> None:
    for factor in FACTORS:
        tip = dashboard.view.rows.headerData(PLACE_OF[factor.id], Qt.Orientation.Horizontal, TIP)
        assert "higher is better" in tip
        for variable in factor.variables:
            assert variable.meaning in tip
    tips = [
        dashboard.view.rows.headerData(place, Qt.Orientation.Horizontal, TIP)
        for place in range(len(STANDINGS_COLUMNS))
    ]
    assert all(tip and len(tip) > 20 for tip in tips)


def test_that_the_best_of_the_field_is_not_a_driver_of_one_race(dashboard: Dashboard) -> None:
    season = made_up_season()
    early = season.drivers["Ed Early"]
    lucky = replace(early, factors={**early.factors, "speed": 100.0})
    dashboard.seasons.show(replace(season, drivers={**season.drivers, "Ed Early": lucky}))
    best = [row.payload for row in dashboard.view.rows.rows if row.cells[PLACE_OF["speed"]].is_best]
    assert best == ["Anna Ace"]


def test_that_every_column_fits_the_smallest_window(qtbot: QtBot, dashboard: Dashboard) -> None:
    dashboard.tab.resize(NARROW_PX, 620)
    qtbot.waitUntil(lambda: dashboard.tab.page.charts.is_drawer)
    view = dashboard.view
    assert view.horizontalHeader().length() <= view.viewport().width()
    assert dashboard.tab.minimumSizeHint().width() <= NARROW_PX


def test_that_ample_room_goes_to_names_teams_and_bars() -> None:
    narrow, wide = widths(0), widths(2500)
    grown = {
        STANDINGS_COLUMNS[at].id for at in range(len(STANDINGS_COLUMNS)) if wide[at] > narrow[at]
    }
    assert {ColumnId.NAME, ColumnId.TEAM, ColumnId.POINTS, "speed"} <= grown
    assert ColumnId.CHART not in grown


def test_that_the_menu_of_a_row_is_reached_by_keyboard(qtbot: QtBot, dashboard: Dashboard) -> None:
    press(qtbot, dashboard, Qt.Key.Key_Down, Qt.Key.Key_Down)
    heard: list[str] = []

    def hear(driver: str, _place: object) -> None:
        heard.append(driver)

    dashboard.view.menu_wanted.connect(hear)
    QApplication.sendEvent(
        dashboard.view.viewport(),
        QContextMenuEvent(
            QContextMenuEvent.Reason.Keyboard,
            QPoint(1, 1),
            dashboard.view.mapToGlobal(QPoint(1, 1)),
        ),
    )
    assert heard == [dashboard.view.current_driver]
    menu = next(
        menu for menu in dashboard.tab.page.standings.findChildren(QMenu) if menu.isVisible()
    )
    orders = menu.findChild(QMenu)
    assert orders is not None
    sort = next(action for action in orders.actions() if action.text() == "Number")
    sort.trigger()
    assert dashboard.column(NUMBER)[:2] == ["3", "03"]
    menu.close()


def test_that_space_sorts_by_the_marked_column(qtbot: QtBot, dashboard: Dashboard) -> None:
    press(qtbot, dashboard, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Space)
    assert dashboard.column(NUMBER) == ["3", "03", "7", "13", "47", "99"]
    press(qtbot, dashboard, Qt.Key.Key_Space)
    assert dashboard.column(NUMBER) == ["99", "47", "13", "7", "03", "3"]


def empty_season() -> Season:
    season = made_up_season()
    return replace(season, drivers={}, stats={}, results={}, factors={})


def test_that_a_season_without_drivers_is_shown_without_a_fault(dashboard: Dashboard) -> None:
    dashboard.seasons.show(empty_season())
    assert dashboard.column(NAME) == []
    assert dashboard.tab.page.standings.count.text() == "0 drivers"


def test_that_without_standings_nobody_has_a_rank_and_points_stay(dashboard: Dashboard) -> None:
    season = made_up_season(2024)
    drivers = {
        name: replace(driver, championship_position=None) for name, driver in season.drivers.items()
    }
    dashboard.seasons.show(replace(season, drivers=drivers))
    assert set(dashboard.column(RANK)) == {MISSING}
    assert dashboard.column(POINTS)[0] == "100"
    assert "Without official standings" in dashboard.tab.page.standings.note.text()
    dashboard.seasons.show(made_up_season())
    assert "Without official standings" not in dashboard.tab.page.standings.note.text()


def test_that_every_variable_can_say_why_it_is_missing() -> None:
    assert set(cell_texts._WHY_NOT) == set(VARIABLES_BY_ID)
