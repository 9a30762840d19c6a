"""Find the sheets of one race below whatever folder or file the user named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError

_ANALYSIS = re.compile(r"analysis.*sections", re.IGNORECASE)
_RESULTS = re.compile(r"results", re.IGNORECASE)
BY_CLASS = re.compile(r"by[\s_]*class", re.IGNORECASE)
"""Marks the result sheets that repeat the order per class."""

_QUALIFYING = re.compile(r"qualify", re.IGNORECASE)
_WEATHER = re.compile(r"weather", re.IGNORECASE)
_SESSION = re.compile(r"(race|qualify|practice)[\s_]*(\d)", re.IGNORECASE)

_VERSIONS = ("unofficial", "provisional", "", "official", "final")
"""Words by which a file name tells its version, the one that counts last."""


@dataclass(frozen=True)
class RaceSheets:
    """Paths of the sheets of one race.

    Attributes
    ----------
    analysis
        One row per car and lap.
    results
        Result sheets, best version first.
    qualifying
        Qualifying sheets, which keep leading zeros and carry names.
    weather
        Weather sheet, whose times are UTC.
    """

    analysis: Path
    results: tuple[Path, ...]
    qualifying: tuple[Path, ...]
    weather: Path | None


def find_sheets(timing: Path, key: RaceKey) -> RaceSheets:
    """Return the sheets of a race.

    Parameters
    ----------
    timing
        The analysis file itself, the folder of the race, the folder of the
        track, or a root that holds ``<track>/race_<n>`` or
        ``<track>/<season>/race_<n>``.
    key
        The race.

    Raises
    ------
    SourceError
        Nothing is there, or more than one file could be meant.
    """
    if timing.is_file():
        folder, analysis = timing.parent, timing
    elif timing.is_dir():
        folder = _race_folder(timing, key)
        analysis = _pick_analysis(folder, key)
    else:
        message = f"{timing} does not exist; give the folder of official timing with --timing."
        raise SourceError(message)
    siblings = [path for path in csv_files(folder) if path != analysis]
    results = [
        path
        for path in siblings
        if _RESULTS.search(path.name)
        and not _QUALIFYING.search(path.name)
        and fits_race(path, key)
        and not BY_CLASS.search(path.name)
    ]
    return RaceSheets(
        analysis=analysis,
        results=tuple(sorted(results, key=version_rank, reverse=True)),
        qualifying=tuple(path for path in siblings if _QUALIFYING.search(path.name)),
        weather=next(
            (path for path in siblings if _WEATHER.search(path.name) and fits_race(path, key)),
            None,
        ),
    )


def _race_folder(timing: Path, key: RaceKey) -> Path:
    """Return the folder that holds the race's own sheets."""
    name = f"race_{key.race}"
    for folder in (timing / key.track_id / name, timing / name, timing):
        if _analyses(folder, key):
            return folder
    season_folders = sorted(
        path
        for pattern in (f"{key.track_id}/*/{name}", f"*/{name}")
        for path in timing.glob(pattern)
        if _analyses(path, key) and key.track_id in {timing.name, *path.parts}
    )
    if len(season_folders) > 1:
        message = (
            f"{timing} holds race {key.race} of {key.track_id} more than once "
            f"({', '.join(str(path) for path in season_folders)}); give one of these folders."
        )
        raise SourceError(message)
    if not season_folders:
        message = (
            f"{timing} holds no lap analysis of race {key.race} at {key.track_id}; give the "
            f"folder above {key.track_id}/{name}, or the AnalysisEnduranceWithSections file."
        )
        raise SourceError(message)
    return season_folders[0]


def _pick_analysis(folder: Path, key: RaceKey) -> Path:
    candidates = _analyses(folder, key)
    best = max(version_rank(path) for path in candidates)
    chosen = [path for path in candidates if version_rank(path) == best]
    if len(chosen) > 1:
        message = (
            f"{folder} holds more than one lap analysis of race {key.race} "
            f"({', '.join(path.name for path in chosen)}); give the file that counts."
        )
        raise SourceError(message)
    return chosen[0]


def _analyses(folder: Path, key: RaceKey) -> list[Path]:
    return [
        path for path in csv_files(folder) if _ANALYSIS.search(path.name) and fits_race(path, key)
    ]


def csv_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder by name; none for a folder that is not there."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")


def fits_race(path: Path, key: RaceKey) -> bool:
    """Tell whether a file name does not speak of another session."""
    session = _SESSION.search(path.stem)
    return session is None or (
        session.group(1).lower() == "race" and int(session.group(2)) == key.race
    )


def version_rank(path: Path) -> int:
    """Return the rank of a sheet's version, highest for the one that counts.

    Examples
    --------
    >>> version_rank(Path("03_Provisional.CSV")) < version_rank(Path("03_Official.CSV"))
    True
    """
    name = path.stem.lower()
    found = [rank for rank, word in enumerate(_VERSIONS) if word and word in name]
    # "unofficial" contains "official", so the lowest rank found is the one meant.
    return min(found, default=_VERSIONS.index(""))
