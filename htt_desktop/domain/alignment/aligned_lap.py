"""A solved lap as charts and tables read it: knots, traces, missing stretches."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.alignment.gps_track import gps_fixes
from htt_desktop.domain.alignment.lap_distance_solver import SolvedLap
from htt_desktop.domain.alignment.lap_signals import MARGIN_S
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import AlignedLap, Alignment, Tier, Trace
from htt_desktop.domain.errors import AlignmentError
from htt_desktop.domain.lap_rules import DROPOUT_S
from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.tracks import Track

SLOW_CHANNELS = frozenset({Channel.SPEED, Channel.ENGINE_SPEED, Channel.LOGGER_DISTANCE})
"""They come in one late packet at 4.6 Hz; see :mod:`htt_desktop.domain.clock.speed_lag`."""

SLOW_DROPOUT_S = 0.8
"""Missing samples of a slow channel are a gap from here on: four in a row."""

SMALLEST_STEP_M = 0.05
SMALLEST_STEP_S = 0.001


def around_lap(recording: Recording, lap: OfficialLap) -> Recording:
    """Return the rows of one lap and of a few seconds around it."""
    first = int(np.searchsorted(recording.time_s, lap.start_s - MARGIN_S))
    last = int(np.searchsorted(recording.time_s, lap.elapsed_s + MARGIN_S))
    rows = slice(first, last)
    return replace(
        recording,
        time_s=recording.time_s[rows],
        logger_lap=recording.logger_lap[rows],
        channels={channel: values[rows] for channel, values in recording.channels.items()},
    )


def aligned_lap(
    track: Track,
    recording: Recording,
    entry: Entry,
    solved: SolvedLap,
    tier: Tier,
    residual_ms: float | None,
    lag_s: float,
) -> AlignedLap:
    """Turn a solved lap into traces over lap distance.

    Parameters
    ----------
    recording
        The car's rows, at least those of the lap; see :func:`around_lap`.
    solved
        The solved lap.
    residual_ms
        Left-out loop error of the lap.
    lag_s
        Lateness of the slow channels.

    Raises
    ------
    AlignmentError
        The official crossings of the lap are not in driving order.
    """
    lap = solved.signals.lap
    knot_m, knot_s = _knots(solved, entry)
    shift_s = lap.start_s + solved.clock_error_s
    traces = {}
    for channel in recording.channels:
        time_s, value = recording.samples(channel)
        late_s = lag_s if channel in SLOW_CHANNELS else 0.0
        limit_s = SLOW_DROPOUT_S if channel in SLOW_CHANNELS else DROPOUT_S
        trace = _trace(time_s - shift_s - late_s, value, knot_m, knot_s, limit_s)
        if trace is not None:
            traces[channel] = trace
    missing_m = _missing_m(recording.time_s - shift_s, knot_m, knot_s)
    return AlignedLap(
        entry=entry,
        lap=lap,
        alignment=Alignment(tier, residual_ms, missing_m),
        knot_m=knot_m,
        knot_s=knot_s,
        traces=MappingProxyType(traces),
        gps_line_m=_gps_line_m(track, recording, shift_s, knot_m, knot_s),
    )


def _knots(solved: SolvedLap, entry: Entry) -> tuple[FloatArray, FloatArray]:
    """Return the map of time and distance: official crossings exactly, the fit between them."""
    crossings, lap = solved.signals.crossings, solved.signals.lap
    if (np.diff(crossings.time_s) <= 0).any() or (np.diff(crossings.distance_m) <= 0).any():
        raise AlignmentError(
            f"The loop times of lap {lap.lap_number} of #{entry.number} are not in driving "
            "order; choose another lap."
        )
    time_s = solved.signals.clock_s - solved.clock_error_s
    inside = (time_s > 0.0) & (time_s < lap.lap_time_s)
    time_s = time_s[inside]
    distance_m = solved.distance_at(time_s)
    recorded = np.flatnonzero(crossings.recorded)
    at_crossings_s = crossings.time_s[recorded]
    distance_m = distance_m + np.interp(
        time_s,
        at_crossings_s,
        crossings.distance_m[recorded] - solved.distance_at(at_crossings_s),
    )
    # Between two crossings the car is between the two loops, whatever speed says.
    after = np.searchsorted(crossings.time_s, time_s, side="right")
    left = np.clip(after - 1, 0, crossings.time_s.size - 2)
    distance_m = np.clip(
        distance_m,
        crossings.distance_m[left] + SMALLEST_STEP_M,
        crossings.distance_m[left + 1] - SMALLEST_STEP_M,
    )
    apart = np.abs(time_s[:, None] - crossings.time_s[None, :]).min(axis=1, initial=np.inf)
    time_s, distance_m = (
        time_s[apart > SMALLEST_STEP_S],
        distance_m[apart > SMALLEST_STEP_S],
    )
    forward = _increasing(distance_m)
    knot_s = np.concatenate((crossings.time_s, time_s[forward]))
    knot_m = np.concatenate((crossings.distance_m, distance_m[forward]))
    order = np.argsort(knot_s, kind="stable")
    return knot_m[order], knot_s[order]


def _increasing(values: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which values exceed every earlier one."""
    if values.size == 0:
        return np.zeros(0, dtype=np.bool_)
    highest = np.maximum.accumulate(values)
    return np.concatenate(([True], values[1:] > highest[:-1] + SMALLEST_STEP_M / 100))


