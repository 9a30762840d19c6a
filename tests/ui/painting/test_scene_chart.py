from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.layout import abbreviated
from htt_desktop.ui.painting.marks import pen_of
from htt_desktop.ui.painting.painter import bubble_box
from htt_desktop.ui.painting.scene import (
    Axis,
    Label,
    LegendEntry,
    Mark,
    Polyline,
    Role,
    Scene,
    Series,
    Shape,
)
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.factor_map import FactorMap
from htt_desktop.ui.season_charts.grid_finish import GridFinishChart
from htt_desktop.ui.season_charts.lap_time import LapTimeChart
from htt_desktop.ui.season_charts.pace import PaceChart
from htt_desktop.ui.season_charts.points import PointsChart
from htt_desktop.ui.season_charts.running_order import RunningOrderChart
from htt_desktop.ui.theme import DARK, LABEL_PX, LIGHT, Theme, font
from tests.ui.contrast import contrast
from tests.ui.season_charts.pointing import hover, hover_at

Show = Callable[[QWidget, int, int], None]
SIZES = [(160, 120), (320, 180), (900, 400), (2560, 1440)]


def every_chart(season: Season, laps: SeasonLaps, theme: Theme) -> list[SceneChart]:
    driver, rival = "Bob Bold", "Di Dash"
    race = laps.races[RaceKey(2025, "sonoma", 1)]
    points, grid, order = PointsChart(theme), GridFinishChart(theme), RunningOrderChart(theme)
    times, pace, factors = LapTimeChart(theme), PaceChart(theme), FactorMap(theme)
    points.show_season(season, list(season.drivers), driver, rival)
    grid.show_results(season, driver, rival)
    order.show_race(race, driver, rival)
    times.show_race(race, driver, rival)
    pace.show_season(season, laps, driver, rival)
    factors.show_season(season, driver, rival)
    plot = factors.plot
    plot.setParent(None)
    return [points, grid, order, times, pace, plot]


def ladder(names: Sequence[str]) -> Scene:
    """Return lines of many drivers that end close to one another."""
    return Scene(
        x=Axis("lap", 1, 10),
        y=Axis("position", 0, 100),
        lines=[Polyline((1, 10), (0, i), Role.FIELD) for i, _ in enumerate(names)],
        labels=[
            Label(10, i, name, Role.DRIVER if i == 7 else Role.FIELD)
            for i, name in enumerate(names)
        ],
        series=[Series(name, Role.FIELD, (1, 10), (0, i), str) for i, name in enumerate(names)],
    )


@pytest.mark.parametrize("size", SIZES)
def test_that_every_chart_lies_inside_its_widget(
    season: Season, laps: SeasonLaps, size: tuple[int, int], qtbot: QtBot
) -> None:
    for chart in every_chart(season, laps, DARK):
        qtbot.addWidget(chart)
        chart.resize(*size)
        found = chart.laid_out()
        whole = QRectF(0, 0, *size)
        assert whole.contains(found.area), chart.accessibleName()
        metrics = QFontMetricsF(chart.font())
        for text in found.texts:
            assert text.x >= -0.5, text
            assert text.x + metrics.horizontalAdvance(text.text) <= size[0] + 0.5, text
            assert 0 < text.y <= size[1], text
        for polygon in found.polygons:
            assert all(math.isfinite(p.x()) and math.isfinite(p.y()) for p in polygon.toList())
        for mark in chart.scene.marks:
            at = QPointF(found.x_of(mark.x), found.y_of(mark.y))
            assert found.area.adjusted(-8, -8, 8, 8).contains(at), (chart.accessibleName(), mark)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_every_chart_paints_both_drivers_at_any_scale(
    season: Season, laps: SeasonLaps, theme: Theme, ratio: float, qtbot: QtBot
) -> None:
    for chart in every_chart(season, laps, theme):
        qtbot.addWidget(chart)
        chart.resize(320, 180)
        picture = QPixmap(QSize(320, 180) * ratio)
        picture.setDevicePixelRatio(ratio)
        chart.render(picture)
        image = picture.toImage()
        colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        name = chart.accessibleName()
        assert QColor(theme.panel).rgb() in colors, name
        assert QColor(theme.reference).rgb() in colors, name
        assert QColor(theme.compared).rgb() in colors, name


def test_that_a_new_theme_repaints(season: Season, laps: SeasonLaps, on_screen: Show) -> None:
    for chart in every_chart(season, laps, DARK):
        on_screen(chart, 320, 180)
        chart.set_theme(LIGHT)
        assert chart.grab().toImage().pixelColor(1, 170) == QColor(LIGHT.panel)


