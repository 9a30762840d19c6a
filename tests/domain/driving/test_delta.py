"""The delta is official where timing is, and its laws hold for any two laps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.comparison import AlignedLap, Alignment, Tier
from htt_desktop.domain.driving.delta import (
    GRID_STEP_M,
    crossings_m,
    delta_over_distance,
    loop_deltas,
    time_at,
)
from htt_desktop.domain.error_band import NORMAL_95, BandModel
from htt_desktop.domain.race import INNER_LOOPS, Entry, OfficialLap
from tests.made_up_race import LENGTH_M, ring

RING = ring()
PLACES_M = [loop.distance_m for loop in RING.loops]
MODEL = BandModel({Tier.LOOPS: 4e-6, Tier.LINE: 16e-6}, {})


def made_lap(
    seed: int, timed: tuple[str, ...] = INNER_LOOPS, tier: Tier = Tier.LOOPS
) -> AlignedLap:
    """Return a lap with millisecond crossings and any speeds between them."""
    random = np.random.default_rng(seed)
    knot_m = np.unique(np.concatenate((random.uniform(1, LENGTH_M - 1, 300), PLACES_M)))
    knot_m = np.concatenate(([0.0], knot_m, [LENGTH_M]))
    knot_s = np.concatenate(([0.0], np.cumsum(np.diff(knot_m) / random.uniform(20, 60, 306))))
    lap_time_s = round(float(knot_s[-1]), 3)
    knot_s[-1] = lap_time_s
    loops_s = {}
    for name, distance_m in zip(INNER_LOOPS, PLACES_M, strict=True):
        if name in timed:
            at = int(np.searchsorted(knot_m, distance_m))
            knot_s[at] = loops_s[name] = round(float(knot_s[at]), 3)
    lap = OfficialLap(seed + 1, lap_time_s, 100.0 * seed + lap_time_s, "GF", loops_s=loops_s)
    return AlignedLap(
        Entry(str(seed), f"Driver {seed}"), lap, Alignment(tier, None, ()), knot_m, knot_s, {},
        np.empty((0, 3)),
    )  # fmt: skip


laps = st.builds(
    made_lap,
    st.integers(0, 1000),
    st.sets(st.sampled_from(INNER_LOOPS)).map(lambda names: tuple(sorted(names))),
    st.sampled_from([Tier.LOOPS, Tier.LINE]),
)


@settings(max_examples=60)
@given(laps, laps)
def test_that_the_delta_is_official_at_the_line_and_at_every_shared_loop(
    reference: AlignedLap, compared: AlignedLap
) -> None:
    delta = delta_over_distance(RING, reference, compared, MODEL)
    assert delta.delta_s[0] == 0.0
    assert delta.delta_s[-1] == compared.lap.lap_time_s - reference.lap.lap_time_s
    assert (delta.distance_m[0], delta.distance_m[-1]) == (0.0, LENGTH_M)
    for loop in RING.loops:
        if loop.name in reference.lap.loops_s and loop.name in compared.lap.loops_s:
            at = int(np.searchsorted(delta.distance_m, loop.distance_m))
            assert delta.distance_m[at] == loop.distance_m
            official_s = compared.lap.loops_s[loop.name] - reference.lap.loops_s[loop.name]
            assert delta.delta_s[at] == official_s
            assert delta.band_s[at] == 0.0


@settings(max_examples=60)
@given(laps, laps)
def test_that_exchanging_the_laps_flips_every_sign_and_nothing_else(
    reference: AlignedLap, compared: AlignedLap
) -> None:
    there = delta_over_distance(RING, reference, compared, MODEL)
    back = delta_over_distance(RING, compared, reference, MODEL)
    assert np.array_equal(back.delta_s, -there.delta_s)
    assert np.array_equal(back.band_s, there.band_s)
    assert np.array_equal(back.distance_m, there.distance_m)
    assert np.array_equal(back.known, there.known)
    for one, other in zip(
        loop_deltas(RING, reference, compared), loop_deltas(RING, compared, reference), strict=True
    ):
        assert (one.name, one.distance_m) == (other.name, other.distance_m)
        assert one.delta_s == -other.delta_s
        assert one.official_delta_s == -other.official_delta_s


@settings(max_examples=30)
@given(laps, laps)
def test_that_distances_are_strictly_increasing_and_close(
    one: AlignedLap, other: AlignedLap
) -> None:
    steps_m = np.diff(delta_over_distance(RING, one, other, MODEL).distance_m)
    assert (steps_m > 0).all()
    assert (steps_m <= GRID_STEP_M + 1e-9).all()


@settings(max_examples=30)
@given(laps, laps)
def test_that_the_loop_list_is_the_official_differences_to_a_millisecond(
    reference: AlignedLap, compared: AlignedLap
) -> None:
    listed = loop_deltas(RING, reference, compared)
    shared = [n for n in INNER_LOOPS if n in reference.lap.loops_s and n in compared.lap.loops_s]
    assert [loop.name for loop in listed] == [*shared, "FL"]
    for loop in listed:
        assert loop.official_delta_s == round(loop.official_delta_s, 3)
        assert loop.delta_s == pytest.approx(loop.official_delta_s, abs=1e-9)
    assert listed[-1].distance_m == LENGTH_M


def test_that_positive_means_the_compared_car_is_later() -> None:
    lap = made_lap(1)
    slower = dataclasses.replace(lap, knot_s=lap.knot_s * 1.01)
    delta = delta_over_distance(RING, lap, slower, MODEL)
    assert (delta.delta_s[1:] > 0).all()
    assert (np.diff(delta.delta_s) > 0).all()


def test_that_a_lap_against_itself_shows_nothing() -> None:
    lap = made_lap(2, ("IM1",))
    delta = delta_over_distance(RING, lap, dataclasses.replace(lap), MODEL)
    assert not delta.delta_s.any()
    # Not even between the loops: both sides carry the same error.
    assert not delta.band_s.any()


def test_that_the_band_adds_both_laps_errors() -> None:
    one, other = made_lap(1), made_lap(2, ("IM1",), Tier.LINE)
    delta = delta_over_distance(RING, one, other, MODEL)
    sizes = [MODEL.lap_sigma_s(Tier.LOOPS, delta.distance_m, crossings_m(RING, one)),
             MODEL.lap_sigma_s(Tier.LINE, delta.distance_m, crossings_m(RING, other))]  # fmt: skip
    assert delta.band_s == pytest.approx(NORMAL_95 * np.hypot(*sizes))
    at_loop = int(np.searchsorted(delta.distance_m, PLACES_M[0]))
    # The other lap was not timed there, so the difference is not official there either.
    assert delta.band_s[at_loop] > 0
    assert delta.band_s[0] == delta.band_s[-1] == 0.0


def test_that_a_band_is_wider_without_loops() -> None:
    timed, bare = (
        (made_lap(1, loops, tier), made_lap(2, loops, tier))
        for loops, tier in ((INNER_LOOPS, Tier.LOOPS), ((), Tier.LINE))
    )
    narrow = delta_over_distance(RING, *timed, MODEL).band_s
    wide = delta_over_distance(RING, *bare, MODEL).band_s
    assert (wide[1:-1] > narrow[1:-1]).all()
    assert wide.max() > 3 * narrow.max()


def test_that_crossings_that_did_not_happen_hold_nothing() -> None:
    lap = made_lap(3, ("IM1", "IM2"))
    places = dict(zip(INNER_LOOPS, PLACES_M, strict=True))
    assert crossings_m(RING, lap).tolist() == [0.0, places["IM1"], places["IM2"], LENGTH_M]


def test_that_what_either_lap_misses_is_unknown() -> None:
    one, other = made_lap(1), made_lap(2)
    one = dataclasses.replace(one, alignment=Alignment(Tier.LOOPS, None, ((0.0, 300.0),)))
    gaps = ((1000.0, 1050.0), (2900.0, LENGTH_M))
    other = dataclasses.replace(other, alignment=Alignment(Tier.LOOPS, None, gaps))
    delta = delta_over_distance(RING, one, other, MODEL)
    inside = np.zeros(delta.distance_m.size, dtype=np.bool_)
    for start_m, end_m in ((0.0, 300.0), *gaps):
        inside |= (delta.distance_m > start_m) & (delta.distance_m < end_m)
    assert np.array_equal(delta.known, ~inside)
    assert np.isfinite(delta.delta_s).all()


@given(st.integers(0, 100))
def test_that_time_at_a_distance_is_exact_at_every_knot(seed: int) -> None:
    lap = made_lap(seed)
    assert np.array_equal(time_at(lap, lap.knot_m), lap.knot_s)
