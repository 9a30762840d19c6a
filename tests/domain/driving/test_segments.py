"""Segments tile the lap, ignore the order of the laps, and their deltas add up."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import Delta
from htt_desktop.domain.driving.segments import (
    MINIMUM_STRAIGHT_M,
    cut_segments,
    lost_s,
    segment_deltas,
)
from htt_desktop.domain.error_band import band_between
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.sources.tracks import load_tracks
from tests.domain.synthetic_laps import (
    FOUR_CORNERS,
    Driving,
    braking_point_m,
    corner,
    make_lap,
    track,
    with_dropout,
    without,
)

QUICK = Driving({"1": 24.0, "2": 30.0, "4": 26.0})
SLOW = Driving({"1": 22.0, "2": 29.0, "4": 27.0})

apex_speeds_ms = st.fixed_dictionaries(
    {number: st.floats(18.0, 50.0) for number in ("1", "2", "3", "4")}
)
dropouts_m = st.tuples(st.floats(0.0, 2900.0), st.floats(5.0, 90.0))


def no_band(start_m: float, end_m: float) -> float:
    return 0.0


def names(*laps: Driving) -> list[str]:
    spans = cut_segments(FOUR_CORNERS, [make_lap(FOUR_CORNERS, each) for each in laps])
    return [span.name for span in spans]


def test_that_a_corner_without_a_speed_maximum_before_it_joins_the_one_before() -> None:
    assert names(QUICK, SLOW) == ["T4–T1", "T1", "T1–T2", "T2–T3", "T3–T4", "T4", "T4–T1"]


def test_that_braking_between_two_corners_separates_them() -> None:
    braked = Driving({"1": 24.0, "2": 30.0, "3": 24.0, "4": 26.0})

    assert names(braked) == ["T4–T1", "T1", "T1–T2", "T2", "T3", "T3–T4", "T4", "T4–T1"]


def test_that_a_corner_begins_where_the_earlier_driver_brakes() -> None:
    laps = [make_lap(FOUR_CORNERS, QUICK), make_lap(FOUR_CORNERS, SLOW)]
    first = next(span for span in cut_segments(FOUR_CORNERS, laps) if span.name == "T1")

    assert first.start_m == pytest.approx(braking_point_m(FOUR_CORNERS, SLOW, "1"), abs=8.0)


def test_that_a_lift_between_two_corners_separates_them() -> None:
    """From 44 to 42 m/s is 8 km/h, far less than any braking."""
    lifted = Driving({"1": 24.0, "2": 40.0, "3": 42.0})

    assert "T2" in names(lifted)
    assert "T3" in names(lifted)


def test_that_slowing_through_two_corners_is_one_braking_zone() -> None:
    tightening = track(
        2000.0, [corner("1", 960.0, 1000.0, 1015.0), corner("2", 1015.0, 1038.0, 1080.0)]
    )
    spans = cut_segments(tightening, [make_lap(tightening, Driving({"1": 30.0, "2": 20.0}))])

    assert [span.name for span in spans if span.kind == "corner"] == ["T1–T2"]


def test_that_a_speed_maximum_at_a_flat_out_corner_cuts_only_once() -> None:
    """The maximum lies at 654 m, just behind the apex of corner 2."""
    middle = track(
        1500.0,
        [
            corner("1", 460.0, 500.0, 540.0),
            corner("2", 560.0, 650.0, 690.0),
            corner("3", 692.0, 700.0, 740.0),
        ],
    )
    spans = cut_segments(middle, [make_lap(middle, Driving({"1": 25.0, "3": 25.0}))])

    assert [span.name for span in spans if span.kind == "corner"] == ["T1–T2", "T3"]


def test_that_a_plateau_is_cut_at_its_end_whatever_its_noise() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    speed = lap.traces[Channel.SPEED]
    speed.value[:] += 0.1 * np.sin(1.7 * np.arange(speed.value.size))
    first = next(each for each in cut_segments(FOUR_CORNERS, [lap]) if each.name == "T1")

    assert first.start_m == pytest.approx(braking_point_m(FOUR_CORNERS, QUICK, "1"), abs=13.0)


def test_that_both_laps_decide_where_an_exit_ends() -> None:
    lap, lazy = make_lap(FOUR_CORNERS, QUICK), make_lap(FOUR_CORNERS, QUICK)
    throttle = lazy.traces[Channel.PEDAL]
    throttle.value[(throttle.distance_m > 640.0) & (throttle.distance_m < 860.0)] = 60.0
    exits_m = [
        next(each.end_m for each in cut_segments(FOUR_CORNERS, laps) if each.name == "T1")
        for laps in ([lap, lazy], [lazy, lap])
    ]

    assert exits_m == [pytest.approx(750.0, abs=4.0)] * 2


def test_that_a_corner_keeps_the_road_until_the_throttle_is_fully_open() -> None:
    late = Driving({"1": 24.0})
    lap = make_lap(FOUR_CORNERS, late)
    throttle = lap.traces[Channel.PEDAL]
    lazy = (throttle.distance_m > 640.0) & (throttle.distance_m < 760.0)
    throttle.value[lazy] = 60.0
    span = next(each for each in cut_segments(FOUR_CORNERS, [lap]) if each.name == "T1")

    assert span.end_m == pytest.approx(760.0, abs=3.0)


def test_that_a_flat_out_corner_after_a_straight_begins_with_its_arc() -> None:
    kinked = track(2000.0, [corner("1", 400.0, 460.0, 520.0), corner("2", 1200.0, 1260.0, 1300.0)])
    spans = cut_segments(kinked, [make_lap(kinked, Driving({"1": 25.0}))])

    assert [span.start_m for span in spans if span.name == "T2"] == [1200.0]


def test_that_pieces_too_short_for_a_straight_stay_with_the_corner_before() -> None:
    close = track(2000.0, [corner("1", 400.0, 460.0, 520.0), corner("2", 660.0, 700.0, 760.0)])
    spans = cut_segments(close, [make_lap(close, Driving({"1": 25.0, "2": 12.0}))])
    first, second = (next(s for s in spans if s.name == name) for name in ("T1", "T2"))

    assert 0.0 < second.start_m - 520.0 < MINIMUM_STRAIGHT_M
    assert first.end_m == second.start_m


def test_that_a_track_without_corners_is_one_straight() -> None:
    oval = track(1000.0, [])
    spans = cut_segments(oval, [make_lap(oval, Driving({}))])

    assert [(span.kind, span.start_m, span.end_m) for span in spans] == [("straight", 0.0, 1000.0)]


def test_that_a_lap_without_speed_is_refused_with_its_number() -> None:
    lap = without(make_lap(FOUR_CORNERS, QUICK, "47"), Channel.SPEED)

    with pytest.raises(MissingChannelError, match="Lap 3 of #47 has no speed"):
        cut_segments(FOUR_CORNERS, [lap])


def test_that_a_dropout_of_the_faster_car_moves_no_cut() -> None:
    whole = make_lap(FOUR_CORNERS, QUICK)
    fast = make_lap(FOUR_CORNERS, Driving({"1": 34.0, "2": 40.0, "4": 36.0}))
    plain = cut_segments(FOUR_CORNERS, [whole, fast])
    torn = cut_segments(FOUR_CORNERS, [whole, with_dropout(fast, 1120.0, 1170.0)])

    assert [span.name for span in torn] == [span.name for span in plain]
    assert [span.end_m for span in torn] == pytest.approx([s.end_m for s in plain], abs=2.0)


@settings(max_examples=40)
@given(apex_speeds_ms, apex_speeds_ms, dropouts_m)
def test_that_segments_tile_the_lap_and_ignore_the_order_of_the_laps(
    one: dict[str, float], other: dict[str, float], dropout_m: tuple[float, float]
) -> None:
    start_m, length_m = dropout_m
    first = with_dropout(make_lap(FOUR_CORNERS, Driving(one)), start_m, start_m + length_m)
    second = make_lap(FOUR_CORNERS, Driving(other, valve=True))
    spans = cut_segments(FOUR_CORNERS, [first, second])

    assert spans == cut_segments(FOUR_CORNERS, [second, first])
    assert spans[0].start_m == 0.0
    assert spans[-1].end_m == FOUR_CORNERS.length_m
    assert all(a.end_m == b.start_m for a, b in itertools.pairwise(spans))
    assert all(span.start_m < span.end_m for span in spans)
    numbers = [number for span in spans for number in span.corners]
    assert numbers == [each.number for each in FOUR_CORNERS.corners]


@settings(max_examples=40)
@given(apex_speeds_ms, apex_speeds_ms)
def test_that_segments_add_up_to_the_difference_of_the_lap_times(
    one: dict[str, float], other: dict[str, float]
) -> None:
    reference = make_lap(FOUR_CORNERS, Driving(one))
    compared = make_lap(FOUR_CORNERS, Driving(other))
    spans = cut_segments(FOUR_CORNERS, [reference, compared])
    there = segment_deltas(spans, reference, compared, no_band)
    back = segment_deltas(spans, compared, reference, no_band)

    total_s = compared.lap.lap_time_s - reference.lap.lap_time_s
    assert math.fsum(each.delta_s for each in there) == pytest.approx(total_s, abs=1e-9)
    assert [each.delta_s for each in back] == [-each.delta_s for each in there]


def test_that_time_is_lost_where_the_slower_apex_is() -> None:
    reference = make_lap(FOUR_CORNERS, QUICK)
    compared = make_lap(FOUR_CORNERS, Driving({**QUICK.apex_ms, "4": 20.0}))

    assert lost_s(reference, compared, 2000.0, 3000.0) > 0.3
    assert lost_s(reference, compared, 0.0, 2000.0) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "track_id", ["barber", "cota", "indianapolis", "roadamerica", "sebring", "sonoma", "vir"]
)
def test_that_every_corner_of_every_real_track_belongs_to_one_segment(
    data_dir: Path, track_id: str
) -> None:
    on = load_tracks(data_dir)[track_id]
    slow = {each.number: 20.0 + index % 4 * 8.0 for index, each in enumerate(on.corners)}
    spans = cut_segments(on, [make_lap(on, Driving(slow)), make_lap(on, Driving({}))])

    assert (spans[0].start_m, spans[-1].end_m) == (0.0, on.length_m)
    assert all(a.end_m == b.start_m for a, b in itertools.pairwise(spans))
    numbers = [number for span in spans for number in span.corners]
    assert numbers == [each.number for each in on.corners]
    owner = {number: span for span in spans for number in span.corners}
    for each in on.corners:
        assert owner[each.number].start_m <= each.apex_m <= owner[each.number].end_m


BRIDGES = Delta(
    np.linspace(0.0, 1000.0, 1001),
    np.zeros(1001),
    np.concatenate(
        [
            np.sqrt(np.arange(0.0, 400.0) * (400.0 - np.arange(0.0, 400.0)) / 400.0) * 1e-3,
            np.sqrt(np.arange(0.0, 601.0) * (600.0 - np.arange(0.0, 601.0)) / 600.0) * 1e-3,
        ]
    ),
    np.ones(1001, dtype=np.bool_),
)


def test_that_nothing_is_uncertain_between_two_loops() -> None:
    assert band_between(BRIDGES)(0.0, 400.0) == 0.0
    assert band_between(BRIDGES)(400.0, 1000.0) == 0.0


def test_that_the_band_of_a_short_stretch_grows_with_the_root_of_its_length() -> None:
    """Of a bridge over 600 m the change over d has the variance q · d · (1 − d / 600)."""
    band = band_between(BRIDGES)

    assert band(640.0, 740.0) == pytest.approx(1e-3 * math.sqrt(100.0 * 500.0 / 600.0))
    assert band(850.0, 950.0) == pytest.approx(band(640.0, 740.0))


def test_that_errors_on_both_sides_of_a_loop_add_as_independent_ones() -> None:
    band = band_between(BRIDGES)

    assert band(300.0, 500.0) == pytest.approx(math.hypot(band(300.0, 400.0), band(400.0, 500.0)))


def test_that_segments_are_named_after_numbered_corners() -> None:
    """A bend that the map does not number lends its name only where it is alone."""
    first, second, third, fourth = FOUR_CORNERS.corners
    bend = replace(third, number="2-4", is_numbered=False)
    unnumbered = replace(FOUR_CORNERS, corners=(first, second, bend, fourth))
    lap = make_lap(FOUR_CORNERS, QUICK)
    named = [span.name for span in cut_segments(FOUR_CORNERS, [lap])]
    assert named == ["T4–T1", "T1", "T1–T2", "T2–T3", "T3–T4", "T4", "T4–T1"]
    found = [span.name for span in cut_segments(unnumbered, [lap])]
    assert found == ["T4–T1", "T1", "T1–T2", "T2", "T2–T4", "T4", "T4–T1"]
