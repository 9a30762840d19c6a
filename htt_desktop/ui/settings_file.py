"""What the application remembers, as text; every value is checked by itself."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import parse
from htt_desktop.ui.formats import UnitSystem

FILE_NAME = "settings.json"
"""Name of the file inside the folder the platform keeps for settings."""

MOST_BYTES = 1_000_000
"""A larger file is not ours."""

_MOST_CHARACTERS = 20_000
_REMEDY = "the settings are reset"


class ThemeChoice(StrEnum):
    """Which colours to use."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True)
class Preferences:
    """Everything that is remembered.

    Attributes
    ----------
    geometry
        Place and size of the window in Qt's own spelling, base64.
    panels
        Panel layout in the plot stack's own spelling, JSON text.
    grid
        Grid lines in the plots.
    units
        Units of speed and length on screen and in exports.
    tab
        Title of the tab that was in front; empty before the first start.
    season_folder
        Where the season files come from; empty for the bundled ones.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    geometry: str = ""
    panels: str = ""
    grid: bool = True
    units: UnitSystem = UnitSystem.METRIC
    tab: str = ""
    season_folder: str = ""


def preferences_to_text(preferences: Preferences) -> str:
    """Return the preferences as the file holds them."""
    return json.dumps(asdict(preferences), indent=2)


def read_preferences(path: Path) -> tuple[Preferences, tuple[str, ...]]:
    """Return the preferences of a file, and the names of the values that were set back.

    Unknown values are passed over: a later version may have written them.

    Raises
    ------
    SourceError
        The file cannot be read, or is no table of settings at all.
    FileNotFoundError
        There is none.
    """
    if not path.exists() and not path.is_symlink():
        raise FileNotFoundError(path)
    raw = parse(read_or_refuse(path, MOST_BYTES, _REMEDY), str(path), _REMEDY)
    if not isinstance(raw, dict):
        raise SourceError(f"{path} is not a table of settings; {_REMEDY}.")
    preferences, bad = Preferences(), []
    for field in fields(Preferences):
        if field.name not in raw:
            continue
        try:
            value = _CHECKS[field.name](raw[field.name])
        except (ValueError, SourceError):
            bad.append(field.name)
        else:
            changed: dict[str, Any] = {field.name: value}
            preferences = replace(preferences, **changed)
    return preferences, tuple(bad)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS or "\0" in value:
        raise ValueError(value)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - a damaged file, not a bug
    return value


def _geometry(value: object) -> str:
    text = _text(value)
    try:
        base64.b64decode(text.encode("ascii"), validate=True)
    except binascii.Error as error:
        raise ValueError(value) from error
    return text


def _panels(value: object) -> str:
    text = _text(value)
    layout = parse(text, "panels") if text else {}
    lists = layout.values() if isinstance(layout, dict) else [None]
    for names in lists:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(value)
    return text


_CHECKS: dict[str, Callable[[object], object]] = {
    "theme": lambda value: ThemeChoice(_text(value)),
    "geometry": _geometry,
    "panels": _panels,
    "grid": _truth,
    "units": lambda value: UnitSystem(_text(value)),
    "tab": _text,
    "season_folder": _text,
}
"""By field: returns the value, or raises when it cannot be one."""
