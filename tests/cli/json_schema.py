"""A check of the few JSON Schema keywords that the documented schemas use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "type", "enum", "anyOf", "required", "properties",
    "additionalProperties", "items", "minItems", "maxItems", "minimum", "pattern",
}  # fmt: skip


class SchemaError(AssertionError):
    """A value is not what the schema describes."""


def check_file(path: Path, schema: Path) -> dict[str, Any]:
    """Return a strict JSON file's value after checking it."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=_not_json)
    described = json.loads(schema.read_text(encoding="utf-8"))
    check(value, described, described, "$")
    return value


def check(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> None:  # noqa: ANN401, C901 - one branch per keyword
    """Check a value; the error names the path inside it."""
    if schema.keys() - KNOWN:
        _wrong(at, f"unknown keywords {sorted(schema.keys() - KNOWN)}")
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "anyOf" in schema and not any(_fits(value, each, root, at) for each in schema["anyOf"]):
        _wrong(at, "fits none of the alternatives")
    if "type" in schema:
        wanted = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        kinds = tuple(kind for name in wanted for kind in TYPES[name])
        if isinstance(value, bool) or not isinstance(value, kinds):
            _wrong(at, f"{value!r} is not of type {wanted}")
    if "enum" in schema and value not in schema["enum"]:
        _wrong(at, f"{value!r} is none of {schema['enum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        _wrong(at, f"{value!r} does not look like {schema['pattern']}")
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        _wrong(at, f"{value} is below {schema['minimum']}")
    if isinstance(value, dict) and "properties" in schema:
        _check_fields(value, schema, root, at)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            _wrong(at, f"has {len(value)} items")
        for index, item in enumerate(value):
            check(item, schema.get("items", {}), root, f"{at}[{index}]")


def _check_fields(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str
) -> None:
    missing = set(schema.get("required", ())) - value.keys()
    extra = value.keys() - schema["properties"].keys()
    if missing or (extra and not schema.get("additionalProperties", True)):
        _wrong(at, f"lacks {sorted(missing)}, has undescribed {sorted(extra)}")
    for name, item in value.items():
        check(item, schema["properties"].get(name, {}), root, f"{at}.{name}")


def _fits(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> bool:  # noqa: ANN401
    try:
        check(value, schema, root, at)
    except SchemaError:
        return False
    return True


def _wrong(at: str, what: str) -> NoReturn:
    raise SchemaError(f"{at}: {what}")


def _not_json(constant: str) -> NoReturn:
    raise SchemaError(f"{constant} is not JSON")
