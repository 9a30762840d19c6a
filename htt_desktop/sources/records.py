"""Flat frozen dataclasses to and from JSON, field by field and checked.

Findings of the domain (identity, clock, corrections) are stored in packs as they are; reading
them by their annotations keeps the pack in step with the domain without a second list of fields.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from htt_desktop.sources.record_limits import MOST_CHARACTERS, span_of
from htt_desktop.sources.strict_json import Node

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")

DECIMALS = 6
"""Decimals with which numbers are written."""


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
