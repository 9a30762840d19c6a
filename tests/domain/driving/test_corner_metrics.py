"""Corner metrics against laps whose braking points and apex speeds are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, CornerMetrics
from htt_desktop.domain.driving.corner_metrics import (
    compare_corners,
    corner_metrics,
    corner_stretches,
    lap_driving,
)
from htt_desktop.domain.driving.segments import SegmentSpan, cut_segments, segment_deltas
from htt_desktop.domain.tracks import Corner
from tests.domain.synthetic_laps import (
    ACCELERATION_MS2,
    BRAKE_BAR,
    FOUR_CORNERS,
    Driving,
    braking_point_m,
    make_lap,
    with_dropout,
    without,
)
from tests.domain.synthetic_race import track

QUICK = Driving({"1": 24.0, "2": 30.0, "4": 26.0})
SAMPLE_M = 2.6
"""Road between two samples of a pedal at the invented car's top speed."""


def no_band(start_m: float, end_m: float) -> float:
    return 0.0


def metrics(lap: AlignedLap) -> dict[str, CornerMetrics]:
    """Measure every corner, on segments cut from a lap without dropouts."""
    spans = cut_segments(FOUR_CORNERS, [make_lap(FOUR_CORNERS, QUICK)])
    driving = lap_driving(lap)
    return {
        stretch.corner.number: corner_metrics(driving, stretch)
        for stretch in corner_stretches(FOUR_CORNERS, spans)
    }


def with_values(
    lap: AlignedLap, channel: Channel, from_m: float, to_m: float, value: float
) -> None:
    trace = lap.traces[channel]
    trace.value[(trace.distance_m >= from_m) & (trace.distance_m < to_m)] = value


@pytest.mark.parametrize("floor_bar", [0.0, 1.7])
@pytest.mark.parametrize("valve", [False, True])
def test_that_braking_points_lie_within_one_sample(floor_bar: float, valve: bool) -> None:
    driving = replace(QUICK, floor_bar=floor_bar, valve=valve)
    found = metrics(make_lap(FOUR_CORNERS, driving))

    for number in ("1", "2", "4"):
        truth_m = braking_point_m(FOUR_CORNERS, driving, number)
        assert found[number].braking_point_m == pytest.approx(truth_m, abs=SAMPLE_M)
        assert found[number].peak_brake_bar == pytest.approx(floor_bar + BRAKE_BAR)


def test_that_pressure_noise_on_the_straight_is_no_braking_point() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    brake = lap.traces[Channel.BRAKE_FRONT]
    brake.value[:] += 2.0 + 2.0 * np.sin(np.arange(brake.value.size))
    truth_m = braking_point_m(FOUR_CORNERS, QUICK, "1")

    assert metrics(lap)["1"].braking_point_m == pytest.approx(truth_m, abs=SAMPLE_M)


def test_that_a_tap_on_the_brake_at_full_throttle_is_no_braking_point() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.BRAKE_FRONT, 1420.0, 1432.0, 12.0)

    assert metrics(lap)["3"].braking_point_m is None


def test_that_a_short_release_does_not_move_the_braking_point() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    truth_m = braking_point_m(FOUR_CORNERS, QUICK, "4")
    with_values(lap, Channel.BRAKE_FRONT, truth_m + 10.0, truth_m + 14.0, 0.0)

    assert metrics(lap)["4"].braking_point_m == pytest.approx(truth_m, abs=SAMPLE_M)


def test_that_a_corner_taken_flat_out_has_no_braking_point_and_no_pick_up() -> None:
    flat = metrics(make_lap(FOUR_CORNERS, QUICK))["3"]

    assert (flat.braking_point_m, flat.peak_brake_bar, flat.throttle_pickup_m) == (None,) * 3
    assert flat.coasting_m == 0.0
    assert flat.minimum_speed_m is None
    assert flat.minimum_speed_kmh is not None


