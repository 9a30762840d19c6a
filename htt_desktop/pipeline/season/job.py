"""The whole way from a folder of sheets to a folder of season files, driven lines included."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from htt_desktop.pipeline.season.build import BuiltSeason, build_season, write_built
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks

BUNDLED_SHEETS = {2025: ("timing", "timing_more"), 2024: ("timing_more",)}
"""Folders of the published sheets below ``gr_cup`` by season.

The second folder has more versions of the sheets of 2025, among them the final order of two
qualifying sessions, but nothing of Indianapolis.
"""

SEASONS_FOLDER = "season"
"""Name of the folder of the seasons inside the data folder."""

STEP_M = 8.0
"""Distance between the points kept: on screen a pixel of a map is about as long."""

DECIMALS = 1
"""Places are kept to 0.1 m; the lines are known to metres."""

CLOSED_WITHIN_M = 1.0
"""A line whose end is further from its beginning is no lap."""


def bundled_sheets(shared: Path, year: int) -> tuple[Path, ...]:
    """Return the folders of the published sheets of a bundled season."""
    return tuple(shared / "gr_cup" / folder for folder in BUNDLED_SHEETS[year])


def build_season_files(
    timing: Sequence[Path],
    out: Path,
    year: int | None,
    data: Path,
    cancel: threading.Event,
) -> BuiltSeason:
    """Read sheets, build the season and write its files, all of them or none.

    Parameters
    ----------
    timing, year
        As for :func:`~htt_desktop.pipeline.season.layouts.read_sheets`.
    out
        Folder of the season files.
    data
        Folder with the track table and the packs that the maps are drawn from.

    Raises
    ------
    SourceError
        The sheets cannot be read or the files not be written.
    CancelledError
        The user withdrew the request; nothing was written.
    """
    sheets = read_sheets(timing, year)
    stop_if_cancelled(cancel)
    lines = track_lines(data / "packs")
    stop_if_cancelled(cancel)
    built = build_season(sheets, load_tracks(data), lines)
    write_built(built, out, cancel)
    return built


def build_bundled_seasons(
    shared: Path, data: Path, cancel: threading.Event, say: Callable[[str], None]
) -> None:
    """Rebuild the bundled seasons from the published sheets.

    Parameters
    ----------
    shared
        Folder that holds ``gr_cup``.
    data
        Data folder; its track table and packs must be there already.
    cancel
        Ends the work between two steps.
    say
        Receives a line per season.

    Raises
    ------
    SourceError
        See :func:`build_season_files`.
    """
    for year in BUNDLED_SHEETS:
        out = data / SEASONS_FOLDER / str(year)
        built = build_season_files(bundled_sheets(shared, year), out, year, data, cancel)
        size = sum(path.stat().st_size for path in out.iterdir())
        say(
            f"season {year}: {len(built.season.races)} races, {len(built.season.drivers)} "
            f"drivers, {size / 1e3:,.0f} kB"
        )


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