def test_that_every_chart_says_its_key_facts_in_words(season: Season, laps: SeasonLaps) -> None:
    for chart in every_chart(season, laps, DARK):
        assert chart.accessibleName()
        assert "Bob Bold" in chart.accessibleDescription()
        assert chart.accessibleDescription().endswith(".")


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (30, 500), (500, 30)])
def test_that_a_chart_without_room_paints_without_a_fault(
    season: Season, laps: SeasonLaps, size: tuple[int, int], qtbot: QtBot
) -> None:
    for chart in every_chart(season, laps, DARK):
        qtbot.addWidget(chart)
        chart.setMinimumSize(0, 0)
        chart.resize(*size)
        chart.grab()
        hover(chart, QPointF(0, 0))
        assert chart.laid_out().area.width() > 0
        assert chart.laid_out().area.height() > 0


def test_that_a_season_of_one_race_is_a_picture(season: Season, qtbot: QtBot) -> None:
    track = season.tracks["sonoma"]
    short = replace(season, tracks={"sonoma": replace(track, races=track.races[:1])})
    points, grid = PointsChart(DARK), GridFinishChart(DARK)
    for chart in (points, grid):
        qtbot.addWidget(chart)
        chart.resize(320, 180)
    points.show_season(short, list(season.drivers), "Bob Bold", None)
    grid.show_results(short, "Bob Bold", None)
    for chart in (points, grid):
        assert hover_at(chart, "Bob Bold", 0).startswith("7 Bob Bold\nSonoma race 1")
        assert not chart.grab().isNull()


def test_that_end_labels_never_cover_one_another_and_the_driver_keeps_his(qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Ladder")
    qtbot.addWidget(chart)
    chart.resize(400, 200)
    chart.show_scene(ladder([str(number) for number in range(100, 145)]))
    placed = chart.laid_out().labels
    assert 8 <= len(placed) < 45
    assert "107" in {one.label.text for one in placed}
    boxes = [QRectF(one.left, one.top + 1, one.width, one.height - 2) for one in placed]
    for index, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[index + 1 :])


