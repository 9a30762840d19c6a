from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.ui.painting.scene import Role, Shape
from htt_desktop.ui.season_charts.running_order import RunningOrderChart, running_order_scene
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover_at

KEY = RaceKey(2025, "sonoma", 1)
Show = Callable[[QWidget, int, int], None]


def cut(car: CarLaps, laps: int) -> CarLaps:
    """Return a car that stopped after some laps."""
    columns = {
        name: getattr(car, name)[:laps]
        for name in CarLaps.__dataclass_fields__
        if name not in ("driver", "loops_s")
    }
    return replace(car, **columns)


def with_retirement(laps: SeasonLaps) -> RaceLaps:
    race = laps.races[KEY]
    return RaceLaps(KEY, {**race.cars, "3": cut(race.cars["3"], 4)})


def test_that_later_laps_are_right_and_position_1_is_above_2(
    laps: SeasonLaps, on_screen: Show
) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    places = [chart.point_of("Anna Ace", lap) for lap in range(12)]
    assert all(one.x() < other.x() for one, other in pairwise(places))
    drivers = [car.driver for car in laps.races[KEY].cars.values()]
    rows = [chart.point_of(name, 3).y() for name in drivers]
    assert rows == sorted(rows)
    assert rows[0] < rows[1]


def test_that_every_car_has_a_line_and_its_number_at_the_end(
    laps: SeasonLaps, on_screen: Show
) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", "Di Dash")
    assert len(chart.scene.lines) == 6
    assert [line.role for line in chart.scene.lines[-2:]] == [Role.RIVAL, Role.DRIVER]
    found = chart.laid_out()
    assert {placed.label.text for placed in found.labels} == {"13", "7", "3", "03", "47", "99"}
    assert all(placed.left > found.area.right() for placed in found.labels)


def test_that_a_car_without_the_flag_ends_with_a_cross(laps: SeasonLaps, on_screen: Show) -> None:
    race = with_retirement(laps)
    scene = running_order_scene(race, "Anna Ace", None)
    assert [(mark.shape, mark.x, mark.y) for mark in scene.marks] == [(Shape.CROSS, 4, 3)]
    assert "without the chequered flag: 3" in scene.facts
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(race, "Anna Ace", None)
    assert "last lap, no chequered flag" in hover_at(chart, "Cy Calm", 3)
    assert "no chequered flag" not in hover_at(chart, "Cy Calm", 2)


def test_that_nobody_is_retired_in_a_race_that_was_stopped(laps: SeasonLaps) -> None:
    stopped = RaceLaps(KEY, {n: cut(car, 6) for n, car in laps.races[KEY].cars.items()})
    assert not running_order_scene(stopped, None, None).marks


def test_that_yellow_laps_are_shaded_and_named(laps: SeasonLaps, on_screen: Show) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(laps.races[KEY], None, None)
    (band,) = chart.scene.bands
    # Laps 5 and 6 last from the end of lap 4 to the end of lap 6.
    assert (band.start, band.end, band.text) == (4, 6, "FCY")
    found = chart.laid_out()
    row = round((chart.point_of("Anna Ace", 0).y() + chart.point_of("Bob Bold", 0).y()) / 2)
    image = chart.grab().toImage()
    assert image.pixelColor(round(found.x_of(4.7)), row) == QColor(DARK.yellow_phase)
    assert image.pixelColor(round(found.x_of(6.7)), row) == QColor(DARK.panel)


def test_that_hovering_tells_who_lap_and_position(laps: SeasonLaps, on_screen: Show) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    assert hover_at(chart, "Di Dash", 2) == "03 Di Dash\nlap 3: P4 · 1:53.450"
    assert hover_at(chart, "Di Dash", 4).endswith("full-course yellow")


def test_that_a_click_chooses_the_driver(laps: SeasonLaps, on_screen: Show, qtbot: QtBot) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 500, 300)
    chart.show_race(laps.races[KEY], "Anna Ace", None)
    at = chart.point_of("Cy Calm", 7).toPoint()
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["Cy Calm"]


def test_that_missing_laps_are_said(laps: SeasonLaps) -> None:
    assert running_order_scene(None, None, None).message == "Laps are being read…"
    assert running_order_scene(RaceLaps(KEY, {}), None, None).message
    barber = laps.races[RaceKey(2025, "barber", 1)]
    scene = running_order_scene(barber, "Ed Early", "Anna Ace")
    assert scene.footnote.startswith("No laps of this race: Ed Early did not start")
    assert len(scene.lines) == 5


def test_that_a_race_of_one_lap_is_a_picture(laps: SeasonLaps, on_screen: Show) -> None:
    chart = RunningOrderChart(DARK)
    on_screen(chart, 320, 180)
    chart.show_race(
        RaceLaps(KEY, {n: cut(car, 1) for n, car in laps.races[KEY].cars.items()}), "Anna Ace", None
    )
    assert not chart.grab().isNull()
    assert hover_at(chart, "Anna Ace", 0).startswith("13 Anna Ace\nlap 1: P1")
