"""Drivers of the season tabs and of the comparison are the same people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.state import Selection, Side
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY
from tests.made_up_season import made_up_season
from tests.ui.desktop_stage import Stage, make_stage

PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 3))
BEHIND_7, BEHIND_47, BEHIND_03 = "Ada Swift", "Ben Quick", "Cy Zero"
PEOPLE = {"Bob Bold": BEHIND_7, "Ed Early": BEHIND_47, "Di Dash": BEHIND_03}
"""Who of the made-up season drove the made-up race."""

WITHOUT_TELEMETRY = "Anna Ace"


def season_of_the_made_up_race() -> Season:
    season = made_up_season()
    results = {
        PEOPLE.get(name, name): tuple(
            replace(row, track_id=KEY.track_id) for row in rows if row.track_id == "sonoma"
        )
        for name, rows in season.results.items()
    }
    drivers = {PEOPLE.get(name, name): driver for name, driver in season.drivers.items()}
    return replace(season, results=results, drivers=drivers)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(qtbot, tmp_path)
    try:
        stage.desktop.seasons.show(season_of_the_made_up_race())
        stage.open_loaded(PAIR)
        yield stage
    finally:
        stage.close()


def shown(stage: Stage) -> tuple[str, str]:
    loaded = stage.tab.page.loaded
    assert loaded is not None
    comparison = loaded.comparison
    return comparison.reference.entry.number, comparison.compared.entry.number


def test_that_the_season_tabs_know_who_is_compared(stage: Stage) -> None:
    chosen = stage.desktop.state.selection
    assert (chosen.driver, chosen.rival) == (BEHIND_7, BEHIND_47)


def test_that_a_driver_chosen_on_a_season_tab_is_compared(stage: Stage) -> None:
    stage.desktop.state.choose_driver(BEHIND_03)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.come_to_front()
    assert shown(stage) == ("03", "47")


def test_that_the_rival_as_driver_changes_the_sides(stage: Stage) -> None:
    stage.desktop.state.choose_driver(BEHIND_47)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.come_to_front()
    assert shown(stage) == ("47", "7")
    chosen = stage.desktop.state.selection
    assert (chosen.driver, chosen.rival) == (BEHIND_47, BEHIND_7)


def test_that_a_driver_without_telemetry_is_told_and_the_laps_stay(stage: Stage) -> None:
    stage.desktop.state.choose_driver(WITHOUT_TELEMETRY)
    stage.tab.come_to_front()
    assert stage.desktop.telemetry.current is None
    assert shown(stage) == ("7", "47")
    assert stage.desktop.state.selection.driver == WITHOUT_TELEMETRY
    assert WITHOUT_TELEMETRY in stage.said[-1]


def test_that_other_laps_in_the_comparison_change_the_season_tabs(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose(
            replace(stage.desktop.state.selection, reference=LapChoice("03"))
        )
    chosen = stage.desktop.state.selection
    assert (chosen.driver, chosen.rival) == (BEHIND_03, BEHIND_47)


def test_that_choosing_a_driver_loads_nothing_behind_the_users_back(stage: Stage) -> None:
    stage.desktop.state.choose_driver(BEHIND_03)
    assert stage.desktop.telemetry.current is None


def laps(stage: Stage) -> tuple[str, int, str, int]:
    loaded = stage.tab.page.loaded
    assert loaded is not None
    pair = loaded.comparison.reference, loaded.comparison.compared
    return (
        pair[0].entry.number,
        pair[0].lap.lap_number,
        pair[1].entry.number,
        pair[1].lap.lap_number,
    )


def test_that_two_laps_of_one_driver_stay_whatever_the_season_tabs_say(stage: Stage) -> None:
    loader, state = stage.desktop.telemetry, stage.desktop.state
    with stage.qtbot.waitSignal(loader.loaded):
        state.choose_lap(Side.COMPARED, LapChoice("7", 6))
    assert laps(stage) == ("7", 3, "7", 6)
    # The rival of the season tabs is another person and stays.
    assert (state.selection.driver, state.selection.rival) == (BEHIND_7, BEHIND_47)
    with stage.qtbot.waitSignal(loader.loaded):
        state.choose_lap(Side.REFERENCE, LapChoice("7", 2))
    stage.tab.come_to_front()
    assert loader.current is None
    assert laps(stage) == ("7", 2, "7", 6)


def test_that_a_rival_without_telemetry_leaves_two_laps_of_one_driver(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("7", 6))
    stage.desktop.state.choose_rival(WITHOUT_TELEMETRY)
    stage.tab.come_to_front()
    assert stage.desktop.telemetry.current is None
    assert laps(stage) == ("7", 3, "7", 6)


def test_that_two_laps_of_one_driver_change_sides_alone(stage: Stage) -> None:
    loader, state = stage.desktop.telemetry, stage.desktop.state
    with stage.qtbot.waitSignal(loader.loaded):
        state.choose_lap(Side.COMPARED, LapChoice("7", 6))
    with stage.qtbot.waitSignal(loader.loaded):
        state.swap()
    assert loader.current is None
    assert laps(stage) == ("7", 6, "7", 3)
    assert (state.selection.driver, state.selection.rival) == (BEHIND_7, BEHIND_47)


def test_that_a_rival_chosen_later_is_compared_with_the_driver(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("7", 6))
    stage.desktop.state.choose_rival(BEHIND_03)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.come_to_front()
    assert laps(stage)[:3] == ("7", 3, "03")


def test_that_another_season_is_told_who_is_compared_while_the_comparison_is_in_front(
    stage: Stage,
) -> None:
    season = season_of_the_made_up_race()
    # The other season's file spells the same driver in another way.
    spelled = {BEHIND_7: "Adelaide Swift"}
    results = {spelled.get(name, name): rows for name, rows in season.results.items()}
    stage.desktop.seasons.show(replace(season, results=results))
    chosen = stage.desktop.state.selection
    assert (chosen.driver, chosen.rival) == ("Adelaide Swift", BEHIND_47)
    assert stage.desktop.telemetry.current is None
    assert laps(stage) == ("7", 3, "47", 3)


def test_that_a_refused_car_is_told_with_the_reason(stage: Stage) -> None:
    season, driver = season_of_the_made_up_race(), "Dee Clock"
    rows = tuple(replace(row, driver_number="80") for row in season.results[BEHIND_03])
    entered = replace(
        season,
        results={**season.results, driver: rows},
        drivers={**season.drivers, driver: season.drivers[BEHIND_03]},
    )
    stage.desktop.seasons.show(entered)
    stage.desktop.state.choose_driver(driver)
    stage.tab.come_to_front()
    assert stage.desktop.telemetry.current is None
    assert stage.said[-1] == (
        f"The laps stay: the car of {driver} was refused. Car 80 has one time stamp for all rows."
    )
