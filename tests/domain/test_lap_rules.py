"""Clean laps, and every reason against the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.lap_rules import Exclusion, TelemetryCover, lap_statuses, own_best_s
from htt_desktop.domain.race import OfficialLap

FULL = TelemetryCover(100.0, 0.0, 0.0, 0.0)


def laps(*times_s: float) -> list[OfficialLap]:
    found, elapsed_s = [], 0.0
    for number, time_s in enumerate(times_s, start=1):
        elapsed_s += time_s
        found.append(OfficialLap(number, time_s, elapsed_s, "GF"))
    return found


def reasons(
    driven: list[OfficialLap], cover: TelemetryCover | None = FULL, **options: bool
) -> dict[int, set[Exclusion]]:
    statuses = lap_statuses(driven, {lap.lap_number: cover for lap in driven}, **options)
    return {status.lap.lap_number: set(status.exclusions) for status in statuses}


def test_that_a_green_lap_among_green_laps_is_clean() -> None:
    assert reasons(laps(120, 100, 101))[3] == set()


def test_that_the_first_lap_never_counts() -> None:
    assert reasons(laps(100, 100))[1] == {Exclusion.FIRST_LAP}


def test_that_a_yellow_spoils_its_lap_and_the_next() -> None:
    driven = laps(100, 100, 100, 100, 100)
    driven[2] = replace(driven[2], flag="FCY")
    found = reasons(driven)
    assert found[3] == {Exclusion.FLAG}
    assert found[4] == {Exclusion.AFTER_YELLOW}
    assert found[5] == set()


def test_that_the_pits_spoil_the_lap_in_and_the_lap_out() -> None:
    driven = laps(100, 100, 100, 100, 100)
    driven[2] = replace(driven[2], in_pit=True)
    driven[3] = replace(driven[3], pit_time_s=67.4)
    found = reasons(driven)
    assert found[3] == {Exclusion.PIT}
    assert found[4] == {Exclusion.AFTER_PIT}
    assert found[5] == set()


def test_that_a_pit_time_without_a_lap_in_is_a_drive_through() -> None:
    driven = laps(100, 100, 100)
    driven[1] = replace(driven[1], pit_time_s=30.0)
    assert reasons(driven)[2] == {Exclusion.PIT}


def test_that_the_chequered_lap_counts_on_request() -> None:
    driven = laps(100, 100, 100)
    driven[2] = replace(driven[2], flag="FF")
    assert reasons(driven)[3] == {Exclusion.CHEQUERED}
    assert reasons(driven, include_chequered=True)[3] == set()


def test_that_an_unprinted_flag_is_no_green_flag() -> None:
    driven = laps(100, 100)
    driven[1] = replace(driven[1], flag="")
    assert reasons(driven)[2] == {Exclusion.UNKNOWN_FLAG}


@given(st.floats(0.9, 1.3))
def test_that_the_limit_is_107_percent_of_the_own_best(ratio: float) -> None:
    found = reasons(laps(150, 100, 100 * ratio, 100))[3]
    assert (Exclusion.SLOW in found) == (ratio > 1.07)


def test_that_the_own_best_is_a_green_lap_away_from_the_pits() -> None:
    driven = laps(50, 90, 91, 100, 80, 70)
    driven[1] = replace(driven[1], in_pit=True)
    driven[4] = replace(driven[4], flag="FCY")
    driven[5] = replace(driven[5], flag="FF")
    assert own_best_s(driven) == 100
    assert own_best_s(driven[:3]) is None
    assert Exclusion.SLOW not in reasons(driven[:3])[3]


def test_that_a_lap_keeps_every_reason_in_lap_order() -> None:
    driven = laps(100, 100, 200)
    driven[1] = replace(driven[1], flag="FCY", in_pit=True)
    statuses = lap_statuses(driven[::-1], {})
    assert [status.lap.lap_number for status in statuses] == [1, 2, 3]
    assert statuses[1].exclusions == (Exclusion.FLAG, Exclusion.PIT, Exclusion.NO_TELEMETRY)
    assert statuses[2].exclusions == (
        Exclusion.AFTER_YELLOW,
        Exclusion.AFTER_PIT,
        Exclusion.NO_TELEMETRY,
    )


@pytest.mark.parametrize(
    "cover, expected",
    [
        (TelemetryCover(93.0, 0.0, 7.0, 0.0), set()),
        (TelemetryCover(50.0, 0.0, 50.0, 0.0), {Exclusion.INCOMPLETE}),
        (TelemetryCover(50.0, 0.0, 0.0, 50.0), {Exclusion.INCOMPLETE}),
        (TelemetryCover(96.0, 0.0, 0.0, 4.0), {Exclusion.INCOMPLETE}),
        (TelemetryCover(98.0, 2.0, 0.0, 0.0), set()),
        (TelemetryCover(97.0, 3.0, 0.0, 0.0), {Exclusion.DROPOUT}),
        (TelemetryCover(80.0, 2.0, 0.0, 0.0), {Exclusion.INCOMPLETE}),
        (None, {Exclusion.NO_TELEMETRY}),
    ],
)
def test_that_telemetry_must_be_complete_enough(
    cover: TelemetryCover | None, expected: set[Exclusion]
) -> None:
    assert reasons(laps(100, 100), cover)[2] == expected


def test_that_a_dead_clock_forbids_forcing_a_lap_in() -> None:
    driven = laps(100, 100)
    dead = lap_statuses(driven, {1: FULL, 2: FULL}, dead_clock=True)
    assert all(Exclusion.DEAD_CLOCK in status.exclusions for status in dead)
    assert not any(status.can_be_forced for status in dead)
    assert all(status.can_be_forced for status in lap_statuses(driven, {1: FULL, 2: FULL}))
