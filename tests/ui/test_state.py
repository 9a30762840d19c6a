from __future__ import annotations

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.state import Selection, SelectionState, Side
from htt_desktop.workers.telemetry_requests import LapChoice

KEY = RaceKey(2025, "ring", 1)
PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 2))


def listening() -> tuple[SelectionState, list[Selection]]:
    state = SelectionState()
    heard: list[Selection] = []
    state.changed.connect(heard.append)
    return state, heard


def test_that_the_state_is_silent_when_nothing_changed() -> None:
    state, heard = listening()
    state.choose(PAIR)
    state.choose(Selection(KEY, LapChoice("7", 3), LapChoice("47", 2)))
    state.choose_race(KEY)
    state.choose_lap(Side.REFERENCE, LapChoice("7", 3))
    assert heard == [PAIR]


def test_that_another_race_drops_the_drivers() -> None:
    state, heard = listening()
    state.choose(PAIR)
    state.choose_race(RaceKey(2025, "ring", 2))
    assert heard[-1] == Selection(RaceKey(2025, "ring", 2))


def test_that_swapping_twice_changes_nothing() -> None:
    state, _ = listening()
    state.choose(PAIR)
    state.swap()
    assert state.selection.reference == PAIR.compared
    state.swap()
    assert state.selection == PAIR


def test_that_drivers_are_known_whatever_their_side_and_lap() -> None:
    other_laps = Selection(KEY, LapChoice("47", 9), LapChoice("7"))
    assert PAIR.is_among_drivers_of(other_laps)
    assert not PAIR.is_among_drivers_of(
        Selection(RaceKey(2025, "ring", 2), *other_laps_of(other_laps))
    )
    assert not PAIR.is_among_drivers_of(Selection(KEY, LapChoice("7"), LapChoice("03")))
    one_driver = Selection(KEY, LapChoice("7"), LapChoice("7"))
    assert one_driver.is_among_drivers_of(PAIR)
    assert not PAIR.is_among_drivers_of(one_driver)
    assert (one_driver.is_one_driver, PAIR.is_one_driver) == (True, False)


def other_laps_of(selection: Selection) -> tuple[LapChoice | None, LapChoice | None]:
    return selection.reference, selection.compared
