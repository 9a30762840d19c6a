"""The time between two laps over lap distance, with its error band."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Delta, LoopDelta
from htt_desktop.domain.error_band import NORMAL_95, BandModel
from htt_desktop.domain.race import FINISH_LINE
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.tracks import Track

GRID_STEP_M = 2.0
"""About the distance between two samples of the fast channels."""


def time_at(lap: AlignedLap, distance_m: FloatArray) -> FloatArray:
    """Return the time since the line at distances of a lap, exact at every official crossing."""
    return np.interp(distance_m, lap.knot_m, lap.knot_s)


def is_same_lap(reference: AlignedLap, compared: AlignedLap) -> bool:
    """Return whether both are one and the same lap of a race."""
    same_driver = reference.entry.number == compared.entry.number
    return same_driver and reference.lap.lap_number == compared.lap.lap_number


def delta_over_distance(
    track: Track, reference: AlignedLap, compared: AlignedLap, band_model: BandModel
) -> Delta:
    """Return how much later the compared car passes each point of the lap.

    Parameters
    ----------
    track
        Circuit whose loops crossing both laps.
    band_model
        Growth of the error between crossings.

    Returns
    -------
    Delta
        At least every 2 m and at every loop; positive where the compared car is slower.

    Notes
    -----
    At a loop that timed both cars the delta is the official difference and the band zero.
    A lap against itself has no error: what is wrong with one is wrong with the other.
    """
    loops_m = [loop.distance_m for loop in track.loops]
    grid_m = np.unique(
        np.concatenate((np.arange(0.0, track.length_m, GRID_STEP_M), loops_m, [track.length_m]))
    )
    variance = np.zeros(grid_m.size)
    for lap in () if is_same_lap(reference, compared) else (reference, compared):
        sigma_s = band_model.lap_sigma_s(lap.alignment.tier, grid_m, crossings_m(track, lap))
        variance += sigma_s**2
    known = known_at(reference, grid_m) & known_at(compared, grid_m)
    return Delta(
        grid_m,
        time_at(compared, grid_m) - time_at(reference, grid_m),
        NORMAL_95 * np.sqrt(variance),
        known,
    )


def loop_deltas(track: Track, reference: AlignedLap, compared: AlignedLap) -> tuple[LoopDelta, ...]:
    """Return official and shown difference at every loop that timed both laps, and the line."""
    both = [
        (
            loop.name,
            loop.distance_m,
            compared.lap.loops_s[loop.name] - reference.lap.loops_s[loop.name],
        )
        for loop in track.loops
        if loop.name in reference.lap.loops_s and loop.name in compared.lap.loops_s
    ]
    both.append((FINISH_LINE, track.length_m, compared.lap.lap_time_s - reference.lap.lap_time_s))
    both_m = np.array([loop_m for _, loop_m, _ in both])
    shown = time_at(compared, both_m) - time_at(reference, both_m)
    return tuple(
        LoopDelta(name, loop_m, round(official, 3), float(delta_s))
        for (name, loop_m, official), delta_s in zip(both, shown, strict=True)
    )


def crossings_m(track: Track, lap: AlignedLap) -> FloatArray:
    """Return the lap distances of the official crossings that hold a lap."""
    inner = [loop.distance_m for loop in track.loops if loop.name in lap.lap.loops_s]
    return np.array([0.0, *inner, track.length_m])


def known_at(lap: AlignedLap, grid_m: FloatArray) -> BoolArray:
    """Return whether a lap has telemetry at lap distances, shape as given."""
    known = np.ones(grid_m.size, dtype=np.bool_)
    for start_m, end_m in lap.alignment.missing_m:
        known &= (grid_m <= start_m) | (grid_m >= end_m)
    return known
