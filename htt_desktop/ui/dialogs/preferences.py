"""The settings dialog: changes take effect at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QWidget,
)

from htt_desktop.ui.formats import UnitSystem
from htt_desktop.ui.settings import Settings, ThemeChoice

_NAMES = {
    ThemeChoice.SYSTEM: "as the desktop",
    ThemeChoice.DARK: "dark (pit wall at night)",
    ThemeChoice.LIGHT: "light (sun on the screen)",
}
_UNITS = {
    UnitSystem.METRIC: "km/h and m",
    UnitSystem.IMPERIAL: "mph and ft",
}


class PreferencesDialog(QDialog):
    """Shown with ``open()``; deletes itself when closed."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.theme = QComboBox(self)
        for choice, name in _NAMES.items():
            self.theme.addItem(name, choice)
        self.theme.setCurrentIndex(list(_NAMES).index(settings.preferences.theme))
        self.units = QComboBox(self)
        for system, name in _UNITS.items():
            self.units.addItem(name, system)
        self.units.setCurrentIndex(list(_UNITS).index(settings.preferences.units))
        self.grid = QCheckBox("grid lines in the plots", self)
        self.grid.setChecked(settings.preferences.grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QFormLayout(self)
        layout.addRow("Theme", self.theme)
        layout.addRow("Units", self.units)
        layout.addRow("", self.grid)
        layout.addRow(buttons)
        self.theme.activated.connect(self._on_theme_activated)
        self.units.activated.connect(self._on_units_activated)
        self.grid.toggled.connect(self._on_grid_toggled)
        buttons.rejected.connect(self.reject)

    def _on_theme_activated(self, row: int) -> None:
        self._settings.choose_theme(list(_NAMES)[row])

    def _on_units_activated(self, row: int) -> None:
        units = list(_UNITS)[row]
        self._settings.update(replace(self._settings.preferences, units=units))

    def _on_grid_toggled(self, shown: bool) -> None:
        self._settings.update(replace(self._settings.preferences, grid=shown))
