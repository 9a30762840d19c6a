"""Laps whose every place is known are placed where they were, whatever the logger got wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.alignment.aligned_lap import SLOW_CHANNELS
from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.field_alignment import align_field, make_field
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Tier
from htt_desktop.domain.errors import AlignmentError, MissingChannelError, NoTelemetryError
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray
from tests.domain.known_laps import (
    Faults,
    entry,
    race,
    recorded,
    retimed,
    speed_mps,
    true_distance_m,
    untimed,
)
from tests.domain.synthetic_race import LENGTH_M, LOOP_DISTANCES_M, track

TRACK = track()
DRIVES = race()
DRIVE = DRIVES[2]
LAPS = DRIVE.laps()
LAP = LAPS[2]
NO_ERROR = ((0.0, 0.0, 0.0),)
GRID_M = np.arange(20.0, LENGTH_M - 20.0, 10.0)


@pytest.fixture(scope="session")
def reference_heading() -> ReferenceHeading:
    cars = [(recorded(drive), drive.laps()[1:]) for drive in DRIVES]
    found = align_field(make_field(TRACK, cars)).reference_heading
    assert found is not None
    return found


def aligned(
    faults: Faults,
    reference_heading: ReferenceHeading | None,
    lap: OfficialLap = LAP,
    laps: int = 4,
) -> AlignedLap:
    car = CarAlignment(
        TRACK, recorded(DRIVE, faults), entry(DRIVE), LAPS[1:laps], reference_heading
    )
    return car.align(lap)


def errors_ms(lap: AlignedLap) -> FloatArray:
    """Return by how much the shown passing times of many places are late."""
    shown_s = np.interp(GRID_M, lap.knot_m, lap.knot_s)
    behind_m = GRID_M - true_distance_m(DRIVE, LAP, shown_s)
    return np.asarray(-1e3 * behind_m / speed_mps(DRIVE, LAP.start_s + shown_s))


@dataclass(frozen=True)
class Case:
    faults: Faults
    hidden_ms: float
    anywhere_ms: float


# The distance beside the mean line is an unknown: it costs clean data up to a third of a metre
# and gains real laps, whose lines differ, several milliseconds at the median.
SILENT = (LAP.start_s + 40.0, LAP.start_s + 41.5)
CASES = {
    "nothing wrong": Case(Faults(), 8, 13),
    "3 % too slow": Case(Faults(speed_factor=0.97), 8, 13),
    "3 % too fast": Case(Faults(speed_factor=1.03), 8, 13),
    "0.36 s late": Case(Faults(lag_s=0.36), 8, 13),
    "clock 0.2 s ahead": Case(Faults(clock_error_s=0.2), 15, 20),
    "clock 0.2 s behind": Case(Faults(clock_error_s=-0.2), 15, 20),
    "1.5 s of silence": Case(Faults(silences=(SILENT,)), 8, 13),
    "everything": Case(
        Faults(0.98, 0.36, 0.2, (SILENT,), speed_noise_kmh=0.5, lateral_noise_g=0.03), 15, 20
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("hidden", ["IM1a", "IM2a", "IM3a"])
def test_that_the_crossing_of_a_hidden_loop_is_found(
    case: Case, hidden: str, reference_heading: ReferenceHeading
) -> None:
    lap = aligned(case.faults, reference_heading, untimed(LAP, hidden))
    shown_s = float(np.interp(LOOP_DISTANCES_M[hidden], lap.knot_m, lap.knot_s))
    assert 1e3 * abs(shown_s - LAP.loops_s[hidden]) < case.hidden_ms
    assert np.abs(errors_ms(lap)).max() < case.anywhere_ms


@pytest.mark.parametrize("lag_s", [0.0, 0.17, 0.36])
def test_that_speed_is_shown_where_it_was_driven(
    lag_s: float, reference_heading: ReferenceHeading
) -> None:
    speed = aligned(Faults(lag_s=lag_s), reference_heading).traces[Channel.SPEED]
    driven_kmh = 3.6 * speed_mps(DRIVE, LAP.start_s + speed.time_s)
    assert np.abs(speed.value - driven_kmh).max() < 3.0
    assert np.median(np.abs(speed.value - driven_kmh)) < 0.5


def test_that_fast_channels_are_not_moved_with_the_late_ones(
    reference_heading: ReferenceHeading,
) -> None:
    lap = aligned(Faults(lag_s=0.36), reference_heading)
    assert Channel.BRAKE_FRONT not in SLOW_CHANNELS
    # In the made-up race this channel carries the true lap distance.
    place = lap.traces[Channel.BRAKE_FRONT]
    assert np.abs(place.value - place.distance_m)[1:-1].max() < 0.5


def test_that_a_clock_error_is_found_and_signed(reference_heading: ReferenceHeading) -> None:
    for error_s in (-0.2, 0.2):
        lap = aligned(Faults(clock_error_s=error_s), reference_heading)
        place = lap.traces[Channel.BRAKE_FRONT]
        assert np.median(np.abs(place.value - place.distance_m)) < 0.8  # 0.2 s are 9 m


def test_that_a_steady_gps_error_moves_nothing(reference_heading: ReferenceHeading) -> None:
    right = aligned(Faults(gps=NO_ERROR), reference_heading)
    wrong = aligned(Faults(gps=((0.0, 6.0, -4.0),)), reference_heading)
    assert right.alignment.tier is Tier.GPS_AND_LOOPS
    assert np.abs(errors_ms(wrong) - errors_ms(right)).max() < 0.1


def test_that_a_gps_error_of_one_lap_hardly_moves_it(reference_heading: ReferenceHeading) -> None:
    start_s, end_s, none = LAP.start_s, LAP.elapsed_s, (0.0, 0.0)
    shifted = ((start_s, 4.0, -3.0), (end_s, 4.0, -3.0))
    error = ((start_s - 0.1, *none), *shifted, (end_s + 0.1, *none))
    lap = aligned(Faults(gps=error), reference_heading, untimed(LAP, "IM2a"))
    leaked_m = true_distance_m(DRIVE, LAP, np.interp(GRID_M, lap.knot_m, lap.knot_s)) - GRID_M
    assert np.abs(leaked_m).max() < 0.4  # of 5 m


def test_that_a_gps_drift_hardly_moves_the_lap(reference_heading: ReferenceHeading) -> None:
    start_s, end_s = (LAP.start_s, 0.0, 0.0), (LAP.elapsed_s, 0.0, 0.0)
    drift = (start_s, (LAP.start_s + 45.0, 2.5, -1.5), end_s)
    lap = aligned(Faults(gps=drift), reference_heading, untimed(LAP, "IM2a"))
    leaked_m = true_distance_m(DRIVE, LAP, np.interp(GRID_M, lap.knot_m, lap.knot_s)) - GRID_M
    assert np.abs(leaked_m).max() < np.hypot(2.5, 1.5) / 3


def test_that_gps_finds_wheel_slip_which_loops_alone_cannot(
    reference_heading: ReferenceHeading,
) -> None:
    slip = (LAP.start_s + 36.0, LAP.start_s + 39.0, 1.06)
    lap = untimed(LAP, "IM1", "IM2a", "IM2")
    without = np.abs(errors_ms(aligned(Faults(slip=slip), None, lap))).max()
    seen = np.abs(errors_ms(aligned(Faults(slip=slip, gps=NO_ERROR), None, lap))).max()
    assert seen < 0.6 * without


def test_that_the_heading_of_other_laps_finds_wheel_slip(
    reference_heading: ReferenceHeading,
) -> None:
    slip = (LAP.start_s + 30.0, LAP.start_s + 36.0, 1.03)
    lap = untimed(LAP, "IM1", "IM2a", "IM2")
    blind = np.abs(errors_ms(aligned(Faults(slip=slip), None, lap))).max()
    guided = np.abs(errors_ms(aligned(Faults(slip=slip), reference_heading, lap))).max()
    assert guided < 0.85 * blind


def test_that_the_heading_finds_the_scale_of_a_lap_held_at_one_end(
    reference_heading: ReferenceHeading,
) -> None:
    late_start = ((LAP.start_s - 5.0, LAP.start_s + 8.0),)
    lap = aligned(Faults(speed_factor=1.01, silences=late_start), reference_heading, untimed(LAP))
    recorded_part = GRID_M > 500.0
    # Without heading the 1 % would add up to more than a second.
    assert np.abs(errors_ms(lap))[recorded_part].max() < 100


def test_that_a_lap_no_loop_timed_is_of_the_lowest_tier(
    reference_heading: ReferenceHeading,
) -> None:
    lap = aligned(Faults(), reference_heading, untimed(LAP))
    assert lap.alignment.tier is Tier.LINE
    assert lap.alignment.residual_ms is None
    assert np.abs(errors_ms(lap)).max() < 13


def test_that_too_few_laps_make_no_gps_tier(reference_heading: ReferenceHeading) -> None:
    gps = Faults(gps=NO_ERROR)
    assert aligned(gps, reference_heading, laps=3).alignment.tier is Tier.LOOPS
    assert aligned(gps, reference_heading, laps=4).alignment.tier is Tier.GPS_AND_LOOPS


def test_that_the_residual_tells_a_good_lap_from_a_bad_one(
    reference_heading: ReferenceHeading,
) -> None:
    good = aligned(Faults(), reference_heading).alignment.residual_ms
    bad = aligned(Faults(slip=(LAP.start_s + 30.0, LAP.start_s + 40.0, 1.1)), reference_heading)
    assert good is not None
    assert bad.alignment.residual_ms is not None
    assert good < 2
    assert bad.alignment.residual_ms > 20


# ------------------------------------------------------------------------------ the axis


@settings(max_examples=10)
@given(
    speed_factor=st.floats(0.97, 1.03),
    lag_s=st.floats(0.0, 0.4),
    clock_error_s=st.floats(-0.2, 0.2),
    silence=st.tuples(st.floats(0.0, 80.0), st.floats(0.3, 2.0)),
    gone=st.sets(st.sampled_from(tuple(LOOP_DISTANCES_M)), min_size=1),
)
def test_that_time_and_distance_always_run_forward_between_exact_ends(
    speed_factor: float,
    lag_s: float,
    clock_error_s: float,
    silence: tuple[float, float],
    gone: set[str],
) -> None:
    start_s = LAP.start_s + silence[0]
    faults = Faults(speed_factor, lag_s, clock_error_s, ((start_s, start_s + silence[1]),))
    official = untimed(LAP, *gone)
    lap = aligned(faults, None, official)
    assert (np.diff(lap.knot_m) > 0).all()
    assert (np.diff(lap.knot_s) > 0).all()
    assert (lap.knot_m[0], lap.knot_s[0]) == (0.0, 0.0)
    assert (lap.knot_m[-1], lap.knot_s[-1]) == (LENGTH_M, LAP.lap_time_s)
    for name, crossed_s in official.loops_s.items():
        knot = int(np.searchsorted(lap.knot_m, LOOP_DISTANCES_M[name]))
        assert (lap.knot_m[knot], lap.knot_s[knot]) == (LOOP_DISTANCES_M[name], crossed_s)
    for trace in lap.traces.values():
        assert (np.diff(trace.distance_m) >= 0).all()
        assert (trace.distance_m >= 0).all()
        assert (trace.distance_m <= LENGTH_M).all()


def test_that_silence_is_a_gap_in_every_channel_and_is_said(
    reference_heading: ReferenceHeading,
) -> None:
    lap = aligned(Faults(silences=(SILENT,)), reference_heading)
    ((start_m, end_m),) = lap.alignment.missing_m
    true_m = true_distance_m(DRIVE, LAP, np.array(SILENT) - LAP.start_s)
    assert [start_m, end_m] == pytest.approx(true_m.tolist(), abs=3.0)
    for trace in lap.traces.values():
        gaps = np.flatnonzero(np.isnan(trace.value))
        assert gaps.size == 1
        assert start_m < trace.distance_m[gaps[0]] < end_m


def test_that_nothing_is_said_to_be_missing_from_a_whole_recording(
    reference_heading: ReferenceHeading,
) -> None:
    lap = aligned(Faults(), reference_heading)
    assert lap.alignment.missing_m == ()
    assert all(np.isfinite(trace.value).all() for trace in lap.traces.values())


@pytest.mark.parametrize("edge", ["start", "end"])
def test_that_a_missing_end_of_the_lap_is_said(
    edge: str, reference_heading: ReferenceHeading
) -> None:
    spans = {
        "start": (LAP.start_s - 5.0, LAP.start_s + 8.0),
        "end": (LAP.elapsed_s - 8.0, LAP.elapsed_s + 400.0),
    }
    lap = aligned(Faults(silences=(spans[edge],)), reference_heading)
    ((start_m, end_m),) = lap.alignment.missing_m
    bound_m = true_distance_m(DRIVE, LAP, np.array([8.0, LAP.lap_time_s - 8.0]))
    expected = (0.0, bound_m[0]) if edge == "start" else (bound_m[1], LENGTH_M)
    assert (start_m, end_m) == pytest.approx(expected, abs=4.0)


# ------------------------------------------------------------------------------ refusals

TEN_SECONDS = Faults(silences=((0.0, LAP.elapsed_s - 10.0), (LAP.elapsed_s + 1.0, 1e5)))

REFUSALS: dict[str, tuple[Faults, Callable[[], OfficialLap], type[Exception], str]] = {
    "loops out of order": (
        Faults(),
        lambda: retimed(LAP, "IM1", LAP.loops_s["IM2a"] - LAP.loops_s["IM1"] + 0.2),
        AlignmentError,
        "order|misses",
    ),
    "two loops at once": (
        Faults(),
        lambda: retimed(LAP, "IM1", LAP.loops_s["IM2a"] - LAP.loops_s["IM1"]),
        AlignmentError,
        "order|misses",
    ),
    "a crossing of another lap": (
        Faults(),
        lambda: replace(LAP, loops_s={n: s + 3.0 for n, s in LAP.loops_s.items()}),
        AlignmentError,
        "misses its own timing loops by [0-9]+ ms",
    ),
    "speed of another track": (
        Faults(speed_factor=1.1), lambda: LAP, AlignmentError, "adds up to 4[0-9]+ m .* 4000 m"
    ),
    "a long hole": (
        Faults(silences=((LAP.start_s + 40.0, LAP.start_s + 43.5),)),
        lambda: LAP,
        AlignmentError,
        "missing for 3.[0-9] s in lap 3",
    ),
    "no speed": (Faults(without=(Channel.SPEED,)), lambda: LAP, MissingChannelError, "Speed of"),
    "no rows": (
        Faults(silences=((LAP.start_s - 10.0, LAP.elapsed_s + 10.0),)),
        lambda: LAP,
        NoTelemetryError,
        "No speed was recorded in lap 3",
    ),
    "ten seconds only": (TEN_SECONDS, lambda: LAP, AlignmentError, "Less than 20 s of lap 3"),
}  # fmt: skip


@pytest.mark.parametrize("faults, lap, error, words", REFUSALS.values(), ids=REFUSALS)
def test_that_a_lap_without_an_honest_answer_is_refused(
    faults: Faults, lap: Callable[[], OfficialLap], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as refusal:
        aligned(faults, None, lap())
    assert "choose another" in str(refusal.value)


def test_that_two_crossings_alone_in_the_wrong_order_are_refused() -> None:
    # With no third loop there is no residual to notice it by.
    early = {"IM1": LAP.loops_s["IM2"], "IM2": LAP.loops_s["IM2"] - 0.001}
    with pytest.raises(AlignmentError, match="#12"):
        aligned(Faults(), None, replace(LAP, loops_s=early))
