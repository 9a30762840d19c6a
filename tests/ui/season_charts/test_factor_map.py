from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Role, Shape
from htt_desktop.ui.season_charts.factor_map import FactorMap, map_scene
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover_at

Show = Callable[[QWidget, int, int], None]


def test_that_every_driver_with_both_scores_is_a_dot_and_the_others_are_counted(
    season: Season,
) -> None:
    scene = map_scene(season, "speed", "tire_management", "Anna Ace", None)
    assert len(scene.marks) == 5
    assert scene.footnote == "1 without Tyre management: 47 Ed Early"
    assert not map_scene(season, "speed", "consistency", "Anna Ace", None).footnote


def test_that_driver_and_rival_differ_by_shape_and_lie_on_top(season: Season) -> None:
    scene = map_scene(season, "speed", "consistency", "Bob Bold", "Cy Calm")
    rival, driver = scene.marks[-2:]
    assert (driver.role, driver.shape, driver.is_filled) == (Role.DRIVER, Shape.DOT, True)
    assert (rival.role, rival.shape, rival.is_filled) == (Role.RIVAL, Shape.DIAMOND, False)


def test_that_half_the_drivers_lie_on_either_side_of_the_medians(season: Season) -> None:
    scene = map_scene(season, "speed", "racecraft", None, None)
    upright, level = scene.rules
    assert upright.is_upright
    assert sum(mark.x < upright.at for mark in scene.marks) == 3
    assert sum(mark.x > upright.at for mark in scene.marks) == 3
    assert sum(mark.y < level.at for mark in scene.marks) == 3


def test_that_better_is_right_and_up(season: Season, on_screen: Show) -> None:
    chart = FactorMap(DARK)
    on_screen(chart, 500, 400)
    chart.show_season(season, None, None)
    better, worse = (chart.plot.point_of(name, 0) for name in ("Anna Ace", "Gus Guest"))
    assert better.x() > worse.x()
    assert better.y() < worse.y()


def test_that_the_combos_choose_the_factors(season: Season, on_screen: Show) -> None:
    chart = FactorMap(DARK)
    on_screen(chart, 500, 400)
    chart.show_season(season, "Anna Ace", None)
    assert chart.across.count() == chart.up.count() == 4
    chart.across.setCurrentIndex(chart.across.findData("racecraft"))
    chart.up.setCurrentIndex(chart.up.findData("tire_management"))
    assert chart.plot.scene.x.title == "Racecraft →"
    assert chart.plot.scene.y.title == "Tyre management ↑"
    assert (
        hover_at(chart.plot, "Bob Bold", 0) == "7 Bob Bold\nRacecraft 70.0 · Tyre management 65.0"
    )
    assert "Ed Early" in chart.plot.scene.footnote


def test_that_a_click_and_the_keyboard_choose_a_driver(
    season: Season, on_screen: Show, qtbot: QtBot
) -> None:
    chart = FactorMap(DARK)
    on_screen(chart, 500, 400)
    chart.show_season(season, "Anna Ace", None)
    at = chart.plot.point_of("Cy Calm", 0).toPoint()
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.mouseClick(chart.plot, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["Cy Calm"]
    chart.plot.setFocus()
    qtbot.keyClick(chart.plot, Qt.Key.Key_Left)
    qtbot.keyClick(chart.plot, Qt.Key.Key_Left)
    assert chart.plot.shown_tooltip.startswith("7 Bob Bold")
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        qtbot.keyClick(chart.plot, Qt.Key.Key_Return)
    assert chosen.args == ["Bob Bold"]


def test_that_tab_leads_from_the_combos_to_the_map(season: Season, on_screen: Show) -> None:
    chart = FactorMap(DARK)
    on_screen(chart, 500, 400)
    chain: list[QWidget] = []
    after = chart.nextInFocusChain()
    while after is not None and after is not chart:
        chain.append(after)
        after = after.nextInFocusChain()
    tabbed = (chart.plot, chart.across, chart.up)
    assert [one for one in chain if one in tabbed] == [chart.up, chart.across, chart.plot]
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in tabbed)


def test_that_no_score_at_all_is_said(season: Season) -> None:
    blank = replace(
        season,
        drivers={
            name: replace(one, factors=dict.fromkeys(one.factors))
            for name, one in season.drivers.items()
        },
    )
    scene = map_scene(blank, "speed", "racecraft", None, None)
    assert scene.message == "No driver has both Speed and Racecraft."
    assert map_scene(None, "speed", "racecraft", None, None).message == "The season is being read…"
