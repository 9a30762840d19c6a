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
    QWidget,
)

from htt_desktop.ui.formats import UnitSystem
from htt_desktop.ui.settings import Settings, ThemeChoice
from htt_desktop.ui.wide_combo import WideCombo

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


def _list(
    title: str,
    names: Mapping[ThemeChoice, str] | Mapping[UnitSystem, str],
    chosen: object,
    parent: QWidget,
) -> WideCombo:
    combo = WideCombo(max(map(len, names.values())), title, parent)
    combo.show_items([(name, choice, True, "") for choice, name in names.items()], chosen)
    return combo
