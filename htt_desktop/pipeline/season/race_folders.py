"""Find races and championship files below the timing folders of a season."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.standings import title_of
from htt_desktop.pipeline.timing.sheet_files import (
    ANY_YEAR,
    RaceFolders,
    csv_files,
    folders_of_race,
)
from htt_desktop.sources.errors import SourceError

_RACE_FOLDER = re.compile(r"race_(\d)")
_YEAR = re.compile(r"\d{4}")


def find_races(roots: Sequence[Path], year: int | None) -> Mapping[RaceKey, RaceFolders]:
    """Return the folders of every race by its key, sorted by it.

    Parameters
    ----------
    roots
        Folders that hold ``<track>/race_<n>`` or ``<track>/<year>/race_<n>``; what lies in an
        earlier one comes first.
    year
        Year of the dated folders to look into, ``None`` for none: keys are of any year then.

    Raises
    ------
    SourceError
        There is no such folder.
    """
    found: dict[RaceKey, list[Path]] = {}
    known = ANY_YEAR if year is None else year
    for track_id, weekend in _weekends(roots, year):
        for folder in sorted(weekend.glob("race_*")):
            match = _RACE_FOLDER.fullmatch(folder.name)
            if match is not None and folder.is_dir():
                found.setdefault(RaceKey(known, track_id, int(match[1])), []).append(folder)
    if not found:
        message = (
            f"{' and '.join(map(str, roots))} holds no folder like barber/race_1 or "
            "barber/2025/race_1; give the folder above the tracks with --timing."
        )
        raise SourceError(message)
    return {key: folders_of_race(found[key]) for key in sorted(found)}


def years_below(root: Path) -> set[int]:
    """Return the years that have folders of races of their own below the tracks."""
    return {
        int(folder.parent.name)
        for folder in root.glob("*/*/race_*")
        if _YEAR.fullmatch(folder.parent.name)
    }


def find_championships(roots: Sequence[Path], year: int | None) -> tuple[Path, ...]:
    """Return every championship file of drivers, at the roots, the tracks and the races."""
    weekends = [weekend for _, weekend in _weekends(roots, year)]
    races = [path for weekend in weekends for path in sorted(weekend.glob("race_*"))]
    return tuple(
        path
        for folder in (*roots, *weekends, *races)
        for path in csv_files(folder)
        if title_of(path) is not None
    )


def _weekends(roots: Sequence[Path], year: int | None) -> Iterator[tuple[str, Path]]:
    """Yield track id and folder of every weekend, undated folders first."""
    for root in roots:
        for track in sorted(path for path in root.glob("*") if path.is_dir()):
            yield track.name, track
            if year is not None and (track / str(year)).is_dir():
                yield track.name, track / str(year)
