"""The driven line as a picture of the track: from GPS, else from speed and lateral acceleration.

Without GPS the curvature ``a_y · g / v²`` gives the change of heading per metre, its sum the
heading, and the sum of the heading's unit vectors the line. Small errors of the acceleration bend
the picture open, so the curvature is corrected by the most probable error under which the lap
closes: heading by whole turns, position at the line. The errors considered are a bias and a
scale common to all corners (camber, body roll), a scale of each corner, and noise; stretches
without telemetry may take any gentle bend. Their sizes were chosen on laps with GPS at two
tracks: there the picture lies within 6–12 m (root mean square) of the driven line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, DrawnLine
from htt_desktop.domain.driving.curvature import curvature_per_m, distance_grid_m
from htt_desktop.domain.driving.lap_speed import mean_speed_kmh, mean_without_jumps
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import cumulative_trapezoid, moving_average_around, runs
from htt_desktop.domain.tracks import Track
from htt_desktop.domain.units import KMH_PER_MPS, STANDARD_GRAVITY_MPS2

BIAS_G = 0.1
"""Spread of a common error of lateral acceleration in corners (camber); on the straights
the bias is measured, because the road does not turn there."""

COMMON_SCALE = 0.05
"""Spread of the scale error: the body's roll and the road's camber add to the sensor."""

NOISE_G = 0.01
"""Spread of independent errors of lateral acceleration, each over 100 m of road."""

CORNER_SCALE = 0.1
"""Spread of independent scale errors, each over 100 m: camber differs from corner to corner."""

NOISE_LENGTH_M = 100.0
"""Road over which one such error holds."""

CLEAR_OF_CORNERS_M = 60.0
"""Distance from every corner at which the road counts as straight."""

BRIDGE_PER_M = 1.0e-3
"""Spread of the unknown bend in a stretch without telemetry."""

CLOSING_ROUNDS = 5
"""Rounds of closing the lap; each leaves a few per cent of the gap before it."""

BEARING_REACH_M = 100.0
"""Half the chord that gives the direction at the finish line; all seven lie on straights."""

LARGEST_GAP_SHARE = 0.5
"""Missing share of the lap above which the picture would be invention."""

LONGEST_HOLE_M = 15.0
"""Distance between GPS samples above which the line is unknown between them."""

GPS_SMOOTHING_M = 10.0
"""Width of the moving average: GPS comes in steps of about half a metre."""

LARGEST_GPS_GAP_SHARE = 0.25
"""Missing share of the lap above which there is no picture."""

TANGENT_POINTS = 4
"""Grid points from which the direction at the edge of a hole is taken."""


@dataclass(frozen=True, eq=False)
class _Errors:
    """Possible errors of the curvature: shapes with their spread, and independent ones."""

    shapes: FloatArray
    variance: FloatArray


def reconstructed_line(track: Track, *laps: AlignedLap) -> DrawnLine | None:
    """Draw the driven line without GPS.

    Parameters
    ----------
    track
        Circuit, for its length.
    *laps
        One or more laps, signs of the acceleration corrected; those without speed or
        lateral acceleration, or with less than half of the lap, are passed over. Their
        order does not matter.

    Returns
    -------
    DrawnLine or None
        Marked as reconstructed, beginning and ending at the finish line in (0, 0). North is
        up where the track table says which way the line is crossed; otherwise it is unknown,
        the longer side lies east–west and the car crosses the line towards east. None when
        no lap is left.

    References
    ----------
    The correction is the conditional mean of a Gaussian error given that the lap closes:
    ``δ = K Aᵀ (A K Aᵀ)⁻¹ r`` with the error's covariance ``K``, the gap ``r`` in heading
    and position and its derivatives ``A``, repeated because ``A`` depends on the line.
    """
    grid_m = distance_grid_m(track.length_m)
    straight = _straights(track, grid_m)
    usable = [lap for lap in laps if _is_recorded(lap, grid_m)]
    if not usable:
        return None
    speed_ms = mean_speed_kmh(usable, grid_m) / KMH_PER_MPS
    rows = [_unbiased(curvature_per_m(lap, grid_m), speed_ms, straight) for lap in usable]
    measured = mean_without_jumps(grid_m, np.stack(rows))
    known = np.isfinite(measured)
    bridged = np.interp(grid_m, grid_m[known], measured[known], period=track.length_m)
    curvature = _closed(grid_m, bridged, _errors(grid_m, bridged, speed_ms, known, straight))
    east_m, north_m = _drawn(grid_m, curvature)
    share = grid_m / grid_m[-1]
    # What the last round left over, some millimetres, goes evenly over the lap.
    east_m, north_m = east_m - share * east_m[-1], north_m - share * north_m[-1]
    if track.line_bearing_deg is None:
        east_m, north_m = _turned_wide(east_m, north_m)
        return DrawnLine(grid_m, east_m, north_m, reconstructed=True, is_north_up=False)
    turn = math.radians(line_bearing_deg(grid_m, east_m, north_m) - track.line_bearing_deg)
    east_m, north_m = _turned(east_m, north_m, math.cos(turn), math.sin(turn))
    return DrawnLine(grid_m, east_m, north_m, reconstructed=True)


def line_bearing_deg(distance_m: FloatArray, east_m: FloatArray, north_m: FloatArray) -> float:
    """Return the direction in which a closed line crosses the finish line.

    Parameters
    ----------
    distance_m, east_m, north_m
        Shape ``(points,)``; the last point closes the lap.

    Returns
    -------
    float
        Clockwise from north, 0 to 360: the chord from 100 m before to 100 m behind the line.
    """
    ends_m = np.array([distance_m[-1] - BEARING_REACH_M, BEARING_REACH_M])
    east, north = np.interp(ends_m, distance_m, east_m), np.interp(ends_m, distance_m, north_m)
    return math.degrees(math.atan2(east[1] - east[0], north[1] - north[0])) % 360.0


def _is_recorded(lap: AlignedLap, grid_m: FloatArray) -> bool:
    try:
        known = np.isfinite(curvature_per_m(lap, grid_m))
    except MissingChannelError:
        return False
    return bool(known.mean() >= 1.0 - LARGEST_GAP_SHARE)


def _unbiased(curvature: FloatArray, speed_ms: FloatArray, straight: BoolArray) -> FloatArray:
    """Return the curvature without the bias that the acceleration shows on the straights."""
    lateral_ms2 = (curvature * speed_ms**2)[straight & np.isfinite(curvature)]
    if lateral_ms2.size == 0:
        return curvature
    return curvature - float(np.median(lateral_ms2)) / speed_ms**2


def _straights(track: Track, grid_m: FloatArray) -> BoolArray:
    """Return where the road is straight: clear of every canonical corner."""
    straight = np.ones(grid_m.size, dtype=np.bool_)
    for corner in track.corners:
        straight &= (grid_m < corner.start_m - CLEAR_OF_CORNERS_M) | (
            grid_m > corner.end_m + CLEAR_OF_CORNERS_M
        )
    return straight


def _errors(
    grid_m: FloatArray,
    curvature: FloatArray,
    speed_ms: FloatArray,
    known: BoolArray,
    straight: BoolArray,
) -> _Errors:
    """Return how the curvature can be wrong: bias, scale, one bend and one S per gap, noise."""
    per_g = STANDARD_GRAVITY_MPS2 / np.maximum(speed_ms, 5.0) ** 2
    shapes = [BIAS_G * per_g * (known & ~straight), COMMON_SCALE * curvature * known]
    for first, after in runs(~known):
        phase = math.pi * (np.arange(first, after) - first + 0.5) / (after - first)
        for waves in (1.0, 2.0):
            shape = np.zeros(grid_m.size)
            shape[first:after] = BRIDGE_PER_M * np.sin(waves * phase)
            shapes.append(shape)
    step_m = float(grid_m[1] - grid_m[0])
    spread = np.hypot(NOISE_G * per_g, CORNER_SCALE * curvature)
    variance = np.where(known, spread**2 * NOISE_LENGTH_M / step_m, 0.0)
    return _Errors(np.stack(shapes), variance)


def _closed(grid_m: FloatArray, curvature: FloatArray, errors: _Errors) -> FloatArray:
    """Return the curvature after the most probable correction that closes the lap."""
    step_m = float(grid_m[1] - grid_m[0])
    turn = 2.0 * math.pi * round(_total(curvature, step_m) / (2.0 * math.pi))
    correction = np.zeros_like(curvature)
    for _ in range(CLOSING_ROUNDS):
        east_m, north_m = _drawn(grid_m, curvature + correction)
        gap = np.array([_total(curvature + correction, step_m) - turn, east_m[-1], north_m[-1]])
        slopes = step_m * np.stack(
            [np.ones_like(curvature), north_m - north_m[-1], east_m[-1] - east_m]
        )
        by_shape = slopes @ errors.shapes.T
        spread = by_shape @ by_shape.T + (slopes * errors.variance) @ slopes.T
        weights = np.linalg.solve(spread, slopes @ correction - gap)
        correction = errors.shapes.T @ (by_shape.T @ weights) + errors.variance * (
            slopes.T @ weights
        )
    return curvature + correction


def _total(curvature: FloatArray, step_m: float) -> float:
    """Return the change of heading over the lap in radians."""
    return float((curvature[1:] + curvature[:-1]).sum() * step_m / 2.0)


def _drawn(grid_m: FloatArray, curvature: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return east and north of the line that starts in (0, 0) towards east."""
    step_m = float(grid_m[1] - grid_m[0])
    heading = cumulative_trapezoid(curvature, step_m)
    middle = (heading[1:] + heading[:-1]) / 2.0
    east_m = np.concatenate(([0.0], np.cumsum(np.cos(middle) * step_m)))
    north_m = np.concatenate(([0.0], np.cumsum(np.sin(middle) * step_m)))
    return east_m, north_m


