"""The lowest speed of a stretch, between samples that come only every 0.22 s."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.units import KMH_PER_MPS, STANDARD_GRAVITY_MPS2

HIDDEN_DIP_KMH_PER_S = 10.0
"""How much lower the speed can have been in a dropout, per second of it: braking at 1 g and
accelerating at 0.4 g again loses and regains 2.8 m/s in a second."""

CLEAR_DIP_KMH = 1.0
"""How much slower than at both ends of a stretch its slowest point must be to be a minimum and
not noise: the speed repeats to about 1 km/h."""


@dataclass(frozen=True)
class MinimumSpeed:
    """The lowest speed of a stretch.

    Attributes
    ----------
    speed_kmh
        Lowest speed.
    distance_m
        Where; None when the speed only rises or only falls through the stretch.
    """

    speed_kmh: float
    distance_m: float | None


def fine_speed(lap: AlignedLap) -> Trace | None:
    """Return the speed of a lap at the finer samples of the longitudinal acceleration.

    Between two samples of speed the acceleration is integrated and the result bent so
    that it meets both; a bias of the acceleration therefore drops out. Without that
    channel the trace is the recorded one.

    Parameters
    ----------
    lap
        Aligned lap. Its speed must already be freed of the 0.15–0.4 s by which the logger
        stamps that channel late: the shapes of both channels are laid over one another.

    Returns
    -------
    Trace or None
        Speed in km/h, NaN in dropouts; None without any speed sample.
    """
    speed = lap.traces.get(Channel.SPEED)
    if speed is None or not np.isfinite(speed.value).any():
        return None
    acceleration = lap.traces.get(Channel.ACCELERATION_LONG)
    if acceleration is None:
        return speed
    measured = np.isfinite(acceleration.value)
    if not measured.any():
        return speed
    time_s = np.union1d(speed.time_s, acceleration.time_s[measured])
    time_s = time_s[(time_s >= speed.time_s[0]) & (time_s <= speed.time_s[-1])]
    g = np.interp(time_s, acceleration.time_s[measured], acceleration.value[measured])
    gained_g_s = cumulative_trapezoid(g, np.diff(time_s))
    gained_kmh = gained_g_s * STANDARD_GRAVITY_MPS2 * KMH_PER_MPS
    miss_kmh = speed.value - np.interp(speed.time_s, time_s, gained_kmh)
    value_kmh = gained_kmh + np.interp(time_s, speed.time_s, miss_kmh)
    return Trace(np.interp(time_s, lap.knot_s, lap.knot_m), time_s, value_kmh)


def minimum_speed(speed: Trace, from_m: float, to_m: float) -> MinimumSpeed | None:
    """Return the lowest speed within a stretch.

    With every second sample of speed left out, the minimum changes by 0.1 km/h and its distance
    by 1–2 m in the median, 0.7–1.1 km/h and 10 m at the 95th percentile: what stands here is at
    least that good. The distance is loosest where the car rolls at constant speed.

    Parameters
    ----------
    speed
        Result of :func:`fine_speed`.
    from_m, to_m
        Stretch of lap distance.

    Returns
    -------
    MinimumSpeed or None
        None when the stretch is not recorded from end to end, unless the dropout is too
        short to hide a lower speed.
    """
    if speed.distance_m[0] > from_m or speed.distance_m[-1] < to_m:
        return None
    first = int(np.searchsorted(speed.distance_m, from_m, side="right")) - 1
    after = int(np.searchsorted(speed.distance_m, to_m)) + 1
    window = slice(first, after)
    known = np.isfinite(speed.value[window])
    if not known.any():
        return None
    distances_m = speed.distance_m[window][known]
    value_kmh = speed.value[window][known]
    edges_kmh = np.interp((from_m, to_m), distances_m, value_kmh)
    inside = (distances_m > from_m) & (distances_m < to_m)
    lowest_kmh, distance_m = float(edges_kmh.min()), None
    if inside.any():
        index = int(np.argmin(value_kmh[inside]))
        if value_kmh[inside][index] < lowest_kmh - CLEAR_DIP_KMH:
            distance_m = float(distances_m[inside][index])
        lowest_kmh = min(lowest_kmh, float(value_kmh[inside][index]))
    if not known.all() and _is_hidden(speed.time_s[window], speed.value[window], lowest_kmh):
        return None
    return MinimumSpeed(lowest_kmh, distance_m)


def _is_hidden(time_s: FloatArray, speed_kmh: FloatArray, lowest_kmh: float) -> bool:
    """Tell whether a dropout could have hidden a speed below the lowest one seen."""
    known = np.flatnonzero(np.isfinite(speed_kmh))
    if known[0] > 0 or known[-1] < speed_kmh.size - 1:
        return True
    broken = np.flatnonzero(np.diff(known) > 1)
    left, right = known[broken], known[broken + 1]
    dips_kmh = HIDDEN_DIP_KMH_PER_S * (time_s[right] - time_s[left])
    return bool((np.minimum(speed_kmh[left], speed_kmh[right]) - dips_kmh < lowest_kmh).any())
