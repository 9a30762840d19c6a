"""A recording is given to the entry that drove its laps, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.domain.errors import (
    DeadClockError,
    IdentityError,
    InterleavedCarsError,
    TimingMismatchError,
)
from htt_desktop.domain.identity.entry_match import identify
from htt_desktop.domain.identity.interleaved import mixed_windows, require_single_car
from tests.domain.synthetic_race import (
    LAP_S,
    START_OF_DAY_S,
    Drive,
    field,
    mixed,
    only,
    record,
    timing,
    track,
)

FIELD = field()
TIMING = timing(FIELD)


@settings(max_examples=8)
@given(
    index=st.integers(0, len(FIELD) - 1),
    lap_offset=st.integers(0, 2),
    printed=st.sampled_from(["10", "13", "0", "99"]),
)
def test_that_a_whole_race_names_its_driver_whatever_is_printed(
    index: int, lap_offset: int, printed: str
) -> None:
    drive = FIELD[index]
    rows = record(drive, lap_offset=lap_offset, printed=printed)
    found = identify(replace(rows, reception_s=None), TIMING, track())
    assert found.entry_number == drive.number
    assert found.printed_number == printed
    assert found.corrected == (printed != drive.number)
    assert found.lap_offset == lap_offset
    assert found.median_error_s < 0.05
    assert found.offset_s == pytest.approx(5000.0, abs=0.05)
    assert "line crossings" in found.evidence


def test_that_the_runner_up_is_named_with_its_error() -> None:
    twin = Drive("77", tuple(time + 0.05 for time in FIELD[0].lap_times_s), FIELD[0].skew)
    found = identify(record(FIELD[0]), timing([*FIELD, twin]), track())
    assert found.entry_number == "10"
    assert found.runner_up_number == "77"
    assert found.runner_up_error_s is not None
    assert found.runner_up_error_s > 2 * found.median_error_s


def test_that_a_printed_number_does_not_outweigh_a_whole_race() -> None:
    twin = Drive("77", tuple(time + 0.03 for time in FIELD[0].lap_times_s), FIELD[0].skew)
    race = timing([*FIELD, twin])
    assert identify(record(FIELD[0], printed="77"), race, track()).entry_number == "10"
    assert identify(record(twin, printed="10"), race, track()).entry_number == "77"


def test_that_leading_zeros_decide_nothing_against_the_laps() -> None:
    cars = [replace(FIELD[0], number="3"), replace(FIELD[4], number="03")]
    assert identify(record(cars[1], printed="3"), timing(cars), track()).entry_number == "03"
    assert identify(record(cars[0], printed="03"), timing(cars), track()).entry_number == "3"


def test_that_one_lap_is_named_with_the_help_of_reception() -> None:
    rows = record(FIELD[5], printed="99")
    alone = only(rows, rows.logger_lap == 6)
    found = identify(alone, TIMING, track(), start_of_day_s=START_OF_DAY_S)
    assert (found.entry_number, found.lap_offset, found.corrected) == ("15", 1, True)
    assert "reception" in found.evidence


def test_that_equal_laps_of_two_entries_are_refused_by_name() -> None:
    twin = replace(FIELD[2], number="77")
    rows = record(FIELD[2], printed="99")
    with pytest.raises(IdentityError, match="#12, #77"):
        identify(rows, timing([*FIELD, twin]), track())
    found = identify(rows, timing([*FIELD, twin]), track(), taken={"77"})
    assert found.entry_number == "12"


def test_that_a_lap_repeated_to_the_millisecond_is_refused_without_reception() -> None:
    steady = Drive("20", (LAP_S,) * 10)
    rows = record(steady)
    alone = only(rows, rows.logger_lap == 6)
    race = timing([*FIELD, steady])
    with pytest.raises(IdentityError, match="lap offset"):
        identify(replace(alone, reception_s=None), race, track())
    assert identify(alone, race, track(), start_of_day_s=START_OF_DAY_S).lap_offset == 1


def test_that_timing_of_another_race_fits_nobody() -> None:
    rows = replace(record(field(seed=99, cars=1)[0]), reception_s=None)
    with pytest.raises(TimingMismatchError, match="invented R1 2025"):
        identify(rows, TIMING, track())


def test_that_one_lap_received_at_another_time_of_day_fits_nobody() -> None:
    rows = record(FIELD[5])
    alone = only(rows, rows.logger_lap == 6)
    with pytest.raises(TimingMismatchError, match="check that rows and timing"):
        identify(alone, TIMING, track(), start_of_day_s=START_OF_DAY_S + 900)


@pytest.mark.slow
@pytest.mark.parametrize("with_reception", [True, False])
@pytest.mark.parametrize("label", [2, COUNTER_NOT_WORKING])
def test_that_a_car_without_lap_labels_is_known_by_its_loops(
    label: int, with_reception: bool
) -> None:
    rows = record(FIELD[3])
    rows = replace(rows, logger_lap=np.full_like(rows.logger_lap, label))
    if not with_reception:
        rows = replace(rows, reception_s=None)
    found = identify(rows, TIMING, track(), start_of_day_s=START_OF_DAY_S)
    assert (found.entry_number, found.lap_offset) == ("13", None)
    assert found.offset_s == pytest.approx(5000.0, abs=0.3)


def test_that_a_stuck_counter_without_any_driving_is_refused_with_the_reason() -> None:
    rows = record(FIELD[3])
    standing = {**rows.channels, Channel.SPEED: np.zeros(rows.clock_s.size)}
    rows = replace(rows, logger_lap=np.full_like(rows.logger_lap, 2), channels=standing)
    with pytest.raises(IdentityError, match=r"stays at 2 for .* the car stands"):
        identify(rows, TIMING, track(), start_of_day_s=START_OF_DAY_S)


def test_that_a_dead_clock_is_named_before_anything_else() -> None:
    rows = record(FIELD[0])
    with pytest.raises(DeadClockError):
        identify(only(rows, np.arange(rows.clock_s.size) < 1), TIMING, track())


@pytest.mark.parametrize("shift_s", [0.02, 15.0])
def test_that_two_cars_under_one_number_are_refused(shift_s: float) -> None:
    rows = mixed(record(FIELD[0]), record(FIELD[6], seed=8), shift_s)
    with pytest.raises(InterleavedCarsError, match="two cars are mixed up under GR86-001-10"):
        identify(rows, TIMING, track())


def test_that_one_lap_of_another_car_is_enough_to_refuse() -> None:
    other = record(FIELD[6], seed=8)
    rows = mixed(record(FIELD[0]), only(other, other.logger_lap == 5), 0.02)
    with pytest.raises(InterleavedCarsError):
        require_single_car(rows)


def test_that_no_car_alone_looks_mixed() -> None:
    for drive in FIELD:
        mixed_count, judged = mixed_windows(record(drive))
        assert mixed_count == 0
        assert judged > 20


def test_that_two_sessions_in_one_recording_are_refused() -> None:
    rows = mixed(record(FIELD[0]), record(FIELD[6]), 4 * 3600.0)
    with pytest.raises(InterleavedCarsError, match="hours apart"):
        require_single_car(rows)
