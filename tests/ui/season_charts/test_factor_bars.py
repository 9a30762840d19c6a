"""Four factors as bars."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.season_charts.factor_bars import FactorBars
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import hover

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def bars(on_screen: OnScreen, season: Season) -> FactorBars:
    made = FactorBars(DARK)
    on_screen(made, 380, 200)
    made.show_season(season, "Bob Bold", "Anna Ace")
    return made


def lengths_px(bars: FactorBars, color: str) -> list[int]:
    """Return the longest run of a colour in each row of factors."""
    image = bars.grab().toImage()
    found = []
    for index in range(len(FACTORS)):
        middle = round(bars.point(index).y())
        runs = []
        for y in range(middle - 10, middle + 6):
            row = [image.pixelColor(x, y).name().upper() == color for x in range(2, 300)]
            runs.append(sum(row))
        found.append(max(runs))
    return found


def test_that_rows_follow_the_factor_table(bars: FactorBars) -> None:
    assert [row.title for row in bars.rows] == [factor.title for factor in FACTORS]
    assert [(row.own, row.rival) for row in bars.rows] == [
        (80.0, 95.0),
        (75.0, 90.0),
        (70.0, 85.0),
        (65.0, 80.0),
    ]
    assert [row.levels.top_three for row in bars.rows] == [80.0, 75.0, 70.0, 65.0]


def test_that_bars_are_as_long_as_the_scores(bars: FactorBars) -> None:
    lengths = lengths_px(bars, DARK.reference)

    # The ticks of the levels cover a few pixels of each bar.
    assert lengths[0] / lengths[3] == pytest.approx(80 / 65, rel=0.05)
    assert lengths == sorted(lengths, reverse=True)


def test_that_a_missing_score_has_no_bar(bars: FactorBars, season: Season) -> None:
    bars.show_season(season, "Ed Early", None)

    lengths = lengths_px(bars, DARK.reference)
    assert min(lengths[:3]) > 20
    assert lengths[3] == 0
    assert "#47 Ed Early: no score" in bars.tooltip_of(3)


def test_that_hovering_tells_all_four_figures(bars: FactorBars) -> None:
    assert hover(bars, bars.point(1)).split("\n") == [
        "Consistency",
        "#7 Bob Bold: 75",
        "#13 Anna Ace: 90",
        "top three 75 (Anna Ace, Bob Bold, Cy Calm)",
        "field median 52",
    ]
    assert hover(bars, QPointF(20, 198)) == ""


def test_that_a_click_goes_over_to_the_rival(
    bars: FactorBars, season: Season, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(bars.driver_chosen) as chosen:
        QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.point(0).toPoint())
    assert chosen.args == ["Anna Ace"]
    bars.show_season(season, "Bob Bold", "Bob Bold")
    with qtbot.assertNotEmitted(bars.driver_chosen):
        QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.point(0).toPoint())


def test_that_nothing_is_shown_without_a_driver(bars: FactorBars, season: Season) -> None:
    bars.show_season(season, None, "Anna Ace")

    assert bars.rows == ()
    image = bars.grab().toImage()
    inside = [(x, y) for x in range(2, 378) for y in range(2, 198)]
    assert not any(image.pixelColor(x, y).name().upper() == DARK.reference for x, y in inside)