def test_that_the_minimum_speed_is_found_between_samples() -> None:
    found = metrics(make_lap(FOUR_CORNERS, QUICK))

    for number, apex_m in (("1", 640.0), ("2", 1300.0), ("4", 2300.0)):
        assert found[number].minimum_speed_kmh == pytest.approx(
            3.6 * QUICK.apex_ms[number], abs=1.0
        )
        assert found[number].minimum_speed_m == pytest.approx(apex_m, abs=SAMPLE_M)


def test_that_without_longitudinal_acceleration_the_minimum_is_that_of_the_samples() -> None:
    lap = without(make_lap(FOUR_CORNERS, QUICK), Channel.ACCELERATION_LONG)
    speed = lap.traces[Channel.SPEED]
    near = (speed.distance_m > 560.0) & (speed.distance_m < 720.0)

    assert metrics(lap)["1"].minimum_speed_kmh == pytest.approx(speed.value[near].min())


def test_that_the_pick_up_is_where_the_throttle_opens_after_the_apex() -> None:
    found = metrics(make_lap(FOUR_CORNERS, QUICK))

    assert found["1"].throttle_pickup_m == pytest.approx(640.0, abs=SAMPLE_M)
    assert found["4"].throttle_pickup_m == pytest.approx(2300.0, abs=SAMPLE_M)


def test_that_the_lift_for_the_next_corner_hides_no_pick_up() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.PEDAL, 1425.0, 1440.0, 0.0)
    with_values(lap, Channel.PEDAL, 1470.0, 1530.0, 0.0)

    assert metrics(lap)["3"].throttle_pickup_m == pytest.approx(1440.0, abs=SAMPLE_M)


def test_that_a_blip_for_a_downshift_is_no_pick_up() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.PEDAL, 590.0, 606.0, 55.0)

    assert metrics(lap)["1"].throttle_pickup_m == pytest.approx(640.0, abs=SAMPLE_M)


def test_that_a_blip_while_coasting_is_no_pick_up() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.BRAKE_FRONT, 605.0, 641.0, 0.0)
    with_values(lap, Channel.PEDAL, 620.0, 623.0, 55.0)

    assert metrics(lap)["1"].throttle_pickup_m == pytest.approx(640.0, abs=SAMPLE_M)


def test_that_a_dab_at_the_exit_is_not_the_braking_for_the_corner() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.BRAKE_FRONT, 2340.0, 2352.0, 95.0)
    with_values(lap, Channel.PEDAL, 2338.0, 2354.0, 0.0)
    truth_m = braking_point_m(FOUR_CORNERS, QUICK, "4")

    assert metrics(lap)["4"].braking_point_m == pytest.approx(truth_m, abs=SAMPLE_M)


def test_that_coasting_counts_road_without_both_pedals() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    with_values(lap, Channel.BRAKE_FRONT, 610.0, 641.0, 0.0)

    assert metrics(lap)["1"].coasting_m == pytest.approx(30.0, abs=2 * SAMPLE_M)


def test_that_entry_and_exit_speeds_are_those_where_the_arc_begins_and_ends() -> None:
    found = metrics(make_lap(FOUR_CORNERS, QUICK))["1"]

    exit_ms = math.sqrt(24.0**2 + 2 * ACCELERATION_MS2 * 60.0)
    entry_ms = math.sqrt(24.0**2 + 2 * 10.0 * 80.0)
    assert found.exit_speed_kmh == pytest.approx(3.6 * exit_ms, abs=1.0)
    assert found.entry_speed_kmh == pytest.approx(3.6 * entry_ms, abs=1.0)


def test_that_a_dropout_over_the_apex_hides_minimum_and_pick_up_only() -> None:
    found = metrics(with_dropout(make_lap(FOUR_CORNERS, QUICK), 620.0, 665.0))["1"]

    assert found.minimum_speed_kmh is None
    assert found.throttle_pickup_m is None
    assert found.braking_point_m is not None
    assert found.coasting_m is None
    assert found.time_s is not None


def test_that_a_dropout_over_the_braking_point_hides_it() -> None:
    truth_m = braking_point_m(FOUR_CORNERS, QUICK, "4")
    found = metrics(with_dropout(make_lap(FOUR_CORNERS, QUICK), truth_m - 20.0, truth_m + 20.0))

    assert found["4"].braking_point_m is None
    assert found["4"].minimum_speed_m == pytest.approx(2300.0, abs=SAMPLE_M)


