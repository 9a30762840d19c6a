"""The whole way from a folder of sheets to a folder of season files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from htt_desktop.pipeline.season.build import BuiltSeason, build_season, write_built
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.track_lines import track_lines
from htt_desktop.sources.errors import stop_if_cancelled
from htt_desktop.sources.tracks import load_tracks

BUNDLED_SHEETS = {2025: ("timing", "timing_more"), 2024: ("timing_more",)}
"""Folders of the published sheets below ``gr_cup`` by season.

The second folder has more versions of the sheets of 2025, among them the final order of two
qualifying sessions, but nothing of Indianapolis.
"""

SEASONS_FOLDER = "season"
"""Name of the folder of the seasons inside the data folder."""


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
