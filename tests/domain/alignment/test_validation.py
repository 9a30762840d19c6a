"""Leave-one-loop-out is honest, and says what it measured on the bundled races."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.alignment.field_alignment import (
    Field,
    align_field,
    make_field,
    measured_loops,
)
from htt_desktop.domain.alignment.race_alignment import (
    NOTHING_LEARNT,
    RaceAlignment,
    learn_race,
    race_field,
    validate_field,
)
from htt_desktop.domain.alignment.validation import (
    LoopError,
    _reached_s,
    leave_one_loop_out,
    summarise,
)
from htt_desktop.domain.channels import GPS_CHANNELS
from htt_desktop.domain.clock.car_clock import ClockMethod
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.error_band import NORMAL_95
from htt_desktop.domain.errors import AlignmentError
from htt_desktop.domain.race import INNER_LOOPS, OfficialLap
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tracks import TimingLoop
from htt_desktop.sources.packs.reader import open_pack
from tests.domain.known_laps import Faults, race, recorded, retimed, true_distance_m, untimed
from tests.domain.synthetic_race import LENGTH_M, track
from tests.packed_races import packed_race, validation_of

pytestmark = pytest.mark.slow

TRACK = track()
DRIVES = race()
SUSPECT = (DRIVES[1].number, 3, "IM2a")

Cars = list[tuple[Recording, list[OfficialLap]]]


def made_up_cars(by_s: float = 0.0, *, gps: bool = False) -> Cars:
    """Return a small race in which one crossing may be timed wrongly."""
    number, lap_number, loop = SUSPECT
    faults = Faults(lateral_noise_g=0.02, gps=((0.0, 3.0, 2.0),) if gps else ())
    cars: Cars = []
    for drive in DRIVES:
        laps = list(drive.laps()[1:])
        if drive.number == number:
            laps = [retimed(o, loop, by_s) if o.lap_number == lap_number else o for o in laps]
        cars.append((recorded(drive, faults), laps))
    return cars


@cache
def loop_errors(by_s: float, gps: bool) -> tuple[LoopError, ...]:
    """Return the errors of the small race, worked out once for the tests that look at them."""
    return tuple(leave_one_loop_out(race_field(TRACK, made_up_cars(by_s, gps=gps))))


def key_of(error: LoopError) -> tuple[str, int, str]:
    return error.number, error.lap_number, error.loop


# ------------------------------------------------------------------------------- honesty


@pytest.mark.parametrize("gps", [False, True])
def test_that_a_prediction_has_not_seen_the_time_it_is_compared_with(gps: bool) -> None:
    # Five seconds make IM2a come before IM1 or after IM2; anything that looked would notice.
    right, late = (
        {key_of(error): error for error in loop_errors(by_s, gps)} for by_s in (0.0, 5.0)
    )
    assert right.keys() == late.keys()
    assert late[SUSPECT].predicted_s == right[SUSPECT].predicted_s
    assert late[SUSPECT].error_s == pytest.approx(right[SUSPECT].error_s - 5.0, abs=1e-9)
    others = (late[SUSPECT].other_cars_error_s, right[SUSPECT].other_cars_error_s)
    assert others[0] is not None
    assert others[1] is not None
    assert others[0] == pytest.approx(others[1] - 5.0, abs=1e-9)


def test_that_a_wrong_crossing_does_reach_the_predictions_it_may_reach() -> None:
    # Otherwise the test above would pass on predictions that look at nothing at all.
    right, late = (
        {key_of(error): error for error in loop_errors(by_s, False)} for by_s in (0.0, 0.5)
    )
    number, lap_number, _ = SUSPECT
    neighbour = (number, lap_number, "IM1")
    assert late[neighbour].predicted_s != right[neighbour].predicted_s


def test_that_nothing_is_learnt_from_the_loop_left_out() -> None:
    right, late = (
        align_field(race_field(TRACK, made_up_cars(by_s)).without_loop(SUSPECT[2]))
        for by_s in (0.0, 5.0)
    )
    assert right.reference_heading is not None
    assert late.reference_heading is not None
    assert np.array_equal(
        right.reference_heading.heading_rad, late.reference_heading.heading_rad, equal_nan=True
    )
    assert right.clocks == late.clocks
    for key, solved in right.solved_laps.items():
        assert np.array_equal(solved.node_distance_m, late.solved_laps[key].node_distance_m)


def test_that_no_loop_is_measured_by_the_time_of_another() -> None:
    right, late = (measured_loops(make_field(TRACK, made_up_cars(by_s))) for by_s in (0.0, 5.0))
    places = {loop.name: loop for loop in right}
    for loop in late:
        if loop.name != SUSPECT[2]:
            assert loop == places[loop.name]


@pytest.mark.parametrize("track_id, race_number", [("cota", 1), ("barber", 1), ("indianapolis", 1)])
def test_that_no_clock_of_a_bundled_race_was_fitted_to_inner_loops(
    data_dir: Path, track_id: str, race_number: int
) -> None:
    pack = open_pack(data_dir / "packs" / f"{track_id}_r{race_number}.parquet")
    clocks = [car.clock for car in pack.contents.cars if car.clock is not None]
    assert len(clocks) > 5
    assert all(clock.method is not ClockMethod.LOOPS for clock in clocks)


# --------------------------------------------------------------------------- definitions


def test_that_known_laps_are_predicted_within_milliseconds() -> None:
    errors = loop_errors(0.0, False)
    assert len(errors) == len(DRIVES) * 3 * len(INNER_LOOPS)
    assert np.median(np.abs([error.error_s for error in errors])) < 0.003
    assert all(error.tier is Tier.LOOPS for error in errors)


def test_that_the_sign_is_predicted_minus_official() -> None:
    errors = leave_one_loop_out(race_field(TRACK, made_up_cars(0.1)))
    suspect = next(error for error in errors if key_of(error) == SUSPECT)
    assert suspect.error_s == pytest.approx(-0.1, abs=0.01)


def test_that_a_table_that_is_wrong_about_a_loop_costs_nothing() -> None:
    moved = dataclasses.replace(
        TRACK, loops=tuple(dataclasses.replace(o, distance_m=o.distance_m + 9) for o in TRACK.loops)
    )
    field = race_field(moved, made_up_cars())
    for found, true in zip(field.track.loops, TRACK.loops, strict=True):
        assert found.distance_m == pytest.approx(true.distance_m, abs=0.5)
    errors = leave_one_loop_out(field)
    assert np.median(np.abs([error.error_s for error in errors])) < 0.003


def test_that_a_loop_just_outside_the_recording_is_still_reached_in_time() -> None:
    drive = DRIVES[0]
    recording, laps = recorded(drive), drive.laps()
    solved = align_field(make_field(TRACK, [(recording, laps[1:])])).solved_laps[drive.number, 3]
    first_s, last_s = solved.signals.clock_s[[0, -1]] - solved.clock_error_s
    for end_s, beyond_s in ((first_s, -0.5), (last_s, 0.5)):
        distance_m = true_distance_m(drive, laps[2], np.array([end_s + beyond_s]))[0]
        assert _reached_s(solved, float(distance_m)) == pytest.approx(end_s + beyond_s, abs=0.05)
    for inside_s in (0.0, 31.4, 77.7):
        distance_m = float(solved.distance_at(np.array([inside_s]))[0])
        assert _reached_s(solved, distance_m) == pytest.approx(inside_s, abs=1e-9)


def test_that_loops_of_one_crossing_are_not_tested() -> None:
    cars = made_up_cars()
    only = [
        (recording, [o if index + o.lap_number == 2 else untimed(o, "IM1") for o in laps])
        for index, (recording, laps) in enumerate(cars)
    ]
    errors = leave_one_loop_out(make_field(TRACK, only))
    assert {error.loop for error in errors} == set(INNER_LOOPS) - {"IM1"}
    assert validate_field(make_field(TRACK, [(cars[0][0], cars[0][1][:1])])) is None


def test_that_one_car_has_no_error_against_other_cars() -> None:
    errors = leave_one_loop_out(race_field(TRACK, made_up_cars()[:1]))
    assert errors
    assert all(error.other_cars_error_s is None for error in errors)
    result = summarise(errors, INNER_LOOPS)
    assert result is not None
    assert result.other_cars is None
    assert result.cars == 1


def made_up(number: str, lap: int, loop: str, error_s: float) -> LoopError:
    return LoopError(number, lap, loop, Tier.LOOPS, 30.0 + error_s, error_s, -2 * error_s, 300.0)


def test_that_summaries_are_medians_and_95th_percentiles_of_sizes() -> None:
    sizes = np.arange(1, 42) / 1000
    errors = [made_up("7", n, "IM1", s * (-1) ** n) for n, s in enumerate(sizes.tolist())]
    errors += [made_up("8", 1, "IM2", -0.5), made_up("8", 2, "IM2", 0.7)]
    result = summarise(errors, INNER_LOOPS)
    assert result is not None
    assert (result.laps, result.cars, result.tier) == (43, 2, Tier.LOOPS)
    first, second = result.loops
    assert (first.name, first.n, second.name, second.n) == ("IM1", 41, "IM2", 2)
    assert first.median_ms == pytest.approx(21.0)
    assert first.p95_ms == pytest.approx(39.0)
    assert second.median_ms == pytest.approx(600.0)
    every = np.abs([1e3 * error.error_s for error in errors])
    assert result.overall.n == 43
    assert result.overall.median_ms == pytest.approx(np.median(every))
    assert result.overall.p95_ms == pytest.approx(np.quantile(every, 0.95))
    assert result.other_cars is not None
    assert result.other_cars.median_ms == pytest.approx(2 * np.median(every))


def test_that_nothing_is_summarised_without_errors() -> None:
    assert summarise((), INNER_LOOPS) is None


def test_that_the_band_is_fitted_to_other_cars_where_there_are_any() -> None:
    errors = [made_up("7", n, "IM1", 0.01 * n) for n in range(1, 31)]
    result = summarise(errors, INNER_LOOPS)
    assert result is not None
    sizes = [abs(error.other_cars_error_s or 0) / 300.0**0.5 for error in errors]
    expected = (np.quantile(sizes, 0.95) / NORMAL_95) ** 2
    assert result.band_model.q_s2_per_m[Tier.LOOPS] == pytest.approx(expected)


# ------------------------------------------------------------------- what a race teaches


def test_that_a_race_teaches_loops_heading_and_band() -> None:
    learnt = learn_race(TRACK, made_up_cars())
    assert [loop.distance_m for loop in learnt.loops] == pytest.approx(
        [loop.distance_m for loop in TRACK.loops], abs=1.0
    )
    assert learnt.reference_heading is not None
    assert learnt.reference_heading.laps == 9
    assert learnt.band_model.residuals == {Tier.LOOPS: 45}
    assert learnt.on(TRACK).loops == learnt.loops
    assert learnt.on(TRACK).length_m == LENGTH_M


def test_that_a_single_lap_teaches_nothing() -> None:
    recording, laps = made_up_cars()[0]
    learnt = learn_race(TRACK, [(recording, laps[:1])])
    assert learnt is NOTHING_LEARNT
    assert learnt.on(TRACK) is TRACK
    moved = (TimingLoop("IM1", 1.0, 0.0, 9),)
    assert RaceAlignment(moved, None, learnt.band_model).on(TRACK).loops == moved


def test_that_laps_without_telemetry_are_left_out_of_a_field() -> None:
    recording, laps = made_up_cars()[0]
    ghost = dataclasses.replace(laps[0], lap_number=99, elapsed_s=1e6)
    field: Field = make_field(TRACK, [(recording, [*laps, ghost])])
    assert [lap.signals.lap.lap_number for lap in field.laps] == [o.lap_number for o in laps]


# -------------------------------------------------------------------- the bundled races


def test_that_indianapolis_reaches_its_target(data_dir: Path) -> None:
    result = validation_of(packed_race(data_dir, "indianapolis", 1))
    assert (result.tier, result.overall.n) == (Tier.GPS_AND_LOOPS, 195)
    assert result.overall.median_ms <= 12
    assert result.overall.p95_ms <= 45


@pytest.mark.parametrize("number", [1, 2])
def test_that_the_median_at_cota_reaches_its_target_without_gps(
    data_dir: Path, number: int
) -> None:
    result = validation_of(packed_race(data_dir, "cota", number))
    assert result.tier is Tier.LOOPS
    assert result.overall.n >= {1: 160, 2: 30}[number]
    assert result.overall.median_ms <= 20


@pytest.mark.parametrize("track_id", ["indianapolis", "barber"])
def test_that_the_targets_without_gps_hold_where_gps_is_taken_away(
    data_dir: Path, track_id: str
) -> None:
    race_ = packed_race(data_dir, track_id, 1)
    cars = [(recording.without(GPS_CHANNELS), laps) for recording, laps in race_.cars.values()]
    result = validate_field(race_field(race_.track, cars))
    assert result is not None
    assert result.tier is Tier.LOOPS
    assert result.overall.median_ms <= 20
    assert result.overall.p95_ms <= 70


def test_that_the_p95_of_cota_race_2_reaches_its_target(data_dir: Path) -> None:
    assert validation_of(packed_race(data_dir, "cota", 2)).overall.p95_ms <= 70


def test_that_the_p95_of_cota_race_1_grows_no_worse_while_it_misses_its_target_of_70_ms(
    data_dir: Path,
) -> None:
    p95_ms = validation_of(packed_race(data_dir, "cota", 1)).overall.p95_ms
    assert 70 < p95_ms <= 90, "if the target is reached, assert the target instead"


@pytest.mark.parametrize(
    "track_id, number", [("indianapolis", 1), ("cota", 1), ("cota", 2), ("barber", 1)]
)
def test_that_the_band_covers_19_of_20_left_out_crossings(
    data_dir: Path, track_id: str, number: int
) -> None:
    race_ = packed_race(data_dir, track_id, number)
    result = validation_of(race_)
    for model in (result.band_model, race_.band_model):
        inside = [
            abs(error.other_cars_error_s or error.error_s)
            <= NORMAL_95 * np.sqrt(model.q_s2_per_m[error.tier] * error.bridge_m)
            for error in result.errors
            if error.tier in model.q_s2_per_m
        ]
        assert len(inside) >= 0.9 * len(result.errors)
        assert 0.93 <= np.mean(inside) <= 0.97


def test_that_a_lap_under_a_clock_two_seconds_off_is_refused(data_dir: Path) -> None:
    race = packed_race(data_dir, "indianapolis", 2)
    car = race.alignments["98"]
    (lap, *_) = race.cars["98"][1]
    late = dataclasses.replace(car.recording, time_s=car.recording.time_s + 2.0)
    assert car.align(lap).alignment.residual_ms is not None
    with pytest.raises(AlignmentError, match=r"misses its own timing loops by [34][0-9]{2} ms"):
        dataclasses.replace(car, recording=late).align(lap)
