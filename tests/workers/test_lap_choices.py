from __future__ import annotations

from dataclasses import replace

from htt_desktop.domain.lap_rules import Exclusion
from htt_desktop.domain.race import Entry
from htt_desktop.workers.lap_choices import (
    default_pair,
    kept_choice,
    kept_pair,
    neighbour,
    next_pair,
)
from htt_desktop.workers.telemetry_requests import Catalogue, LapChoice
from tests.made_up_race import ENTRIES, KEY, OTHER_KEY, inventory, statuses

LAST_BEFORE_YELLOW, FIRST_CLEAN_AFTER = 3, 6


def test_that_the_default_pair_is_the_two_fastest_drivers_each_on_his_best_clean_lap() -> None:
    pair = default_pair(inventory())
    assert pair is not None
    assert [choice.number for choice in pair] == ["7", "47"]
    for choice in pair:
        laps = {s.lap.lap_number: s for s in statuses(choice.number)}
        assert choice.lap_number is not None
        chosen = laps[choice.lap_number]
        assert chosen.is_clean
        best = min(s.lap.lap_time_s for s in laps.values() if s.is_clean)
        assert chosen.lap.lap_time_s == best


def test_that_a_single_driver_is_compared_with_his_own_second_best() -> None:
    alone = replace(inventory(), laps={"7": statuses("7")})
    pair = default_pair(alone)
    assert pair is not None
    assert [choice.number for choice in pair] == ["7", "7"]
    assert pair[0].lap_number != pair[1].lap_number


def test_that_two_laps_of_one_driver_are_kept_only_where_there_are_two_clean_ones() -> None:
    old, pair = inventory(), (LapChoice("7", 3), LapChoice("7", 6))
    there = inventory(OTHER_KEY)
    assert kept_pair(old, pair, there) == (LapChoice("7"), LapChoice("7"))
    laps = [replace(lap, exclusions=(Exclusion.SLOW,)) for lap in statuses("7")]
    laps[2] = statuses("7")[2]
    poor = replace(there, laps={**there.laps, "7": tuple(laps)})
    assert kept_pair(old, pair, poor) is None
    assert kept_pair(old, (LapChoice("7", 3), LapChoice("47", 3)), poor) is not None


def numbers(pair: tuple[LapChoice, LapChoice] | None) -> list[str]:
    assert pair is not None
    return [choice.number for choice in pair]


def test_that_drivers_whose_rows_are_here_come_before_faster_ones() -> None:
    assert numbers(default_pair(inventory(), {"03", "47"})) == ["47", "03"]
    assert numbers(default_pair(inventory(), {"03"})) == ["03", "03"]
    assert numbers(default_pair(inventory(), set())) == ["7", "47"]


def test_that_the_same_drivers_are_kept_in_another_race_if_their_rows_can_be_had() -> None:
    shown = LapChoice("7", 3), LapChoice("03", 3)
    known = Catalogue((KEY, OTHER_KEY), inventory(OTHER_KEY), here=frozenset({"7", "47"}))
    kept = kept_choice(inventory(), shown[0], inventory(OTHER_KEY))
    assert kept is not None
    same = numbers(next_pair(known, inventory(), shown))
    offline = replace(known, is_offline=True)
    assert numbers(next_pair(offline, inventory(), shown)) == ["7", "47"] != same
    both_here = replace(offline, here=frozenset({"7", "47", "03"}))
    assert numbers(next_pair(both_here, inventory(), shown)) == same


def test_that_a_race_without_rows_has_no_default_pair() -> None:
    bare = {n: tuple(replace(s, cover=None) for s in statuses(n)) for n in ENTRIES}
    assert default_pair(replace(inventory(), laps=bare)) is None


def test_that_a_refused_car_is_never_a_default() -> None:
    only_dead = replace(inventory(), laps={"80": statuses("80")})
    assert default_pair(only_dead) is None


def test_that_neighbours_skip_yellow_laps_and_end_at_the_ends() -> None:
    laps = statuses("7")
    assert neighbour(laps, LAST_BEFORE_YELLOW, 1) == FIRST_CLEAN_AFTER
    assert neighbour(laps, FIRST_CLEAN_AFTER, -1) == LAST_BEFORE_YELLOW
    assert neighbour(laps, FIRST_CLEAN_AFTER, 1) is None


def test_that_a_driver_is_kept_by_name_and_not_by_number() -> None:
    old = inventory(KEY)
    same = inventory(OTHER_KEY)
    assert kept_choice(old, LapChoice("7", 3), same) == LapChoice("7")
    taken_over = replace(same, entries={**ENTRIES, "7": Entry("7", "Someone Else")})
    assert kept_choice(old, LapChoice("7", 3), taken_over) is None


def test_that_an_entry_without_a_name_is_kept_as_nobody() -> None:
    nameless = {**ENTRIES, "7": Entry("7", ""), "47": Entry("47", " ")}
    old, new = (replace(inventory(key), entries=nameless) for key in (KEY, OTHER_KEY))
    for number in ("7", "47"):
        assert kept_choice(old, LapChoice(number, 3), new) is None
    assert kept_choice(old, LapChoice("03", 3), new) == LapChoice("03")
