"""Integrated speed on the logger's clock, with holes of the speed filled from GPS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.units import KMH_PER_MPS, METRES_PER_DEGREE_OF_ARC

LARGEST_HOLE_S = 1.2
"""Across a longer hole between speed samples integration would be a guess; samples come every
0.22 s and the rate of thinned files is lower."""

LONGEST_EXTRAPOLATION_S = 0.8
"""Beyond its last sample a car is taken to keep its speed for no longer than this."""

STRIDE_S = 0.4
"""Chord over which a speed is taken: longer than the receiver's steps matter, shorter than a
corner."""

HOLE_MARGIN_S = 0.2


class SampledChannels(Protocol):
    """Rows that hand out the moments and values at which a channel was sampled."""

    def samples(self, channel: Channel) -> tuple[FloatArray, FloatArray]:
        """Return times in seconds and values; empty when the channel is absent."""
        ...


@dataclass(frozen=True, eq=False)
class Travel:
    """How far a car had gone at each moment.

    Attributes
    ----------
    clock_s
        Logger times, shape ``(samples,)``, increasing; the lateness of the speed
        channel is taken out.
    metres
        Since the first sample, non-decreasing.
    piece
        Stretches without a hole carry one number.
    lag_s
        Lateness of the slow channels that was taken out.
    """

    clock_s: FloatArray
    metres: FloatArray
    piece: IntArray
    lag_s: float = 0.0

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last moment at which the distance is known; infinitely apart for none."""
        if self.clock_s.size < 2:
            return np.inf, -np.inf
        return (
            float(self.clock_s[0]) - LONGEST_EXTRAPOLATION_S,
            float(self.clock_s[-1]) + LONGEST_EXTRAPOLATION_S,
        )

    def at(self, clock_s: FloatArray) -> FloatArray:
        """Return the metres at given moments; NaN outside the recording and in holes."""
        piece = self.piece_at(clock_s)
        if self.clock_s.size < 2:
            return np.full(clock_s.shape, np.nan)
        metres = np.interp(clock_s, self.clock_s, self.metres)
        metres = metres + self.speed_mps(clock_s) * (
            clock_s - np.clip(clock_s, self.clock_s[0], self.clock_s[-1])
        )
        return np.where(piece >= 0, metres, np.nan)

    def speed_mps(self, clock_s: FloatArray) -> FloatArray:
        """Return the speed at given moments, the nearest known one outside the recording."""
        if self.clock_s.size < 2:
            return np.full(clock_s.shape, np.nan)
        return np.interp(clock_s, self.clock_s, self._speeds_mps)

    @cached_property
    def _speeds_mps(self) -> FloatArray:
        return np.gradient(self.metres, self.clock_s)

    def piece_at(self, clock_s: FloatArray) -> IntArray:
        """Return the number of the hole-free stretch a moment lies in, -1 for none."""
        if self.clock_s.size < 2:
            return np.full(clock_s.shape, -1, dtype=np.int64)
        before = np.searchsorted(self.clock_s, clock_s, side="right") - 1
        left = np.clip(before, 0, self.clock_s.size - 1)
        right = np.clip(before + 1, 0, self.clock_s.size - 1)
        near = (clock_s > self.clock_s[0] - LONGEST_EXTRAPOLATION_S) & (
            clock_s < self.clock_s[-1] + LONGEST_EXTRAPOLATION_S
        )
        sound = near & (self.piece[left] == self.piece[right])
        return np.where(sound, self.piece[left], -1)

    def seconds_for_last(self, clock_s: FloatArray, metres: float) -> FloatArray:
        """Return how long the car took for the last metres before given moments.

        NaN where the recording does not reach back that far without a hole.
        """
        there = self.at(clock_s)
        if self.clock_s.size < 2:
            return there
        moving = np.concatenate(([True], np.diff(self.metres) > 0))
        before_s = np.interp(there - metres, self.metres[moving], self.clock_s[moving])
        reached = (there - metres >= 0) & (self.piece_at(before_s) == self.piece_at(clock_s))
        return np.where(reached, clock_s - before_s, np.nan)


