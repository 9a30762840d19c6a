"""A driver's record at every track against expectation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.season_charts.circuit import (
    LEFT_OUT,
    NO_EXPECTATION,
    NOT_ENTERED,
    CircuitChart,
)
from htt_desktop.ui.season_charts.interval_rows import Interval
from htt_desktop.ui.theme import DARK
from tests.ui.season_charts.pointing import color_at, hover

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def chart(on_screen: OnScreen) -> CircuitChart:
    made = CircuitChart(DARK)
    on_screen(made, 460, 180)
    return made


def test_that_tracks_come_in_calendar_order_with_figures(
    chart: CircuitChart, season: Season
) -> None:
    chart.show_season(season, "Anna Ace", None)

    assert [row.label for row in chart.rows] == ["Sonoma", "Barber"]
    assert [row.figures for row in chart.rows] == [("1.0", "1.5", "2")] * 2
    assert chart.rows[0].own == Interval(0.3, 0.1, 1.0, is_evident=True)


def test_that_better_than_expected_lies_right_of_zero(chart: CircuitChart, season: Season) -> None:
    chart.show_season(season, "Anna Ace", None)
    better = chart.point(0).x()
    own = season.factors["Anna Ace"]
    worse = tuple(
        replace(record, better_by_places=-0.3, low_places=-1.0, high_places=-0.1)
        for record in own.circuits
    )
    factors = {**season.factors, "Anna Ace": replace(own, circuits=worse)}
    chart.show_season(replace(season, factors=factors), "Anna Ace", None)

    # The axis is symmetric, so the zero line stays where it is.
    middle = (better + chart.point(0).x()) / 2
    assert better - middle == pytest.approx(middle - chart.point(0).x())
    assert better > chart.point(0).x()


def test_that_only_evidence_is_coloured(chart: CircuitChart, season: Season) -> None:
    chart.show_season(season, "Anna Ace", None)
    assert color_at(chart, chart.point(0)) == DARK.reference
    chart.show_season(season, "Bob Bold", None)
    assert color_at(chart, chart.point(0)) == DARK.muted
    assert "no evidence" in chart.rows[0].tip


def test_that_gaps_say_what_is_missing(chart: CircuitChart, season: Season) -> None:
    chart.show_season(season, "Ed Early", None)

    sonoma, barber = chart.rows
    assert (sonoma.own, sonoma.note, sonoma.figures) == (None, NO_EXPECTATION, ("5.0", "–", "1"))
    assert (barber.own, barber.note, barber.figures) == (None, NOT_ENTERED, ("–", "–", "0"))
    assert hover(chart, chart.point(1)) == "Barber Motorsports Park\nEd Early: not entered"


def test_that_starts_left_out_of_the_record_are_told(chart: CircuitChart, season: Season) -> None:
    own = season.factors["Anna Ace"]
    retired = replace(
        own.circuits[0],
        races=0,
        left_out=2,
        mean_finish=None,
        better_by_places=None,
        low_places=None,
        high_places=None,
        has_evidence=False,
    )
    once = replace(own.circuits[1], races=1, left_out=1)
    factors = {**season.factors, "Anna Ace": replace(own, circuits=(retired, once))}
    chart.show_season(replace(season, factors=factors), "Anna Ace", None)

    sonoma, barber = chart.rows
    assert (sonoma.own, sonoma.note, sonoma.figures) == (None, LEFT_OUT, ("–", "1.5", "0"))
    why = "left out: not running at the end, or put back by the stewards"
    assert sonoma.tip.split("\n") == ["Sonoma Raceway", "Anna Ace: no record", f"2 starts {why}"]
    assert barber.tip.endswith(f"\n1 start {why}")


def test_that_hovering_tells_both_drivers(chart: CircuitChart, season: Season) -> None:
    chart.show_season(season, "Anna Ace", "Bob Bold")

    assert hover(chart, chart.point(0)).split("\n") == [
        "Sonoma Raceway",
        "Anna Ace: +0.3 places, 80 % from +0.1 to +1.0",
        "finish 1.0 in 2 races, expected 1.5",
        "lasting difference; a single race scatters about three times as widely",
        "Bob Bold: +0.3 places, 80 % from −0.4 to +1.0, no evidence",
        "finish 2.0 in 2 races, expected 2.5",
        "lasting difference; a single race scatters about three times as widely",
    ]


def test_that_a_click_goes_over_to_the_rival(
    chart: CircuitChart, season: Season, qtbot: QtBot
) -> None:
    chart.show_season(season, "Anna Ace", "Bob Bold")
    with qtbot.waitSignal(chart.driver_chosen) as chosen:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.point(0).toPoint())
    assert chosen.args == ["Bob Bold"]


def test_that_nobody_and_strangers_can_be_shown(chart: CircuitChart, season: Season) -> None:
    chart.show_season(season, None, None)
    assert not chart.rows
    chart.grab()
    chart.show_season(season, "Nobody", None)
    assert [row.note for row in chart.rows] == [NOT_ENTERED] * 2
    assert [row.figures for row in chart.rows] == [("–", "–", "0")] * 2


@pytest.mark.parametrize("size", [(320, 200), (420, 230), (3840, 600)])
def test_that_every_driver_of_the_real_season_fits(
    on_screen: OnScreen, data_dir: Path, size: tuple[int, int]
) -> None:
    season = read_season(data_dir / "season" / "2025")
    chart = CircuitChart(DARK)
    on_screen(chart, *size)
    for driver in season.drivers:
        chart.show_season(season, driver, "Jaxon Bell")
        assert len(chart.rows) == 7
        for index, row in enumerate(chart.rows):
            assert 60 < chart.point(index).x() < size[0] - 40
            assert "None" not in row.tip
            if row.own is not None:
                assert row.own.low <= row.own.value <= row.own.high
                assert row.own.is_evident == (row.own.low > 0 or row.own.high < 0)


@pytest.mark.parametrize("width", [240, 320, 420, 1280])
def test_that_the_words_for_both_sides_never_meet(
    on_screen: OnScreen, season: Season, width: int
) -> None:
    chart = CircuitChart(DARK)
    on_screen(chart, width, 180)
    chart.show_season(season, "Anna Ace", "Bob Bold")
    (left, worse), (right, better), (_, note) = chart.heads
    size = QFontMetricsF(chart.font()).horizontalAdvance(worse)

    assert left.x() + size + 10 <= right.x()
    assert worse.startswith("◀ worse")
    assert better.endswith("▶")
    lasting = " of the lasting difference" if width == 1280 else ""
    assert note.startswith(f"80 % interval{lasting}, grey: no evidence")
    assert ("○ Bob Bold" in note) == (width == 1280)
