"""What the application remembers between two starts; a broken file costs nothing else."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import make_private_folder, write_whole
from htt_desktop.ui.settings_file import (
    FILE_NAME,
    Preferences,
    ThemeChoice,
    preferences_to_text,
    read_preferences,
)

__all__ = ["FILE_NAME", "Preferences", "Settings", "ThemeChoice"]

_LOGGER = logging.getLogger(__name__)

RETRY_MS = 30_000
"""After a change could not be written, it is tried again so often."""


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
