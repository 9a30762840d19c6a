"""Curvature of the driven line from lateral acceleration and speed."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.signals import moving_average
from htt_desktop.domain.units import KMH_PER_MPS, STANDARD_GRAVITY_MPS2

GRID_STEP_M = 2.0
"""Step of the grid; the acceleration is sampled every 1–2.5 m."""

SMOOTHING_M = 20.0
"""Width of the moving average: longer than bumps and kerbs, shorter than any corner."""

MINIMUM_SPEED_KMH = 20.0
"""Below this the lateral acceleration says nothing about curvature."""


def distance_grid_m(length_m: float) -> FloatArray:
    """Return evenly spaced lap distances from 0 to the lap length, both included."""
    return np.linspace(0.0, length_m, round(length_m / GRID_STEP_M) + 1)


def curvature_per_m(lap: AlignedLap, grid_m: FloatArray) -> FloatArray:
    """Return the curvature ``a_y · g / v²`` of the driven line.

    Parameters
    ----------
    lap
        Lap with speed and lateral acceleration, sign and bias corrected.
    grid_m
        Evenly spaced lap distances, shape ``(points,)``.

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
    reach = max(round(SMOOTHING_M / 2.0 / float(grid_m[1] - grid_m[0])), 0)
    speed_ms = moving_average(_on_grid(lap, Channel.SPEED, grid_m), reach) / KMH_PER_MPS
    lateral_g = moving_average(_on_grid(lap, Channel.ACCELERATION_LAT, grid_m), reach)
    too_slow = speed_ms < MINIMUM_SPEED_KMH / KMH_PER_MPS
    speed_ms[too_slow] = np.nan
    return lateral_g * STANDARD_GRAVITY_MPS2 / speed_ms**2


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
    """Drop samples at the same distance, between which nothing can be interpolated."""
    keep = np.diff(trace.distance_m, prepend=-np.inf) > 0.0
    return Trace(trace.distance_m[keep], trace.time_s[keep], trace.value[keep])
