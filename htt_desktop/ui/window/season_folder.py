"""Which folder the season files come from: asked for, remembered, opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from htt_desktop.ui.settings import Preferences, Settings
from htt_desktop.workers.season_loader import SeasonLoader


class SeasonFolderDialog(QFileDialog):
    """A folder dialog that deletes itself; ``fileSelected`` tells the folder."""

    def __init__(self, known: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Folder with season files", known)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFileMode(QFileDialog.FileMode.Directory)
        self.setOption(QFileDialog.Option.ShowDirsOnly)


class SeasonFolder(QObject):
    """Keeps the remembered folder and the season on screen in step.

    Parameters
    ----------
    window
        Parent of the dialog.
    """

    def __init__(self, settings: Settings, seasons: SeasonLoader, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._seasons = seasons
        self._window = window
        self._known = settings.preferences.season_folder
        settings.changed.connect(self._on_settings_changed)

    def ask(self) -> None:
        """Let the user choose the folder that ``htt season build`` wrote."""
        dialog = SeasonFolderDialog(self._known, self._window)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def choose(self, folder: str) -> None:
        """Open a folder and remember it; the empty text stands for the bundled seasons."""
        known = self._settings.preferences
        if folder == known.season_folder:
            self._open(folder)
        else:
            self._settings.update(replace(known, season_folder=folder))

    def _on_settings_changed(self, preferences: Preferences) -> None:
        if preferences.season_folder != self._known:
            self._open(preferences.season_folder)

    def _open(self, folder: str) -> None:
        self._known = folder
        self._seasons.open(Path(folder) if folder else None)
