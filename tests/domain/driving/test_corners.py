"""Corners found in lateral acceleration agree with the canonical table, or it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.driving.corners import Arc, _arcs, check_corners
from htt_desktop.domain.driving.curvature import curvature_per_m, distance_grid_m
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.tracks import Track
from tests.domain.synthetic_laps import (
    FOUR_CORNERS,
    Driving,
    corner,
    make_lap,
    track,
    with_dropout,
    without,
)

QUICK = Driving({"1": 24.0, "2": 30.0, "4": 26.0})


def arcs_of(track: Track, lap: AlignedLap) -> list[Arc]:
    """Return the bends to both sides in driving order."""
    grid_m = distance_grid_m(track.length_m)
    curvature = curvature_per_m(lap, grid_m)
    found = _arcs(grid_m, curvature, 1.0) + _arcs(grid_m, curvature, -1.0)
    return sorted(found, key=lambda arc: arc.start_m)


def lap_with_lateral_g(factor: float, bias_g: float = 0.0) -> AlignedLap:
    lap = make_lap(FOUR_CORNERS, QUICK)
    lateral = lap.traces[Channel.ACCELERATION_LAT]
    changed = replace(lateral, value=factor * lateral.value + bias_g)
    return replace(lap, traces={**lap.traces, Channel.ACCELERATION_LAT: changed})


def test_that_every_corner_is_found_with_its_direction_and_centre() -> None:
    checks = check_corners(FOUR_CORNERS, lap_with_lateral_g(1.0))

    for check in checks:
        middle_m = (check.corner.start_m + check.corner.end_m) / 2
        assert check.direction_agrees is True
        assert check.offset_m is not None
        assert check.corner.apex_m + check.offset_m == pytest.approx(middle_m, abs=4.0)


def test_that_an_inverted_sensor_contradicts_every_corner() -> None:
    checks = check_corners(FOUR_CORNERS, lap_with_lateral_g(-1.0))

    assert [check.direction_agrees for check in checks] == [False] * 4
    assert [check.offset_m for check in checks] == [None] * 4


def test_that_a_dropout_over_a_corner_leaves_its_direction_open() -> None:
    checks = check_corners(FOUR_CORNERS, with_dropout(lap_with_lateral_g(1.0), 580.0, 690.0))

    assert [check.direction_agrees for check in checks] == [None, True, True, True]
    assert [check.offset_m is None for check in checks] == [True, False, False, False]


def test_that_arcs_are_separate_where_the_direction_changes() -> None:
    arcs = arcs_of(FOUR_CORNERS, lap_with_lateral_g(1.0))

    assert [arc.direction for arc in arcs] == ["L", "R", "L", "L"]
    assert [np.sign(arc.turn_deg) for arc in arcs] == [1, -1, 1, 1]


def test_that_a_lane_change_is_no_arc() -> None:
    """At 0.012 per metre, 12 degrees take 17 m of road."""
    weaving = track(1000.0, [corner("1", 400.0, 405.0, 411.0), corner("2", 700.0, 730.0, 760.0)])
    arcs = arcs_of(weaving, make_lap(weaving, Driving({})))

    assert [round(arc.centroid_m, -1) for arc in arcs] == [730.0]


def test_that_two_arcs_of_one_direction_close_together_are_one() -> None:
    doubled = track(1000.0, [corner("1", 400.0, 430.0, 460.0), corner("2", 480.0, 510.0, 540.0)])

    assert len(arcs_of(doubled, make_lap(doubled, Driving({})))) == 1


def test_that_a_lap_without_lateral_acceleration_cannot_be_checked() -> None:
    lap = without(make_lap(FOUR_CORNERS, QUICK), Channel.ACCELERATION_LAT)

    with pytest.raises(MissingChannelError, match="no lateral acceleration"):
        check_corners(FOUR_CORNERS, lap)
