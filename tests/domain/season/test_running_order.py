"""The order at the line, and what counts as a pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.running_order import Passes, passes, running_positions
from tests.domain.season import real_season
from tests.domain.season.made_up_races import changed, laps_of, race, yellow

SWAP = {"7": (100.0, 100.0, 101.0, 100.0), "13": (100.5, 100.0, 100.0, 100.0), "3": (102.0,) * 4}
"""Car 13 passes car 7 on lap 3; car 3 stays behind."""


def test_that_cars_are_ranked_by_race_time_at_every_line_crossing() -> None:
    assert running_positions(race(SWAP)) == {
        "7": (1, 1, 2, 2),
        "13": (2, 2, 1, 1),
        "3": (3, 3, 3, 3),
    }


def test_that_a_car_that_stopped_has_no_more_positions_and_the_rest_moves_up() -> None:
    timing = race({"7": (100.0,) * 2, "13": (101.0,) * 4, "3": (102.0,) * 4})
    assert running_positions(timing) == {"7": (1, 1), "13": (2, 2, 1, 1), "3": (3, 3, 2, 2)}


def test_that_a_pass_is_made_by_one_and_lost_by_the_other() -> None:
    assert passes(race(SWAP)) == {"7": Passes(0, 1), "13": Passes(1, 0), "3": Passes(0, 0)}


def test_that_a_car_passed_and_passed_back_counts_both_ways() -> None:
    timing = race({"7": (100.0, 101.0, 99.0), "13": (100.5, 100.0, 100.0)})
    assert passes(timing) == {"7": Passes(1, 1), "13": Passes(1, 1)}


def test_that_lap_1_has_no_passes_since_the_grid_is_not_known() -> None:
    assert passes(race({"7": (100.0,), "13": (99.0,)})) == {"7": Passes(0, 0), "13": Passes(0, 0)}


def test_that_a_change_of_order_under_yellow_is_no_pass() -> None:
    assert sum(one.made for one in passes(yellow(race(SWAP), 3)).values()) == 0


def test_that_a_change_on_the_first_lap_after_a_yellow_is_a_pass() -> None:
    assert passes(yellow(race(SWAP), 2))["13"] == Passes(1, 0)


@pytest.mark.parametrize("lap_number", [2, 3])
def test_that_who_drives_by_a_car_in_or_out_of_the_pits_has_not_passed_it(lap_number: int) -> None:
    timing = changed(race(SWAP), "7", lap_number, in_pit=True)
    assert passes(timing)["13"] == Passes(0, 0)


def test_that_a_spinning_car_is_not_passed() -> None:
    spun = {"7": (100.0, 100.0, 120.0, 100.0), "13": (100.5, 100.0, 100.0, 100.0)}
    field = {str(number): (81.0 + number,) * 4 for number in range(20, 26)}
    assert passes(race({**spun, **field}))["7"].lost == 0
    assert running_positions(race({**spun, **field}))["13"] == (2, 2, 1, 1)


def test_that_a_retired_car_is_not_passed() -> None:
    timing = race({"7": (100.0, 100.0), "13": (101.0,) * 4})
    assert passes(timing)["13"] == Passes(0, 0)


lap_times = st.lists(st.integers(95_000, 125_000).map(lambda ms: ms / 1000), min_size=1, max_size=6)


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(1, 99).map(str), lap_times, min_size=1, max_size=6),
    st.sets(st.integers(1, 6)),
)
def test_that_every_pass_made_is_lost_by_somebody(
    times: dict[str, list[float]], yellow_laps: set[int]
) -> None:
    timing = race(times)
    for lap_number in yellow_laps:
        timing = yellow(timing, lap_number)
    found = passes(timing).values()
    assert sum(one.made for one in found) == sum(one.lost for one in found)


@settings(max_examples=60)
@given(st.dictionaries(st.integers(1, 99).map(str), lap_times, min_size=1, max_size=6))
def test_that_every_lap_has_each_position_once(times: dict[str, list[float]]) -> None:
    places = running_positions(race(times))
    for lap in range(6):
        found = sorted(own[lap] for own in places.values() if lap < len(own))
        assert found == list(range(1, len(found) + 1))


def test_that_the_order_of_the_printed_numbers_does_not_matter() -> None:
    timing = race(SWAP)
    turned = replace(
        timing, laps={number: timing.laps[number] for number in list(timing.laps)[::-1]}
    )
    assert running_positions(turned) == running_positions(timing)
    assert dict(passes(turned)) == dict(passes(timing))


def test_that_3_and_03_are_two_cars() -> None:
    timing = race({"3": (100.0, 100.0), "03": (100.5, 99.0)})
    assert passes(timing) == {"3": Passes(0, 1), "03": Passes(1, 0)}


def test_that_an_unraced_flag_is_no_racing() -> None:
    timing = race(SWAP)
    unknown = replace(timing, laps={n: laps_of(SWAP[n], last="") for n in SWAP})
    assert passes(unknown) == passes(timing)
    assert passes(changed(unknown, "13", 3, flag=""))["13"] == Passes(0, 0)


def test_that_passes_of_the_real_races_are_conserved(shared_dir: Path) -> None:
    made = {}
    for key, timing in real_season.timings(shared_dir, 2025).items():
        found = passes(timing).values()
        made[key] = sum(one.made for one in found)
        assert made[key] == sum(one.lost for one in found)
    assert sum(made.values()) == 944
    assert made[RaceKey(2025, "barber", 2)] == min(made.values()) == 20
    assert made[RaceKey(2025, "sonoma", 2)] == max(made.values()) == 146


def test_that_the_real_order_at_the_flag_is_the_result_but_for_penalties(shared_dir: Path) -> None:
    """Cars that took the flag on the lead lap, and whose published time is their own."""
    put_last = {(RaceKey(2025, "roadamerica", 2), number) for number in ("72", "47")}
    compared = 0
    for record in real_season.sheets(shared_dir, 2025).races:
        places = running_positions(record.timing)
        laps = record.timing.laps
        distance = max(line.laps for line in record.results)
        fair = [
            line.number
            for line in record.results
            if line.laps == distance
            and (record.key, line.number) not in put_last
            and line.total_time_s is not None
            and laps[line.number][-1].flag == "FF"
            and abs(line.total_time_s - laps[line.number][-1].elapsed_s) < 0.0015
        ]
        on_the_road = [places[number][-1] for number in fair]
        assert on_the_road == sorted(on_the_road), record.key
        compared += len(fair)
    assert compared > 250
