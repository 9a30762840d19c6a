"""The folder of a season: its files, read and written."""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.decode import decode_laps, decode_season, race_text
from htt_desktop.sources.season.faults import field_fault, member
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    FACTORS_FILE,
    LAPS_FILE,
    RESULTS_FILE,
    SEASON_FILES,
    STATS_FILE,
    TRACKS_FILE,
    bundled_seasons,
)
from htt_desktop.sources.season.limits import decimals_of
from htt_desktop.sources.season.schema import INDEX, RENAMED, SCHEMA_VERSION
from htt_desktop.sources.strict_json import MOST_BYTES, parse, render
from htt_desktop.sources.whole_file import write_whole

__all__ = ["bundled_seasons", "read_laps", "read_season", "season_digest", "write_season"]

_TURN = threading.Lock()
"""msgspec ends the process when two threads look at the same record type for the first time."""

_LEVELS = {
    "drivers": 1,
    "tracks": 2,
    "model": 1,
    "origin": 2,
    INDEX: 1,
    "lines": 2,
    STATS_FILE: 1,
    FACTORS_FILE: 1,
    RESULTS_FILE: 2,
    LAPS_FILE: 2,
}
"""Down to which depth every member has a line of its own, so that differences can be read."""


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
        The season cannot be written; see :func:`encode`.
    """
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


def encode(season: Season, laps: SeasonLaps) -> dict[str, bytes]:
    """Return the content of all six files by name.

    Times are written to 1 ms, percentiles to two decimals, and everything else as the
    table of limits says. What comes back has been read again by the reader of the
    application, so no season is written that could not be opened.

    Raises
    ------
    SourceError
        A figure is not finite or outside its limits, or the parts contradict one another;
        the sentence names file and field.
    """
    head = {"schema_version": SCHEMA_VERSION, "season": season.year}
    index = {INDEX: season.by_number}
    races = {race_text(key): dict(race.cars) for key, race in laps.races.items()}
    contents = {
        DASHBOARD_FILE: {
            **head,
            "drivers": list(season.drivers.values()),
            "tracks": list(season.tracks.values()),
            "model": season.model,
            "origin": season.origin,
        },
        FACTORS_FILE: {**head, **index, "data": season.factors},
        STATS_FILE: {**head, **index, "data": season.stats},
        RESULTS_FILE: {**head, **index, "data": season.results},
        LAPS_FILE: {**head, "data": races},
        TRACKS_FILE: {
            "schema_version": SCHEMA_VERSION,
            "tracks": season.geometry,
            "lines": season.lines,
        },
    }
    written = {name: _file(name, content) for name, content in contents.items()}
    decode_laps(written[LAPS_FILE], "", decode_season(written, ""))
    return written


def _file(name: str, content: Mapping[str, Any]) -> bytes:
    try:
        plain = {key: _plain(value, key, key) for key, value in content.items()}
        lines = (
            f" {render(key)}:{_laid_out(value, _LEVELS.get(key, _LEVELS.get(name, 0)), 2)}"
            for key, value in plain.items()
        )
        return ("{\n" + ",\n".join(lines) + "\n}\n").encode()
    except _NoFigureError as error:
        raise field_fault(name, *error.args) from error
    except UnicodeEncodeError as error:
        raise field_fault(name, "", "holds half a character") from error


class _NoFigureError(Exception):
    """A value that JSON has no word for; holds its path and what it is."""


def _plain(value: Any, field: str, path: str) -> Any:  # noqa: ANN401 - records, or what they hold
    """Return a value as JSON has it, figures rounded as their field wants."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _NoFigureError(path, f"is {value}")
        # Adding zero takes the sign from a negative zero.
        return round(float(value), decimals_of(field)) + 0.0
    if isinstance(value, int):
        return float(value) if decimals_of(field) else int(value)
    if isinstance(value, Mapping):
        return {key: _plain(item, field, member(path, key)) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item, field, f"{path}[{n}]") for n, item in enumerate(value)]
    if is_dataclass(value):
        return {
            RENAMED.get(f.name, f.name): _plain(getattr(value, f.name), f.name, f"{path}.{f.name}")
            for f in fields(value)
            # As in the track table, the key of a track is its id.
            if not (isinstance(value, Track) and f.name == "track_id")
        }
    raise _NoFigureError(path, f"is a {type(value).__name__}")


def _laid_out(value: Any, levels: int, indent: int) -> str:  # noqa: ANN401 - JSON
    """Return JSON text with a line per member down to a depth."""
    if not levels or not value or not isinstance(value, dict | list):
        return render(value)
    space = " " * indent
    if isinstance(value, dict):
        rows = [
            f"{space}{render(key)}:{_laid_out(item, levels - 1, indent + 1)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(rows) + "\n" + space[1:] + "}"
    rows = [space + _laid_out(item, levels - 1, indent + 1) for item in value]
    return "[\n" + ",\n".join(rows) + "\n" + space[1:] + "]"
