"""The first look at a season file: strict JSON, of the layout this version reads."""

from __future__ import annotations

from typing import Any

import msgspec

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.faults import REMEDY, fault, wrong_field
from htt_desktop.sources.season.folders import TRACKS_FILE
from htt_desktop.sources.season.schema import SCHEMA_VERSION
from htt_desktop.sources.strict_json import parse

_OUR_HEAD = {"schema_version", "season", "origin"}
"""One of these is in every file of ours but the tracks, however old or damaged."""


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


def is_of_web_application(value: object) -> bool:
    """Return whether a value is what the earlier web application kept under the same file name."""
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value)
    return isinstance(value, dict) and bool(value) and not _OUR_HEAD & value.keys()


def not_ours(file: str) -> SourceError:
    """Return the error for a file of the earlier web application."""
    return SourceError(
        f"{file} is a file of the earlier web application, whose figures this program does not "
        "show; build a season from the timing sheets with `htt season build` and choose its "
        "folder, or choose the bundled season."
    )


def _demand_version(value: object, file: str) -> None:
    """Refuse another layout before any field of it is called wrong."""
    if not file.endswith(TRACKS_FILE) and is_of_web_application(value):
        raise not_ours(file)
    if not isinstance(value, dict):
        raise fault(file, "", "is not an object")
    if "schema_version" not in value:
        raise fault(file, "schema_version", "is missing")
    version = value["schema_version"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise fault(file, "schema_version", "is not a whole number")
    if version != SCHEMA_VERSION:
        age = "an older" if version < SCHEMA_VERSION else "a newer"
        raise fault(
            file,
            "schema_version",
            f"is {version}, this version reads {SCHEMA_VERSION}: {age} version wrote the file",
        )
