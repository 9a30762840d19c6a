from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import RaceLaps, SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Role, Shape
from htt_desktop.ui.season_charts.pace import PaceChart, pace_scene
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover_at

KEY = RaceKey(2025, "sonoma", 1)
Show = Callable[[QWidget, int, int], None]


def few_clean(laps: SeasonLaps, clean: int) -> SeasonLaps:
    """Return laps whose first race has only some clean laps of 7 Bob Bold."""
    race = laps.races[KEY]
    car = race.cars["7"]
    why = tuple("" if 2 <= lap < 2 + clean else "in the pits" for lap in car.lap_number)
    cars = {**race.cars, "7": replace(car, why_not=why)}
    return SeasonLaps({**laps.races, KEY: RaceLaps(KEY, cars)})


def test_that_gaps_are_per_cent_above_the_best_clean_lap_of_anybody(
    season: Season, laps: SeasonLaps
) -> None:
    race = laps.races[KEY]
    best_s = race.best_clean_s()
    assert best_s == pytest.approx(112.5)
    car = race.cars["7"]
    clean = [t for t, why in zip(car.lap_time_s, car.why_not, strict=True) if not why]
    scene = pace_scene(season, laps, "Bob Bold", None)
    gaps = [mark.y for mark in scene.marks if mark.x == 0]
    assert gaps == pytest.approx([100 * (time_s / 112.5 - 1) for time_s in clean])
    assert scene.boxes[0].middle == pytest.approx(100 * (median(clean) / 112.5 - 1))
    assert min(mark.y for mark in pace_scene(season, laps, "Anna Ace", None).marks) == 0.0


def test_that_the_number_of_laps_stands_below_every_race(season: Season, laps: SeasonLaps) -> None:
    scene = pace_scene(season, few_clean(laps, 3), "Bob Bold", "Ed Early")
    assert [cell.notes for cell in scene.x.cells] == [
        (("3", Role.DRIVER), ("8", Role.RIVAL)),
        *[(("8", Role.DRIVER), ("0", Role.RIVAL))] * 3,
    ]


@pytest.mark.parametrize("clean,boxes", [(3, 3), (4, 4)])
def test_that_fewer_than_four_clean_laps_are_dots_with_a_note(
    season: Season, laps: SeasonLaps, clean: int, boxes: int, on_screen: Show
) -> None:
    chart = PaceChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_season(season, few_clean(laps, clean), "Bob Bold", None)
    assert len(chart.scene.boxes) == boxes
    assert sum(mark.x == 0 for mark in chart.scene.marks) == clean
    assert chart.scene.footnote.endswith("(Sonoma race 1)") is (clean < 4)
    told = hover_at(chart, "Bob Bold", 0)
    assert ("too few clean laps for a box" in told) is (clean < 4)
    assert told.startswith(f"7 Bob Bold\nSonoma race 1, {clean} clean laps\nlap 2: 1:53.000")


def test_that_the_rival_stands_beside_the_driver_with_hollow_marks(
    season: Season, laps: SeasonLaps
) -> None:
    scene = pace_scene(season, laps, "Anna Ace", "Bob Bold")
    shapes = {role: {m.shape for m in scene.marks if m.role is role} for role in Role}
    assert shapes[Role.DRIVER] == {Shape.SMALL}
    assert shapes[Role.RIVAL] == {Shape.RING}
    ours, theirs = scene.boxes[0], scene.boxes[4]
    assert ours.right < theirs.left < theirs.right < 0.5


def test_that_faster_is_lower_and_later_is_to_the_right(
    season: Season, laps: SeasonLaps, on_screen: Show
) -> None:
    chart = PaceChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_season(season, laps, "Anna Ace", "Di Dash")
    assert chart.point_of("Anna Ace", 0).y() > chart.point_of("Di Dash", 0).y()
    assert chart.point_of("Anna Ace", 0).x() < chart.point_of("Anna Ace", 8).x()


def test_that_a_click_chooses_the_race(
    season: Season, laps: SeasonLaps, on_screen: Show, qtbot: QtBot
) -> None:
    chart = PaceChart(DARK)
    on_screen(chart, 600, 300)
    chart.show_season(season, laps, "Anna Ace", None)
    at = chart.point_of("Anna Ace", 17).toPoint()
    with qtbot.waitSignal(chart.race_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [RaceKey(2025, "barber", 1)]


def test_that_other_laps_are_measured_anew(season: Season, laps: SeasonLaps, qtbot: QtBot) -> None:
    chart = PaceChart(DARK)
    qtbot.addWidget(chart)
    chart.show_season(season, laps, "Bob Bold", None)
    first = [mark.y for mark in chart.scene.marks]
    race = laps.races[KEY]
    alone = SeasonLaps({**laps.races, KEY: RaceLaps(KEY, {"7": race.cars["7"]})})
    chart.show_season(season, alone, "Bob Bold", None)
    assert next(mark.y for mark in chart.scene.marks) < first[0]


def test_that_missing_laps_are_said(season: Season, laps: SeasonLaps) -> None:
    assert pace_scene(season, None, "Anna Ace", None).message == "Laps are being read…"
    assert "No driver is chosen" in pace_scene(season, laps, None, None).message
    nobody = pace_scene(season, SeasonLaps({}), "Anna Ace", None)
    assert nobody.message == "No clean lap of 13 Anna Ace in this season."
