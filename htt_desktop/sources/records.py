"""Flat records to and from strict JSON; what a number may be follows from its name or unit.

Whatever lies outside cannot have been measured: a car, a race and a clock have sizes.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from htt_desktop.sources.strict_json import Node

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Span = tuple[float, float]
"""Lowest and highest value, both included."""

MOST_CHARACTERS = 2_000
"""Of one text; the longest are the sentences of refusals, with 300."""

LAP_NUMBER: Span = (1, 10_000)
LAP_TIME_S: Span = (1, 100_000)
RACE_TIME_S: Span = (0, 1_000_000)
SPEED_KMH: Span = (0, 500)
PLACE_M: Span = (-1_000, 50_000)
HEADING_RAD: Span = (-1_000, 1_000)
GROWTH_S2_PER_M: Span = (1e-12, 0.01)
COUNT: Span = (0, 1e12)

_FIELDS: dict[str, Span] = {
    "year": (1900, 2200),
    "race": (1, 9),
    "lap_offset": (-100_000, 100_000),
    "sign": (-1, 1),
    "correlation": (-1, 1),
    "offset_s": (-1e11, 1e11),
}

_UNITS: dict[str, Span] = {
    "_s": (0, 1_000_000),
    "_ms": (0, 1_000_000_000),
    "_ppm": (-100_000, 100_000),
    "_m": PLACE_M,
    "_g": (-10, 10),
}

Record = TypeVar("Record", bound="DataclassInstance")

DECIMALS = 6
"""Decimals with which numbers are written."""


def span_of(name: str) -> Span:
    """Return what a number may be.

    Examples
    --------
    >>> span_of("bias_g"), span_of("crossings")
    ((-10, 10), (0, 1000000000000.0))
    """
    unit = next((unit for unit in _UNITS if name.endswith(unit)), "")
    return _FIELDS.get(name) or _UNITS.get(unit, COUNT)


def record_to_json(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any flat dataclass
    """Return the fields of a dataclass; a number that is not finite becomes null.

    Examples
    --------
    >>> from htt_desktop.domain.race import RaceKey
    >>> record_to_json(RaceKey(2025, "barber", 1))
    {'year': 2025, 'track_id': 'barber', 'race': 1}
    """
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def record_from_json(kind: type[Record], node: Node) -> Record:
    """Return a dataclass of a kind from its JSON fields.

    A float field that holds null becomes NaN, as it was before it was written. A field with a
    default may be missing: records written before it existed stay readable. Unknown fields are
    passed over: a newer version may have written them.

    Raises
    ------
    SourceError
        A field is missing, of the wrong kind, or beyond what its name allows.

    Examples
    --------
    >>> from htt_desktop.domain.race import RaceKey
    >>> record_from_json(RaceKey, Node({"year": 2025, "track_id": "barber", "race": 1}, "f", ""))
    RaceKey(year=2025, track_id='barber', race=1)
    """
    hints, given = _hints(kind), node.members()
    return kind(
        **{
            field.name: _value(hints[field.name], field.name, node.field(field.name))
            for field in fields(kind)
            if field.name in given or field.default is MISSING
        }
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return annotations as types; evaluating them once per class keeps opening packs quick."""
    return get_type_hints(kind)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float):
        # Beyond the sixth decimal (a microsecond) digits depend on the processor's sums, and
        # the same input shall give the same bytes anywhere.
        return round(value, DECIMALS) if math.isfinite(value) else None
    return str(value) if isinstance(value, StrEnum) else value


def _value(hint: Any, name: str, node: Node) -> Any:  # noqa: ANN401 - as annotated
    options = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    if node.value is None and NoneType in options:
        return None
    kind = next(option for option in options if option is not NoneType)
    if kind is float:
        return math.nan if node.value is None else node.number(*span_of(name))
    if kind is bool:
        return node.truth()
    if kind is int:
        return node.integer(*span_of(name))
    if issubclass(kind, StrEnum):
        return kind(node.one_of(*kind))
    return node.text(MOST_CHARACTERS)
