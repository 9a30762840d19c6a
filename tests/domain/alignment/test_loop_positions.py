"""Loops are found where the laps crossed them, not where a table has them."""

from __future__ import annotations

import dataclasses

import pytest

from htt_desktop.domain.alignment.field_alignment import (
    FEWEST_LAPS,
    FURTHEST_M,
    Field,
    make_field,
    measured_loops,
    with_loops,
)
from htt_desktop.domain.tracks import TimingLoop, Track
from tests.domain.known_laps import Faults, race, recorded, untimed
from tests.domain.synthetic_race import LOOP_DISTANCES_M, track

TRACK = track()
DRIVES = race()
NOISE = Faults(lateral_noise_g=0.02)


def displaced(by_m: float) -> Track:
    moved = tuple(dataclasses.replace(o, distance_m=o.distance_m + by_m) for o in TRACK.loops)
    return with_loops(TRACK, moved)


def field(on: Track, faults: Faults = NOISE) -> Field:
    return make_field(on, [(recorded(drive, faults), drive.laps()[1:]) for drive in DRIVES])


@pytest.mark.parametrize("by_m", [-50.0, -7.0, 0.0, 30.0])
def test_that_a_wrong_table_is_corrected(by_m: float) -> None:
    for loop in measured_loops(field(displaced(by_m))):
        assert loop.distance_m == pytest.approx(LOOP_DISTANCES_M[loop.name], abs=0.5)
        assert loop.laps == 9
        assert loop.spread_m < 1.0


def test_that_late_speed_does_not_move_the_loops() -> None:
    for loop in measured_loops(field(TRACK, Faults(lag_s=0.37, speed_factor=0.98))):
        assert loop.distance_m == pytest.approx(LOOP_DISTANCES_M[loop.name], abs=0.7)


def test_that_a_loop_far_from_the_table_is_not_believed() -> None:
    on = displaced(FURTHEST_M + 5.0)
    assert measured_loops(field(on)) == on.loops


@pytest.mark.parametrize("timed", [FEWEST_LAPS - 1, FEWEST_LAPS])
def test_that_few_laps_leave_the_table_alone(timed: int) -> None:
    on, left = displaced(7.0), timed
    cars = []
    for drive in DRIVES:
        laps = []
        for lap in drive.laps()[1:]:
            laps.append(lap if left > 0 else untimed(lap, "IM2"))
            left -= 1
        cars.append((recorded(drive, NOISE), laps))
    found = {loop.name: loop for loop in measured_loops(make_field(on, cars))}
    tabled: dict[str, TimingLoop] = {loop.name: loop for loop in on.loops}
    assert (found["IM2"] == tabled["IM2"]) == (timed < FEWEST_LAPS)
    assert found["IM1"] != tabled["IM1"]


def test_that_laps_without_both_ends_have_no_say() -> None:
    on = displaced(7.0)
    cut = [
        (recorded(d, Faults(silences=tuple((o.start_s - 5, o.start_s + 5) for o in d.laps()))), d)
        for d in DRIVES
    ]
    laps = make_field(on, [(recording, drive.laps()[2:3]) for recording, drive in cut])
    assert len(laps.laps) == 0 or measured_loops(laps) == on.loops
