"""What timing loops say about the clock: official crossings against integrated speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.clock_crossings import travelled_m
from htt_desktop.domain.clock_rows import LoggerRows
from htt_desktop.domain.race import FINISH_LINE, OfficialLap
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.domain.tracks import Track

LARGEST_HOLE_S = 1.2
"""A lap is cut where speed samples are further apart: integration across would be a guess."""

FEWEST_CROSSINGS = 4
"""A piece of a lap with fewer crossings says nothing once its start and scale are free."""

SLOWEST_MPS = 3.0
"""A car that nearly stands at a loop tells the place of the loop, not the time."""


@dataclass(frozen=True, eq=False)
class LoopPassages:
    """Official crossings that lie inside the recording, for one trial offset.

    Attributes
    ----------
    lap_number, loop
        Which crossing; the line that starts a lap is called ``"FL"`` of the lap before.
    piece
        Crossings with one number lie in one uninterrupted lap.
    place_m
        Where the track table has the loop; a lap begins at 0 and ends at the track's length.
    travelled_m
        Integrated speed at the official time of the crossing.
    speed_mps
        Speed there.
    """

    lap_number: IntArray
    loop: tuple[str, ...]
    piece: IntArray
    place_m: FloatArray
    travelled_m: FloatArray
    speed_mps: FloatArray


def loop_passages(
    rows: LoggerRows, laps: Sequence[OfficialLap], track: Track, offset_s: float
) -> LoopPassages:
    """Collect the official crossings that the recording covers.

    Parameters
    ----------
    rows
        One car's rows; speed is needed.
    laps
        Official laps of one entry.
    track
        Gives the places of the loops.
    offset_s
        Logger clock minus official race time.
    """
    clock, travelled = travelled_m(rows)
    place_of = {loop.name: loop.distance_m for loop in track.loops}
    found: list[tuple[int, str, int, float, float, float]] = []
    if clock.size < 2:
        return _passages([])
    speed = np.gradient(travelled, clock)
    holes = np.concatenate(([0], np.cumsum(np.diff(clock) > LARGEST_HOLE_S)))
    for lap in laps:
        crossings = _crossings(lap, place_of, track.length_m)
        times = np.array([crossing[2] for crossing in crossings]) + offset_s
        inside = (times >= clock[0]) & (times <= clock[-1])
        before = np.clip(np.searchsorted(clock, times, side="right") - 1, 0, clock.size - 1)
        after = np.clip(before + 1, 0, clock.size - 1)
        sound = inside & (holes[before] == holes[after])
        metres = np.interp(times, clock, travelled)
        speeds = np.interp(times, clock, speed)
        for index in np.flatnonzero(sound & (speeds > SLOWEST_MPS)):
            number, name, _, place = crossings[int(index)]
            piece = lap.lap_number * 1000 + int(holes[before[index]]) % 1000
            found.append((number, name, piece, place, metres[index], speeds[index]))
    return _passages(found)


def misfits_s(passages: LoopPassages, scale: float | None = None) -> FloatArray:
    """Return by how many seconds each crossing misses its place.

    In every uninterrupted lap the start of the distance count is free, and
    the scale too unless given.

    Returns
    -------
    array
        Shape ``(crossings,)``, positive where the car came later than official
        timing says; NaN in laps with too few crossings to tell.
    """
    misfit = np.full(passages.place_m.size, np.nan)
    for piece in np.unique(passages.piece):
        here = passages.piece == piece
        if here.sum() < FEWEST_CROSSINGS:
            continue
        travelled, place = passages.travelled_m[here], passages.place_m[here]
        if scale is None:
            factor, start = np.polyfit(travelled, place, 1)
        else:
            factor, start = scale, float(np.median(place - scale * travelled))
        misfit[here] = (place - (start + factor * travelled)) / passages.speed_mps[here]
    return misfit


def _crossings(
    lap: OfficialLap, place_of: Mapping[str, float], length_m: float
) -> list[tuple[int, str, float, float]]:
    inner = [
        (lap.lap_number, name, lap.start_s + seconds, place_of[name])
        for name, seconds in lap.loops_s.items()
        if name in place_of
    ]
    return [
        (lap.lap_number - 1, FINISH_LINE, lap.start_s, 0.0),
        *inner,
        (lap.lap_number, FINISH_LINE, lap.elapsed_s, length_m),
    ]


def _passages(found: Sequence[tuple[int, str, int, float, float, float]]) -> LoopPassages:
    return LoopPassages(
        lap_number=np.array([row[0] for row in found], dtype=np.int64),
        loop=tuple(row[1] for row in found),
        piece=np.array([row[2] for row in found], dtype=np.int64),
        place_m=np.array([row[3] for row in found], dtype=np.float64),
        travelled_m=np.array([row[4] for row in found], dtype=np.float64),
        speed_mps=np.array([row[5] for row in found], dtype=np.float64),
    )
