"""Speed of laps over lap distance, with missing stretches borrowed from the other laps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.errors import MissingChannelError
from htt_desktop.domain.recording import FloatArray


def speed_on_grid_kmh(lap: AlignedLap, distance_m: FloatArray) -> FloatArray:
    """Return the recorded speed at given places.

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

    Where only some laps were recorded, their usual difference from the mean is taken
    out first: a plain mean would step up or down at the edge of a dropout, and such a
    step looks like a braking zone.

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
        A lap has no speed trace, or no lap recorded any of the places.
    """
    speed_kmh = np.stack([speed_on_grid_kmh(lap, distance_m) for lap in laps])
    known = np.isfinite(speed_kmh)
    together = known.all(axis=0)
    if together.any():
        offset_kmh = speed_kmh[:, together] - speed_kmh[:, together].mean(axis=0)
        places_m = distance_m[together]
        speed_kmh = speed_kmh - np.stack(
            [np.interp(distance_m, places_m, row) for row in offset_kmh]
        )
    recorded = known.any(axis=0)
    if not recorded.any():
        message = "None of the laps recorded any speed; choose another lap."
        raise MissingChannelError(message)
    total_kmh = np.where(known, speed_kmh, 0.0).sum(axis=0)
    mean_kmh = total_kmh[recorded] / known.sum(axis=0)[recorded]
    filled_kmh: FloatArray = np.interp(distance_m, distance_m[recorded], mean_kmh)
    return filled_kmh
