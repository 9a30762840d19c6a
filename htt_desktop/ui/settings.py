"""What the application remembers between two starts; a broken file costs nothing else."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from htt_desktop.ui.formats import UnitSystem

_LOGGER = logging.getLogger(__name__)

FILE_NAME = "settings.json"
"""Name of the file inside the folder the platform keeps for settings."""


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


class Settings(QObject):
    """Keeps the preferences and their file.

    Parameters
    ----------
    path
        The file; it is read at once. A missing file means defaults. A damaged one
        too: it is set aside with the ending ``.damaged``.

    Signals
    -------
    changed(Preferences)
        Silent when nothing changed.
    """

    changed = Signal(Preferences)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.problem = ""
        self._preferences = self._read()

    @property
    def preferences(self) -> Preferences:
        """What is remembered now."""
        return self._preferences

    def update(self, preferences: Preferences) -> None:
        """Replace the preferences; :meth:`save` writes them."""
        if preferences != self._preferences:
            self._preferences = preferences
            self.changed.emit(preferences)

    def choose_theme(self, theme: ThemeChoice) -> None:
        """Remember another theme."""
        self.update(replace(self._preferences, theme=theme))

    def save(self) -> None:
        """Write the file; a place that cannot be written is logged, not fatal."""
        temporary = self._path.with_suffix(".partial")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(asdict(self._preferences), indent=2), encoding="utf-8")
            temporary.replace(self._path)
        except OSError:
            _LOGGER.exception("settings not saved to %s", self._path)

    def _read(self) -> Preferences:
        try:
            return _parse(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError) as error:
            self.problem = (
                f"The settings in {self._path} could not be read and were set back ({error})."
            )
            _LOGGER.warning(self.problem)
            self._set_aside()
            return Preferences()

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_suffix(".damaged"))
        except OSError:
            _LOGGER.exception("damaged settings stay at %s", self._path)


def _parse(text: str) -> Preferences:
    """Return the preferences, keeping what is known and refusing wrong types."""
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("not a table of settings")  # noqa: TRY004 - damaged file, not a bug
    known = {field.name: raw[field.name] for field in fields(Preferences) if field.name in raw}
    if "theme" in known:
        known["theme"] = ThemeChoice(known["theme"])
    if "units" in known:
        known["units"] = UnitSystem(known["units"])
    preferences = replace(Preferences(), **known)
    for field in fields(Preferences):
        expected = type(getattr(Preferences(), field.name))
        if not isinstance(getattr(preferences, field.name), expected):
            raise ValueError(f"{field.name} has a wrong type")  # noqa: TRY004
    return preferences
