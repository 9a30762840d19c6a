"""GPS positions in metres and how far they lie ahead of and beside a driven line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.recording import BoolArray, FloatArray, Recording
from htt_desktop.domain.signals import hann_average_around
from htt_desktop.domain.tracks import Track
from htt_desktop.domain.units import METRES_PER_DEGREE_LATITUDE, METRES_PER_DEGREE_LONGITUDE

LINE_STEP_M = 2.0
SMOOTHING_POINTS = 7
"""Points on either side over which a line is averaged."""

FEWEST_FIXES = 4
"""Fixes per node below which their median is not used."""


@dataclass(frozen=True, eq=False)
class GpsFixes:
    """Fresh GPS fixes of a car.

    Attributes
    ----------
    time_s
        Official race time, shape ``(fixes,)``, increasing.
    east_m, north_m
        From the printed position of the start/finish line.
    """

    time_s: FloatArray
    east_m: FloatArray
    north_m: FloatArray


@dataclass(frozen=True, eq=False)
class DrivenLine:
    """A car's own mean line over lap distance.

    Attributes
    ----------
    distance_m, east_m, north_m
        Shape ``(points,)``; NaN where no lap has fixes.
    toward_east, toward_north
        Unit vector of the driving direction.
    laps
        Laps behind it.
    """

    distance_m: FloatArray
    east_m: FloatArray
    north_m: FloatArray
    toward_east: FloatArray
    toward_north: FloatArray
    laps: int


@dataclass(frozen=True, eq=False)
class GpsNodes:
    """Deviation of one lap from the car's line, per node.

    Attributes
    ----------
    ahead_m, left_m
        Median over the fixes near the node; NaN where there are too few.
    toward_east, toward_north
        Driving direction at the node.
    """

    ahead_m: FloatArray
    left_m: FloatArray
    toward_east: FloatArray
    toward_north: FloatArray


def gps_fixes(track: Track, recording: Recording) -> GpsFixes | None:
    """Return a car's fresh fixes, ``None`` without GPS.

    The receiver renews its position at about 11 Hz while the logger repeats the last one at
    23 Hz; repeats carry a stale position under a new stamp and are dropped.
    """
    time_s, latitude = recording.samples(Channel.LATITUDE)
    other_s, longitude = recording.samples(Channel.LONGITUDE)
    if time_s.size < 2 or other_s.size < 2:
        return None
    longitude = np.interp(time_s, other_s, longitude)
    fresh = np.concatenate(([True], (np.diff(latitude) != 0) | (np.diff(longitude) != 0)))
    scale = np.cos(np.radians(track.line_latitude_deg)) * METRES_PER_DEGREE_LONGITUDE
    return GpsFixes(
        time_s[fresh],
        (longitude[fresh] - track.line_longitude_deg) * scale,
        (latitude[fresh] - track.line_latitude_deg) * METRES_PER_DEGREE_LATITUDE,
    )


def mean_line(
    length_m: float, laps: Sequence[tuple[FloatArray, FloatArray, FloatArray]]
) -> DrivenLine:
    """Return the median line of a car's laps.

    Parameters
    ----------
    length_m
        Lap length.
    laps
        Per lap: lap distance, east and north, each ``(fixes,)``.
    """
    grid_m = np.arange(0.0, length_m, LINE_STEP_M)
    east = np.stack([np.interp(grid_m, distance_m, east) for distance_m, east, _ in laps])
    north = np.stack([np.interp(grid_m, distance_m, north) for distance_m, _, north in laps])
    mean_east, mean_north = np.median(east, axis=0), np.median(north, axis=0)
    smooth_east = hann_average_around(mean_east, SMOOTHING_POINTS)
    smooth_north = hann_average_around(mean_north, SMOOTHING_POINTS)
    along_east, along_north = np.gradient(smooth_east), np.gradient(smooth_north)
    size = np.maximum(np.hypot(along_east, along_north), 1e-9)
    return DrivenLine(
        grid_m, smooth_east, smooth_north, along_east / size, along_north / size, len(laps)
    )


def deviations(
    line: DrivenLine,
    fix_s: FloatArray,
    east_m: FloatArray,
    north_m: FloatArray,
    lap_distance_m: FloatArray,
    node_s: FloatArray,
) -> GpsNodes:
    """Return how far a lap's fixes lie ahead of and left of the line, per node.

    Parameters
    ----------
    line
        The car's line.
    fix_s, east_m, north_m
        Fixes of the lap on the recorded lap clock, shape ``(fixes,)``.
    lap_distance_m
        Where the distance axis believes the fixes to be.
    node_s
        Evenly spaced nodes, shape ``(nodes,)``.
    """
    inside = (lap_distance_m >= line.distance_m[0]) & (lap_distance_m <= line.distance_m[-1])
    fix_s, lap_distance_m = fix_s[inside], lap_distance_m[inside]
    along_e = np.interp(lap_distance_m, line.distance_m, line.toward_east)
    along_n = np.interp(lap_distance_m, line.distance_m, line.toward_north)
    off_e = east_m[inside] - np.interp(lap_distance_m, line.distance_m, line.east_m)
    off_n = north_m[inside] - np.interp(lap_distance_m, line.distance_m, line.north_m)
    step_s = node_s[1] - node_s[0]
    node = np.clip(np.round((fix_s - node_s[0]) / step_s).astype(np.int64), 0, node_s.size - 1)
    counts = np.bincount(node, minlength=node_s.size)
    enough = counts >= FEWEST_FIXES
    return GpsNodes(
        _node_median(node, off_e * along_e + off_n * along_n, counts, enough),
        _node_median(node, off_n * along_e - off_e * along_n, counts, enough),
        _node_median(node, along_e, counts, enough),
        _node_median(node, along_n, counts, enough),
    )


def _node_median(
    node: np.ndarray[tuple[int], np.dtype[np.int64]],
    values: FloatArray,
    counts: np.ndarray[tuple[int], np.dtype[np.int64]],
    enough: BoolArray,
) -> FloatArray:
    order = np.lexsort((values, node))
    ordered = values[order]
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    middle = np.clip(starts + counts // 2, 0, max(ordered.size - 1, 0))
    if ordered.size == 0:
        return np.full(counts.shape, np.nan)
    return np.where(enough, ordered[middle], np.nan)
