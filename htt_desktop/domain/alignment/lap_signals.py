"""What one lap's recording says about the car's motion, on the recorded lap clock.

The recorded lap clock is official race time as the fitted clock gives it, minus the
official start of the lap. What is left of the clock's error is an unknown of the
alignment (:mod:`htt_desktop.domain.alignment.lap_distance_solver`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.travel import Travel
from htt_desktop.domain.errors import AlignmentError, NoTelemetryError
from htt_desktop.domain.race import FINISH_LINE, INNER_LOOPS, OfficialLap
from htt_desktop.domain.recording import BoolArray, FloatArray, Recording
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.tracks import Track
from htt_desktop.domain.units import STANDARD_GRAVITY_MPS2

NODE_STEP_S = 1.0
"""Spacing of the unknown corrections; the forces behind them last for seconds."""

MARGIN_S = 3.0
"""Recording taken along on either side of the lap."""

SLOWEST_HEADING_MPS = 6.0
"""Below this speed lateral acceleration says little about yaw."""

LONGEST_SPEED_HOLE_S = 3.0
"""A longer hole makes a lap unusable. The clean-lap rule allows dropouts of 2.5 s of the rows,
and speed samples lie up to 0.4 s outside them."""

HOLE_S = 0.6
"""Speed samples further apart than this leave the path between them to a guess."""

SHORTEST_RECORDED_S = 20.0
"""Less than this cannot be laid over anything."""


@dataclass(frozen=True, eq=False)
class Crossings:
    """Official crossings at known distances within one lap.

    Attributes
    ----------
    names
        ``"start"``, the inner loops that timed the car, ``"FL"``.
    time_s, distance_m
        Shape ``(crossings,)``: time since the lap began, lap distance.
    recorded
        False where the recording does not reach the crossing.
    """

    names: tuple[str, ...]
    time_s: FloatArray
    distance_m: FloatArray
    recorded: BoolArray

    @property
    def recorded_loops(self) -> tuple[str, ...]:
        """Names of the inner loops that the recording reaches."""
        return tuple(
            name
            for name, recorded in zip(self.names, self.recorded, strict=True)
            if recorded and name in INNER_LOOPS
        )

    def without(self, name: str) -> Crossings:
        """Return the crossings without one of them."""
        keep = np.array([other != name for other in self.names])
        names = tuple(other for other in self.names if other != name)
        return Crossings(names, self.time_s[keep], self.distance_m[keep], self.recorded[keep])


@dataclass(frozen=True, eq=False)
class LapSignals:
    """Motion of one lap at evenly spaced nodes.

    Attributes
    ----------
    clock_s, driven_m
        Shape ``(samples,)``: recorded lap clock of the speed samples, their lateness
        taken out, and the distance driven since the first.
    node_s
        Shape ``(nodes,)``: recorded lap clock of the nodes.
    node_driven_m, node_speed_mps, node_acceleration_g
        At the nodes.
    node_in_hole
        True where the speed channel has a hole.
    node_heading_rad
        Integrated yaw at the nodes, positive to the left, from any start; NaN without
        lateral acceleration.
    crossings
        Official crossings.
    """

    lap: OfficialLap
    clock_s: FloatArray
    driven_m: FloatArray
    node_s: FloatArray
    node_driven_m: FloatArray
    node_speed_mps: FloatArray
    node_acceleration_g: FloatArray
    node_in_hole: BoolArray
    node_heading_rad: FloatArray
    crossings: Crossings

    @property
    def driven_at_crossings_m(self) -> FloatArray:
        """Distance driven at the recorded crossings, shape ``(recorded crossings,)``."""
        times = self.crossings.time_s[self.crossings.recorded]
        return np.interp(times, self.clock_s, self.driven_m)


def lap_crossings(track: Track, lap: OfficialLap, first_s: float, last_s: float) -> Crossings:
    """Return the official crossings of a lap.

    Parameters
    ----------
    first_s, last_s
        Ends of the recording on the recorded lap clock.
    """
    crossed = [loop for loop in track.loops if loop.name in lap.loops_s]
    names = ("start", *(loop.name for loop in crossed), FINISH_LINE)
    time_s = np.array([0.0, *(lap.loops_s[loop.name] for loop in crossed), lap.lap_time_s])
    distance_m = np.array([0.0, *(loop.distance_m for loop in crossed), track.length_m])
    return Crossings(names, time_s, distance_m, (time_s >= first_s) & (time_s <= last_s))


def lap_signals(track: Track, recording: Recording, travel: Travel, lap: OfficialLap) -> LapSignals:
    """Cut one lap out of a car's recording.

    Parameters
    ----------
    track
        Gives the lap distances of the crossings.
    recording
        The car's rows in official race time.
    travel
        Integrated speed of that recording, on the same clock.
    lap
        Official lap to cut out.

    Raises
    ------
    NoTelemetryError
        Nothing of the lap was recorded.
    AlignmentError
        The recording covers less than 20 s of the lap or none of its crossings.
    """
    clock_s = travel.clock_s - lap.start_s
    inside = (clock_s >= -MARGIN_S) & (clock_s <= lap.lap_time_s + MARGIN_S)
    clock_s, driven_m = clock_s[inside], travel.metres[inside]
    if clock_s.size == 0:
        raise NoTelemetryError(
            f"No speed was recorded in lap {lap.lap_number} of #{recording.entry_number}; "
            "choose another lap."
        )
    if clock_s.size < 2 or clock_s[-1] - clock_s[0] < SHORTEST_RECORDED_S:
        raise AlignmentError(
            f"Less than {SHORTEST_RECORDED_S:.0f} s of lap {lap.lap_number} of "
            f"#{recording.entry_number} were recorded; choose another lap."
        )
    _require_speed(recording, lap, clock_s)
    crossings = lap_crossings(track, lap, float(clock_s[0]), float(clock_s[-1]))
    if not crossings.recorded.any():
        raise AlignmentError(
            f"The recording of lap {lap.lap_number} of #{recording.entry_number} reaches no "
            "timing loop, so it cannot be placed on the track; choose another lap."
        )
    node_s = np.arange(clock_s[0], clock_s[-1], NODE_STEP_S) + NODE_STEP_S / 2
    node_s = node_s[node_s < clock_s[-1]]
    speed_mps = np.gradient(driven_m, clock_s)
    node_speed_mps = np.interp(node_s, clock_s, speed_mps)
    return LapSignals(
        lap=lap,
        clock_s=clock_s,
        driven_m=driven_m - driven_m[0],
        node_s=node_s,
        node_driven_m=np.interp(node_s, clock_s, driven_m - driven_m[0]),
        node_speed_mps=node_speed_mps,
        node_acceleration_g=np.gradient(node_speed_mps, node_s) / STANDARD_GRAVITY_MPS2,
        node_in_hole=_in_hole(recording, travel, lap, node_s),
        node_heading_rad=_heading_rad(recording, lap, clock_s, speed_mps, node_s),
        crossings=crossings,
    )


def _in_hole(
    recording: Recording, travel: Travel, lap: OfficialLap, node_s: FloatArray
) -> BoolArray:
    """Return which nodes lie in or beside a hole of the speed channel itself."""
    stamped_s, _ = recording.samples(Channel.SPEED)
    stamped_s = stamped_s - travel.lag_s - lap.start_s
    holes = np.flatnonzero(np.diff(stamped_s) > HOLE_S)
    reach_s = NODE_STEP_S / 2
    hole = np.searchsorted(stamped_s[holes] - reach_s, node_s) - 1
    inside = hole >= 0
    inside[inside] = node_s[inside] < stamped_s[holes[hole[inside]] + 1] + reach_s
    return inside


def _require_speed(recording: Recording, lap: OfficialLap, clock_s: FloatArray) -> None:
    inside = clock_s[(clock_s > -HOLE_S) & (clock_s < lap.lap_time_s + HOLE_S)]
    hole_s = float(np.diff(inside).max(initial=0.0))
    if hole_s > LONGEST_SPEED_HOLE_S:
        raise AlignmentError(
            f"Speed is missing for {hole_s:.1f} s in lap {lap.lap_number} of "
            f"#{recording.entry_number}, with no GPS across it; choose another lap."
        )


def _heading_rad(
    recording: Recording,
    lap: OfficialLap,
    clock_s: FloatArray,
    speed_mps: FloatArray,
    node_s: FloatArray,
) -> FloatArray:
    time_s, lateral_g = recording.samples(Channel.ACCELERATION_LAT)
    time_s = time_s - lap.start_s
    inside = (time_s >= clock_s[0]) & (time_s <= clock_s[-1])
    time_s, lateral_g = time_s[inside], lateral_g[inside]
    if time_s.size < node_s.size:
        return np.full(node_s.shape, np.nan)
    speed = np.maximum(np.interp(time_s, clock_s, speed_mps), SLOWEST_HEADING_MPS)
    yaw_radps = lateral_g * STANDARD_GRAVITY_MPS2 / speed
    return np.interp(node_s, time_s, cumulative_trapezoid(yaw_radps, np.diff(time_s)))
