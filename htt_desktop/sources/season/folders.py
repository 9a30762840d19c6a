"""The names of the files and where the bundled seasons lie; loads nothing that reads them."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.sources.bundled import data_dir

DASHBOARD_FILE = "dashboardData.json"
FACTORS_FILE = "driver_factors.json"
STATS_FILE = "driver_season_stats.json"
RESULTS_FILE = "driver_race_results.json"
LAPS_FILE = "laps.json"
TRACKS_FILE = "tracks.json"

SEASON_FILES = (DASHBOARD_FILE, FACTORS_FILE, STATS_FILE, RESULTS_FILE, LAPS_FILE, TRACKS_FILE)
"""All files of a season folder."""

_BUNDLED_FOLDER = "season"


def bundled_seasons() -> dict[int, Path]:
    """Return the folders of the bundled seasons by year, the newest first.

    Raises
    ------
    SourceError
        The bundled data are missing.
    """
    root = data_dir() / _BUNDLED_FOLDER
    years = [path for path in root.glob("[0-9][0-9][0-9][0-9]") if (path / DASHBOARD_FILE).exists()]
    return {int(path.name): path for path in sorted(years, reverse=True)}
