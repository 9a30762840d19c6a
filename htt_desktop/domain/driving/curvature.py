"""Curvature of the driven line from lateral acceleration and speed."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.channels import STANDARD_GRAVITY_MPS2, Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.driving.minimum_speed import KMH_PER_MS
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import FloatArray

GRID_STEP_M = 2.0
"""Step of the grid; the acceleration is sampled every 1–2.5 m."""

SMOOTHING_M = 20.0
"""Width of the moving average: longer than bumps and kerbs, shorter than any corner."""

MINIMUM_SPEED_KMH = 20.0
"""Below this the lateral acceleration says nothing about curvature."""


def distance_grid_m(length_m: float) -> FloatArray:
    """Return evenly spaced places from 0 to the lap length, both included."""
    return np.linspace(0.0, length_m, round(length_m / GRID_STEP_M) + 1)


def curvature_per_m(lap: AlignedLap, grid_m: FloatArray) -> FloatArray:
    """Return the curvature ``a_y · g / v²`` of the driven line.

    Parameters
    ----------
    lap
        Lap with speed and lateral acceleration, sign and bias corrected.
    grid_m
        Evenly spaced places, shape ``(points,)``.

    Returns
    -------
    array
        Curvature in 1/m, positive to the left, smoothed over 20 m; NaN in dropouts and
        beyond the recording.

    Raises
    ------
    MissingChannelError
        The lap has no speed or no lateral acceleration.
    """
    speed_ms = _smooth(_on_grid(lap, Channel.SPEED, grid_m), grid_m) / KMH_PER_MS
    lateral_ms2 = _smooth(_on_grid(lap, Channel.ACCELERATION_LAT, grid_m), grid_m)
    too_slow = speed_ms < MINIMUM_SPEED_KMH / KMH_PER_MS
    speed_ms[too_slow] = np.nan
    return lateral_ms2 * STANDARD_GRAVITY_MPS2 / speed_ms**2


def _on_grid(lap: AlignedLap, channel: Channel, grid_m: FloatArray) -> FloatArray:
    trace = lap.traces.get(channel)
    if trace is None or not np.isfinite(trace.value).any():
        raise MissingChannelError(_missing(lap, channel))
    trace = _without_repeats(trace)
    values: FloatArray = np.interp(grid_m, trace.distance_m, trace.value, left=np.nan, right=np.nan)
    return values


def _missing(lap: AlignedLap, channel: Channel) -> str:
    label = "speed" if channel is Channel.SPEED else "lateral acceleration"
    return (
        f"Lap {lap.lap.lap_number} of #{lap.entry.number} has no {label}, so its curvature is "
        "unknown; choose another lap."
    )


def _without_repeats(trace: Trace) -> Trace:
    """Drop samples at the same place, between which nothing can be interpolated."""
    keep = np.diff(trace.distance_m, prepend=-np.inf) > 0.0
    return Trace(trace.distance_m[keep], trace.time_s[keep], trace.value[keep])


def _smooth(values: FloatArray, grid_m: FloatArray) -> FloatArray:
    """Return the moving average over known values; unknown places stay unknown."""
    half = max(round(SMOOTHING_M / 2.0 / float(grid_m[1] - grid_m[0])), 0)
    known = np.isfinite(values)
    totals = np.concatenate(([0.0], np.cumsum(np.where(known, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(known)))
    places = np.arange(values.size)
    low, high = np.maximum(places - half, 0), np.minimum(places + half + 1, values.size)
    smooth = (totals[high] - totals[low]) / np.maximum(counts[high] - counts[low], 1)
    return np.where(known, smooth, np.nan)
