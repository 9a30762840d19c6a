"""What the application remembers, as text; every value is checked by itself."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import parse
from htt_desktop.sources.whole_file import make_private_folder, write_whole
from htt_desktop.ui.wording.formats import UnitSystem

SETTINGS_NAME = "settings.json"
"""Name of the file inside the folder the platform keeps for settings."""

_MOST_BYTES = 1_000_000
"""A larger file is not ours."""

_MOST_CHARACTERS = 20_000
_REMEDY = "the settings are reset"

__all__ = ["SETTINGS_NAME", "Preferences", "Settings", "ThemeChoice"]

_LOGGER = logging.getLogger(__name__)

RETRY_MS = 30_000
"""After a change could not be written, it is tried again so often."""


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
    raw = parse(read_or_refuse(path, _MOST_BYTES, _REMEDY), str(path), _REMEDY)
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


class Settings(QObject):
    """Keeps the preferences and their file, which every change reaches at once.

    Parameters
    ----------
    path
        The file; it is read at once. A missing file means defaults. In a damaged one every
        sound value counts; the file is kept with the ending ``.damaged``. ``None``: nothing is
        read or written.

    Attributes
    ----------
    problem
        What was wrong with the file, for the user; empty when nothing was.

    Signals
    -------
    changed(Preferences)
        Silent when nothing changed.
    not_saved(str)
        A change could not be written; said once until it has been. It is tried again all the
        while.
    """

    changed = Signal(Preferences)
    not_saved = Signal(str)

    def __init__(self, path: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._is_saved = True
        self._was_said = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(RETRY_MS)
        self._again.timeout.connect(self.save)
        self.problem = ""
        self._preferences = Preferences() if path is None else self._read(path)

    @property
    def preferences(self) -> Preferences:
        """What is remembered now."""
        return self._preferences

    def update(self, preferences: Preferences) -> None:
        """Replace the preferences and write them."""
        if preferences != self._preferences:
            self._preferences = preferences
            self._is_saved = False
            self.save()
            self.changed.emit(preferences)

    def choose_theme(self, theme: ThemeChoice) -> None:
        """Remember another theme."""
        self.update(replace(self._preferences, theme=theme))

    def save(self) -> None:
        """Write what has not been written; a place that cannot be written is not fatal."""
        if self._path is None or self._is_saved:
            return
        self._again.stop()
        try:
            make_private_folder(self._path.parent)
            write_whole(self._path, preferences_to_text(self._preferences), private=True)
        except (OSError, SourceError) as error:
            self._say_once(self._path, error)
            if QCoreApplication.instance() is not None:
                self._again.start()
        else:
            self._is_saved, self._was_said = True, False

    def _say_once(self, path: Path, error: OSError | SourceError) -> None:
        if self._was_said:
            return
        self._was_said = True
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = getattr(cause, "strerror", None) or str(error)
        sentence = (
            f"The settings cannot be kept in {path} ({reason}); they apply until the "
            "program is closed. Free some space or check that you may write there."
        )
        _LOGGER.warning("%s", sentence)
        self.not_saved.emit(sentence)

    def _read(self, path: Path) -> Preferences:
        try:
            preferences, bad = read_preferences(path)
        except FileNotFoundError:
            return Preferences()
        except SourceError as error:
            preferences, bad = Preferences(), ("everything",)
            what = f"could not be read and were reset ({error})"
        else:
            what = f"hold an invalid value for {', '.join(bad)}, which was reset"
        if bad:
            self.problem = f"The settings in {path} {what}."
            _LOGGER.warning("%s", self.problem)
            self._keep_damaged(path)
            self._is_saved = False
        return preferences

    def _keep_damaged(self, path: Path) -> None:
        """Keep what was there: the file is written again at the next change."""
        try:
            if path.is_file():
                shutil.copyfile(path, path.with_suffix(".damaged"))
        except OSError:
            _LOGGER.exception("damaged settings of %s not kept", path)
