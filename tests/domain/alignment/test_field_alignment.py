"""Laps of a race teach one another; each car's clock is one for all its laps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from htt_desktop.domain.alignment.field_alignment import (
    SMALLEST_CLOCK_SIGMA_S,
    Field,
    align_field,
    car_clocks,
    make_field,
)
from htt_desktop.domain.alignment.lap_distance_solver import ClockPrior
from htt_desktop.domain.race import OfficialLap
from tests.domain.known_laps import Faults, race, recorded, true_distance_m, untimed
from tests.domain.synthetic_race import track

TRACK = track()
DRIVES = race()
AHEAD_S = 0.15


def field(laps_of_first: int = 3) -> Field:
    """Return a race whose first car's clock runs ahead."""
    faults = [Faults(clock_error_s=AHEAD_S), *[Faults(gps=((0.0, 0.0, 0.0),))] * 2]
    counts = [laps_of_first, 3, 3]
    return make_field(
        TRACK,
        [
            (recorded(drive, fault), drive.laps()[1 : 1 + count])
            for drive, fault, count in zip(DRIVES, faults, counts, strict=True)
        ],
    )


def test_that_a_clock_is_learnt_from_all_laps_of_its_car() -> None:
    found = align_field(field()).clocks
    assert found[DRIVES[0].number].error_s == pytest.approx(AHEAD_S, abs=0.03)
    assert abs(found[DRIVES[1].number].error_s) < 0.03
    assert all(clock.sigma_s >= SMALLEST_CLOCK_SIGMA_S for clock in found.values())
    assert found[DRIVES[0].number].sigma_s < 0.05


@pytest.mark.parametrize("laps", [1, 2])
def test_that_one_or_two_laps_leave_a_clock_to_its_prior(laps: int) -> None:
    few = field(laps)
    number = DRIVES[0].number
    before = next(lap.clock for lap in few.laps if lap.number == number)
    assert align_field(few).clocks[number] == before == ClockPrior(0.0, AHEAD_S)


def test_that_the_clock_is_the_middle_of_what_the_laps_say() -> None:
    whole = field()
    solved = align_field(whole).solved_laps
    number = DRIVES[0].number
    said = dict(zip((2, 3, 4), (0.10, 0.12, 0.90), strict=True))
    told = {
        key: dataclasses.replace(lap, clock_error_s=said[key[1]]) if key[0] == number else lap
        for key, lap in solved.items()
    }
    clock = car_clocks(whole, told)[number]
    assert clock.error_s == pytest.approx(0.12)
    assert clock.sigma_s == pytest.approx(1.4826 * 0.02)


def test_that_every_lap_is_aligned_where_it_was() -> None:
    aligned = align_field(field())
    assert len(aligned.solved_laps) == 9
    for drive in DRIVES:
        for lap in drive.laps()[1:]:
            solved = aligned.solved_laps[drive.number, lap.lap_number]
            since_s = np.arange(2.0, lap.lap_time_s - 2.0, 1.0)
            off_m = solved.distance_at(since_s) - true_distance_m(drive, lap, since_s)
            assert np.abs(off_m).max() < 1.0


def test_that_only_cars_with_gps_have_a_line() -> None:
    assert set(align_field(field()).lines) == {DRIVES[1].number, DRIVES[2].number}


def test_that_a_reference_heading_known_already_is_used_as_it_is() -> None:
    whole = field()
    reference_heading = align_field(whole).reference_heading
    assert reference_heading is not None
    assert (
        align_field(whole, reference_heading=reference_heading).reference_heading
        is reference_heading
    )


def test_that_a_field_without_a_loop_has_no_trace_of_it() -> None:
    names = {
        name for lap in field().without_loop("IM1").laps for name in lap.signals.crossings.names
    }
    assert "IM1" not in names
    assert {"start", "IM1a", "FL"} <= names


def test_that_a_lap_whose_only_crossing_goes_is_not_aligned() -> None:
    drive = DRIVES[1]
    lap: OfficialLap = untimed(drive.laps()[2], "IM1a", "IM2a", "IM2", "IM3a")
    cut = ((0.0, lap.start_s + 5.0), (lap.start_s + 60.0, 1e5))
    alone = make_field(TRACK, [(recorded(drive, Faults(silences=cut)), [lap])])
    assert len(alone.laps) == 1
    assert alone.without_loop("IM1").laps == ()
