"""GPS in metres from the line, and how far a lap lies ahead of and left of a car's own line."""

from __future__ import annotations

import numpy as np
import pytest

from htt_desktop.domain.alignment.gps_track import (
    FEWEST_FIXES,
    DrivenLine,
    deviations,
    gps_fixes,
    mean_line,
)
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.units import METRES_PER_DEGREE_LATITUDE
from tests.made_up_race import ring

RING = ring()
RADIUS_M = 500.0
LENGTH_M = 2 * np.pi * RADIUS_M


def located(latitude: list[float], longitude: list[float]) -> Recording:
    time_s = np.linspace(0.0, 0.043 * (len(latitude) - 1), len(latitude))
    channels = {Channel.LATITUDE: np.array(latitude), Channel.LONGITUDE: np.array(longitude)}
    return Recording("7", time_s, np.zeros(time_s.size, dtype=np.int64), channels)


def circle(distance_m: FloatArray, radius_m: float = RADIUS_M) -> tuple[FloatArray, FloatArray]:
    """Drive anticlockwise from the east."""
    angle = distance_m / RADIUS_M
    return radius_m * np.cos(angle), radius_m * np.sin(angle)


def line() -> DrivenLine:
    distance_m = np.arange(0.0, LENGTH_M + 5.0, 4.0)
    return mean_line(LENGTH_M, [(distance_m, *circle(distance_m))] * 3)


def test_that_repeated_positions_are_dropped() -> None:
    fixes = gps_fixes(RING, located([45, 45, 45.001, 45.001, 45.001], [9, 9, 9, 9, 9.001]))
    assert fixes is not None
    assert fixes.time_s.tolist() == pytest.approx([0.0, 2 * 0.043, 4 * 0.043])


def test_that_positions_are_metres_from_the_line() -> None:
    fixes = gps_fixes(RING, located([45.0, 45.001, 44.999], [9.0, 9.001, 8.999]))
    assert fixes is not None
    assert fixes.north_m.tolist() == pytest.approx([0, 111.132, -111.132], abs=1e-6)
    # A degree of longitude is shorter by the cosine of the latitude.
    assert fixes.east_m.tolist() == pytest.approx([0, 78.715, -78.715], abs=0.01)
    assert pytest.approx(111_132.0) == METRES_PER_DEGREE_LATITUDE


def test_that_a_missing_half_of_gps_is_no_gps() -> None:
    whole = located([45.0, 45.1], [9.0, 9.1])
    assert gps_fixes(RING, whole) is not None
    for channel in (Channel.LATITUDE, Channel.LONGITUDE):
        half = {name: values for name, values in whole.channels.items() if name is not channel}
        assert gps_fixes(RING, Recording("7", whole.time_s, whole.logger_lap, half)) is None
        silent = {**whole.channels, channel: np.full(2, np.nan)}
        assert gps_fixes(RING, Recording("7", whole.time_s, whole.logger_lap, silent)) is None


def test_that_the_line_is_the_median_of_the_laps_and_knows_its_direction() -> None:
    distance_m = np.arange(0.0, LENGTH_M + 5.0, 4.0)
    laps = [(distance_m, *circle(distance_m, RADIUS_M + out_m)) for out_m in (-1.0, 0.0, 60.0)]
    found = mean_line(LENGTH_M, laps)
    assert found.laps == 3
    east_m, north_m = circle(found.distance_m)
    assert np.hypot(found.east_m - east_m, found.north_m - north_m).max() < 1.0
    inner = slice(10, -10)
    assert found.toward_east[inner] == pytest.approx(-north_m[inner] / RADIUS_M, abs=0.01)
    assert found.toward_north[inner] == pytest.approx(east_m[inner] / RADIUS_M, abs=0.01)


def test_that_ahead_and_left_carry_their_signs() -> None:
    fix_s = np.arange(0.0, 40.0, 0.09)
    believed_m = 200.0 + 40.0 * fix_s
    # Really 3 m further, and 2 m towards the inside of an anticlockwise circle: the left.
    east_m, north_m = circle(believed_m + 3.0, RADIUS_M - 2.0)
    node_s = np.arange(0.5, 40.0, 1.0)
    found = deviations(line(), fix_s, east_m, north_m, believed_m, node_s)
    assert found.ahead_m[2:-2] == pytest.approx(3.0, abs=0.1)
    assert found.left_m[2:-2] == pytest.approx(2.0, abs=0.1)


def test_that_single_outliers_do_not_matter_and_few_fixes_do_not_count() -> None:
    fix_s = np.arange(0.0, 10.0, 0.09)
    believed_m = 200.0 + 40.0 * fix_s
    east_m, north_m = circle(believed_m)
    east_m[::10] += 500.0
    kept = (fix_s < 5.0) | (fix_s >= 6.0)
    kept |= np.isin(np.arange(fix_s.size), np.flatnonzero(~kept)[: FEWEST_FIXES - 1])
    found = deviations(
        line(), fix_s[kept], east_m[kept], north_m[kept], believed_m[kept], np.arange(0.5, 10, 1.0)
    )
    assert np.isnan(found.ahead_m).tolist() == [n == 5 for n in range(10)]
    assert np.nanmax(np.abs(found.ahead_m)) < 0.3


def test_that_no_fix_on_the_line_gives_no_deviation() -> None:
    fix_s = np.arange(0.0, 5.0, 0.09)
    beyond_m = np.full(fix_s.size, LENGTH_M + 100.0)
    found = deviations(line(), fix_s, fix_s, fix_s, beyond_m, np.arange(0.5, 5, 1.0))
    assert np.isnan(found.ahead_m).all()
    assert np.isnan(found.left_m).all()
