"""A lap shifted by hand, against the shifted arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.driving.compare_laps import nudged
from tests.packed_races import packed_race

OFFSETS_M = (7.0, -4.5)


@pytest.fixture(scope="module")
def pair(data_dir: Path) -> Comparison:
    return packed_race(data_dir, "indianapolis", 1).comparison(("7", 8), ("47", 10))


def test_that_no_shift_is_the_comparison_itself(pair: Comparison) -> None:
    assert nudged(pair, 0.0) is pair


@pytest.mark.parametrize("offset_m", OFFSETS_M)
def test_that_the_delta_is_that_of_the_shifted_lap(pair: Comparison, offset_m: float) -> None:
    moved = nudged(pair, offset_m)
    distance_m = moved.delta.distance_m
    later_s = np.interp(distance_m - offset_m, pair.compared.knot_m, pair.compared.knot_s)
    expected_s = later_s - np.interp(distance_m, pair.reference.knot_m, pair.reference.knot_s)
    inside = (distance_m > abs(offset_m)) & (distance_m < distance_m[-1] - abs(offset_m))
    assert moved.delta.delta_s[inside] == pytest.approx(expected_s[inside], abs=1e-9)
    assert np.array_equal(moved.delta.band_s, pair.delta.band_s)
    assert [loop.official_delta_s for loop in moved.loops] == [
        loop.official_delta_s for loop in pair.loops
    ]


@pytest.mark.parametrize("offset_m", OFFSETS_M)
def test_that_the_end_the_lap_left_is_unknown(pair: Comparison, offset_m: float) -> None:
    moved = nudged(pair, offset_m).delta
    length_m = moved.distance_m[-1]
    left = (0.0, offset_m) if offset_m > 0 else (length_m + offset_m, length_m)
    bare = (moved.distance_m >= left[0]) & (moved.distance_m <= left[1])
    assert bare.sum() > 2
    assert not moved.known[bare][1:-1].any()
    assert not moved.known[0 if offset_m > 0 else -1]
    assert np.array_equal(moved.known[~bare], pair.delta.known[~bare])


@pytest.mark.parametrize("offset_m", OFFSETS_M)
def test_that_segments_and_corners_add_up_to_the_shifted_delta(
    pair: Comparison, offset_m: float
) -> None:
    moved = nudged(pair, offset_m)
    whole_s = moved.delta.delta_s[-1] - moved.delta.delta_s[0]
    assert sum(segment.delta_s for segment in moved.segments) == pytest.approx(whole_s)
    # A shift of metres at the speed at the line, where both ends are driven alike.
    assert whole_s == pytest.approx(pair.lap_time_delta_s, abs=0.02)
    for before, after in zip(pair.segments, moved.segments, strict=True):
        assert (after.name, after.start_m, after.band_s) == (
            before.name,
            before.start_m,
            before.band_s,
        )


def test_that_the_shifted_car_brakes_as_much_later(pair: Comparison) -> None:
    compared = 0
    for before, after in zip(pair.corners, nudged(pair, 7.0).corners, strict=True):
        assert after.reference == before.reference
        points_m = before.compared.braking_point_m, after.compared.braking_point_m
        if points_m[0] is not None and points_m[1] is not None:
            assert points_m[1] - points_m[0] == pytest.approx(7.0)
            compared += 1
    assert compared >= 4
