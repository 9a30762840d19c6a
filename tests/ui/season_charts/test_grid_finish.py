from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Mark, Role, Scene, Shape
from htt_desktop.ui.season_charts.grid_finish import GridFinishChart, grid_finish_scene
from htt_desktop.ui.theme import DARK
from tests.made_up_season import disqualified
from tests.ui.season_charts.pointing import hover_at

Show = Callable[[QWidget, int, int], None]


def finishes(scene: Scene, role: Role = Role.DRIVER) -> list[Mark]:
    return [mark for mark in scene.marks if mark.role is role and mark.shape is not Shape.BAR]


def with_grid(season: Season, driver: str, grid: int, race: int) -> Season:
    rows = list(season.results[driver])
    rows[race] = replace(rows[race], grid=grid)
    return replace(season, results={**season.results, driver: tuple(rows)})


def test_that_races_stand_in_calendar_order_by_track_and_number(season: Season) -> None:
    cells = grid_finish_scene(season, "Anna Ace", None).x.cells
    assert [(cell.group, cell.text) for cell in cells] == [
        ("Sonoma", "1"), ("Sonoma", "2"), ("Barber", "1"), ("Barber", "2"),
    ]  # fmt: skip


def test_that_a_bar_stands_at_the_grid_and_a_line_leads_to_the_finish(season: Season) -> None:
    scene = grid_finish_scene(with_grid(season, "Bob Bold", 5, 0), "Bob Bold", None)
    bar, finish = scene.marks[:2]
    assert (bar.shape, bar.y) == (Shape.BAR, 5)
    assert (finish.shape, finish.y, finish.is_filled) == (Shape.DOT, 2, True)
    assert scene.lines[0].y == (5, 2)
    assert bar.x == finish.x == 0


def test_that_a_race_without_a_grid_place_is_an_open_mark_with_the_reason(
    season: Season, on_screen: Show
) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Bob Bold", None)
    assert [mark.is_filled for mark in finishes(chart.scene)] == [True, True, False, False]
    assert len(chart.scene.lines) == 2
    assert chart.scene.footnote.endswith("no grid place (Barber race 1, Barber race 2)")
    assert "no grid place: no qualifying sheet of this race" in hover_at(chart, "Bob Bold", 2)
    chart.show_results(season, "Ed Early", None)
    assert "no grid place: no qualifying time" in hover_at(chart, "Ed Early", 0)


def test_that_a_retirement_is_a_cross_with_its_letters(season: Season, on_screen: Show) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Di Dash", None)
    crosses = [mark for mark in chart.scene.marks if mark.shape is Shape.CROSS]
    assert [(mark.x, mark.y) for mark in crosses] == [(1, 4)]
    assert [placed.label.text for placed in chart.laid_out().labels] == ["DNF"]
    assert "without the chequered flag, 4 laps" in hover_at(chart, "Di Dash", 1)


def test_that_a_start_that_was_not_made_stands_in_a_row_of_its_own(
    season: Season, on_screen: Show
) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Ed Early", None)
    started, missed = finishes(chart.scene)
    assert missed.y > max(started.y, 6)
    assert not missed.is_filled
    assert chart.scene.y.named == ((missed.y, "–"),)
    assert [placed.label.text for placed in chart.laid_out().labels] == ["DNS"]
    assert "did not start" in hover_at(chart, "Ed Early", 1)
    chart.show_results(season, "Anna Ace", None)
    assert len(chart.scene.y.named) == 0
    assert chart.laid_out().labels == []


def test_that_a_car_that_drove_without_a_place_did_start(season: Season, on_screen: Show) -> None:
    rows = list(season.results["Di Dash"])
    rows[1] = replace(rows[1], finish=None)
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(replace(season, results={"Di Dash": tuple(rows)}), "Di Dash", None)
    assert [placed.label.text for placed in chart.laid_out().labels] == ["DNF"]
    said = hover_at(chart, "Di Dash", 1).split("\n")
    assert said[3:5] == ["not classified", "without the chequered flag, 4 laps"]


def test_that_a_disqualified_car_is_said_to_be_that_and_nothing_else(
    season: Season, on_screen: Show
) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(disqualified(season, "Cy Calm", 0), "Cy Calm", None)
    out = finishes(chart.scene)[0]
    assert (out.shape, out.y) == (Shape.CROSS, chart.scene.y.named[0][0])
    assert chart.scene.y.named == ((out.y, "–"),)
    assert [placed.label.text for placed in chart.laid_out().labels] == ["DSQ"]
    said = hover_at(chart, "Cy Calm", 0)
    assert "grid P3\ndisqualified" in said
    assert "start" not in said


def test_that_position_1_is_above_2_and_later_races_right(season: Season, on_screen: Show) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Anna Ace", "Bob Bold")
    for race in range(4):
        ahead, behind = (chart.point_of(name, race) for name in ("Anna Ace", "Bob Bold"))
        assert ahead.y() < behind.y()
        assert ahead.x() < behind.x()
    assert chart.point_of("Bob Bold", 0).x() < chart.point_of("Anna Ace", 1).x()


def test_that_the_rival_is_hollow_and_of_another_shape(season: Season) -> None:
    scene = grid_finish_scene(season, "Anna Ace", "Bob Bold")
    assert {(mark.shape, mark.is_filled) for mark in finishes(scene, Role.RIVAL)} == {
        (Shape.DIAMOND, False)
    }


def test_that_hovering_tells_places_gained_and_lost(season: Season, on_screen: Show) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    for grid, said in ((5, "3 places gained"), (1, "1 place lost"), (2, "as on the grid")):
        chart.show_results(with_grid(season, "Bob Bold", grid, 0), "Bob Bold", None)
        assert hover_at(chart, "Bob Bold", 0).endswith(f"grid P{grid}\nfinish P2, {said}")


def test_that_a_click_chooses_the_race(season: Season, on_screen: Show, qtbot: QtBot) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Bob Bold", None)
    at = chart.point_of("Bob Bold", 2).toPoint()
    with qtbot.waitSignal(chart.race_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [RaceKey(2025, "barber", 1)]


def test_that_a_click_on_the_rival_does_not_make_him_the_driver(
    season: Season, on_screen: Show, qtbot: QtBot
) -> None:
    chart = GridFinishChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_results(season, "Bob Bold", "Di Dash")
    at = chart.point_of("Di Dash", 0).toPoint()
    with qtbot.assertNotEmitted(chart.driver_chosen), qtbot.waitSignal(chart.race_chosen):
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)


def test_that_missing_drivers_are_said(season: Season) -> None:
    assert "No driver is chosen" in grid_finish_scene(season, None, None).message
    assert grid_finish_scene(season, "Nobody", None).message.startswith("No result to show")
    assert grid_finish_scene(None, "Anna Ace", None).message == "The season is being read…"
