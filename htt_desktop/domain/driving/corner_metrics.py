"""How a lap takes each corner: braking point, minimum speed, throttle pick-up and more.

Every number refers to the corner's own stretch, or to the canonical arc inside it:

* braking point: where the brake pressure leaves the noise for the application with the
  largest impulse that is nine tenths done in the stretch; it may begin before the stretch
  when a driver brakes earlier than the mean of both. Peak: highest pressure of it.
* minimum speed: lowest in the stretch; where the speed only rises or falls through it, the
  lowest in the arc, without a distance: it is worth showing, but it is no minimum.
* throttle pick-up: end of the longest closed phase of the throttle that ends in the stretch.
* entry and exit speed: where the arc begins and ends, for both laps at the same distance.
* coasting: road in the stretch with neither throttle nor brake.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, CornerComparison, CornerMetrics, Trace
from htt_desktop.domain.driving.braking import (
    Braking,
    brake_of,
    brakings,
    firmly_braked,
    noise_floor_bar,
)
from htt_desktop.domain.driving.lap_speed import MinimumSpeed, fine_speed, minimum_speed
from htt_desktop.domain.driving.segments import SegmentSpan, lost_s
from htt_desktop.domain.driving.throttle import (
    OPEN_SHARE,
    Pickup,
    Throttle,
    pickups,
    samples_between,
    throttle_of,
)
from htt_desktop.domain.error_band import Band
from htt_desktop.domain.recording import BoolArray
from htt_desktop.domain.tracks import Corner, Track


@dataclass(frozen=True)
class CornerStretch:
    """The part of a segment that belongs to one corner."""

    corner: Corner
    start_m: float
    end_m: float


@dataclass(frozen=True, eq=False)
class LapDriving:
    """What the driver does over a whole lap, found once and read for every corner."""

    lap: AlignedLap
    speed: Trace | None
    throttle: Throttle | None
    brake: Trace | None
    brakings: tuple[Braking, ...]
    pickups: tuple[Pickup, ...]
    coasting: Trace | None


def lap_driving(lap: AlignedLap) -> LapDriving:
    """Find brake applications, throttle pick-ups and coasting of a lap."""
    throttle = throttle_of(lap)
    brake = brake_of(lap)
    braked = None if brake is None or throttle is None else firmly_braked(brake, throttle)
    return LapDriving(
        lap=lap,
        speed=fine_speed(lap),
        throttle=throttle,
        brake=brake,
        brakings=() if brake is None else brakings(brake, throttle),
        pickups=() if throttle is None else pickups(throttle, braked),
        coasting=None if throttle is None or brake is None else coasting_of(throttle, brake),
    )


def corner_stretches(track: Track, spans: Sequence[SegmentSpan]) -> tuple[CornerStretch, ...]:
    """Share every corner segment among its corners.

    Corners driven as one change over halfway between the end of one arc and the beginning
    of the next: there the steering crosses the middle, while halfway between the apexes
    can lie inside the longer arc.

    Parameters
    ----------
    track
        Circuit the spans were cut from.
    spans
        Result of :func:`htt_desktop.domain.driving.segments.cut_segments`.

    Returns
    -------
    tuple of CornerStretch
        One per corner of the track, in driving order; the stretches of one segment tile it.
    """
    corners = {corner.number: corner for corner in track.corners}
    stretches: list[CornerStretch] = []
    for span in spans:
        members = [corners[number] for number in span.corners]
        changes_m = [
            float(np.clip((left.end_m + right.start_m) / 2, left.apex_m, right.apex_m))
            for left, right in itertools.pairwise(members)
        ]
        bounds_m = [span.start_m, *changes_m, span.end_m]
        stretches.extend(
            CornerStretch(corner, start_m, end_m)
            for corner, start_m, end_m in zip(members, bounds_m, bounds_m[1:], strict=False)
        )
    return tuple(stretches)


def compare_corners(
    track: Track,
    spans: Sequence[SegmentSpan],
    reference: AlignedLap,
    compared: AlignedLap,
    band: Band,
) -> tuple[CornerComparison, ...]:
    """Compare two laps corner by corner.

    Parameters
    ----------
    track
        Circuit the spans were cut from.
    spans
        Segments of the lap.
    reference, compared
        Aligned laps.
    band
        95 % half-width of the change of the delta between two lap distances.

    Returns
    -------
    tuple of CornerComparison
        One per canonical corner, in driving order. Positive ``delta_s`` means the
        compared car is slower; the corners of a segment add up to the segment.
    """
    of_reference, of_compared = lap_driving(reference), lap_driving(compared)
    return tuple(
        CornerComparison(
            stretch.corner,
            stretch.start_m,
            stretch.end_m,
            lost_s(reference, compared, stretch.start_m, stretch.end_m),
            band(stretch.start_m, stretch.end_m),
            corner_metrics(of_reference, stretch),
            corner_metrics(of_compared, stretch),
        )
        for stretch in corner_stretches(track, spans)
    )


def corner_metrics(driving: LapDriving, stretch: CornerStretch) -> CornerMetrics:
    """Measure how one lap takes one corner.

    Parameters
    ----------
    driving
        Result of :func:`lap_driving`.
    stretch
        The corner and the road that belongs to it.

    Returns
    -------
    CornerMetrics
        Defined in the module's description; None where a channel is missing, a dropout
        hides the answer or there is none (no braking point in a corner taken flat out).
    """
    corner, start_m, end_m = stretch.corner, stretch.start_m, stretch.end_m
    inside = [each for each in driving.brakings if start_m <= each.done_m < end_m]
    braking = max(inside, key=lambda each: each.impulse_bar_s, default=None)
    arc_start_m = min(max(corner.start_m, start_m), end_m)
    arc_end_m = max(min(corner.end_m, end_m), arc_start_m)
    lowest = _lowest(driving.speed, stretch, arc_start_m, arc_end_m)
    return CornerMetrics(
        braking_point_m=None if braking is None else braking.start_m,
        peak_brake_bar=None if braking is None else braking.peak_bar,
        minimum_speed_kmh=None if lowest is None else lowest.speed_kmh,
        minimum_speed_m=None if lowest is None else lowest.distance_m,
        throttle_pickup_m=_pickup_m(driving.pickups, start_m, end_m),
        entry_speed_kmh=_value_at(driving.speed, arc_start_m),
        exit_speed_kmh=_value_at(driving.speed, arc_end_m),
        coasting_m=coasting_m(driving.coasting, start_m, end_m),
        time_s=_time_s(driving.lap, start_m, end_m),
    )


def _lowest(
    speed: Trace | None, stretch: CornerStretch, arc_start_m: float, arc_end_m: float
) -> MinimumSpeed | None:
    if speed is None:
        return None
    lowest = minimum_speed(speed, stretch.start_m, stretch.end_m)
    if lowest is not None and lowest.distance_m is not None:
        return lowest
    return minimum_speed(speed, arc_start_m, arc_end_m)


def _pickup_m(phases: Sequence[Pickup], start_m: float, end_m: float) -> float | None:
    # A phase that ends beyond the stretch is the lift for the next corner.
    ending = [each for each in phases if start_m <= each.open_m < end_m]
    longest = max(ending, key=lambda each: each.open_m - each.closed_m, default=None)
    return None if longest is None else longest.distance_m


def _value_at(trace: Trace | None, distance_m: float) -> float | None:
    if trace is None:
        return None
    value = np.interp(distance_m, trace.distance_m, trace.value, left=np.nan, right=np.nan)
    return float(value) if np.isfinite(value) else None


def _time_s(lap: AlignedLap, start_m: float, end_m: float) -> float | None:
    for left_m, right_m in lap.alignment.missing_m:
        for distance_m in (start_m, end_m):
            if left_m < distance_m < right_m:
                return None
    times_s = np.interp((start_m, end_m), lap.knot_m, lap.knot_s)
    return float(times_s[1] - times_s[0])


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
    """Return the distance coasted between two lap distances.

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
    inside = samples_between(coasting, start_m, end_m)
    cells = slice(max(inside.start - 1, 0), inside.stop + 1)
    distances_m = coasting.distance_m[cells].clip(start_m, end_m)
    value = coasting.value[cells]
    if np.isnan(value).any():
        return None
    return float(np.sum(np.diff(distances_m) * (value[1:] + value[:-1])) / 2.0)
