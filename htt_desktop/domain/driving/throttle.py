"""Throttle of a lap: its idle and full level, pick-up and where the car is flat out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Trace
from htt_desktop.domain.recording import BoolArray
from htt_desktop.domain.signals import runs

IDLE_PERCENTILE = 5.0
"""Share of a lap that is certainly off the throttle: 10–25 % of every race lap is."""

FULL_PERCENTILE = 95.0
"""Share below which even a slow lap still reaches full throttle."""

OPEN_SHARE = 0.05
"""Pedal travel that counts as on the throttle: above resting-foot and valve-idle wander."""

FULL_SHARE = 0.95
"""Pedal travel that counts as fully on the throttle."""

FULL_FOR_S = 1.0
"""How long full throttle must last: shorter is a blip or a correction between two corners."""

PICKUP_FOR_S = 0.25
"""How long a pick-up must last: blips for a downshift are over after about 0.2 s."""


@dataclass(frozen=True, eq=False)
class Throttle:
    """The driver's demand, from the pedal or, where it is not recorded, the valve.

    Attributes
    ----------
    trace
        Pedal or valve in per cent as recorded. The valve rests at 2–3 %, not at 0.
    idle_pct, full_pct
        Levels of this lap.
    """

    trace: Trace
    idle_pct: float
    full_pct: float

    def above(self, share: float) -> BoolArray:
        """Return where the demand exceeds a share of its travel; False in dropouts."""
        level_pct = self.idle_pct + share * (self.full_pct - self.idle_pct)
        return np.asarray(self.trace.value > level_pct)


@dataclass(frozen=True)
class Pickup:
    """A closed phase of the throttle and how it ends.

    Attributes
    ----------
    closed_m
        Where it begins.
    distance_m
        Where the throttle opens again; None when a dropout or the end of the lap hides it.
    open_m
        First sample after the phase.
    """

    closed_m: float
    distance_m: float | None
    open_m: float


def throttle_of(lap: AlignedLap) -> Throttle | None:
    """Return the throttle of a lap, or None when neither pedal nor valve tells.

    The pedal is preferred: the valve also opens for the engine's own reasons.
    """
    for channel in (Channel.PEDAL, Channel.THROTTLE_VALVE):
        trace = lap.traces.get(channel)
        if trace is None:
            continue
        known = trace.value[np.isfinite(trace.value)]
        if known.size == 0:
            continue
        idle_pct, full_pct = np.percentile(known, [IDLE_PERCENTILE, FULL_PERCENTILE])
        if full_pct > idle_pct:
            return Throttle(trace, float(idle_pct), float(full_pct))
    return None


def first_sustained(trace: Trace, on: BoolArray, lasting_s: float) -> int | None:
    """Return the first sample from which a state lasts, or None.

    Parameters
    ----------
    trace
        Samples the state belongs to.
    on
        State at every sample, shape ``(samples,)``.
    lasting_s
        Least duration. A state that still holds at the last sample counts whatever its
        length, since nothing says that it ended.
    """
    for first, after in runs(on):
        if after == on.size or trace.time_s[after] - trace.time_s[first] >= lasting_s:
            return int(first)
    return None


def samples_between(trace: Trace, from_m: float, to_m: float) -> slice:
    """Return the samples of a trace within ``[from_m, to_m]``."""
    first, after = np.searchsorted(trace.distance_m, [from_m, to_m])
    return slice(int(first), int(after))


def pickups(throttle: Throttle, braked: BoolArray | None = None) -> tuple[Pickup, ...]:
    """Find every point where the driver goes back on the throttle after having closed it.

    Blips shorter than 0.25 s, as for a downshift, do not interrupt a closed phase.

    Parameters
    ----------
    throttle
        Throttle of a lap.
    braked
        Where the driver brakes firmly, at the throttle's samples: opening the throttle
        there is a blip however long it lasts. None when the brake was not recorded.

    Returns
    -------
    tuple of Pickup
        One per closed phase, in driving order.
    """
    trace = throttle.trace
    is_open = throttle.above(OPEN_SHARE)
    for index in np.flatnonzero(np.isnan(trace.value)):
        is_open[index] = index > 0 and is_open[index - 1]
    if braked is not None:
        is_open &= ~braked
    for first, after in runs(is_open):
        ends = after < is_open.size
        if ends and trace.time_s[after] - trace.time_s[first] < PICKUP_FOR_S:
            is_open[first:after] = False
    level_pct = throttle.idle_pct + OPEN_SHARE * (throttle.full_pct - throttle.idle_pct)
    return tuple(
        Pickup(
            closed_m=float(trace.distance_m[first]),
            distance_m=_crossing_m(trace, after, level_pct),
            open_m=float(trace.distance_m[min(after, is_open.size - 1)]),
        )
        for first, after in runs(~is_open)
    )


def _crossing_m(trace: Trace, index: int, level: float) -> float | None:
    """Return where a trace rises through a level just before a sample, or None in a dropout."""
    if not 0 < index < trace.value.size or np.isnan(trace.value[index - 1]):
        return None
    if trace.value[index - 1] > level:
        # The throttle was open before, under braking: it counts from here.
        return float(trace.distance_m[index])
    pair = slice(index - 1, index + 1)
    return float(np.interp(level, trace.value[pair], trace.distance_m[pair]))


def full_throttle_m(lap: AlignedLap, from_m: float, to_m: float) -> float | None:
    """Return where the car is fully on throttle again and stays there.

    Parameters
    ----------
    lap
        Aligned lap.
    from_m, to_m
        Stretch to search, from the last apex to the next braking zone.

    Returns
    -------
    float or None
        Lap distance; None when full throttle is never held within the stretch or the
        throttle was not recorded there.
    """
    throttle = throttle_of(lap)
    if throttle is None:
        return None
    stretch = samples_between(throttle.trace, from_m, to_m)
    trace = throttle.trace
    window = Trace(trace.distance_m[stretch], trace.time_s[stretch], trace.value[stretch])
    index = first_sustained(window, throttle.above(FULL_SHARE)[stretch], FULL_FOR_S)
    return None if index is None else float(window.distance_m[index])
