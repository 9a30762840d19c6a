from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Role
from htt_desktop.ui.season_charts.points import PointsChart, points_scene
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover, hover_at

Show = Callable[[QWidget, int, int], None]


def test_that_a_guest_has_no_line_and_is_named_below(season: Season) -> None:
    scene = points_scene(season, list(season.drivers), "Anna Ace", None)
    assert len(scene.lines) == 5
    assert scene.footnote == "Outside the standings: 99 Gus Guest"
    alone = points_scene(season, ["Gus Guest"], "Gus Guest", None)
    assert alone.message == "No points to show: 99 Gus Guest stands outside the standings."


def test_that_driver_and_rival_are_there_though_not_listed_and_lie_on_top(season: Season) -> None:
    scene = points_scene(season, ["Cy Calm"], "Anna Ace", "Bob Bold")
    assert [line.role for line in scene.lines] == [Role.FIELD, Role.RIVAL, Role.DRIVER]
    assert [key.role for key in scene.legend] == [Role.DRIVER, Role.RIVAL, Role.FIELD]
    assert {label.text for label in scene.labels} == {"13", "7", "3"}


def test_that_later_races_are_to_the_right_and_more_points_higher(
    season: Season, on_screen: Show
) -> None:
    chart = PointsChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_season(season, list(season.drivers), "Bob Bold", "Cy Calm")
    for name in ("Anna Ace", "Bob Bold", "Di Dash"):
        places = [chart.point_of(name, race) for race in range(4)]
        assert all(one.x() < other.x() and one.y() > other.y() for one, other in pairwise(places))
    assert chart.point_of("Anna Ace", 3).y() < chart.point_of("Bob Bold", 3).y()


def test_that_hovering_tells_name_race_and_points(season: Season, on_screen: Show) -> None:
    chart = PointsChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_season(season, list(season.drivers), "Anna Ace", "Bob Bold")
    assert hover_at(chart, "Bob Bold", 2) == "7 Bob Bold\nBarber race 1: P2, 18 points, 54 in all"
    assert "not entered, 0 points, 10 in all" in hover_at(chart, "Ed Early", 3)
    assert "did not start" in hover_at(chart, "Ed Early", 1)


def test_that_a_click_chooses_the_driver_of_the_line(
    season: Season, on_screen: Show, qtbot: QtBot
) -> None:
    chart = PointsChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_season(season, list(season.drivers), "Anna Ace", None)
    at = chart.point_of("Di Dash", 2).toPoint()
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["Di Dash"]
    with qtbot.assertNotEmitted(chart.driver_chosen):
        qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=at)


def test_that_points_taken_away_stay_in_the_picture(season: Season, on_screen: Show) -> None:
    rows = season.results["Di Dash"]
    fined = replace(
        season, results={**season.results, "Di Dash": (replace(rows[0], points=-20), *rows[1:])}
    )
    chart = PointsChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_season(fined, ["Anna Ace", "Di Dash"], "Di Dash", None)
    assert chart.point_of("Di Dash", 0).y() <= chart.laid_out().area.bottom() + 0.01
    assert chart.point_of("Di Dash", 0).y() > chart.point_of("Di Dash", 1).y()


def test_that_the_number_at_the_end_of_a_line_answers_for_it(
    season: Season, on_screen: Show, qtbot: QtBot
) -> None:
    chart = PointsChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_season(season, list(season.drivers), "Anna Ace", None)
    (number,) = [one for one in chart.laid_out().labels if one.label.text == "03"]
    at = QPointF(number.left + number.width / 2, number.top + number.height / 2)
    assert hover(chart, at) == "03 Di Dash\nBarber race 2: P4, 12 points, 48 in all"
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert chosen.args == ["Di Dash"]


def test_that_nobody_chosen_and_no_races_are_said(season: Season) -> None:
    assert "No driver is chosen" in points_scene(season, [], None, None).message
    bare = replace(season, tracks={})
    assert points_scene(bare, ["Anna Ace"], None, None).message == "The season 2025 has no races."


def test_that_an_unknown_driver_is_no_crash(season: Season) -> None:
    assert points_scene(season, ["Nobody"], "Nobody", None).message
    assert len(points_scene(season, ["Anna Ace"], "Nobody", None).lines) == 1
