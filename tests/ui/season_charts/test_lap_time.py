from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.ui.painting.scene import Mark, Role, Scene, Shape
from htt_desktop.ui.season_charts.lap_time import LapTimeChart, lap_time_scene
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover_at

KEY = RaceKey(2025, "sonoma", 1)
Show = Callable[[QWidget, int, int], None]


def of(scene: Scene, role: Role) -> list[Mark]:
    return [mark for mark in scene.marks if mark.role is role]


def changed(laps: SeasonLaps, number: str, **columns: object) -> RaceLaps:
    race = laps.races[KEY]
    car: CarLaps = replace(race.cars[number], **columns)  # type: ignore[arg-type]
    return RaceLaps(KEY, {**race.cars, number: car})


def test_that_clean_laps_are_filled_and_the_others_hollow(laps: SeasonLaps) -> None:
    race = laps.races[KEY]
    marks = of(lap_time_scene(race, "Anna Ace", "Bob Bold"), Role.DRIVER)
    assert [mark.is_filled for mark in marks] == [not why for why in race.cars["13"].why_not]
    assert {mark.shape for mark in marks if mark.is_filled} == {Shape.DOT}


def test_that_the_reason_stands_in_the_box(laps: SeasonLaps, on_screen: Show) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    assert hover_at(chart, "Anna Ace", 6) == (
        "13 Anna Ace\nlap 7: 1:52.700 · P1\nnot counted: lap after a yellow"
    )
    assert hover_at(chart, "Anna Ace", 1).endswith("lap 2: 1:52.700 · P1\nclean")


def test_that_a_lap_outside_the_clean_range_is_told_and_never_cut(
    laps: SeasonLaps, on_screen: Show
) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    race = laps.races[KEY]
    chart.show_race(race, "Anna Ace", None)
    marks = of(chart.scene, Role.DRIVER)
    assert len(marks) == len(race.cars["13"].lap_number)
    outside = [mark for mark in marks if mark.shape is Shape.ABOVE]
    assert [mark.x for mark in outside] == [1, 5, 6]
    assert all(mark.y < chart.scene.y.high for mark in outside)
    told = hover_at(chart, "Anna Ace", 4)
    assert "2:32.500" in told
    assert "beyond the upper edge" in told
    assert "triangle: beyond the edge" in chart.scene.footnote


def test_that_a_lap_below_the_range_has_a_triangle_down(laps: SeasonLaps) -> None:
    times = (60.0, *laps.races[KEY].cars["13"].lap_time_s[1:])
    scene = lap_time_scene(changed(laps, "13", lap_time_s=times), "Anna Ace", None)
    assert of(scene, Role.DRIVER)[0].shape is Shape.BELOW


def test_that_slower_is_higher_and_later_is_to_the_right(laps: SeasonLaps, on_screen: Show) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", "Di Dash")
    quick, slow = (chart.point_of(name, 8) for name in ("Anna Ace", "Di Dash"))
    assert slow.y() < quick.y()
    row = [chart.point_of("Anna Ace", lap).x() for lap in range(12)]
    assert all(left < right for left, right in pairwise(row))


def test_that_two_cars_at_the_same_edge_do_not_cover_one_another(
    laps: SeasonLaps, on_screen: Show
) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", "Di Dash")
    ours, theirs = (chart.point_of(name, 4) for name in ("Anna Ace", "Di Dash"))
    assert ours.y() == theirs.y()
    assert theirs.x() - ours.x() > 9
    assert hover_at(chart, "Di Dash", 4).startswith("03 Di Dash\nlap 5")


