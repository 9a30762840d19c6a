"""The settings dialog: changes take effect at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from htt_desktop.ui.settings import Settings, ThemeChoice
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.window.season_folder import SeasonFolderDialog
from htt_desktop.ui.wording.formats import UnitSystem

_NAMES = {
    ThemeChoice.SYSTEM: "same as the desktop",
    ThemeChoice.DARK: "dark (for the pit wall at night)",
    ThemeChoice.LIGHT: "light (for sun on the screen)",
}
_UNITS = {
    UnitSystem.METRIC: "km/h and m",
    UnitSystem.IMPERIAL: "mph and ft",
}
_FOLDER_PX = 280


class PreferencesDialog(QDialog):
    """Shown with ``open()``; deletes itself when closed."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.theme = _list("Theme", _NAMES, settings.preferences.theme, self)
        self.units = _list("Units", _UNITS, settings.preferences.units, self)
        self.grid = QCheckBox("grid lines in the plots", self)
        self.grid.setChecked(settings.preferences.grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QFormLayout(self)
        layout.addRow("Theme", self.theme)
        layout.addRow("Units", self.units)
        layout.addRow("", self.grid)
        layout.addRow("Season files", self._season_row())
        layout.addRow(buttons)
        self.theme.activated.connect(self._on_theme_activated)
        self.units.activated.connect(self._on_units_activated)
        self.grid.toggled.connect(self._on_grid_toggled)
        buttons.rejected.connect(self.reject)

    def _season_row(self) -> QWidget:
        row = QWidget(self)
        self.season = QLineEdit(self._settings.preferences.season_folder, row)
        self.season.setReadOnly(True)
        self.season.setPlaceholderText("bundled with the application")
        self.season.setAccessibleName("Folder of the season files")
        self.season.setMinimumWidth(_FOLDER_PX)
        self.choose_season = QPushButton("Choose…", row)
        self.choose_season.setToolTip("A folder written by htt season build")
        self.bundled_season = QPushButton("Bundled", row)
        self.bundled_season.setToolTip("Show the season that came with the application")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.season, self.choose_season, self.bundled_season):
            layout.addWidget(widget)
        self.choose_season.clicked.connect(self._on_choose_season)
        self.bundled_season.clicked.connect(self._on_bundled_season)
        return row

    def _on_choose_season(self) -> None:
        dialog = SeasonFolderDialog(self.season.text(), self)
        dialog.fileSelected.connect(self._on_season_chosen)
        dialog.open()

    def _on_bundled_season(self) -> None:
        self._on_season_chosen("")

    def _on_season_chosen(self, folder: str) -> None:
        self.season.setText(folder)
        self._settings.update(replace(self._settings.preferences, season_folder=folder))

    def _on_theme_activated(self, row: int) -> None:
        self._settings.choose_theme(list(_NAMES)[row])

    def _on_units_activated(self, row: int) -> None:
        units = list(_UNITS)[row]
        self._settings.update(replace(self._settings.preferences, units=units))

    def _on_grid_toggled(self, shown: bool) -> None:
        self._settings.update(replace(self._settings.preferences, grid=shown))


def _list(
    title: str,
    names: Mapping[ThemeChoice, str] | Mapping[UnitSystem, str],
    chosen: object,
    parent: QWidget,
) -> WideCombo:
    combo = WideCombo(max(map(len, names.values())), title, parent)
    combo.show_items([(name, choice, True, "") for choice, name in names.items()], chosen)
    return combo
