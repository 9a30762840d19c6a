"""Driven lines: from GPS, and drawn from speed and lateral acceleration."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, DrawnLine
from htt_desktop.domain.driving.drawn_line import gps_line, line_bearing_deg, reconstructed_line
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from tests.domain.synthetic_laps import (
    GRAVITY_MS2,
    Driving,
    corner,
    make_lap,
    track,
    with_dropout,
    without,
)

RADIUS_M = 80.0
ARC_M = math.pi * RADIUS_M
STRAIGHT_M = 600.0
STADIUM = track(
    2 * (STRAIGHT_M + ARC_M),
    [
        corner("1", 300.0, 300.0 + ARC_M / 2, 300.0 + ARC_M),
        corner("2", 900.0 + ARC_M, 900.0 + 1.5 * ARC_M, 900.0 + 2 * ARC_M),
    ],
)
"""Two half circles to the left; the line lies in the middle of one straight."""


def stadium(distance_m: FloatArray) -> FloatArray:
    """Return east and north of the stadium, shape ``(2, points)``."""
    fine_m = np.linspace(0.0, STADIUM.length_m, 20_001)
    heading = np.cumsum(curvature(fine_m)) * (fine_m[1] - fine_m[0])
    step_m = fine_m[1] - fine_m[0]
    return np.stack(
        [
            np.interp(distance_m, fine_m, np.cumsum(np.cos(heading)) * step_m),
            np.interp(distance_m, fine_m, np.cumsum(np.sin(heading)) * step_m),
        ]
    )


def curvature(distance_m: FloatArray) -> FloatArray:
    bent = np.zeros(distance_m.size)
    for each in STADIUM.corners:
        bent[(distance_m >= each.start_m) & (distance_m <= each.end_m)] = 1.0 / RADIUS_M
    return bent


def with_curvature(on: Track, bent: FloatArray, bias_g: float, scale: float) -> AlignedLap:
    """Return a lap whose accelerometer feels a curvature given every 1 m."""
    lap = make_lap(on, Driving({each.number: 24.0 for each in on.corners}))
    lateral, speed = lap.traces[Channel.ACCELERATION_LAT], lap.traces[Channel.SPEED]
    speed_ms = np.interp(lateral.time_s, speed.time_s, speed.value) / 3.6
    felt = np.interp(lateral.distance_m, np.arange(bent.size, dtype=float), bent)
    value = scale * felt * speed_ms**2 / GRAVITY_MS2 + bias_g
    return replace(
        lap, traces={**lap.traces, Channel.ACCELERATION_LAT: replace(lateral, value=value)}
    )


def stadium_lap(bias_g: float = 0.0, scale: float = 1.0) -> AlignedLap:
    return with_curvature(STADIUM, curvature(np.arange(STADIUM.length_m)), bias_g, scale)


def shape_error_m(line: DrawnLine, truth_m: FloatArray) -> float:
    """Return the root mean square distance after the best turn and shift."""
    drawn = np.stack([line.east_m, line.north_m])
    drawn = drawn - drawn.mean(axis=1, keepdims=True)
    truth_m = truth_m - truth_m.mean(axis=1, keepdims=True)
    left, _, right = np.linalg.svd(drawn @ truth_m.T)
    mirror = np.diag([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    turned = right.T @ mirror @ left.T @ drawn
    return float(np.sqrt(((turned - truth_m) ** 2).sum(axis=0).mean()))


def drawn(lap: AlignedLap, on: Track = STADIUM) -> DrawnLine:
    line = reconstructed_line(on, lap)
    assert line is not None
    return line


def test_that_a_stadium_is_drawn_as_a_stadium() -> None:
    line = drawn(stadium_lap())

    assert line.reconstructed
    assert shape_error_m(line, stadium(line.distance_m)) < 3.0


@settings(max_examples=25)
@given(st.floats(-0.15, 0.15), st.floats(0.92, 1.08))
def test_that_a_biased_and_wrongly_scaled_sensor_still_gives_a_closed_stadium(
    bias_g: float, scale: float
) -> None:
    line = drawn(stadium_lap(bias_g, scale))

    assert (line.east_m[0], line.north_m[0]) == (0.0, 0.0)
    assert math.hypot(line.east_m[-1], line.north_m[-1]) < 1e-9
    assert shape_error_m(line, stadium(line.distance_m)) < 8.0


@pytest.mark.parametrize("bearing_deg", [0.0, 90.0, 128.5, 359.5])
def test_that_north_is_up_where_the_table_says_how_the_line_is_crossed(bearing_deg: float) -> None:
    line = drawn(stadium_lap(), replace(STADIUM, line_bearing_deg=bearing_deg))

    assert line.is_north_up
    ahead = np.radians(bearing_deg)
    # 200 m behind the line the car is still on the straight: east is the sine of the bearing.
    east_m, north_m = (
        np.interp(200.0, line.distance_m, side) for side in (line.east_m, line.north_m)
    )
    assert (east_m, north_m) == pytest.approx(
        (200.0 * np.sin(ahead), 200.0 * np.cos(ahead)), abs=3.0
    )
    assert shape_error_m(line, stadium(line.distance_m)) < 3.0


def test_that_north_stays_unknown_where_the_table_does_not_say() -> None:
    assert not drawn(stadium_lap()).is_north_up


def test_that_the_bearing_of_a_line_is_counted_clockwise_from_north() -> None:
    way_m = np.array([0.0, 100.0, 900.0, 1000.0])
    east_m, still_m = np.array([0.0, 100.0, -100.0, 0.0]), np.zeros(4)
    assert line_bearing_deg(way_m, east_m, still_m) == pytest.approx(90.0)
    assert line_bearing_deg(way_m, -east_m, still_m) == pytest.approx(270.0)
    assert line_bearing_deg(way_m, still_m, -east_m) == pytest.approx(180.0)


def test_that_left_corners_turn_left_on_the_picture() -> None:
    line = drawn(stadium_lap())
    area_m2 = np.sum(
        line.east_m[:-1] * np.diff(line.north_m) - line.north_m[:-1] * np.diff(line.east_m)
    )

    assert area_m2 > 0.0


def test_that_the_longer_side_lies_east_west_and_the_car_starts_towards_east() -> None:
    line = drawn(stadium_lap())

    assert np.ptp(line.east_m) > 2 * np.ptp(line.north_m)
    assert line.east_m[5] > 0.0


@pytest.mark.parametrize("hole_m", [(100.0, 260.0), (250.0, 400.0), (0.0, 150.0)])
def test_that_a_dropout_is_bridged_by_what_closes_the_lap(hole_m: tuple[float, float]) -> None:
    line = drawn(with_dropout(stadium_lap(bias_g=0.02), *hole_m))

    assert shape_error_m(line, stadium(line.distance_m)) < 6.0


def test_that_two_laps_give_one_picture_in_either_order() -> None:
    one, other = stadium_lap(0.05, 1.02), with_dropout(stadium_lap(-0.1, 0.97), 300.0, 500.0)
    there, back = (reconstructed_line(STADIUM, *laps) for laps in ((one, other), (other, one)))

    assert there is not None
    assert back is not None
    assert np.array_equal(there.east_m, back.east_m)
    assert shape_error_m(there, stadium(there.distance_m)) < 6.0


def test_that_a_lap_of_which_little_is_left_spoils_no_picture() -> None:
    scrap = with_dropout(stadium_lap(0.2, 1.3), 500.0, 2000.0)

    with_scrap = reconstructed_line(STADIUM, stadium_lap(), scrap)

    assert with_scrap is not None
    assert np.array_equal(with_scrap.east_m, drawn(stadium_lap()).east_m)


def test_that_a_figure_of_eight_closes_with_no_turn_at_all() -> None:
    length_m = 4 * math.pi * 100.0
    eight = track(
        length_m,
        [
            corner("1", 2.0, length_m / 4, length_m / 2 - 2.0),
            corner("2", length_m / 2 + 2.0, 0.75 * length_m, length_m - 2.0, "R"),
        ],
    )
    bent = np.where(np.arange(length_m) < length_m / 2, 0.01, -0.01)
    line = drawn(with_curvature(eight, bent, 0.0, 1.02), eight)

    assert np.ptp(line.east_m) == pytest.approx(400.0, rel=0.05)
    assert np.ptp(line.north_m) == pytest.approx(200.0, rel=0.05)


def test_that_there_is_no_picture_without_lateral_acceleration_or_half_of_the_lap() -> None:
    assert reconstructed_line(STADIUM, without(stadium_lap(), Channel.ACCELERATION_LAT)) is None
    torn = with_dropout(stadium_lap(), 100.0, 100.0 + 0.6 * STADIUM.length_m)
    assert reconstructed_line(STADIUM, torn) is None


def with_gps(shift_m: float = 0.0, hole_m: tuple[float, float] = (0.0, 0.0)) -> AlignedLap:
    """Return a lap with GPS every 3 m, rounded to half metres, without fixes in a hole."""
    distances_m = np.arange(0.0, STADIUM.length_m, 3.0)
    distances_m = distances_m[(distances_m < hole_m[0]) | (distances_m >= hole_m[1])]
    east_m, north_m = np.round(2 * stadium(distances_m)) / 2 + shift_m
    return replace(stadium_lap(), gps_line_m=np.column_stack([distances_m, east_m, north_m]))


def gps(*laps: AlignedLap) -> DrawnLine:
    line = gps_line(laps)
    assert line is not None
    return line


def test_that_the_gps_line_follows_the_fixes_and_closes() -> None:
    line = gps(with_gps())

    assert not line.reconstructed
    assert (line.east_m[-1], line.north_m[-1]) == (line.east_m[0], line.north_m[0])
    away_m = np.hypot(*(np.stack([line.east_m, line.north_m]) - stadium(line.distance_m)))
    assert away_m.max() < 1.0


def test_that_a_lap_that_ends_beside_its_beginning_closes_without_a_step() -> None:
    lap = with_gps()
    drift_m = -10.0 * lap.gps_line_m[:, 0] / STADIUM.length_m
    lap.gps_line_m[:, 1] += drift_m
    line = gps(lap)

    assert np.hypot(np.diff(line.east_m), np.diff(line.north_m)).max() < 3.0


def test_that_the_other_lap_fills_a_hole_in_the_gps() -> None:
    hole_m = (340.0, 420.0)
    line = gps(with_gps(0.0, hole_m), with_gps(4.0))
    away_m = np.stack([line.east_m, line.north_m]) - stadium(line.distance_m)

    assert np.abs(away_m - 2.0).max() < 1.0


def test_that_a_hole_in_a_corner_is_bridged_by_a_curve_not_a_chord() -> None:
    """The chord over 60 m of this corner cuts it by 5.5 m."""
    hole_m = (400.0, 460.0)
    line = gps(with_gps(0.0, hole_m))
    away_m = np.hypot(*(np.stack([line.east_m, line.north_m]) - stadium(line.distance_m)))

    assert away_m[(line.distance_m > hole_m[0]) & (line.distance_m < hole_m[1])].max() < 2.0


def test_that_there_is_no_gps_line_without_gps() -> None:
    assert gps_line([stadium_lap()]) is None
    assert gps_line([with_gps(0.0, (0.0, 0.5 * STADIUM.length_m))]) is None