def test_that_the_medians_of_the_clean_laps_and_their_difference_are_written(
    laps: SeasonLaps,
) -> None:
    scene = lap_time_scene(laps.races[KEY], "Anna Ace", "Di Dash")
    assert [rule.role for rule in scene.rules] == [Role.DRIVER, Role.RIVAL]
    assert [rule.at for rule in scene.rules] == pytest.approx([112.625, 113.525])
    assert scene.legend[0].texts[0] == "13 Anna Ace  median 1:52.625 (n 8)"
    assert scene.legend[-1].texts == ("Δ +0.900 s",)
    back = lap_time_scene(laps.races[KEY], "Di Dash", "Anna Ace")
    assert back.legend[-1].texts == ("Δ −0.900 s",)


def test_that_a_line_joins_only_clean_laps_that_follow_one_another(laps: SeasonLaps) -> None:
    scene = lap_time_scene(laps.races[KEY], "Anna Ace", None)
    assert [list(line.x) for line in scene.lines] == [[2, 3, 4], [8, 9, 10, 11, 12]]
    car = laps.races[KEY].cars["13"]
    gap = changed(laps, "13", lap_number=(*car.lap_number[:10], 12, 13))
    assert [list(line.x) for line in lap_time_scene(gap, "Anna Ace", None).lines] == [
        [2, 3, 4],
        [8, 9, 10],
        [12, 13],
    ]


def test_that_pit_laps_carry_a_letter_and_their_time(laps: SeasonLaps, on_screen: Show) -> None:
    in_pit = tuple(lap == 9 for lap in range(1, 13))
    pit_s = tuple(61.5 if lap == 10 else None for lap in range(1, 13))
    race = changed(laps, "13", in_pit=in_pit, pit_time_s=pit_s)
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(race, "Anna Ace", None)
    assert [mark.x for mark in chart.scene.marks if mark.text == "P"] == [9, 10]
    assert hover_at(chart, "Anna Ace", 9).endswith("1:01.500 in the pit lane")


def test_that_a_double_click_and_space_show_all_laps(
    laps: SeasonLaps, on_screen: Show, qtbot: QtBot
) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    narrow = chart.scene.y.high
    middle = QPointF(chart.rect().center()).toPoint()
    qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=middle)
    assert chart.scene.y.high > 152.5 > narrow
    assert {mark.shape for mark in chart.scene.marks} == {Shape.DOT}
    qtbot.keyClick(chart, Qt.Key.Key_Space)
    assert chart.scene.y.high == narrow


def test_that_yellow_laps_are_shaded_around_their_marks(laps: SeasonLaps) -> None:
    (band,) = lap_time_scene(laps.races[KEY], "Anna Ace", None).bands
    assert (band.start, band.end) == (4.5, 6.5)


def test_that_drivers_without_laps_are_named(laps: SeasonLaps) -> None:
    race = laps.races[RaceKey(2025, "barber", 1)]
    said = "No laps of this race: Ed Early did not start, or completed no lap"
    assert lap_time_scene(race, "Ed Early", None).message == said + "."
    scene = lap_time_scene(race, "Ed Early", "Anna Ace")
    assert scene.footnote.startswith(said)
    assert {mark.role for mark in scene.marks} == {Role.RIVAL}
    assert lap_time_scene(None, "Anna Ace", None).message == "Laps are being read…"
    assert "No driver is chosen" in lap_time_scene(race, None, None).message


def test_that_a_driver_without_a_clean_lap_is_shown_over_all_his_laps(laps: SeasonLaps) -> None:
    scene = lap_time_scene(changed(laps, "13", why_not=("in the pits",) * 12), "Anna Ace", None)
    assert not scene.rules
    assert not scene.lines
    assert {mark.shape for mark in scene.marks} == {Shape.DOT}
    assert scene.legend[0].texts[0] == "13 Anna Ace  median – (n 0)"
    assert "0 clean" in scene.facts


def test_that_leaving_the_chart_takes_the_box_away(laps: SeasonLaps, on_screen: Show) -> None:
    chart = LapTimeChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    assert hover_at(chart, "Anna Ace", 6)
    chart.leaveEvent(QEvent(QEvent.Type.Leave))
    assert chart.shown_tooltip == ""
