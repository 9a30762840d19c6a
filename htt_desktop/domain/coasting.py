"""Coasting: road covered with neither throttle nor brake."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.braking import noise_floor_bar
from htt_desktop.domain.comparison import Trace
from htt_desktop.domain.recording import BoolArray
from htt_desktop.domain.throttle import OPEN_SHARE, Throttle, part


def coasting_of(throttle: Throttle, brake: Trace) -> Trace:
    """Return where neither throttle nor brake is used.

    Parameters
    ----------
    throttle, brake
        Both pedals of one lap.

    Returns
    -------
    Trace
        1 where the car coasts, 0 where a pedal is used, NaN where nobody knows: in a
        dropout, unless the same pedal is used on both sides of it.
    """
    trace = throttle.trace
    on_throttle = throttle.above(OPEN_SHARE)
    pressure_bar = np.interp(trace.time_s, brake.time_s, brake.value, left=np.nan, right=np.nan)
    on_brake: BoolArray = pressure_bar > noise_floor_bar(brake, throttle)
    value = np.where(on_throttle | on_brake, 0.0, 1.0)
    lost = np.isnan(trace.value) | np.isnan(pressure_bar)
    value[lost & ~(on_throttle | on_brake)] = np.nan
    for index in np.flatnonzero(np.isnan(value)):
        # The same pedal on both sides of a dropout: nobody coasts between for a second.
        if 0 < index < value.size - 1:
            sides = (index - 1, index + 1)
            same = all(on_throttle[side] for side in sides) or all(on_brake[side] for side in sides)
            value[index] = 0.0 if same else np.nan
    return Trace(trace.distance_m, trace.time_s, value)


def coasting_m(coasting: Trace | None, start_m: float, end_m: float) -> float | None:
    """Return the distance coasted between two places.

    Parameters
    ----------
    coasting
        Result of :func:`coasting_of`, or None without it.
    start_m, end_m
        Stretch of lap distance.

    Returns
    -------
    float or None
        Metres; None when the stretch is not known from end to end.
    """
    if coasting is None or coasting.distance_m[0] > start_m or coasting.distance_m[-1] < end_m:
        return None
    inside = part(coasting, start_m, end_m)
    cells = slice(max(inside.start - 1, 0), inside.stop + 1)
    places_m = coasting.distance_m[cells].clip(start_m, end_m)
    value = coasting.value[cells]
    if np.isnan(value).any():
        return None
    return float(np.sum(np.diff(places_m) * (value[1:] + value[:-1])) / 2.0)
