"""Find the sheets of one race below whatever folder or file the user named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError

_ANALYSIS = re.compile(r"analysis.*sections", re.IGNORECASE)
_RESULTS = re.compile(r"results", re.IGNORECASE)
_BY_CLASS = re.compile(r"by[\s_]*class", re.IGNORECASE)
_BEST_TEN = re.compile(r"best[\s_]*10", re.IGNORECASE)
_QUALIFYING = re.compile(r"qualify", re.IGNORECASE)
_WEATHER = re.compile(r"weather", re.IGNORECASE)
_OTHER_SHEETS = (
    _ANALYSIS,
    _BY_CLASS,
    _BEST_TEN,
    _WEATHER,
    re.compile(r"time[\s_]*card", re.IGNORECASE),
)
"""Sheets that qualifying has as well, beside the one with its order."""

_SESSION = re.compile(r"(race|qualify|practice)[\s_]*(\d)", re.IGNORECASE)

ANY_YEAR = 0
"""Year of a key that stands for whichever season the sheets turn out to be of."""

_VERSIONS = ("unofficial", "provis", "", "official", "final")
"""Words by which a file name tells its version, the one that counts last.

Half a word, because one published name says "Provisonal".
"""


@dataclass(frozen=True)
class RaceFolders:
    """Where sheets of one race may lie.

    Attributes
    ----------
    race
        Folders of the race itself.
    qualifying
        Folders of the session that made its grid.
    neighbours
        Folders of the weekend's other races: at Barber the official result of the first
        race was published beside those of the second.
    """

    race: tuple[Path, ...]
    qualifying: tuple[Path, ...] = ()
    neighbours: tuple[Path, ...] = ()


@dataclass(frozen=True)
class RaceSheets:
    """Paths of the sheets of one race; of several versions the one that counts comes first.

    Attributes
    ----------
    analysis
        One row per car and lap.
    copies
        The same analysis from other folders.
    results
        Order of the race.
    qualifying
        Order of the session before it, with leading zeros and names.
    weather
        Weather sheet, whose times are UTC.
    by_class
        Result sheets that repeat the order per class.
    best_ten
        Everybody's ten best laps.
    """

    analysis: Path
    copies: tuple[Path, ...]
    results: tuple[Path, ...]
    qualifying: tuple[Path, ...]
    weather: Path | None
    by_class: tuple[Path, ...]
    best_ten: Path | None


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
    demand_no_device(timing)
    if timing.is_file():
        return sheets_in(folders_of_race([timing.parent]), key, timing)
    if not timing.is_dir():
        message = f"{timing} does not exist; give the folder of official timing with --timing."
        raise SourceError(message)
    return sheets_in(folders_of_race([_race_folder(timing, key)]), key)


def folders_of_race(found: Iterable[Path]) -> RaceFolders:
    """Return the folders of a race with those that were published beside them."""
    race = tuple(found)
    named = [folder for folder in race if folder.name.startswith("race_")]
    return RaceFolders(
        race=race,
        qualifying=tuple(
            beside
            for folder in named
            if (beside := folder.with_name(folder.name.replace("race_", "qualifying_"))).is_dir()
        ),
        neighbours=tuple(
            other
            for folder in named
            for other in sorted(folder.parent.glob("race_*"))
            if other != folder and other.is_dir()
        ),
    )


def sheets_in(folders: RaceFolders, key: RaceKey, analysis: Path | None = None) -> RaceSheets:
    """Return the sheets of a race from its folders.

    Parameters
    ----------
    folders
        Where to look; of copies the one in the folder named first is taken.
    key
        The race.
    analysis
        The lap analysis if it is known already.

    Raises
    ------
    SourceError
        There is no lap analysis, or one folder holds several.
    """
    own = [path for folder in folders.race for path in csv_files(folder)]
    raced = [path for path in own if fits_race(path, key)]
    raced += [
        path
        for folder in folders.neighbours
        for path in csv_files(folder)
        if _session(path) == ("race", key.race)
    ]
    results = [
        path for path in raced if _RESULTS.search(path.name) and not _QUALIFYING.search(path.name)
    ]
    # A copy beside the race does not say which version it is, so it comes behind the original.
    qualified = [
        path
        for folder in folders.qualifying
        for path in csv_files(folder)
        if _RESULTS.search(path.name)
    ]
    qualified += [path for path in own if _QUALIFYING.search(path.name)]
    analyses = [_pick_analysis(folder, key) for folder in folders.race if _analyses(folder, key)]
    if analysis is None:
        if not analyses:
            raise SourceError(_no_analysis(folders.race[0], key))
        analysis, *analyses = analyses
    return RaceSheets(
        analysis=analysis,
        copies=tuple(path for path in analyses if path != analysis),
        results=_best_first(path for path in results if not _BY_CLASS.search(path.name)),
        qualifying=_best_first(
            path
            for path in qualified
            if _session(path) in {None, ("qualify", key.race)}
            and not any(other.search(path.name) for other in _OTHER_SHEETS)
        ),
        weather=next((path for path in raced if _WEATHER.search(path.name)), None),
        by_class=_best_first(path for path in raced if _BY_CLASS.search(path.name)),
        best_ten=next((path for path in raced if _BEST_TEN.search(path.name)), None),
    )


def _best_first(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(sorted(paths, key=version_rank, reverse=True))


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
    if len(season_folders) > 1 and key.year != ANY_YEAR:
        season_folders = [
            path for path in season_folders if path.parent.name == str(key.year)
        ] or season_folders
    if len(season_folders) > 1:
        message = (
            f"{timing} holds race {key.race} of {key.track_id} more than once "
            f"({', '.join(str(path) for path in season_folders)}); give one of these folders."
        )
        raise SourceError(message)
    if not season_folders:
        raise SourceError(_no_analysis(timing, key))
    return season_folders[0]


def _no_analysis(folder: Path, key: RaceKey) -> str:
    return (
        f"{folder} holds no lap analysis of race {key.race} at {key.track_id}; give the "
        f"folder above {key.track_id}/race_{key.race}, or the AnalysisEnduranceWithSections file."
    )


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


def _analyses(folder: Path, key: RaceKey) -> Sequence[Path]:
    return [
        path for path in csv_files(folder) if _ANALYSIS.search(path.name) and fits_race(path, key)
    ]


def csv_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder by name; none for a folder that is not there.

    Hidden files are no sheets: a Mac leaves ``._name.csv`` beside every file it copies.
    """
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and not path.name.startswith(".")
    )


def fits_race(path: Path, key: RaceKey) -> bool:
    """Tell whether a file name does not speak of another session."""
    return _session(path) in {None, ("race", key.race)}


def _session(path: Path) -> tuple[str, int] | None:
    """Return session and number a file name speaks of."""
    found = _SESSION.search(path.stem)
    return None if found is None else (found.group(1).lower(), int(found.group(2)))


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
