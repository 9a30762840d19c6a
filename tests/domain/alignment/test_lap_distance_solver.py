"""One least-squares fit holds a lap at its crossings and lets it breathe between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.alignment.aligned_lap import tier_of
from htt_desktop.domain.alignment.evidence_rows import CROSSING_SIGMA_M, Equations
from htt_desktop.domain.alignment.lap_distance_solver import (
    ClockPrior,
    SolvedLap,
    solve_lap,
    stretched_distance_m,
)
from htt_desktop.domain.alignment.lap_signals import (
    MARGIN_S,
    NODE_STEP_S,
    Crossings,
    LapSignals,
    lap_signals,
)
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.race import INNER_LOOPS, OfficialLap
from htt_desktop.domain.recording import FloatArray
from tests.domain.known_laps import NO_FAULTS, Faults, race, recorded, true_distance_m, untimed
from tests.domain.synthetic_race import LENGTH_M, LOOP_DISTANCES_M, track

TRACK = track()
DRIVE = race()[0]
LAP = DRIVE.laps()[2]
SURE = ClockPrior(0.0, 0.015)


def signals(faults: Faults = NO_FAULTS, *missed: str) -> LapSignals:
    recording = recorded(DRIVE, faults)
    lap = untimed(LAP, *missed) if missed else LAP
    return lap_signals(TRACK, recording, travel(recording), lap)


# ---------------------------------------------------------------------------- equations


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_that_the_normal_equations_are_those_of_dense_least_squares(seed: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    unknowns = 5
    equations = Equations(unknowns)
    columns = np.stack([random.permutation(unknowns)[:3] for _ in range(rows)])
    values, observed = random.normal(size=(rows, 3)), random.normal(size=rows)
    sigma = random.uniform(0.1, 2.0, rows)
    equations.add(columns, values, observed, sigma)
    means, widths = random.normal(size=unknowns), random.uniform(0.5, 2.0, unknowns)
    dense = np.zeros((rows + unknowns, unknowns))
    np.put_along_axis(dense[:rows], columns, values / sigma[:, None], axis=1)
    dense[rows:] = np.diag(1 / widths)
    for column in range(unknowns):
        equations.prior(column, widths[column], means[column])
    target = np.concatenate((observed / sigma, means / widths))
    expected = np.linalg.lstsq(dense, target, rcond=None)[0]
    assert np.linalg.solve(equations.matrix, equations.right) == pytest.approx(expected, abs=1e-8)


def test_that_one_column_may_appear_twice_in_a_row() -> None:
    equations = Equations(2)
    one = np.array([1.0])
    equations.add(np.array([[0, 0]]), np.array([[1.0, 2.0]]), np.array([6.0]), one)
    equations.prior(1, 1.0)
    assert np.linalg.solve(equations.matrix, equations.right) == pytest.approx([2.0, 0.0])


# ------------------------------------------------------------------------------ signals


def test_that_a_lap_is_cut_out_with_its_margins_and_crossings() -> None:
    found = signals()
    assert -MARGIN_S <= found.clock_s[0] < -MARGIN_S + 0.3
    assert LAP.lap_time_s + MARGIN_S - 0.3 < found.clock_s[-1] <= LAP.lap_time_s + MARGIN_S
    assert np.diff(found.node_s) == pytest.approx(NODE_STEP_S)
    assert found.crossings.names == ("start", *INNER_LOOPS, "FL")
    assert found.crossings.time_s[[0, -1]].tolist() == [0.0, LAP.lap_time_s]
    assert found.crossings.distance_m.tolist() == [0.0, *LOOP_DISTANCES_M.values(), LENGTH_M]
    assert found.crossings.recorded.all()
    assert np.diff(found.driven_at_crossings_m).sum() == pytest.approx(LENGTH_M, abs=3.0)


def test_that_crossings_can_be_taken_away_by_name() -> None:
    crossings = signals().crossings
    fewer = crossings.without("IM2a")
    assert fewer.names == ("start", "IM1a", "IM1", "IM2", "IM3a", "FL")
    assert LOOP_DISTANCES_M["IM2a"] not in fewer.distance_m
    assert LAP.loops_s["IM2a"] not in fewer.time_s
    assert fewer.recorded.size == 6
    assert crossings.without("nobody").names == crossings.names


def test_that_crossings_outside_the_recording_are_known_as_such() -> None:
    silent = (LAP.start_s - 5.0, LAP.start_s + 20.0)
    crossings = signals(Faults(silences=(silent,))).crossings
    before = LAP.loops_s["IM1a"] < 20.0
    assert crossings.recorded.tolist() == [False, not before, True, True, True, True, True]


def test_that_nodes_beside_a_hole_of_the_speed_channel_are_marked() -> None:
    found = signals(Faults(silences=((LAP.start_s + 50.0, LAP.start_s + 51.5),)))
    assert found.node_in_hole.sum() in {2, 3}
    marked_s = found.node_s[found.node_in_hole]
    assert (np.abs(marked_s - 50.75) < 1.5).all()
    assert not signals().node_in_hole.any()


def test_that_heading_is_positive_to_the_left() -> None:
    found = signals()
    at = np.interp([500.0, 800.0, 1450.0], true_distance_m(DRIVE, LAP, found.node_s), found.node_s)
    first, second, third = np.interp(at, found.node_s, found.node_heading_rad)
    # The made-up track turns left at 650 m and right at 1350 m.
    assert second - first == pytest.approx(0.02 * 50.0 * np.sqrt(np.pi), abs=0.05)
    assert third - second == pytest.approx(-0.006 * 50.0 * np.sqrt(np.pi), abs=0.05)


# -------------------------------------------------------------------------------- the fit


def test_that_a_lap_is_held_at_every_crossing() -> None:
    found = signals(Faults(speed_factor=0.98, speed_noise_kmh=1.0))
    solved = solve_lap(found, SURE, None, None)
    assert (
        np.abs(solved.distance_at(found.crossings.time_s) - found.crossings.distance_m).max()
        < 3 * CROSSING_SIGMA_M
    )


def test_that_stretched_distances_are_exact_at_the_crossings() -> None:
    found = signals(Faults(speed_factor=1.02), "IM1")
    distances_m = stretched_distance_m(found, found.crossings.time_s, 0.0)
    assert distances_m == pytest.approx(found.crossings.distance_m, abs=1e-6)
    # On a clock that runs ahead the same crossings carry later stamps.
    early = signals(Faults(clock_error_s=0.15))
    distances_m = stretched_distance_m(early, early.crossings.time_s + 0.15, 0.15)
    assert distances_m == pytest.approx(early.crossings.distance_m, abs=1e-6)
    beyond = stretched_distance_m(found, np.array([-1.0, LAP.lap_time_s + 1.0]), 0.0)
    assert beyond == pytest.approx(
        true_distance_m(DRIVE, LAP, np.array([-1, LAP.lap_time_s + 1])), 1
    )


@pytest.mark.parametrize("factor", [0.97, 1.0, 1.04])
def test_that_the_scale_undoes_a_wrong_tyre(factor: float) -> None:
    solved = solve_lap(signals(Faults(speed_factor=factor)), SURE, None, None)
    assert solved.scale == pytest.approx(1 / factor, abs=0.002)


@pytest.mark.parametrize("error_s", [-0.15, 0.0, 0.15])
def test_that_the_clock_error_is_recorded_minus_official(error_s: float) -> None:
    solved = solve_lap(signals(Faults(clock_error_s=error_s)), ClockPrior(0.0, 0.2), None, None)
    assert solved.clock_error_s == pytest.approx(error_s, abs=0.05)
    assert 0.0 < solved.clock_sigma_s < 0.2


def test_that_a_sure_clock_is_not_moved() -> None:
    sure = ClockPrior(0.15, 0.001)
    solved = solve_lap(signals(Faults(clock_error_s=0.0)), sure, None, None)
    assert solved.clock_error_s == pytest.approx(0.15, abs=0.005)
    assert solved.clock_sigma_s <= 0.001


def test_that_correction_is_spent_where_wheels_slip_rather_than_elsewhere() -> None:
    slip = Faults(slip=(LAP.start_s + 50.0, LAP.start_s + 56.0, 1.03))
    found = signals(slip)
    braking = replace(found, node_acceleration_g=np.where(
        (found.node_s > 50) & (found.node_s < 56), 1.0, 0.0))  # fmt: skip
    smooth = replace(found, node_acceleration_g=np.zeros(found.node_s.size))
    worst = []
    for each in (braking, smooth):
        distances_m = solve_lap(each, SURE, None, None).distance_at(found.node_s)
        worst.append(np.abs(distances_m - true_distance_m(DRIVE, LAP, found.node_s))[5:-5].max())
    assert worst[0] < 0.7 * worst[1]


def test_that_tiers_follow_the_evidence() -> None:
    whole, bare = signals(), signals(NO_FAULTS, *INNER_LOOPS)
    solved, alone = (solve_lap(each, SURE, None, None) for each in (whole, bare))
    assert tier_of(solved, has_gps_line=True) is Tier.GPS_AND_LOOPS
    assert tier_of(solved, has_gps_line=False) is Tier.LOOPS
    assert tier_of(alone, has_gps_line=True) is Tier.LINE
    unseen = replace(whole.crossings, recorded=np.array([True, *[False] * 5, True]))
    alone = replace(solved, signals=replace(whole, crossings=unseen))
    assert tier_of(alone, has_gps_line=True) is Tier.LINE


SPEED_MPS = 30.0


NODE_S = np.arange(0.0, 61.0)


def steady_lap(gain: float = 0.0) -> LapSignals:
    """Return a lap of 1,800 m at 30 m/s whose yaw sensor reads too much."""
    driven_m = SPEED_MPS * NODE_S
    return LapSignals(
        lap=OfficialLap(1, 60.0, 60.0),
        clock_s=NODE_S,
        driven_m=driven_m,
        node_s=NODE_S,
        node_driven_m=driven_m,
        node_speed_mps=np.full(NODE_S.size, SPEED_MPS),
        node_acceleration_g=np.zeros(NODE_S.size),
        node_in_hole=np.zeros(NODE_S.size, dtype=np.bool_),
        node_heading_rad=(1 + gain) * heading_rad(driven_m),
        crossings=Crossings(
            ("start", "FL"), np.array([0.0, 60.0]), np.array([0.0, 1800.0]), np.ones(2, np.bool_)
        ),
    )


def heading_rad(
    distance_m: FloatArray,
) -> FloatArray:
    """Return a whole turn to the left with bends in it."""
    return 2 * np.pi * distance_m / 1800 + 0.8 * np.sin(2 * np.pi * distance_m / 450)


def test_that_a_yaw_sensor_that_reads_too_much_is_corrected_downwards() -> None:
    grid_m = np.arange(-350.0, 2150.0, 3.0)
    reference_heading = ReferenceHeading(grid_m, heading_rad(grid_m), laps=9)
    signals = steady_lap(gain=0.03)
    found = solve_lap(signals, ClockPrior(0.0, 0.02), reference_heading, None)
    wrong = signals.node_heading_rad - heading_rad(signals.node_driven_m)
    left = found.heading_rad - heading_rad(signals.node_driven_m)
    assert np.ptp(left) < 0.6 * np.ptp(wrong)


def test_that_a_clock_that_nothing_tells_of_keeps_its_standard_error() -> None:
    found = solve_lap(steady_lap(), ClockPrior(0.0, 0.05), None, None)
    assert found.clock_sigma_s == pytest.approx(0.05, rel=0.02)


def test_that_a_fast_clock_shows_a_later_moment() -> None:
    lap = steady_lap()
    solved = SolvedLap(lap, 1.0, 0.0, np.zeros(NODE_S.size), 0.2, 0.01, lap.node_heading_rad)
    # When the timekeepers say 10.0 s, the recording already says 10.2 s.
    assert solved.distance_at(np.array([10.0])) == pytest.approx([306.0])
    late = replace(solved, clock_error_s=-0.2)
    assert late.distance_at(np.array([10.0])) == pytest.approx([294.0])
