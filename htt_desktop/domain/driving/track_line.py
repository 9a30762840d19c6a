"""The driven line from GPS, as a picture of the track."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, DrawnLine
from htt_desktop.domain.driving.curvature import distance_grid_m
from htt_desktop.domain.driving.lap_speed import mean_without_jumps
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import moving_average_around, runs

LONGEST_HOLE_M = 15.0
"""Distance between GPS samples above which the line is unknown between them."""

SMOOTHING_M = 10.0
"""Width of the moving average: GPS comes in steps of about half a metre."""

LARGEST_GAP_SHARE = 0.25
"""Missing share of the lap above which there is no picture."""

TANGENT_POINTS = 4
"""Grid points from which the direction at the edge of a hole is taken."""


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
    known = np.stack([_known(lap.gps_line_m[:, 0], grid_m) for lap in lines])
    covered = known.any(axis=0)
    if covered.mean() < 1.0 - LARGEST_GAP_SHARE:
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
    reach = round(SMOOTHING_M / float(grid_m[1] - grid_m[0])) // 2
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


def _known(distances_m: FloatArray, grid_m: FloatArray) -> BoolArray:
    """Return where a line has samples close enough on both sides."""
    after = np.searchsorted(distances_m, grid_m)
    inside = (after > 0) & (after < distances_m.size)
    right = np.clip(after, 1, distances_m.size - 1)
    known: BoolArray = inside & (distances_m[right] - distances_m[right - 1] <= LONGEST_HOLE_M)
    return known
