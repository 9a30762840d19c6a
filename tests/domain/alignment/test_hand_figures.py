"""Small figures of clock and alignment, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from htt_desktop.domain.alignment.lap_distance_solver import ClockPrior, SolvedLap, solve_lap
from htt_desktop.domain.alignment.lap_signals import Crossings, LapSignals
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.car_clock import fit_clock
from htt_desktop.domain.clock.offsets import CrossingOffsets, clock_drift_ppm, robust_offset
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.driving.corner_metrics import corner_stretches
from htt_desktop.domain.driving.segments import SegmentSpan
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Corner
from tests.domain.synthetic_race import START_OF_DAY_S, field, record, track

LAPS = tuple(OfficialLap(n, 100.0, 100.0 * n) for n in range(1, 9))
ZIGZAG = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0])
"""Neither its mean nor its slope differs from zero, so it is what is left of a straight line."""


def offsets(values_s: FloatArray) -> CrossingOffsets:
    return CrossingOffsets(
        np.arange(1, values_s.size + 1), values_s, np.ones(values_s.size, dtype=np.bool_)
    )


def test_that_the_spread_is_a_standard_deviation_in_milliseconds() -> None:
    centre_s, spread_ms, count = robust_offset(offsets(np.array([7.0, 7.01, 7.02, 7.03, 7.04])))
    assert (centre_s, count) == (7.02, 5)
    # Half of the crossings lie within 10 ms, as of a normal law with 14.826 ms.
    assert spread_ms == pytest.approx(14.826)


@pytest.mark.parametrize("errors,drifts", [(3.8, False), (4.2, True)])
def test_that_a_drift_needs_four_standard_errors(errors: float, drifts: bool) -> None:
    slope = 200e-6
    # Standard error of a slope through 8 points 100 s apart: √(8a²/6) / (100·√42).
    scatter_s = slope * 100 * 42**0.5 / (errors * (8 / 6) ** 0.5)
    race_s = np.array([lap.elapsed_s for lap in LAPS])
    found = clock_drift_ppm(offsets(5000.0 + slope * race_s + scatter_s * ZIGZAG), LAPS)
    assert found == (pytest.approx(200.0) if drifts else None)


@pytest.mark.parametrize("lag_s", [0.1625, 0.17, 0.1775, 0.1825])
def test_that_the_lag_of_speed_is_read_between_the_steps_tried(lag_s: float) -> None:
    fine_s = np.arange(0.0, 400.0, 0.02)
    pulse = 2 * np.pi / 12.0
    speed_s = np.arange(5.0, 395.0, 0.22)
    # Speed 150 ± 40 km/h; its derivative in g, felt at once, while speed is stamped late.
    speed_kmh = 150 + 40 * np.sin(pulse * (speed_s - lag_s))
    felt_g = 40 / 3.6 * pulse * np.cos(pulse * fine_s) / 9.80665
    assert speed_lag(speed_s, speed_kmh, fine_s, felt_g).lag_s == pytest.approx(lag_s, abs=2e-3)


def test_that_hard_braking_takes_part_in_the_lag_and_a_jump_does_not() -> None:
    time_s = np.arange(0.0, 100.0, 0.02)
    speed_s = np.arange(1.0, 99.0, 0.22)
    felt_g = np.cos(time_s)
    calm = speed_lag(speed_s, 150 + 35 * np.sin(speed_s), time_s, felt_g)
    assert calm.samples > 400
    jumps = np.where(np.arange(speed_s.size) % 20 == 0, 300.0, 150 + 35 * np.sin(speed_s))
    assert speed_lag(speed_s, jumps, time_s, felt_g).samples < 0.95 * calm.samples


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


class Wheel:
    """A channel of speed and nothing else."""

    def __init__(self, time_s: list[float]) -> None:
        self._time_s = np.array(time_s)

    def samples(self, channel: Channel) -> tuple[FloatArray, FloatArray]:
        if channel is not Channel.SPEED:
            return np.empty(0), np.empty(0)
        return self._time_s, np.full(self._time_s.size, 72.0)


def test_that_speed_is_carried_over_a_second_and_not_over_more() -> None:
    way = travel(Wheel([0.0, 1.0, 2.15, 3.45, 4.0]))
    assert way.piece.tolist() == [0, 0, 0, 1, 1]
    # 72 km/h are 20 m/s, over the hole as well.
    assert way.metres.tolist() == pytest.approx([0.0, 20.0, 43.0, 69.0, 80.0])


def test_that_labels_and_reception_share_a_clock_by_their_certainty() -> None:
    drive = field()[2]
    rows = record(drive)
    assert rows.reception_s is not None
    moved = replace(rows, reception_s=rows.reception_s + 0.2)
    fits = [
        fit_clock(each, drive.laps(), track(), 1, start_of_day_s=START_OF_DAY_S)
        for each in (rows, moved)
    ]
    # Labels: 0.04 s of trigger and 0.08 s over the crossings; reception: 0.11 s.
    of_labels = 0.04**2 + 0.08**2 / fits[0].crossings
    share = (1 / 0.11**2) / (1 / 0.11**2 + 1 / of_labels)
    assert fits[0].offset_s - fits[1].offset_s == pytest.approx(0.2 * share, abs=1e-6)
    assert 0.1 < share < 0.2


def test_that_two_corners_meet_halfway_between_their_arcs() -> None:
    pair = [
        Corner("1", "", "L", 100.0, 120.0, 200.0, "high"),
        Corner("2", "", "R", 220.0, 240.0, 340.0, "high"),
    ]
    on = replace(track(), corners=tuple(pair))
    (first, second) = corner_stretches(
        on, [SegmentSpan("corner", "T1–T2", 80.0, 360.0, ("1", "2"))]
    )
    assert (first.start_m, first.end_m) == (80.0, 210.0)
    assert (second.start_m, second.end_m) == (210.0, 360.0)
