"""Brake applications of a lap: where they begin, how hard, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.driving.throttle import FULL_SHARE, Throttle
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import robust_spread, runs

MINIMUM_FLOOR_BAR = 1.0
"""Least height of the noise floor; the sensor itself resolves 0.03 bar."""

NOISE_MULTIPLE = 6.0
"""Robust standard deviations of the resting pressure that still count as noise."""

FIRM_BAR = 5.0
"""Pressure above the floor at which a rise becomes an application (upper hysteresis level)."""

RELEASED_FOR_S = 0.15
"""A shorter release belongs to the same application: the driver modulates, or samples miss."""

DONE_SHARE = 0.9
"""Share of an application's impulse after which it counts as done."""


@dataclass(frozen=True)
class Braking:
    """One application of the brake.

    Attributes
    ----------
    start_m
        Where the pressure first leaves the noise floor; None when a dropout hides it.
    end_m
        Where it is back in the noise.
    peak_bar
        Highest pressure; None when a dropout lies inside the application.
    done_m
        Where nine tenths of it are done. It tells which corner an application is for: its
        beginning often lies in the exit of the corner before, its tail past the apex.
    impulse_bar_s
        Pressure times time above the floor.
    """

    start_m: float | None
    end_m: float
    peak_bar: float | None
    done_m: float
    impulse_bar_s: float


def brake_of(lap: AlignedLap) -> Trace | None:
    """Return the front brake pressure, the rear one where only that exists, or None."""
    for channel in (Channel.BRAKE_FRONT, Channel.BRAKE_REAR):
        trace = lap.traces.get(channel)
        if trace is not None and np.isfinite(trace.value).any():
            return trace
    return None


def noise_floor_bar(brake: Trace, throttle: Throttle | None) -> float:
    """Return the pressure below which this lap's brake channel says nothing.

    The resting pressure is read where the car is on full throttle, because no driver
    brakes there for long; without a throttle, the lower half of the lap's samples.
    """
    resting = brake.value[np.isfinite(brake.value)]
    if throttle is not None:
        flat = np.interp(brake.time_s, throttle.trace.time_s, throttle.above(FULL_SHARE)) >= 1.0
        on_full = brake.value[flat & np.isfinite(brake.value)]
        resting = on_full if on_full.size else resting
    if throttle is None or resting.size == brake.value.size:
        resting = resting[resting <= np.median(resting)]
    return float(np.median(resting)) + max(
        NOISE_MULTIPLE * robust_spread(resting), MINIMUM_FLOOR_BAR
    )


def brakings(brake: Trace, throttle: Throttle | None) -> tuple[Braking, ...]:
    """Find the brake applications of a lap.

    An application lasts while the pressure stays above the noise floor and must exceed it
    by 5 bar somewhere. A tap on the brake at full throttle, with which drivers set the
    pads before a braking zone, is not one.

    Parameters
    ----------
    brake
        Brake pressure in bar; NaN marks a dropout.
    throttle
        Throttle of the same lap, or None.

    Returns
    -------
    tuple of Braking
        In driving order.
    """
    floor_bar = noise_floor_bar(brake, throttle)
    above = np.nan_to_num(brake.value, nan=-np.inf) > floor_bar
    # A dropout in the middle of a braking must not end it.
    for index in np.flatnonzero(np.isnan(brake.value)):
        above[index] = 0 < index < above.size - 1 and above[index - 1] and above[index + 1]
    joined: list[list[int]] = []
    for first, after in runs(above).tolist():
        if joined and brake.time_s[first] - brake.time_s[joined[-1][1] - 1] < RELEASED_FOR_S:
            joined[-1][1] = after
        else:
            joined.append([first, after])
    return tuple(
        _measured(brake, first, after, floor_bar)
        for first, after in joined
        if np.nanmax(brake.value[first:after]) > floor_bar + FIRM_BAR
        and not _is_tap(brake, first, after, throttle)
    )


def firmly_braked(brake: Trace, throttle: Throttle) -> BoolArray:
    """Return, at the throttle's samples, where the brake is pressed by more than 5 bar."""
    pressure_bar = np.interp(throttle.trace.time_s, brake.time_s, brake.value)
    return np.asarray(pressure_bar > noise_floor_bar(brake, throttle) + FIRM_BAR)


def _is_tap(brake: Trace, first: int, after: int, throttle: Throttle | None) -> bool:
    if throttle is None:
        return False
    inside = slice(
        *np.searchsorted(throttle.trace.time_s, [brake.time_s[first], brake.time_s[after - 1]])
    )
    demand = throttle.trace.value[inside]
    known = np.isfinite(demand)
    return bool(known.any() and throttle.above(FULL_SHARE)[inside][known].all())


def _measured(brake: Trace, first: int, after: int, floor_bar: float) -> Braking:
    pressure_bar = brake.value[first:after]
    known = np.isfinite(pressure_bar)
    above_bar = np.where(known, pressure_bar - floor_bar, 0.0).clip(min=0.0)
    # A sample stands for the time since the one before; none is longer than a dropout.
    impulse_bar_s = above_bar * np.diff(
        brake.time_s[first:after], prepend=brake.time_s[max(first - 1, 0)]
    )
    done = int(np.searchsorted(np.cumsum(impulse_bar_s), DONE_SHARE * impulse_bar_s.sum()))
    return Braking(
        start_m=_crossing_m(brake, first, floor_bar),
        end_m=float(brake.distance_m[after - 1]),
        peak_bar=float(pressure_bar.max()) if known.all() else None,
        done_m=float(brake.distance_m[first + done]),
        impulse_bar_s=float(impulse_bar_s.sum()),
    )


def _crossing_m(brake: Trace, first: int, floor_bar: float) -> float | None:
    """Return where the pressure crosses the floor on the way up, between two samples."""
    if first == 0 or np.isnan(brake.value[first - 1]):
        return None
    pair = slice(first - 1, first + 1)
    pressure_bar: FloatArray = brake.value[pair]
    return float(np.interp(floor_bar, pressure_bar, brake.distance_m[pair]))