def test_that_a_dropout_while_braking_hides_the_peak_only() -> None:
    truth_m = braking_point_m(FOUR_CORNERS, QUICK, "4")
    found = metrics(with_dropout(make_lap(FOUR_CORNERS, QUICK), truth_m + 10.0, truth_m + 40.0))

    assert found["4"].braking_point_m == pytest.approx(truth_m, abs=SAMPLE_M)
    assert found["4"].peak_brake_bar is None


def test_that_a_dropout_on_the_exit_leaves_the_minimum_speed() -> None:
    found = metrics(with_dropout(make_lap(FOUR_CORNERS, QUICK), 2340.0, 2365.0))["4"]

    assert found.minimum_speed_m == pytest.approx(2300.0, abs=SAMPLE_M)


def test_that_missing_channels_leave_only_their_own_metrics_out() -> None:
    lap = without(
        make_lap(FOUR_CORNERS, QUICK), Channel.BRAKE_FRONT, Channel.PEDAL, Channel.ACCELERATION_LONG
    )
    found = metrics(lap)["1"]

    unknown = (found.braking_point_m, found.throttle_pickup_m, found.coasting_m)
    assert unknown == (None, None, None)
    assert found.minimum_speed_kmh is not None


def test_that_time_is_unknown_where_a_stretch_begins_in_a_dropout() -> None:
    lap = make_lap(FOUR_CORNERS, QUICK)
    spans = cut_segments(FOUR_CORNERS, [lap])
    start_m = next(span.start_m for span in spans if span.name == "T4")

    torn = with_dropout(lap, start_m - 15.0, start_m + 15.0)
    assert metrics(torn)["4"].time_s is None


apex_speeds_ms = st.fixed_dictionaries(
    {number: st.floats(18.0, 50.0) for number in ("1", "2", "3", "4")}
)


@settings(max_examples=30)
@given(apex_speeds_ms, apex_speeds_ms, st.floats(0.0, 2900.0), st.floats(5.0, 90.0))
def test_that_exchanging_the_laps_flips_every_sign_and_swaps_the_metrics(
    one: dict[str, float], other: dict[str, float], hole_m: float, hole_length_m: float
) -> None:
    reference = with_dropout(make_lap(FOUR_CORNERS, Driving(one)), hole_m, hole_m + hole_length_m)
    compared = make_lap(FOUR_CORNERS, Driving(other, valve=True))
    spans = cut_segments(FOUR_CORNERS, [reference, compared])
    there = compare_corners(FOUR_CORNERS, spans, reference, compared, no_band)
    back = compare_corners(FOUR_CORNERS, spans, compared, reference, no_band)

    assert [each.corner for each in there] == list(FOUR_CORNERS.corners)
    assert [each.delta_s for each in back] == [-each.delta_s for each in there]
    assert [(each.reference, each.compared) for each in back] == [
        (each.compared, each.reference) for each in there
    ]


@settings(max_examples=30)
@given(apex_speeds_ms, apex_speeds_ms)
def test_that_the_corners_of_a_segment_add_up_to_it(
    one: dict[str, float], other: dict[str, float]
) -> None:
    reference = make_lap(FOUR_CORNERS, Driving(one))
    compared = make_lap(FOUR_CORNERS, Driving(other))
    spans = cut_segments(FOUR_CORNERS, [reference, compared])
    corners = compare_corners(FOUR_CORNERS, spans, reference, compared, no_band)

    for segment, span in zip(
        segment_deltas(spans, reference, compared, no_band), spans, strict=True
    ):
        inside = [each for each in corners if each.corner.number in span.corners]
        if span.kind == "corner":
            assert inside[0].start_m == span.start_m
            assert inside[-1].end_m == span.end_m
            total_s = math.fsum(each.delta_s for each in inside)
            assert total_s == pytest.approx(segment.delta_s, abs=1e-9)


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
