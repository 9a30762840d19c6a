"""One factor of everybody on a strip."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.season_charts.factor_strip import FactorStrip, swarm
from htt_desktop.ui.theme import DARK, LIGHT
from tests.ui.season_charts.pointing import color_at, hover

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def strip(on_screen: OnScreen, season: Season) -> FactorStrip:
    made = FactorStrip(DARK, "speed")
    on_screen(made, 380, 80)
    made.show_season(season, "Bob Bold", "Di Dash")
    return made


def point_of(strip: FactorStrip, driver: str) -> QPointF:
    place = strip.point_of(driver)
    assert place is not None
    return place


def test_that_every_driver_with_a_score_is_a_dot(strip: FactorStrip, season: Season) -> None:
    assert [dot.driver for dot in strip.dots] == list(season.factors)[::-1]
    strip_px = point_of(strip, "Anna Ace").x() - point_of(strip, "Gus Guest").x()
    part_px = point_of(strip, "Bob Bold").x() - point_of(strip, "Di Dash").x()
    assert part_px / strip_px == pytest.approx((80 - 50) / (95 - 20))


def test_that_the_driver_is_solid_and_the_rival_hollow(strip: FactorStrip) -> None:
    assert color_at(strip, point_of(strip, "Bob Bold")) == DARK.reference
    assert color_at(strip, point_of(strip, "Di Dash")) == DARK.panel
    middle = point_of(strip, "Di Dash")
    around = [QPointF(5.5 * math.cos(turn), 5.5 * math.sin(turn)) for turn in range(12)]
    assert DARK.compared in {color_at(strip, middle + step) for step in around}
    strip.set_theme(LIGHT)
    assert color_at(strip, point_of(strip, "Bob Bold")) == LIGHT.reference


def test_that_the_heading_carries_score_and_rank(strip: FactorStrip) -> None:
    assert strip.heading == "80 · 2nd of 6"
    assert strip.accessibleDescription() == "Bob Bold: 80 · 2nd of 6"


def test_that_hovering_tells_and_a_click_chooses(strip: FactorStrip, qtbot: QtBot) -> None:
    assert hover(strip, point_of(strip, "Cy Calm")) == "#3 Cy Calm  65 · 3rd of 6"
    assert hover(strip, QPointF(1, 1)) == ""
    with qtbot.waitSignal(strip.driver_chosen) as chosen:
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=point_of(strip, "Cy Calm").toPoint())
    assert chosen.args == ["Cy Calm"]


def test_that_the_strip_describes_itself_again_when_the_arrows_let_go(strip: FactorStrip) -> None:
    described = strip.accessibleDescription()
    strip.setFocus()
    for let_go in (
        lambda: QTest.keyClick(strip, Qt.Key.Key_Escape),
        lambda: hover(strip, QPointF(1, 1)),
        strip.clearFocus,
    ):
        QTest.keyClick(strip, Qt.Key.Key_Left)
        assert strip.accessibleDescription() == strip.shown_tooltip
        let_go()
        assert strip.accessibleDescription() == described


def test_that_arrows_walk_by_score_and_enter_chooses(strip: FactorStrip, qtbot: QtBot) -> None:
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert strip.shown_tooltip.startswith("#13 Anna Ace")
    QTest.keyClick(strip, Qt.Key.Key_Left)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert strip.shown_tooltip.startswith("#3 Cy Calm")
    QTest.keyClick(strip, Qt.Key.Key_Right)
    with qtbot.waitSignal(strip.driver_chosen) as chosen:
        QTest.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == ["Bob Bold"]
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.shown_tooltip == ""


def test_that_a_driver_without_a_score_is_told_why(on_screen: OnScreen, season: Season) -> None:
    strip = FactorStrip(DARK, "tire_management")
    on_screen(strip, 380, 80)
    strip.show_season(season, "Ed Early", None)

    assert strip.point_of("Ed Early") is None
    assert len(strip.dots) == 5
    assert strip.heading == "–"
    assert strip.reason.startswith("Ed Early has no tyre management score: ")
    assert strip.toolTip() == strip.reason
    strip.show_season(season, "Bob Bold", None)
    assert (strip.reason, strip.toolTip()) == ("", "")


def test_that_nobody_and_an_empty_season_can_be_shown(on_screen: OnScreen, season: Season) -> None:
    strip = FactorStrip(DARK, "speed")
    on_screen(strip, 200, 72)
    strip.show_season(season, None, None)
    assert strip.point_count() == 6
    strip.show_season(replace(season, factors={}, drivers={}), "Bob Bold", "Cy Calm")
    assert strip.point_count() == 0
    strip.grab()


@pytest.mark.parametrize("width", [320, 420, 1600])
def test_that_no_two_dots_of_the_real_field_touch(
    on_screen: OnScreen, data_dir: Path, width: int
) -> None:
    season = read_season(data_dir / "season" / "2025")
    for factor in FACTORS:
        strip = FactorStrip(DARK, factor.id)
        on_screen(strip, width, 80)
        strip.show_season(season, "Jaxon Bell", "Spike Kohlbecker")
        places = [strip.point(index) for index in range(strip.point_count())]
        assert len(places) > 40
        for one, other in itertools.combinations(places, 2):
            assert math.hypot(one.x() - other.x(), one.y() - other.y()) > 4.0
        assert all(20 < place.y() < 64 and 8 < place.x() < width - 8 for place in places)


def test_that_the_same_places_give_the_same_swarm_and_stay_within_reach() -> None:
    x = [3.0 * math.sin(k) + 10.0 for k in range(40)]
    moves = swarm(x, 8.0, 15.0)

    assert moves == swarm(x, 8.0, 15.0)
    assert max(map(abs, moves)) <= 15.0
    assert moves[0] == 0.0
