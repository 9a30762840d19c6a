"""The driven line of every track with telemetry, thinned for the season's maps.

A track's line comes from the fastest clean lap of each car in the bundled packs: the mean of
their satellite positions, or where none were recorded, as at COTA, one drawn from speed and
lateral acceleration and marked as such. A track without a pack has no line.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.comparison import AlignedLap, DrawnLine
from htt_desktop.domain.driving.compare_laps import fastest_clean_lap
from htt_desktop.domain.driving.drawn_line import gps_line, reconstructed_line
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.season import TrackLine
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks

STEP_M = 8.0
"""Distance between the points kept: on screen a pixel of a map is about as long."""

DECIMALS = 1
"""Places are kept to 0.1 m; the lines are known to metres."""

CLOSED_WITHIN_M = 1.0
"""A line whose end is further from its beginning is no lap."""


def track_lines(packs_dir: Path) -> Mapping[str, TrackLine]:
    """Return the driven line by track id, for the tracks that have telemetry.

    Parameters
    ----------
    packs_dir
        Folder with the packs; the track table lies beside it.

    Returns
    -------
    Mapping of str to TrackLine
        In the order of the track table; points every 8 m of lap distance from the
        finish line, the last one less than that before it; to 0.1 m. The same packs
        give the same figures.

    Raises
    ------
    SourceError
        The track table or a pack cannot be read.
    """
    packs = PackTelemetry(packs_dir)
    races, problems = packs.races(), packs.problems()
    if problems:
        raise SourceError(" ".join(problems))
    lines = {}
    for track_id, track in load_tracks(packs_dir.parent).items():
        keys = sorted(key for key in races if key.track_id == track_id)
        drawn = _drawn(track, [lap for key in keys for lap in _best_laps(packs, track, key)])
        if drawn is not None:
            lines[track_id] = _thinned(drawn)
    return lines


def _best_laps(packs: PackTelemetry, track: Track, key: RaceKey) -> Iterator[AlignedLap]:
    """Yield the fastest clean lap of every car that has one with telemetry."""
    never = threading.Event()
    inventory = packs.inventory(key, never)
    for number in inventory.with_telemetry():
        try:
            status = fastest_clean_lap(inventory.laps[number])
            fetched = packs.fetch(TelemetryRequest(key, (number,)), no_progress, never)
            car = CarAlignment(
                fetched.alignment.on(track),
                fetched.recordings[number],
                inventory.entries[number],
                inventory.clean_laps(number),
                fetched.alignment.reference_heading,
            )
            yield car.align(status.lap)
        except DomainError:
            # A car without a usable lap; the others draw the line.
            continue


def _drawn(track: Track, laps: list[AlignedLap]) -> DrawnLine | None:
    line = gps_line(laps) or reconstructed_line(track, *laps)
    if line is None:
        return None
    open_m = math.hypot(line.east_m[-1] - line.east_m[0], line.north_m[-1] - line.north_m[0])
    return line if open_m <= CLOSED_WITHIN_M else None


def _thinned(line: DrawnLine) -> TrackLine:
    length_m = float(line.distance_m[-1])
    at_m: FloatArray = np.arange(math.ceil(length_m / STEP_M), dtype=np.float64) * STEP_M
    return TrackLine(
        _from_first(at_m, line.distance_m, line.east_m),
        _from_first(at_m, line.distance_m, line.north_m),
        STEP_M,
        is_measured=not line.reconstructed,
    )


def _from_first(at_m: FloatArray, distance_m: FloatArray, side_m: FloatArray) -> tuple[float, ...]:
    moved_m = np.interp(at_m, distance_m, side_m) - side_m[0]
    # Adding zero turns a negative zero into a positive one: one spelling in the file.
    return tuple((np.round(moved_m, DECIMALS) + 0.0).tolist())
