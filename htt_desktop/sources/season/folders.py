"""Where the bundled seasons lie; free of everything that is needed to read them."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.sources.bundled import data_dir

DASHBOARD_FILE = "dashboardData.json"
"""The file by which a folder is known to hold a season."""

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