def travel(rows: SampledChannels) -> Travel:
    """Integrate a car's speed over its clock.

    Returns
    -------
    Travel
        Empty when speed was not recorded. Holes are bridged with the mean of the
        speeds around them and start a new piece.
    """
    clock_s, speed_kmh = rows.samples(Channel.SPEED)
    lag = speed_lag(clock_s, speed_kmh, *rows.samples(Channel.ACCELERATION_LONG))
    gps_s, latitude_deg = rows.samples(Channel.LATITUDE)
    other_s, longitude_deg = rows.samples(Channel.LONGITUDE)
    if other_s.size == gps_s.size:
        clock_s, speed_kmh = filled_from_gps(
            clock_s - lag.lag_s, speed_kmh, gps_s, latitude_deg, longitude_deg, LARGEST_HOLE_S
        )
    else:
        clock_s = clock_s - lag.lag_s
    steps_s = np.diff(clock_s)
    first = np.zeros(min(clock_s.size, 1), dtype=np.int64)
    return Travel(
        clock_s=clock_s,
        metres=cumulative_trapezoid(speed_kmh / KMH_PER_MPS, steps_s),
        piece=np.concatenate((first, np.cumsum(steps_s > LARGEST_HOLE_S, dtype=np.int64))),
        lag_s=lag.lag_s,
    )


def filled_from_gps(
    time_s: FloatArray,
    speed_kmh: FloatArray,
    gps_s: FloatArray,
    latitude_deg: FloatArray,
    longitude_deg: FloatArray,
    longest_hole_s: float,
) -> tuple[FloatArray, FloatArray]:
    """Return speed samples with holes filled from GPS chords.

    Parameters
    ----------
    time_s, speed_kmh
        Samples of the speed channel, shape ``(samples,)``, increasing; their lateness is
        taken out.
    gps_s, latitude_deg, longitude_deg
        Fixes, shape ``(fixes,)``.
    longest_hole_s
        Holes longer than this are filled where fixes lie inside.

    Returns
    -------
    tuple of arrays
        Times and speeds in km/h, increasing; unchanged without long holes.
    """
    if time_s.size < 2 or gps_s.size < 3:
        return time_s, speed_kmh
    holes = np.flatnonzero(np.diff(time_s) > longest_hole_s)
    if holes.size == 0:
        return time_s, speed_kmh
    mid_s, chord_kmh = _chords(gps_s, latitude_deg, longitude_deg)
    hole = np.clip(np.searchsorted(time_s, mid_s) - 1, 0, time_s.size - 2)
    inside = (
        np.isin(hole, holes)
        & (mid_s > time_s[hole] + HOLE_MARGIN_S)
        & (mid_s < time_s[hole + 1] - HOLE_MARGIN_S)
    )
    times = np.concatenate((time_s, mid_s[inside]))
    speeds = np.concatenate((speed_kmh, chord_kmh[inside]))
    order = np.argsort(times, kind="stable")
    return times[order], speeds[order]


def _chords(
    gps_s: FloatArray, latitude_deg: FloatArray, longitude_deg: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the speed over chords of about :data:`STRIDE_S`, at their middle."""
    step_s = max(float(np.median(np.diff(gps_s))), 1e-3)
    stride = max(round(STRIDE_S / step_s), 1)
    first, last = slice(None, -stride), slice(stride, None)
    scale = np.cos(np.radians(np.median(latitude_deg)))
    north = (latitude_deg[last] - latitude_deg[first]) * METRES_PER_DEGREE_OF_ARC
    east = (longitude_deg[last] - longitude_deg[first]) * METRES_PER_DEGREE_OF_ARC * scale
    lasted_s = gps_s[last] - gps_s[first]
    sound = (lasted_s > 0) & (lasted_s < 3 * STRIDE_S)
    middle_s = ((gps_s[last] + gps_s[first]) / 2)[sound]
    return middle_s, (KMH_PER_MPS * np.hypot(north, east)[sound]) / lasted_s[sound]
