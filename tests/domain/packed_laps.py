"""Real laps from the bundled packs, laid over distance in the simplest way that pins the loops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.comparison import AlignedLap, Alignment, Tier, Trace
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress

DROPOUT_S = 0.5
STAMPED_LATE = (Channel.SPEED, Channel.ENGINE_SPEED)
"""Channels of the slow packet, stamped 0.15 to 0.4 s late depending on the car."""


def laps_of(data_dir: Path, key: RaceKey, on: Track) -> Iterator[AlignedLap]:
    """Yield every clean lap of a race."""
    source, never = PackTelemetry(data_dir / "packs"), threading.Event()
    inventory = source.inventory(key, never)
    for number in inventory.with_telemetry():
        try:
            request = TelemetryRequest(key, (number,))
            recording = source.fetch(request, no_progress, never).recordings[number]
        except DomainError:
            continue
        speed = recording.samples(Channel.SPEED)
        lag_s = speed_lag(*speed, *recording.samples(Channel.ACCELERATION_LONG)).lag_s
        for status in inventory.laps[number]:
            if status.is_clean:
                yield laid_over(on, recording, status.lap, inventory.entries[number], lag_s)


def laid_over(
    on: Track, recording: Recording, lap: OfficialLap, entry: Entry, lag_s: float
) -> AlignedLap:
    """Integrate speed and stretch it between the loops."""
    knot_s, knot_m = _knots(on, recording, lap, lag_s)
    traces = {}
    for channel in recording.channels:
        time_s, value = recording.samples(channel)
        time_s = time_s - lap.start_s - (lag_s if channel in STAMPED_LATE else 0.0)
        inside = (time_s >= 0.0) & (time_s <= lap.lap_time_s)
        if inside.any():
            traces[channel] = _trace(time_s[inside], value[inside], knot_s, knot_m)
    torn = traces[Channel.BRAKE_FRONT]
    lost = np.flatnonzero(np.isnan(torn.value))
    missing_m = tuple((float(torn.distance_m[i - 1]), float(torn.distance_m[i + 1])) for i in lost)
    return AlignedLap(
        entry, lap, Alignment(Tier.LOOPS, None, missing_m), knot_m, knot_s, traces,
        _gps_line(on, traces),
    )  # fmt: skip


def _knots(
    on: Track, recording: Recording, lap: OfficialLap, lag_s: float
) -> tuple[FloatArray, FloatArray]:
    time_s, speed_kmh = recording.samples(Channel.SPEED)
    time_s = time_s - lap.start_s - lag_s
    crossings = {0.0: 0.0, lap.lap_time_s: on.length_m}
    crossings |= {lap.loops_s[e.name]: e.distance_m for e in on.loops if e.name in lap.loops_s}
    crossing_s = np.array(sorted(crossings))
    inside = (time_s > 0.0) & (time_s < lap.lap_time_s)
    knot_s = np.union1d(time_s[inside], crossing_s)
    speed_ms = np.maximum(np.interp(knot_s, time_s, speed_kmh) / 3.6, 1.0)
    steps_m = np.diff(knot_s) * (speed_ms[1:] + speed_ms[:-1]) / 2.0
    raw_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    at_crossings_m = np.interp(crossing_s, knot_s, raw_m)
    return knot_s, np.interp(
        raw_m, at_crossings_m, np.array([crossings[each] for each in crossing_s.tolist()])
    )


def _trace(time_s: FloatArray, value: FloatArray, knot_s: FloatArray, knot_m: FloatArray) -> Trace:
    gaps = np.flatnonzero(np.diff(time_s) > DROPOUT_S)
    time_s = np.insert(time_s, gaps + 1, (time_s[gaps] + time_s[gaps + 1]) / 2.0)
    return Trace(np.interp(time_s, knot_s, knot_m), time_s, np.insert(value, gaps + 1, np.nan))


def _gps_line(on: Track, traces: dict[Channel, Trace]) -> FloatArray:
    if Channel.LATITUDE not in traces or Channel.LONGITUDE not in traces:
        return np.empty((0, 3))
    latitude, longitude = traces[Channel.LATITUDE], traces[Channel.LONGITUDE]
    known = np.isfinite(latitude.value)
    longitude_deg = np.interp(latitude.time_s, longitude.time_s, longitude.value)
    known &= np.isfinite(longitude_deg)
    east_m = (longitude_deg - on.line_longitude_deg) * 111_320.0
    east_m *= np.cos(np.radians(on.line_latitude_deg))
    north_m = (latitude.value - on.line_latitude_deg) * 110_950.0
    return np.column_stack([latitude.distance_m, east_m, north_m])[known]