def test_that_labels_beside_marks_never_cover_marks(qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Cloud")
    qtbot.addWidget(chart)
    chart.resize(400, 240)
    places = [(30 + (i * 37) % 41, 30 + (i * 53) % 43) for i in range(45)]
    chart.show_scene(
        Scene(
            x=Axis("x", 0, 100),
            y=Axis("y", 0, 100),
            marks=[Mark(x, y, Role.FIELD, Shape.DOT) for x, y in places],
            labels=[
                Label(x, y, str(i), Role.FIELD, at_end=False) for i, (x, y) in enumerate(places)
            ],
        )
    )
    found = chart.laid_out()
    assert 5 < len(found.labels) < 45
    dots = [QPointF(found.x_of(x), found.y_of(y)) for x, y in places]
    for one in found.labels:
        box = QRectF(one.left, one.top, one.width, one.height)
        assert not any(box.contains(dot) for dot in dots)


def test_that_the_box_at_the_pointer_stays_inside(
    season: Season, laps: SeasonLaps, on_screen: Show
) -> None:
    for chart in every_chart(season, laps, DARK):
        on_screen(chart, 320, 180)
        before = chart.grab().toImage()
        for index in range(2):
            try:
                assert "Bold" in hover_at(chart, "Bob Bold", index)
            except KeyError:
                continue
            assert chart.grab().toImage() != before


def test_that_the_box_fits_wherever_the_place_is() -> None:
    bounds = QRectF(0, 0, 300, 200)
    for x in (0.0, 150.0, 300.0):
        for y in (0.0, 100.0, 200.0):
            box = bubble_box(QPointF(x, y), 120, 60, bounds)
            assert bounds.contains(box)
            assert not box.contains(QPointF(x, y))
    # One that is larger than the chart begins at its corner.
    assert bubble_box(QPointF(150, 100), 400, 300, bounds).topLeft() == QPointF(0, 0)


def test_that_a_long_name_in_the_legend_is_shortened(qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Legend")
    qtbot.addWidget(chart)
    chart.resize(200, 120)
    names = ("Maximilian Longname the Third of Somewhere", "short")
    chart.show_scene(Scene(legend=[LegendEntry(Role.DRIVER, names[:1])]))
    (written,) = [text.text for text in chart.laid_out().texts if text.role is Role.DRIVER]
    assert written.startswith("Maximilian Longname")
    assert written.endswith("…")
    chart.show_scene(Scene(legend=[LegendEntry(Role.DRIVER, names)]))
    assert "short" in [text.text for text in chart.laid_out().texts]
    chart.resize(600, 120)
    assert names[0] in [text.text for text in chart.laid_out().texts]


def test_that_the_pointer_far_from_everything_tells_nothing(
    season: Season, on_screen: Show
) -> None:
    chart = FactorMap(DARK)
    on_screen(chart, 600, 400)
    chart.show_season(season, "Bob Bold", None)
    assert hover_at(chart.plot, "Bob Bold", 0)
    area = chart.plot.laid_out().area
    assert hover(chart.plot, area.topLeft() + QPointF(20, 20)) == ""


def test_that_drivers_on_one_spot_are_all_told_and_many_are_counted(qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Pile")
    qtbot.addWidget(chart)
    chart.resize(300, 200)
    names = [f"driver {i}" for i in range(7)]
    series = [
        Series(name, Role.FIELD, [0.5], [0.5], [f"{name}\nhas 3"].__getitem__) for name in names
    ]
    chart.show_scene(Scene(series=series))
    told = hover(chart, chart.point_of("driver 0", 0))
    assert told.count("has 3") == 4
    assert told.startswith("driver 0\nhas 3\ndriver 1\nhas 3")
    assert told.endswith("and 3 more")


def test_that_arrows_follow_a_line_and_enter_chooses(on_screen: Show, qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Ladder")
    on_screen(chart, 400, 200)
    lines = {"steep": (0, 90, 0), "flat": (50, 50, 50)}
    chart.show_scene(
        Scene(
            x=Axis("lap", 0, 2),
            y=Axis("position", 0, 100),
            series=[
                Series(
                    name, Role.FIELD, (0, 1, 2), y, [f"{name} {i}" for i in range(3)].__getitem__
                )
                for name, y in lines.items()
            ],
        )
    )
    chart.setFocus()
    told = []
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left)
    for key in keys:
        qtbot.keyClick(chart, key)
        told.append(chart.shown_tooltip)
    assert told == ["steep 0", "steep 1", "steep 2", "flat 2", "flat 1"]
    assert chart.accessibleDescription() == "flat 1"
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chosen.args == ["flat"]
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.shown_tooltip == ""


def test_that_the_line_between_two_laps_belongs_to_the_nearer_lap(qtbot: QtBot) -> None:
    chart = SceneChart(DARK, "Wide")
    qtbot.addWidget(chart)
    chart.resize(1200, 200)
    texts = [f"lap {i}" for i in range(5)]
    chart.show_scene(
        Scene(
            x=Axis("lap", 0, 4),
            series=[Series("a", Role.FIELD, range(5), [0.5] * 5, texts.__getitem__)],
        )
    )
    first, second = chart.point_of("a", 1), chart.point_of("a", 2)
    assert hover(chart, first * 0.6 + second * 0.4) == "lap 1"
    assert hover(chart, first * 0.4 + second * 0.6) == "lap 2"


def test_that_a_message_stands_instead_of_the_picture(season: Season, on_screen: Show) -> None:
    chart = PointsChart(DARK)
    on_screen(chart, 320, 180)
    chart.show_season(None, [], None, None)
    assert chart.scene.message == "The season is being read…"
    assert chart.accessibleDescription() == chart.scene.message
    said = chart.grab().toImage()
    assert QColor(DARK.muted).rgb() in {
        said.pixel(x, y) for x in range(said.width()) for y in range(said.height())
    }
    assert hover(chart, QPointF(160, 90)) == ""


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_every_line_stands_out_from_the_panel(theme: Theme) -> None:
    for role in Role:
        assert contrast(pen_of(role, theme).color().name(), theme.panel) >= 3.0
    solid, dashed = pen_of(Role.DRIVER, theme), pen_of(Role.RIVAL, theme)
    assert solid.dashPattern() == []
    assert dashed.dashPattern()


def test_that_texts_are_never_smaller_than_eleven_pixels(season: Season, laps: SeasonLaps) -> None:
    for chart in every_chart(season, laps, DARK):
        assert chart.font().pixelSize() >= LABEL_PX >= 11


def test_that_a_name_without_room_keeps_its_first_letters(qtbot: QtBot) -> None:
    metrics = QFontMetricsF(font(LABEL_PX))
    room = metrics.horizontalAdvance("Indi")
    assert abbreviated("Indianapolis", room, metrics) == "Indi"
    assert abbreviated("Indianapolis", 500, metrics) == "Indianapolis"
    assert abbreviated("Indianapolis", 0, metrics) == ""


def test_that_ticks_rise_and_stay_on_the_axis(season: Season, laps: SeasonLaps) -> None:
    for chart in every_chart(season, laps, DARK):
        chart.resize(900, 400)
        found = chart.laid_out()
        rows = sorted(found.y_grid)
        assert all(low < high for low, high in pairwise(rows))
        assert found.area.top() - 0.5 <= rows[0]
        assert rows[-1] <= found.area.bottom() + 0.5
