"""What timing loops say about the clock: official crossings against integrated speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.clock.travel import Travel
from htt_desktop.domain.race import FINISH_LINE, OfficialLap
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.domain.tracks import Track

FEWEST_CROSSINGS = 4
"""A piece of a lap with fewer crossings says nothing once its start and scale are free."""

SLOWEST_MPS = 3.0
"""A car that nearly stands at a loop tells where the loop is, not the time."""


@dataclass(frozen=True, eq=False)
class LoopPassages:
    """Official crossings that lie inside the recording, for one trial offset.

    Attributes
    ----------
    lap_number, loop
        Which crossing; the line that starts a lap is called ``"FL"`` of the lap before.
    piece
        Crossings with one number lie in one uninterrupted lap.
    distance_m
        Where the track table has the loop; a lap begins at 0 and ends at the track's length.
    travelled_m
        Integrated speed at the official time of the crossing.
    speed_mps
        Speed there.
    """

    lap_number: IntArray
    loop: tuple[str, ...]
    piece: IntArray
    distance_m: FloatArray
    travelled_m: FloatArray
    speed_mps: FloatArray


def loop_passages(
    travel: Travel, laps: Sequence[OfficialLap], track: Track, offset_s: float
) -> LoopPassages:
    """Collect the official crossings that the recording covers.

    Parameters
    ----------
    travel
        One car's integrated speed.
    laps
        Official laps of one entry.
    track
        Gives the lap distances of the loops.
    offset_s
        Logger clock minus official race time.
    """
    distance_of_m = {loop.name: loop.distance_m for loop in track.loops}
    begins_s, ends_s = travel.span_s
    crossings = [
        (lap.lap_number, *crossing)
        for lap in laps
        if lap.elapsed_s + offset_s >= begins_s and lap.start_s + offset_s <= ends_s
        for crossing in _crossings(lap, distance_of_m, track.length_m)
    ]
    clock_s = np.array([crossing[3] for crossing in crossings]) + offset_s
    metres = travel.at(clock_s)
    speed_mps = travel.speed_mps(clock_s)
    covered = np.flatnonzero(np.isfinite(metres) & (speed_mps > SLOWEST_MPS))
    kept = [crossings[int(index)] for index in covered]
    lap_of = np.array([crossing[0] for crossing in kept], dtype=np.int64)
    # A piece ends at a hole and at the line, where the distance count starts over.
    _, piece = np.unique(
        np.column_stack((lap_of, travel.piece_at(clock_s[covered]))), axis=0, return_inverse=True
    )
    return LoopPassages(
        lap_number=np.array([crossing[1] for crossing in kept], dtype=np.int64),
        loop=tuple(crossing[2] for crossing in kept),
        piece=piece.reshape(-1).astype(np.int64),
        distance_m=np.array([crossing[4] for crossing in kept], dtype=np.float64),
        travelled_m=metres[covered],
        speed_mps=speed_mps[covered],
    )


def misfits_s(passages: LoopPassages) -> FloatArray:
    """Return by how many seconds each crossing misses its loop.

    In every uninterrupted lap the start and the scale of the distance count
    are free: wheels wear and drivers choose their line.

    Returns
    -------
    array
        Shape ``(crossings,)``, positive where the car came later than official
        timing says; NaN in laps with too few crossings to tell.
    """
    piece = passages.piece
    if piece.size == 0:
        return np.empty(0)
    count = np.bincount(piece)

    def centred(values: FloatArray) -> FloatArray:
        return values - (np.bincount(piece, weights=values) / count)[piece]

    travelled, true_m = centred(passages.travelled_m), centred(passages.distance_m)
    spread = np.bincount(piece, weights=travelled**2)
    factor = np.bincount(piece, weights=travelled * true_m) / np.where(spread > 0, spread, 1.0)
    misfit = (true_m - factor[piece] * travelled) / passages.speed_mps
    return np.where(count[piece] >= FEWEST_CROSSINGS, misfit, np.nan)


def _crossings(
    lap: OfficialLap, distance_of_m: Mapping[str, float], length_m: float
) -> list[tuple[int, str, float, float]]:
    inner = [
        (lap.lap_number, name, lap.start_s + seconds, distance_of_m[name])
        for name, seconds in lap.loops_s.items()
        if name in distance_of_m
    ]
    return [
        (lap.lap_number - 1, FINISH_LINE, lap.start_s, 0.0),
        *inner,
        (lap.lap_number, FINISH_LINE, lap.elapsed_s, length_m),
    ]
