"""The first look at a season file: strict JSON, of the layout this version reads."""

from __future__ import annotations

from typing import Any

import msgspec

from htt_desktop.sources.season.faults import REMEDY, fault, wrong_field
from htt_desktop.sources.season.schema import SCHEMA_VERSION
from htt_desktop.sources.strict_json import parse


def opened(content: bytes, shape: type[msgspec.Struct], file: str) -> Any:  # noqa: ANN401 - the shape
    """Return a file's content as its shape, every value within its limits.

    Raises
    ------
    SourceError
        The content is not strict JSON, is of another layout, or a value is wrong.
    """
    value = parse(content, file, REMEDY)
    _demand_version(value, file)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise wrong_field(value, shape, file) from error


def _demand_version(value: object, file: str) -> None:
    """Refuse another layout before any field of it is called wrong."""
    if not isinstance(value, dict):
        raise fault(file, "", "is not an object")
    if "schema_version" not in value:
        raise fault(file, "schema_version", "is missing")
    version = value["schema_version"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise fault(file, "schema_version", "is no whole number")
    if version != SCHEMA_VERSION:
        age = "an older" if version < SCHEMA_VERSION else "a newer"
        raise fault(
            file,
            "schema_version",
            f"is {version}, this version reads {SCHEMA_VERSION}: {age} version wrote the file",
        )
