"""The map between time and place stays a map whatever the solved lap does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from htt_desktop.domain.alignment.aligned_lap import aligned_lap
from htt_desktop.domain.alignment.lap_distance_solver import ClockPrior, SolvedLap, solve_lap
from htt_desktop.domain.alignment.lap_signals import lap_signals
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.comparison import AlignedLap, Tier
from tests.domain.known_laps import Faults, entry, race, recorded
from tests.domain.synthetic_race import LENGTH_M, track

TRACK = track()
DRIVE = race()[1]
LAP = DRIVE.laps()[2]
RECORDING = recorded(DRIVE)


@pytest.fixture(scope="module")
def solved() -> SolvedLap:
    signals = lap_signals(TRACK, RECORDING, travel(RECORDING), LAP)
    return solve_lap(signals, ClockPrior(0.0, 0.02), None, None)


def laid(solved: SolvedLap) -> AlignedLap:
    return aligned_lap(TRACK, RECORDING, entry(DRIVE), solved, Tier.LOOPS, 1.0, 0.17)


def assert_is_a_map(lap: AlignedLap) -> None:
    assert (np.diff(lap.knot_m) > 0).all()
    assert (np.diff(lap.knot_s) > 0).all()
    assert (lap.knot_m[0], lap.knot_s[0]) == (0.0, 0.0)
    assert (lap.knot_m[-1], lap.knot_s[-1]) == (LENGTH_M, LAP.lap_time_s)


def test_that_a_crossing_at_the_very_moment_of_a_sample_is_one_knot(solved: SolvedLap) -> None:
    crossings = solved.signals.crossings
    moments_s = solved.signals.clock_s - solved.clock_error_s
    time_s = crossings.time_s.copy()
    for index, late_s in ((2, 0.0), (3, 2e-4), (4, -2e-4)):
        time_s[index] = moments_s[np.argmin(np.abs(moments_s - time_s[index]))] + late_s
    signals = dataclasses.replace(
        solved.signals, crossings=dataclasses.replace(crossings, time_s=time_s)
    )
    lap = laid(dataclasses.replace(solved, signals=signals))
    assert_is_a_map(lap)
    assert np.isin(time_s, lap.knot_s).all()
    assert np.diff(lap.knot_s).min() > 5e-4


def test_that_a_car_that_stands_or_seems_to_roll_back_still_moves_forward(
    solved: SolvedLap,
) -> None:
    node_s = solved.signals.node_s
    rolled_m = solved.correction_m - 300.0 * np.exp(-(((node_s - 40.0) / 3.0) ** 2))
    assert (np.diff(dataclasses.replace(solved, correction_m=rolled_m).node_distance_m) < 0).any()
    lap = laid(dataclasses.replace(solved, correction_m=rolled_m))
    assert_is_a_map(lap)


def test_that_no_step_is_left_where_the_fit_misses_a_crossing(solved: SolvedLap) -> None:
    shifted = dataclasses.replace(solved, origin_m=solved.origin_m + 1.5)
    assert laid(shifted).knot_m == pytest.approx(laid(solved).knot_m, abs=1e-6)


def test_that_a_lap_carries_what_it_was_given(solved: SolvedLap) -> None:
    lap = laid(solved)
    assert (lap.lap, lap.entry) == (LAP, entry(DRIVE))
    assert (lap.alignment.tier, lap.alignment.residual_ms) == (Tier.LOOPS, 1.0)
    assert set(lap.traces) == set(RECORDING.channels)
    assert lap.gps_line_m.shape == (0, 3)


def test_that_the_driven_line_is_in_metres_over_lap_distance() -> None:
    located = recorded(DRIVE, Faults(gps=((0.0, 0.0, 0.0),)))
    signals = lap_signals(TRACK, located, travel(located), LAP)
    fitted = solve_lap(signals, ClockPrior(0.0, 0.02), None, None)
    line = aligned_lap(TRACK, located, entry(DRIVE), fitted, Tier.LOOPS, None, 0.17).gps_line_m
    radius_m = LENGTH_M / (2 * np.pi)
    angle = line[:, 0] / radius_m
    assert line.shape[0] > 500
    assert np.abs(line[:, 1] - radius_m * np.cos(angle)).max() < 4.0
    assert np.abs(line[:, 2] - radius_m * np.sin(angle)).max() < 4.0
