"""The clock of a car is found from its labels, its loops and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.clock.car_clock import ClockFit, ClockMethod, fit_clock
from htt_desktop.domain.clock.line_crossings import line_crossings
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.domain.clock.offsets import (
    CrossingOffsets,
    clock_drift_ppm,
    crossing_offsets,
    densest,
)
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import DeadClockError, TimingMismatchError
from tests.domain.synthetic_race import (
    LENGTH_M,
    START_OF_DAY_S,
    Drive,
    field,
    only,
    record,
    track,
)

DRIVE = field()[3]
LAPS = DRIVE.laps()


@settings(max_examples=8)
@given(
    offset_s=st.floats(-2e5, 2e5),
    lap_offset=st.integers(0, 2),
    lag_s=st.sampled_from([0.0, 0.17, 0.37]),
)
def test_that_the_offset_is_found_within_twenty_milliseconds(
    offset_s: float, lap_offset: int, lag_s: float
) -> None:
    rows = record(DRIVE, offset_s=offset_s, lap_offset=lap_offset, lag_s=lag_s)
    fit = fit_clock(rows, LAPS, track(), lap_offset)
    assert fit.offset_s == pytest.approx(offset_s, abs=0.02)
    assert fit.method is ClockMethod.LABELS
    assert fit.crossings >= 10
    assert fit.spread_ms < 25


@pytest.mark.parametrize("lag_s", [0.17, 0.37])
def test_that_a_displaced_trigger_is_set_back_by_the_way_driven(lag_s: float) -> None:
    rows = record(DRIVE, trigger_after_line_m=297.0, lag_s=lag_s)
    fit = fit_clock(rows, LAPS, track(297.0), 1)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.04)
    ignored = fit_clock(rows, LAPS, track(0.0), 1)
    assert ignored.offset_s - 5000.0 > 4.0


def test_that_a_lap_recorded_alone_behind_a_displaced_trigger_is_timed() -> None:
    rows = record(DRIVE, trigger_after_line_m=297.0)
    alone = only(rows, rows.logger_lap == 5)
    fit = fit_clock(alone, LAPS, track(297.0), 1)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.15)
    assert fit.crossings == 2


def test_that_without_speed_a_displaced_trigger_is_set_back_by_a_typical_time() -> None:
    rows = replace(record(DRIVE, trigger_after_line_m=10.0), channels={})
    fit = fit_clock(rows, LAPS, track(10.0), 1)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.1)


def test_that_each_crossing_speaks_for_itself_alone() -> None:
    rows = record(DRIVE)
    offsets = crossing_offsets(rows, LAPS, track(), 1)
    wrong = [
        replace(lap, elapsed_s=lap.elapsed_s + 9) if lap.lap_number == 6 else lap for lap in LAPS
    ]
    shifted = crossing_offsets(rows, wrong, track(), 1)
    same = offsets.lap_number != 6
    np.testing.assert_array_equal(shifted.offset_s[same], offsets.offset_s[same])
    assert offsets.without(6).offset_s.size == offsets.offset_s.size - 1


def test_that_missed_triggers_and_doubled_laps_do_not_move_the_offset() -> None:
    rows = record(DRIVE)
    label = rows.logger_lap.copy()
    label[label >= 6] -= 1
    fit = fit_clock(replace(rows, logger_lap=label), LAPS, track(), 0)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.03)
    late = rows.logger_lap.copy()
    seventh = np.flatnonzero(late == 7)
    late[seventh[:30]] = 6
    fit = fit_clock(replace(rows, logger_lap=late), LAPS, track(), 1)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.02)


def test_that_rows_before_the_counter_works_are_no_crossing() -> None:
    rows = record(DRIVE)
    label = np.where(rows.logger_lap <= 4, COUNTER_NOT_WORKING, rows.logger_lap)
    crossings = line_crossings(replace(rows, logger_lap=label), travel(rows), 0.0)
    assert COUNTER_NOT_WORKING not in crossings.logger_lap
    assert crossings.logger_lap.min() == 6
    assert fit_clock(replace(rows, logger_lap=label), LAPS, track(), 1).offset_s == pytest.approx(
        5000.0, abs=0.02
    )


def test_that_a_gap_over_the_line_is_not_taken_for_the_line() -> None:
    rows = record(DRIVE)
    line_s = LAPS[4].elapsed_s + 5000.0
    holey = only(rows, (rows.clock_s < line_s - 1.0) | (rows.clock_s > line_s + 0.6))
    crossings = line_crossings(holey, travel(holey), 0.0)
    around = np.abs(crossings.clock_s - line_s) < 3
    assert not crossings.seen[around].any()
    assert fit_clock(holey, LAPS, track(), 1).offset_s == pytest.approx(5000.0, abs=0.02)


def test_that_the_ends_of_cut_laps_do_not_outvote_seen_crossings() -> None:
    rows = record(DRIVE)
    cut = np.zeros(rows.clock_s.size, dtype=np.bool_)
    for lap in LAPS[5:]:
        start_s = lap.start_s + 5000.0
        cut |= (rows.clock_s > start_s - 0.8) & (rows.clock_s < start_s + 1.2)
    fit = fit_clock(only(rows, ~cut), LAPS, track(), 1)
    assert fit.offset_s == pytest.approx(5000.0, abs=0.02)
    assert fit.crossings == 5


def test_that_a_stuck_counter_is_replaced_by_the_loops() -> None:
    rows = record(DRIVE)
    stuck = replace(rows, logger_lap=np.full_like(rows.logger_lap, 2))
    fit = fit_clock(stuck, LAPS, track(), None, near_s=5000.3)
    assert fit.method is ClockMethod.LOOPS
    assert fit.offset_s == pytest.approx(5000.0, abs=0.06)
    with pytest.raises(TimingMismatchError, match="GR86-001-13"):
        fit_clock(stuck, LAPS, track(), None)


def test_that_reception_steadies_a_clock_with_few_crossings() -> None:
    rows = record(DRIVE, trigger_after_line_m=310.0)
    alone = only(rows, rows.logger_lap == 5)
    labels = fit_clock(alone, LAPS, track(297.0), 1)
    both = fit_clock(alone, LAPS, track(297.0), 1, start_of_day_s=START_OF_DAY_S)
    assert both.method is ClockMethod.LABELS_AND_RECEPTION
    assert abs(both.offset_s - 5000.0) < 0.5 * abs(labels.offset_s - 5000.0)


def test_that_a_reception_clock_set_wrong_is_ignored() -> None:
    rows = record(DRIVE)
    fit = fit_clock(rows, LAPS, track(), 1, start_of_day_s=START_OF_DAY_S + 2.0)
    assert fit.method is ClockMethod.LABELS


def test_that_a_fast_clock_shows_as_drift_and_noise_does_not() -> None:
    laps = Drive("1", (100.0,) * 25).laps()
    number = np.arange(25)
    noise = np.random.default_rng(3).normal(0, 0.05, 25)
    seen = np.ones(25, dtype=np.bool_)
    fast = CrossingOffsets(number, 7.0 + 100.0 * number * 150e-6 + noise / 10, seen)
    assert clock_drift_ppm(fast, laps) == pytest.approx(150, abs=15)
    assert clock_drift_ppm(CrossingOffsets(number, 7.0 + noise, seen), laps) is None


def test_that_a_drifting_clock_gives_race_time_back() -> None:
    fit = ClockFit(50.0, 10.0, 20, ClockMethod.LABELS, 1, drift_ppm=200.0)
    race_s = np.array([0.0, 1000.0, 2500.0])
    np.testing.assert_allclose(fit.race_time_s(50.0 + race_s * (1 + 200e-6)), race_s, atol=1e-9)


def test_that_a_dead_clock_is_refused_by_name() -> None:
    rows = record(DRIVE)
    dead = only(rows, np.arange(rows.clock_s.size) < 1)
    with pytest.raises(DeadClockError, match="GR86-001-13"):
        fit_clock(dead, LAPS, track(), 1)


def test_that_the_densest_crowd_beats_a_wrong_minority() -> None:
    values = np.array([5.0, 5.01, 4.99, 5.02, 103.0, 103.1, -40.0])
    assert densest(values) == pytest.approx(5.005)


def test_that_travel_counts_whole_laps_and_breaks_at_holes() -> None:
    rows = record(DRIVE, lag_s=0.37)
    way = travel(rows)
    ends = np.array([LAPS[3].elapsed_s, LAPS[4].elapsed_s]) + 5000.0
    assert np.diff(way.at(ends))[0] == pytest.approx(LENGTH_M, abs=3.0)
    middle_s = LAPS[4].start_s + 40.0 + 5000.0
    holey = travel(only(rows, (rows.clock_s < middle_s) | (rows.clock_s > middle_s + 2.0)))
    assert np.isnan(holey.at(np.array([middle_s + 1.0]))).all()
    first, second = holey.piece_at(np.array([middle_s - 5.0, middle_s + 5.0]))
    assert second == first + 1


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
