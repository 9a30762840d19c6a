"""The folder of a season: its files, read and written."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    LAPS_FILE,
    SEASON_FILES,
    bundled_seasons,
)
from htt_desktop.sources.strict_json import MOST_BYTES, parse
from htt_desktop.sources.whole_file import write_whole

__all__ = ["bundled_seasons", "read_laps", "read_season", "season_digest", "write_season"]

_TURN = threading.Lock()
"""msgspec ends the process when two threads look at the same record type for the first time."""


def read_season(folder: Path) -> Season:
    """Return the season of a folder, all but the laps.

    Raises
    ------
    SourceError
        A file is missing or damaged, a value is wrong or absurd, or two files contradict
        each other; the sentence names file and field.
    """
    # What reads files costs 40 ms to import: let whoever reads first wait for it.
    from htt_desktop.sources.season.decode import decode_season  # noqa: PLC0415

    names = [name for name in SEASON_FILES if name != LAPS_FILE]
    try:
        contents = {name: _content(folder / name) for name in names}
    except SourceError:
        _demand_ours(folder / DASHBOARD_FILE)
        raise
    with _TURN:
        return decode_season(contents, folder.name)


def read_laps(folder: Path, season: Season | None = None) -> SeasonLaps:
    """Return every lap of a folder; with its season, also checked against it.

    Raises
    ------
    SourceError
        See :func:`read_season`.
    """
    from htt_desktop.sources.season.decode import decode_laps  # noqa: PLC0415

    content = _content(folder / LAPS_FILE)
    with _TURN:
        return decode_laps(content, folder.name, season)


def write_season(folder: Path, season: Season, laps: SeasonLaps) -> None:
    """Write all files of a season; the folder is made where it is missing.

    Nothing is written unless all of it can be read back.

    Raises
    ------
    SourceError
        The season cannot be written; see :func:`htt_desktop.sources.season.encode.encode`.
    """
    from htt_desktop.sources.season.encode import encode  # noqa: PLC0415

    contents = encode(season, laps)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(
            f"{folder} cannot be made ({error.strerror}); choose another folder."
        ) from error
    for name, content in contents.items():
        write_whole(folder / name, content.decode())


def season_digest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each season file in a folder.

    Raises
    ------
    SourceError
        A file is missing or cannot be read.
    """
    return {name: hashlib.sha256(_content(folder / name)).hexdigest() for name in SEASON_FILES}


def _demand_ours(dashboard: Path) -> None:
    """Say what a folder is that lacks files: the earlier web application had four of the names."""
    from htt_desktop.sources.season.decode import is_of_web_application, not_ours  # noqa: PLC0415

    if dashboard.is_file() and is_of_web_application(parse(_content(dashboard), str(dashboard))):
        raise not_ours(str(dashboard)) from None


def _content(path: Path) -> bytes:
    from htt_desktop.sources.season.faults import REMEDY  # noqa: PLC0415

    return read_or_refuse(path, MOST_BYTES, REMEDY)