def _trace(
    time_s: FloatArray,
    value: FloatArray,
    knot_m: FloatArray,
    knot_s: FloatArray,
    limit_s: float,
) -> Trace | None:
    inside = (time_s >= 0.0) & (time_s <= knot_s[-1])
    time_s, value = time_s[inside], value[inside]
    if time_s.size == 0:
        return None
    holes = np.flatnonzero(np.diff(time_s) > limit_s)
    time_s = np.insert(time_s, holes + 1, (time_s[holes] + time_s[holes + 1]) / 2)
    value = np.insert(value, holes + 1, np.nan)
    return Trace(np.interp(time_s, knot_s, knot_m), time_s, value)


def _missing_m(
    time_s: FloatArray, knot_m: FloatArray, knot_s: FloatArray
) -> tuple[tuple[float, float], ...]:
    inside = time_s[(time_s > 0.0) & (time_s < knot_s[-1])]
    before = time_s[time_s <= 0.0][-1:]
    after = time_s[time_s >= knot_s[-1]][:1]
    # Rows just beyond the line prove that the stretch at the line was recorded.
    first = before if before.size and before[0] > -DROPOUT_S else np.array([0.0])
    last = after if after.size and after[0] < knot_s[-1] + DROPOUT_S else knot_s[-1:]
    edges = np.concatenate((first, inside, last))
    holes = np.flatnonzero(np.diff(edges) > DROPOUT_S)
    starts = np.interp(edges[holes], knot_s, knot_m)
    ends = np.interp(edges[holes + 1], knot_s, knot_m)
    return tuple((float(start), float(end)) for start, end in zip(starts, ends, strict=True))


def _gps_line_m(
    track: Track,
    recording: Recording,
    shift_s: float,
    knot_m: FloatArray,
    knot_s: FloatArray,
) -> FloatArray:
    fixes = gps_fixes(track, recording)
    if fixes is None:
        return np.empty((0, 3))
    time_s = fixes.time_s - shift_s
    inside = (time_s >= 0.0) & (time_s <= knot_s[-1])
    distance_m = np.interp(time_s[inside], knot_s, knot_m)
    return np.stack((distance_m, fixes.east_m[inside], fixes.north_m[inside]), axis=1)


def tier_of(solved: SolvedLap, *, has_gps_line: bool) -> Tier:
    """Return the tier of a solved lap."""
    if not solved.signals.crossings.recorded_loops:
        return Tier.LINE
    return Tier.GPS_AND_LOOPS if has_gps_line else Tier.LOOPS
