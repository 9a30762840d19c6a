"""Names the field of a season file that cannot be right, with its whole path."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import inspect

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.limits import FIELDS, TextLimit
from htt_desktop.sources.strict_json import render

REMEDY = "build the season again with `htt season build` or choose the bundled season"
"""What to do about any fault of a season folder."""

_SHOWN_CHARACTERS = 40

_PATTERNS = {
    limit.pattern: limit.what
    for limit in FIELDS.values()
    if isinstance(limit, TextLimit) and limit.pattern
}


def field_fault(file: str, path: str, what: str) -> SourceError:
    """Return the error for one field.

    Examples
    --------
    >>> print(field_fault("2025/laps.json", member("data", "Anna Ace"), "is missing"))
    ... # doctest: +ELLIPSIS
    2025/laps.json: data["Anna Ace"] is missing; build the season again with ...
    """
    return SourceError(f"{file}: {path or 'the whole file'} {what}; {REMEDY}.")


def member(path: str, key: str) -> str:
    """Return the path of a member of an object.

    Examples
    --------
    >>> member("", "data"), member("data", "speed"), member("data", "Anna Ace")
    ('data', 'data.speed', 'data["Anna Ace"]')
    """
    if not key.isidentifier():
        return f"{path}[{_shown(key)}]"
    return f"{path}.{key}" if path else key


def wrong_field(value: object, shape: type, file: str) -> SourceError:
    """Return the error for the first value that does not fit, found by looking for it.

    Only for values that were refused as a whole: it is slow and it always finds one.
    """
    found = _first(value, inspect.type_info(shape), "")
    return field_fault(file, *(found or ("", "does not have the layout of this file")))


def _first(value: Any, kind: inspect.Type, path: str) -> tuple[str, str] | None:  # noqa: ANN401 - JSON
    if isinstance(kind, inspect.UnionType):
        if value is None:
            return None
        kind = next(part for part in kind.types if not isinstance(part, inspect.NoneType))
        return _first(value, kind, path)
    if isinstance(kind, inspect.StructType) and isinstance(value, dict):
        return _first_of_record(value, kind, path)
    if isinstance(kind, inspect.DictType) and isinstance(value, dict):
        found = (_first(item, kind.value_type, member(path, key)) for key, item in value.items())
        return next(filter(None, found), None)
    if isinstance(kind, inspect.VarTupleType) and isinstance(value, list):
        items = (_first(item, kind.item_type, f"{path}[{n}]") for n, item in enumerate(value))
        return next(filter(None, items), None)
    return None if _fits(value, kind) else (path, f"is {_shown(value)}, not {_expected(kind)}")


def _first_of_record(
    value: dict[str, Any], kind: inspect.StructType, path: str
) -> tuple[str, str] | None:
    known = {field.encode_name: field for field in kind.fields}
    for key, field in known.items():
        if key not in value:
            if not field.required:
                continue  # a file that is older than the field
            return member(path, key), "is missing"
        found = _first(value[key], field.type, member(path, key))
        if found:
            return found
    unknown = next((key for key in value if key not in known), None)
    return None if unknown is None else (member(path, unknown), "is not a field of this layout")


def _fits(value: object, kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.LiteralType):
        return value in kind.values
    if isinstance(kind, inspect.IntType | inspect.FloatType | inspect.StrType):
        python = {inspect.IntType: int, inspect.FloatType: float, inspect.StrType: str}[type(kind)]
        rule = {f: getattr(kind, f) for f in kind.__struct_fields__}
        try:
            # The bounds of the shape itself, so that this cannot disagree with the first reading.
            msgspec.convert(value, _annotated(python, rule))
        except msgspec.ValidationError:
            return False
        return True
    return isinstance(kind, inspect.BoolType) and isinstance(value, bool)


def _annotated(python: type, rule: dict[str, Any]) -> Any:  # noqa: ANN401 - a type
    return Annotated[python, msgspec.Meta(**{k: v for k, v in rule.items() if v is not None})]


def _expected(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.IntType):
        return f"a whole number from {kind.ge} to {kind.le}"
    if isinstance(kind, inspect.FloatType):
        return f"a number from {kind.ge:g} to {kind.le:g}"
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(map(str, kind.values))
    if isinstance(kind, inspect.StrType):
        plain = f"a text of {kind.min_length} to {kind.max_length} characters"
        return _PATTERNS.get(kind.pattern, plain) if kind.pattern else plain
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    return "a list" if isinstance(kind, inspect.VarTupleType) else "an object"


def _shown(value: object) -> str:
    """Return a value as it stands in the file, shortened."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        return "beyond all numbers"
    text = render(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
