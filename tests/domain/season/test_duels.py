"""Attacks and defences against what could be expected of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.season.duels import (
    PRIOR_DUELS,
    Duel,
    attack_points,
    defence_points,
    duels,
)
from htt_desktop.domain.season.race_features import losses_beyond_expected, race_features
from tests.domain.season import real_season
from tests.domain.season.made_up_races import race, yellow

CLOSE = {"7": (100.0, 100.0, 100.5, 100.0), "13": (100.8, 100.0, 99.0, 100.0)}
"""Car 13 hangs 0.8 s behind for a lap, passes on lap 3, and leads by 0.7 s."""


def test_that_a_raced_lap_begun_close_behind_is_a_duel() -> None:
    found = duels(race(CLOSE))
    assert [(one.behind, one.ahead, one.got_past) for one in found] == [
        ("13", "7", False),
        ("13", "7", True),
        ("7", "13", False),
    ]
    assert [one.gap_s for one in found] == pytest.approx([0.8, 0.8, 0.7])


def test_that_a_car_further_back_does_not_attack() -> None:
    assert duels(race({"7": (100.0, 100.0), "13": (102.1, 90.0)})) == ()


@pytest.mark.parametrize("gap_s,attacks", [(0.999, 1), (1.5, 1), (1.999, 1), (2.001, 0)])
def test_that_an_attack_begins_two_seconds_behind(gap_s: float, attacks: int) -> None:
    field = {"7": (100.0, 100.0), "13": (100.0 + gap_s, 100.0)}
    assert len(duels(race(field))) == attacks


def test_that_nobody_attacks_under_yellow() -> None:
    assert {one.got_past for one in duels(yellow(race(CLOSE), 3))} == {False}
    assert len(duels(yellow(race(CLOSE), 3))) == 2


def test_that_only_the_next_car_is_attacked() -> None:
    field = {"1": (100.0, 100.0), "2": (100.4, 100.0), "3": (100.8, 100.0)}
    assert [(one.behind, one.ahead) for one in duels(race(field))] == [("2", "1"), ("3", "2")]


def test_that_one_lucky_duel_moves_a_driver_little() -> None:
    fought = [Duel("7", "13", 1.0, True), *[Duel("2", "13", 1.0, False)] * 9]
    points = attack_points(fought, {})
    assert points["7"] == pytest.approx(100.0 * (1 - 0.1) / (1 + PRIOR_DUELS), abs=1e-6)


def test_that_the_same_success_is_worth_more_from_further_back() -> None:
    near = [Duel("7", "13", 0.1, True), Duel("2", "3", 0.1, False), Duel("4", "5", 1.5, False)]
    far = [Duel("7", "13", 1.5, True), Duel("2", "3", 0.1, False), Duel("4", "5", 0.1, False)]
    assert attack_points(far, {})["7"] > attack_points(near, {})["7"]


def test_that_passing_a_slow_car_is_worth_less() -> None:
    fought = [Duel("7", "20", 0.5, True), Duel("8", "21", 0.5, True), Duel("9", "22", 0.5, False)]
    points = attack_points(fought, {"20": 4.0, "21": 0.0, "22": 2.0})
    assert points["8"] > points["7"] > 0.0 > points["9"]


def test_that_holding_off_a_car_at_the_bumper_is_worth_more() -> None:
    fought = [Duel("1", "7", 0.1, False), Duel("2", "8", 1.9, False), Duel("3", "9", 1.0, True)]
    points = defence_points(fought)
    assert points["7"] > points["8"] > 0.0 > points["9"]


@pytest.mark.parametrize("got_past", [True, False])
def test_that_a_race_in_which_all_attacks_end_alike_favours_nobody(got_past: bool) -> None:
    fought = [Duel(str(n), str(n + 1), 0.1 * n, got_past) for n in range(1, 9)]
    for points in (attack_points(fought, {"3": 2.0}), defence_points(fought)):
        assert list(points.values()) == pytest.approx([0.0] * 8, abs=1e-6)


def test_that_without_duels_nobody_has_points() -> None:
    assert attack_points((), {}) == defence_points(()) == {}


def test_that_expected_passes_of_real_races_add_up_to_those_made(shared_dir: Path) -> None:
    for timing in real_season.timings(shared_dir, 2025).values():
        fought = duels(timing)
        gaps = {n: one["best_ten_gap"] for n, one in race_features(timing, {}).items()}
        attacks = [one.behind for one in fought]
        defences = [one.ahead for one in fought]
        for cars, points in ((attacks, attack_points(fought, gaps)),
                             (defences, defence_points(fought))):  # fmt: skip
            beyond = [points[car] * (cars.count(car) + PRIOR_DUELS) for car in points]
            assert sum(beyond) == pytest.approx(0.0, abs=1e-6)


def test_that_a_gap_lengthens_the_odds_and_a_slow_rival_shortens_them(shared_dir: Path) -> None:
    """The constants hold on both seasons: counted, not fitted."""
    for year in (2025, 2024):
        near: list[bool] = []
        far: list[bool] = []
        slow: list[bool] = []
        fast: list[bool] = []
        for timing in real_season.timings(shared_dir, year).values():
            gaps = {n: one["best_ten_gap"] for n, one in race_features(timing, {}).items()}
            for one in duels(timing):
                (near if one.gap_s < 0.5 else far).append(one.got_past)
                rival = gaps[one.ahead]
                if rival is not None:
                    (slow if rival > 2.0 else fast).append(one.got_past)
        assert sum(near) / len(near) > 2.0 * sum(far) / len(far)
        assert sum(slow) / len(slow) > 1.2 * sum(fast) / len(fast)


def test_that_a_second_of_gap_costs_nine_tenths_of_the_odds() -> None:
    fought = [Duel("7", "13", 0.0, True), Duel("2", "3", 1.0, False)]
    # One pass in two; log odds 2.2 apart: chances 1/(1 + e^∓1.1), that is 0.750 and 0.250.
    points = attack_points(fought, {})
    assert points == pytest.approx({"7": 24.974 / 11, "2": -24.974 / 11}, abs=1e-3)


@pytest.mark.parametrize("late,expected", [(3.0, -3.0 / 9), (5.0, 0.0)])
def test_that_a_car_far_off_does_not_bend_the_line_of_the_others(
    late: float, expected: float
) -> None:
    paces = {str(n): (0.0, 0.0, 0.0) for n in range(8)} | {"slow": (0.0, 0.0, late)}
    found = losses_beyond_expected(paces)
    assert found["0"] == pytest.approx(expected, abs=1e-9)
    assert found["slow"] == pytest.approx(late + expected, abs=1e-9)
