"""Speed of laps over lap distance, with missing stretches borrowed from the other laps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import FloatArray


def speed_on_grid_kmh(lap: AlignedLap, distance_m: FloatArray) -> FloatArray:
    """Return the recorded speed at given lap distances.

    Parameters
    ----------
    lap
        Lap with a speed trace.
    distance_m
        Places, shape ``(points,)``, increasing.

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
        Places, shape ``(points,)``, increasing.

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
        Places, shape ``(points,)``, increasing.
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
