"""The shape of the season files, made from the domain's records and the table of limits.

Every record of the domain has a twin here that knows its limits; a value is checked against
the twin and then becomes the record. ``car_class`` is ``class`` in the files, because that
word is taken in Python.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from htt_desktop.domain.season.factor_records import (
    DashboardDriver,
    DriverFactors,
    ModelCard,
    Origin,
)
from htt_desktop.domain.season.laps import CarLaps
from htt_desktop.domain.season.race_records import RaceResult, SeasonStats
from htt_desktop.domain.season.season import TrackLine
from htt_desktop.domain.season.track_records import SeasonTrack
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    FACTORS_FILE,
    LAPS_FILE,
    RESULTS_FILE,
    SEASON_FILES,
    STATS_FILE,
    TRACKS_FILE,
)
from htt_desktop.sources.season.limits import NumberLimit, limit_of
from htt_desktop.sources.strict_json import render

__all__ = [
    "DASHBOARD_FILE",
    "FACTORS_FILE",
    "FILES",
    "INDEX",
    "LAPS_FILE",
    "RENAMED",
    "RESULTS_FILE",
    "SCHEMA_VERSION",
    "SEASON_FILES",
    "STATS_FILE",
    "TRACKS_FILE",
    "checked",
]

SCHEMA_VERSION = 1
"""Layout of the files that this version reads and writes."""

RENAMED = {"car_class": "class"}
"""Fields that are spelled differently in the files."""

INDEX = "by_number"
"""Drivers by printed number, in the files that are keyed by driver."""

_ABSENT = {INDEX: None}
"""Of files that were written before there was an index."""

_HEAD = {"schema_version": int, "season": int}


@cache
def checked(record: type) -> type[msgspec.Struct]:
    """Return the twin of a record that knows its limits."""
    return _struct(record.__name__, _shape(record), _summary(record), _defaults(record))


def _defaults(record: type) -> dict[str, Any]:
    """Return what a field is in files that were written before it existed."""
    return {f.name: f.default for f in fields(record) if f.default is not MISSING}


def _shape(record: type) -> dict[str, Any]:
    hints, name = get_type_hints(record), record.__name__
    return {f.name: _limited(hints[f.name], f.name, name) for f in fields(record)}


def _summary(record: type) -> str:
    return (record.__doc__ or "").partition("\n")[0]


def _struct(
    name: str,
    shape: dict[str, Any],
    summary: str,
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> type[msgspec.Struct]:
    """Return a type of named fields; the summary goes into the documented schema."""
    return msgspec.defstruct(
        name,
        [
            (field, kind, defaults[field]) if field in defaults else (field, kind)
            for field, kind in shape.items()
        ],
        namespace={"__doc__": summary},
        rename=RENAMED,
        forbid_unknown_fields=True,
        frozen=True,
        gc=False,
        kw_only=True,
        module=__name__,
    )


def _limited(hint: Any, field: str, record: str = "") -> Any:  # noqa: ANN401 - a type of any shape
    """Return a type with limits at its leaves and twins instead of records."""
    if is_dataclass(hint):
        return checked(hint)  # type: ignore[arg-type]
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        parts = tuple(_limited(part, field, record) for part in inside)
        return Union[parts]  # noqa: UP007 - made at run time
    if origin is tuple:
        return types.GenericAlias(tuple, (_limited(inside[0], field, record), ...))
    if origin is dict:
        return types.GenericAlias(dict, (str, _limited(inside[1], field, record)))
    return _leaf(hint, field, record) if hint in {int, float, str} else hint


def _leaf(kind: type, field: str, record: str) -> Any:  # noqa: ANN401 - a type
    limit = limit_of(field, kind, record)
    if isinstance(limit, NumberLimit):
        bounds = (limit.low, limit.high)
        low, high = map(int, bounds) if kind is int else bounds
        return Annotated[kind, msgspec.Meta(ge=low, le=high)]
    if limit.choices:
        return Literal[limit.choices]
    return Annotated[
        str,
        msgspec.Meta(min_length=limit.least, max_length=limit.most, pattern=limit.pattern),
    ]


def _file(name: str, summary: str, **content: Any) -> type[msgspec.Struct]:  # noqa: ANN401 - types
    shape = {**_HEAD, **content}
    limited = {field: _limited(hint, field) for field, hint in shape.items()}
    return _struct(name, limited, summary, _ABSENT if INDEX in shape else {})


def _by_driver(name: str, summary: str, record: Any) -> type[msgspec.Struct]:  # noqa: ANN401 - a type
    """Return a file keyed by driver, with the index of their printed numbers."""
    data = types.GenericAlias(dict, (str, record))
    return _file(name, summary, by_number=dict[str, tuple[str, ...]], data=data)


_TRACK_FIELDS = {name: kind for name, kind in _shape(Track).items() if name != "track_id"}
_TRACK = _struct(Track.__name__, _TRACK_FIELDS, _summary(Track), _defaults(Track))

FILES: dict[str, type[msgspec.Struct]] = {
    DASHBOARD_FILE: _file(
        "Dashboard",
        "Standings, calendar, model and origin of a season.",
        drivers=tuple[DashboardDriver, ...],
        tracks=tuple[SeasonTrack, ...],
        model=ModelCard,
        origin=Origin,
    ),
    FACTORS_FILE: _by_driver("Factors", "The four factors by driver.", DriverFactors),
    STATS_FILE: _by_driver("Stats", "The season in figures by driver.", SeasonStats),
    RESULTS_FILE: _by_driver(
        "Results", "Every race by driver, in calendar order.", tuple[RaceResult, ...]
    ),
    LAPS_FILE: _file(
        "Laps",
        "Every official lap by race, such as barber_r1, and printed number.",
        data=dict[str, dict[str, CarLaps]],
    ),
    TRACKS_FILE: _struct(
        "Tracks",
        {
            "schema_version": _limited(int, "schema_version"),
            "tracks": types.GenericAlias(dict, (str, _TRACK)),
            "lines": _limited(dict[str, TrackLine], "lines"),
        },
        "Objects of the track table, and driven lines, by track id.",
    ),
}
"""Shapes of the files by name."""


def json_schema() -> dict[str, Any]:
    """Return the schema: one member per file of a season folder, named like the file."""
    shapes = list(FILES.values())
    references, records = msgspec.json.schema_components(shapes)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Files of a season folder, layout {SCHEMA_VERSION}",
        "type": "object",
        "properties": dict(zip(FILES, references, strict=True)),
        "required": list(FILES),
        "additionalProperties": False,
        "$defs": dict(sorted(records.items())),
    }


def json_schema_text() -> str:
    """Return the text of ``docs/season.schema.json``."""
    return render(json_schema(), indent=1) + "\n"
