"""Laps of an invented car whose every braking point and apex speed is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Alignment, Tier, Trace
from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Corner, Track

GRAVITY_MS2 = 9.80665
BRAKING_MS2 = 10.0
ACCELERATION_MS2 = 3.0
TOP_SPEED_MS = 58.0
PEDAL_PERIOD_S = 0.0435
SPEED_PERIOD_S = 0.2175
BRAKE_BAR = 80.0


def corner(
    number: str, start_m: float, apex_m: float, end_m: float, direction: str = "L"
) -> Corner:
    return Corner(number, "", direction, start_m, apex_m, end_m, "high")


def track(length_m: float, corners: Sequence[Corner]) -> Track:
    return Track(
        "invented", "Invented", length_m, (length_m / 3, length_m / 1.5), 0.0, (),
        tuple(corners), 0.0, 0.0,
    )  # fmt: skip


FOUR_CORNERS = track(
    3000.0,
    [
        corner("1", 560.0, 640.0, 700.0),
        corner("2", 1240.0, 1300.0, 1380.0, "R"),
        corner("3", 1400.0, 1440.0, 1500.0),
        corner("4", 2230.0, 2300.0, 2390.0),
    ],
)
"""Two single corners and a pair, 2 and 3, of which the second is the exit of the first."""


@dataclass(frozen=True)
class Driving:
    """What a lap should look like.

    Attributes
    ----------
    apex_ms
        Speed at each corner's apex; corners without one are taken flat out.
    floor_bar
        Pressure the brake sensor shows at rest.
    valve
        Record the throttle valve (3 to 97 %) rather than the pedal (0 to 100 %).
    """

    apex_ms: Mapping[str, float]
    floor_bar: float = 0.0
    valve: bool = False


def braking_point_m(on: Track, driving: Driving, number: str) -> float:
    """Return where the invented driver hits the brake for a corner."""
    distance_m, speed_ms = _profile(on, driving)
    apex_m = next(each.apex_m for each in on.corners if each.number == number)
    apex = int(np.searchsorted(distance_m, apex_m))
    falling = np.diff(speed_ms[: apex + 1]) < 0.0
    return float(distance_m[np.flatnonzero(~falling)[-1] + 1])


def make_lap(on: Track, driving: Driving, number: str = "7") -> AlignedLap:
    """Drive one lap."""
    distance_m, speed_ms = _profile(on, driving)
    steps_s = np.diff(distance_m) * 2.0 / (speed_ms[1:] + speed_ms[:-1])
    time_s = np.concatenate(([0.0], np.cumsum(steps_s)))
    lap_time_s = float(time_s[-1])
    pedal_s = np.arange(0.0, lap_time_s, PEDAL_PERIOD_S)
    at_m = np.interp(pedal_s, time_s, distance_m)
    slowing = np.interp(at_m, distance_m, np.gradient(speed_ms, distance_m)) < -1e-6
    lateral_g = np.interp(at_m, distance_m, speed_ms) ** 2 * _curvature(on, at_m) / GRAVITY_MS2
    longitudinal_g = np.where(slowing, -BRAKING_MS2, ACCELERATION_MS2) / GRAVITY_MS2
    speed_s = np.arange(0.0, lap_time_s, SPEED_PERIOD_S)
    speed_m = np.interp(speed_s, time_s, distance_m)
    open_pct = np.where(slowing, 0.0, 100.0)
    throttle = Channel.THROTTLE_VALVE if driving.valve else Channel.PEDAL
    traces = {
        Channel.SPEED: Trace(speed_m, speed_s, np.interp(speed_m, distance_m, speed_ms) * 3.6),
        Channel.BRAKE_FRONT: Trace(
            at_m, pedal_s, driving.floor_bar + np.where(slowing, BRAKE_BAR, 0.0)
        ),
        throttle: Trace(at_m, pedal_s, 3.0 + 0.94 * open_pct if driving.valve else open_pct),
        Channel.ACCELERATION_LAT: Trace(at_m, pedal_s, lateral_g),
        Channel.ACCELERATION_LONG: Trace(at_m, pedal_s, longitudinal_g),
    }
    knots = np.unique(np.linspace(0, distance_m.size - 1, 400).round().astype(int))
    return AlignedLap(
        Entry(number, f"Driver {number}"),
        OfficialLap(3, lap_time_s, 3 * lap_time_s, "GF"),
        Alignment(Tier.LOOPS, None, ()),
        distance_m[knots],
        time_s[knots],
        traces,
        np.empty((0, 3)),
    )


def with_dropout(lap: AlignedLap, from_m: float, to_m: float) -> AlignedLap:
    """Return a lap whose logger was silent for a stretch."""
    return replace(
        lap,
        traces={channel: _cut(trace, from_m, to_m) for channel, trace in lap.traces.items()},
        alignment=replace(lap.alignment, missing_m=((from_m, to_m),)),
    )


def without(lap: AlignedLap, *channels: Channel) -> AlignedLap:
    """Return a lap on which some channels were not recorded."""
    kept = {channel: trace for channel, trace in lap.traces.items() if channel not in channels}
    return replace(lap, traces=kept)


def _cut(trace: Trace, from_m: float, to_m: float) -> Trace:
    keep = (trace.distance_m < from_m) | (trace.distance_m > to_m)
    place = int(np.searchsorted(trace.distance_m[keep], from_m))
    lost = (trace.distance_m >= from_m) & (trace.distance_m <= to_m)
    if not lost.any():
        return trace
    return Trace(
        np.insert(trace.distance_m[keep], place, (from_m + to_m) / 2),
        np.insert(trace.time_s[keep], place, float(trace.time_s[lost].mean())),
        np.insert(trace.value[keep], place, np.nan),
    )


def _profile(on: Track, driving: Driving) -> tuple[FloatArray, FloatArray]:
    distance_m = np.linspace(0.0, on.length_m, round(on.length_m / 0.5) + 1)
    speed_ms = np.full(distance_m.size, TOP_SPEED_MS)
    for each in on.corners:
        apex_ms = driving.apex_ms.get(each.number)
        if apex_ms is None:
            continue
        away_m = distance_m - each.apex_m
        rate_ms2 = np.where(away_m < 0.0, BRAKING_MS2, ACCELERATION_MS2)
        speed_ms = np.minimum(speed_ms, np.sqrt(apex_ms**2 + 2.0 * rate_ms2 * np.abs(away_m)))
    return distance_m, speed_ms


def _curvature(on: Track, at_m: FloatArray) -> FloatArray:
    curvature = np.zeros(at_m.size)
    for each in on.corners:
        inside = (at_m >= each.start_m) & (at_m <= each.end_m)
        curvature[inside] = 0.012 if each.direction == "L" else -0.012
    return curvature
