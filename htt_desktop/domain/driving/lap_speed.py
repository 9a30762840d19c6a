"""Speed of laps over lap distance, means of several laps, and the minimum of a stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.units import KMH_PER_MPS, STANDARD_GRAVITY_MPS2

HIDDEN_DIP_KMH_PER_S = 10.0
"""How much lower the speed can have been in a dropout, per second of it: braking at 1 g and
accelerating at 0.4 g again loses and regains 2.8 m/s in a second."""

CLEAR_DIP_KMH = 1.0
"""How much slower than at both ends of a stretch its slowest point must be to be a minimum and
not noise: the speed repeats to about 1 km/h."""


def speed_on_grid_kmh(lap: AlignedLap, distance_m: FloatArray) -> FloatArray:
    """Return the recorded speed at given lap distances.

    Parameters
    ----------
    lap
        Lap with a speed trace.
    distance_m
        Lap distances in metres, shape ``(points,)``, increasing.

    Returns
    -------
    array
        Speed in km/h, shape ``(points,)``; NaN inside dropouts and beyond the
        first and last sample.

    Raises
    ------
    MissingChannelError
        The lap has no speed trace.
    """
    trace = lap.traces.get(Channel.SPEED)
    if trace is None or trace.value.size == 0:
        message = (
            f"Lap {lap.lap.lap_number} of #{lap.entry.number} has no speed channel, so it has no "
            "braking zones to cut at; choose another lap."
        )
        raise MissingChannelError(message)
    return np.interp(distance_m, trace.distance_m, trace.value, left=np.nan, right=np.nan)


def mean_speed_kmh(laps: Sequence[AlignedLap], distance_m: FloatArray) -> FloatArray:
    """Return the mean speed of several laps without jumps where one of them is missing.

    A plain mean would step up or down at the edge of a dropout, and such a step looks
    like a braking zone; see :func:`mean_without_jumps`.

    Parameters
    ----------
    laps
        At least one lap with a speed trace; their order does not matter.
    distance_m
        Lap distances in metres, shape ``(points,)``, increasing.

    Returns
    -------
    array
        Mean speed in km/h, shape ``(points,)``, finite everywhere: stretches that no
        lap recorded are bridged by a straight line.

    Raises
    ------
    MissingChannelError
        A lap has no speed trace, or no lap recorded any of them.
    """
    speed_kmh = np.stack([speed_on_grid_kmh(lap, distance_m) for lap in laps])
    mean_kmh = mean_without_jumps(distance_m, speed_kmh)
    recorded = np.isfinite(mean_kmh)
    if not recorded.any():
        message = "None of the laps recorded any speed; choose another lap."
        raise MissingChannelError(message)
    filled_kmh: FloatArray = np.interp(distance_m, distance_m[recorded], mean_kmh[recorded])
    return filled_kmh


def mean_without_jumps(distance_m: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the mean of several laps' values, without steps at the edges of dropouts.

    Parameters
    ----------
    distance_m
        Lap distances in metres, shape ``(points,)``, increasing.
    rows
        Values, shape ``(laps, points)``; NaN where a lap is missing.

    Returns
    -------
    array
        Shape ``(points,)``; NaN where all laps are missing. Exchanging two rows changes
        nothing.

    Examples
    --------
    >>> laps = np.array([[10.0, 10.0, 10.0], [14.0, np.nan, 14.0]])
    >>> mean_without_jumps(np.arange(3.0), laps)
    array([12., 12., 12.])
    """
    known = np.isfinite(rows)
    together = known.all(axis=0)
    if together.all():
        mean: FloatArray = rows.mean(axis=0)
        return mean
    if together.any():
        usual = rows[:, together] - rows[:, together].mean(axis=0)
        lap_distances_m = distance_m[together]
        rows = rows - np.stack([np.interp(distance_m, lap_distances_m, row) for row in usual])
    laps = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(laps > 0, total / np.maximum(laps, 1), np.nan)


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
