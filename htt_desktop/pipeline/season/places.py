"""Find races and championship files below the timing folder of a season."""

from __future__ import annotations

import re
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.standings import title_of
from htt_desktop.pipeline.timing.places import (
    BY_CLASS,
    csv_files,
    find_sheets,
    fits_race,
    version_rank,
)
from htt_desktop.sources.errors import SourceError

_RACE_FOLDER = re.compile(r"race_(\d)")
_BEST_TEN = re.compile(r"best[\s_]*10", re.IGNORECASE)


def find_races(root: Path) -> tuple[RaceKey, ...]:
    """Return the races that have a folder ``<track>/race_<n>``, by name.

    Raises
    ------
    SourceError
        There is no such folder.
    """
    found = []
    for folder in sorted(root.glob("*/race_*")) if root.is_dir() else ():
        match = _RACE_FOLDER.fullmatch(folder.name)
        if match is not None and folder.is_dir():
            found.append(RaceKey(folder.parent.name, int(match[1])))
    if not found:
        message = (
            f"{root} holds no folder like barber/race_1; give the folder above the tracks with "
            "--timing."
        )
        raise SourceError(message)
    return tuple(found)


def find_championships(root: Path) -> tuple[Path, ...]:
    """Return every championship file of drivers, at the root, the tracks and the races."""
    folders = [root, *sorted(path for path in root.glob("*") if path.is_dir())]
    folders += sorted(path for path in root.glob("*/race_*") if path.is_dir())
    return tuple(
        path for folder in folders for path in csv_files(folder) if title_of(path) is not None
    )


def find_by_class(root: Path, key: RaceKey) -> tuple[Path, ...]:
    """Return the result sheets by class of a race, best version first."""
    found = [path for path in _siblings(root, key) if BY_CLASS.search(path.name)]
    return tuple(sorted(found, key=version_rank, reverse=True))


def find_best_ten(root: Path, key: RaceKey) -> Path | None:
    """Return the sheet of everybody's ten best laps, ``None`` without one."""
    return next((path for path in _siblings(root, key) if _BEST_TEN.search(path.name)), None)


def _siblings(root: Path, key: RaceKey) -> list[Path]:
    folder = find_sheets(root, key).analysis.parent
    return [path for path in csv_files(folder) if fits_race(path, key)]
