"""Two made-up laps of a made-up ring, laid over one another by exact arithmetic."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import (
    AlignedLap,
    Alignment,
    Comparison,
    Delta,
    DrawnLine,
    LoopDelta,
    Segment,
    Tier,
    Trace,
)
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Corner, TimingLoop, Track

LENGTH_M = 4000.0
GAP_M = (1600.0, 1700.0)
APEXES_M = (500.0, 900.0, 2000.0, 2900.0, 3400.0)
_SLOW_HZ, _FAST_HZ = 4.6, 23.0

ALL_CHANNELS = (
    Channel.SPEED,
    Channel.PEDAL,
    Channel.BRAKE_FRONT,
    Channel.STEERING,
    Channel.GEAR,
    Channel.ENGINE_SPEED,
    Channel.ACCELERATION_LAT,
    Channel.ACCELERATION_LONG,
)


def ring(track_id: str = "ring") -> Track:
    """Return a track with five corners and five loops."""
    loops = tuple(
        TimingLoop(name, place, 1.0, 30)
        for name, place in zip(
            ("IM1a", "IM1", "IM2a", "IM2", "IM3a"), (700, 1400, 2100, 2700, 3300), strict=True
        )
    )
    corners = tuple(
        Corner(str(n), "", "LR"[n % 2], apex - 80, apex, apex + 80, "low" if n == 4 else "high")
        for n, apex in enumerate(APEXES_M, start=1)
    )
    return Track(track_id, "Ring", LENGTH_M, (1400, 2700), 0.0, loops, corners, 45.0, 9.0)


def _speed_ms(distance_m: FloatArray, late_m: float) -> FloatArray:
    dips = sum(25 * np.exp(-(((distance_m - apex - late_m) / 120) ** 2)) for apex in APEXES_M)
    return np.asarray(55.0 - dips)


def lap(
    number: str,
    late_m: float = 0.0,
    *,
    gap: bool = False,
    channels: Collection[Channel] = ALL_CHANNELS,
    gps: bool = True,
) -> AlignedLap:
    """Return a lap that takes its corners ``late_m`` later, with a dropout if asked."""
    knot_m = np.linspace(0.0, LENGTH_M, 4001)
    speed = _speed_ms(knot_m, late_m)
    steps = np.diff(knot_m) / (0.5 * (speed[1:] + speed[:-1]))
    knot_s = np.concatenate(([0.0], np.cumsum(steps)))
    lap_time_s = float(knot_s[-1])

    def trace(channel: Channel) -> Trace:
        hertz = _SLOW_HZ if channel in (Channel.SPEED, Channel.ENGINE_SPEED) else _FAST_HZ
        time_s = np.arange(0.0, lap_time_s, 1 / hertz)
        distance_m = np.interp(time_s, knot_s, knot_m)
        if gap:
            inside = (distance_m > GAP_M[0]) & (distance_m < GAP_M[1])
            kept = ~inside
            kept[np.flatnonzero(inside)[0]] = True
        else:
            inside = kept = np.ones(time_s.shape, dtype=bool)
            inside = ~inside
        value = np.where(inside, np.nan, _values(channel, distance_m, late_m))
        return Trace(distance_m[kept], time_s[kept], value[kept])

    line = np.column_stack((knot_m[::2], *_circle(knot_m[::2])))
    loops_s = {
        loop.name: float(np.interp(loop.distance_m, knot_m, knot_s)) for loop in ring().loops
    }
    return AlignedLap(
        Entry(number, f"Driver {number}"),
        OfficialLap(3, lap_time_s, 300.0, "GF", loops_s=loops_s),
        Alignment(Tier.GPS_AND_LOOPS, 9.0, (GAP_M,) if gap else ()),
        knot_m,
        knot_s,
        {channel: trace(channel) for channel in channels},
        line if gps else np.empty((0, 3)),
    )


def _values(channel: Channel, distance_m: FloatArray, late_m: float) -> FloatArray:
    speed = _speed_ms(distance_m, late_m)
    slope = np.gradient(_speed_ms(np.arange(LENGTH_M + 1), late_m))
    rate = np.interp(distance_m, np.arange(LENGTH_M + 1), slope)
    by_channel = {
        Channel.SPEED: speed * 3.6,
        Channel.PEDAL: np.where(rate >= 0, 100.0, 0.0),
        Channel.BRAKE_FRONT: np.clip(-rate, 0, None) * 300,
        Channel.STEERING: np.clip(48 - speed, 0, None) * 6,
        Channel.GEAR: np.round(speed / 10),
        Channel.ENGINE_SPEED: 3000 + speed * 60,
        Channel.ACCELERATION_LAT: np.clip(48 - speed, 0, None) / 15,
        Channel.ACCELERATION_LONG: rate * 3,
    }
    return np.asarray(by_channel[channel])


def _circle(distance_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a bean: closed, with corners apart from one another."""
    angle = 2 * np.pi * distance_m / LENGTH_M
    radius = 600 * (1 + 0.35 * np.cos(2 * angle))
    return radius * np.cos(angle), 0.7 * radius * np.sin(angle)


def comparison(
    reference: AlignedLap | None = None, compared: AlignedLap | None = None, *, line: bool = True
) -> Comparison:
    """Return two laps over one another; the compared car takes its corners 15 m later."""
    first = reference or lap("7")
    second = compared or lap("47", 15.0)
    distance_m = np.linspace(0.0, LENGTH_M, 2001)
    delta_s = np.interp(distance_m, second.knot_m, second.knot_s) - np.interp(
        distance_m, first.knot_m, first.knot_s
    )
    pins = np.array([0.0, *(loop.distance_m for loop in ring().loops), LENGTH_M])
    piece = np.clip(np.searchsorted(pins, distance_m, side="right") - 1, 0, pins.size - 2)
    start, end = pins[piece], pins[piece + 1]
    band_s = 2 * np.sqrt(np.clip(2e-7 * (distance_m - start) * (end - distance_m) / 600, 0, None))
    known = np.ones(distance_m.shape, dtype=bool)
    for one in (first, second):
        for gap_start, gap_end in one.alignment.missing_m:
            known &= ~((distance_m > gap_start) & (distance_m < gap_end))
    loops = tuple(
        LoopDelta(
            loop.name,
            loop.distance_m,
            float(second.lap.loops_s[loop.name] - first.lap.loops_s[loop.name]),
            float(np.interp(loop.distance_m, distance_m, delta_s)),
        )
        for loop in ring().loops
    )
    cuts = (0.0, 300.0, 1100.0, 1800.0, 2400.0, 3150.0, LENGTH_M)
    at = np.interp(cuts, distance_m, delta_s)
    segments = tuple(
        Segment("corner", f"T{n}", cuts[n], cuts[n + 1], float(at[n + 1] - at[n]), 0.004)
        for n in range(len(cuts) - 1)
    )
    points = np.linspace(0.0, LENGTH_M, 1001)
    track_line = DrawnLine(points, *_circle(points), reconstructed=False) if line else None
    return Comparison(
        ring(),
        RaceKey(2025, "ring", 1),
        first,
        second,
        Delta(distance_m, delta_s, band_s, known),
        loops,
        segments,
        (),
        track_line,
    )