def _turned_wide(east_m: FloatArray, north_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn a line so that its longer side lies east–west and it starts towards east."""
    points = np.stack([east_m - east_m.mean(), north_m - north_m.mean()])
    _, axes = np.linalg.eigh(points @ points.T)
    cosine, sine = axes[:, -1]
    if cosine < 0.0:
        cosine, sine = -cosine, -sine
    return _turned(east_m, north_m, float(cosine), float(-sine))


def _turned(
    east_m: FloatArray, north_m: FloatArray, cosine: float, sine: float
) -> tuple[FloatArray, FloatArray]:
    """Turn a line to the left, by the cosine and sine of the angle."""
    return cosine * east_m - sine * north_m, sine * east_m + cosine * north_m


def gps_line(laps: Sequence[AlignedLap]) -> DrawnLine | None:
    """Return the line driven, from the GPS of one or more laps.

    Parameters
    ----------
    laps
        Aligned laps; those without GPS are passed over. Where one has a hole another
        fills it; the rest is their mean.

    Returns
    -------
    DrawnLine or None
        East and north in metres from the point the laps' GPS is measured from; the last
        point equals the first. None when no lap has GPS or holes common to all exceed a
        quarter of the lap.
    """
    lines = [lap for lap in laps if lap.gps_line_m.shape[0] > 1]
    if not lines:
        return None
    grid_m = distance_grid_m(float(lines[0].knot_m[-1]))
    known = np.stack([_near_fixes(lap.gps_line_m[:, 0], grid_m) for lap in lines])
    covered = known.any(axis=0)
    if covered.mean() < 1.0 - LARGEST_GPS_GAP_SHARE:
        return None
    east_m, north_m = (_side_m(lines, known, grid_m, column) for column in (1, 2))
    return DrawnLine(grid_m, east_m, north_m, reconstructed=False)


def _side_m(
    lines: Sequence[AlignedLap], known: BoolArray, grid_m: FloatArray, column: int
) -> FloatArray:
    """Return one coordinate of the mean line: holes bridged, closed and smoothed."""
    values_m = np.stack(
        [np.interp(grid_m, lap.gps_line_m[:, 0], lap.gps_line_m[:, column]) for lap in lines]
    )
    mean_m = mean_without_jumps(grid_m, np.where(known, values_m, np.nan))
    # A lap ends beside the point where it began; the step goes evenly over the lap.
    drift_m = grid_m / grid_m[-1] * _step_at_line_m(grid_m, mean_m)
    bridged_m = _bridged(grid_m, mean_m - drift_m)
    reach = round(GPS_SMOOTHING_M / float(grid_m[1] - grid_m[0])) // 2
    # The last point of the grid is the first of the next lap.
    smooth_m = moving_average_around(bridged_m[:-1], reach)
    return np.concatenate((smooth_m, smooth_m[:1]))


def _step_at_line_m(grid_m: FloatArray, values_m: FloatArray) -> float:
    """Return how far the end of a lap lies from its beginning; 0 where a hole hides it."""
    known = np.flatnonzero(np.isfinite(values_m))
    first, last = known[0], known[-1]
    if grid_m[first] - grid_m[0] + grid_m[-1] - grid_m[last] > LONGEST_HOLE_M:
        return 0.0
    if known.size < 2 * TANGENT_POINTS:
        return 0.0
    ends_m = []
    for edge, inner, line_m in (
        (first, known[TANGENT_POINTS], grid_m[0]),
        (last, known[-1 - TANGENT_POINTS], grid_m[-1]),
    ):
        slope = (values_m[edge] - values_m[inner]) / (grid_m[edge] - grid_m[inner])
        ends_m.append(values_m[edge] + slope * (line_m - grid_m[edge]))
    return float(ends_m[1] - ends_m[0])


def _bridged(grid_m: FloatArray, values_m: FloatArray) -> FloatArray:
    """Return values with every hole filled by a curve that leaves and meets it smoothly."""
    known = np.isfinite(values_m)
    filled_m: FloatArray = np.interp(
        grid_m, grid_m[known], values_m[known], period=float(grid_m[-1] - grid_m[0])
    )
    for first, after in runs(~known):
        left, right = first - 1, after
        if left < TANGENT_POINTS or right + TANGENT_POINTS >= grid_m.size:
            continue
        if not known[[left - TANGENT_POINTS, right + TANGENT_POINTS]].all():
            continue
        hole_m = grid_m[right] - grid_m[left]
        share = (grid_m[first:after] - grid_m[left]) / hole_m
        slopes = [
            (values_m[end] - values_m[begin]) / (grid_m[end] - grid_m[begin]) * hole_m
            for begin, end in ((left - TANGENT_POINTS, left), (right, right + TANGENT_POINTS))
        ]
        straight_m = values_m[left] + share * (values_m[right] - values_m[left])
        rise_m = values_m[right] - values_m[left]
        filled_m[first:after] = straight_m + share * (1.0 - share) * (
            (slopes[0] - rise_m) * (1.0 - share) - (slopes[1] - rise_m) * share
        )
    return filled_m


def _near_fixes(distances_m: FloatArray, grid_m: FloatArray) -> BoolArray:
    """Return where a line has samples close enough on both sides."""
    after = np.searchsorted(distances_m, grid_m)
    inside = (after > 0) & (after < distances_m.size)
    right = np.clip(after, 1, distances_m.size - 1)
    known: BoolArray = inside & (distances_m[right] - distances_m[right - 1] <= LONGEST_HOLE_M)
    return known
