"""A season → the bytes of its files: the same season, the same bytes, one driver a line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.season.decode import decode_laps, decode_season, race_text
from htt_desktop.sources.season.faults import field_fault, member
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    FACTORS_FILE,
    LAPS_FILE,
    RESULTS_FILE,
    STATS_FILE,
    TRACKS_FILE,
)
from htt_desktop.sources.season.limits import decimals_of
from htt_desktop.sources.season.schema import INDEX, RENAMED, SCHEMA_VERSION
from htt_desktop.sources.strict_json import render

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
