"""What the page remembers between two starts: order, hidden panels, grid, units."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import QObject

from htt_desktop.ui.settings import Preferences, Settings
from htt_desktop.ui.tabs.improve.page import ImprovePage


class Remembering(QObject):
    """Keeps the page and the settings alike."""

    def __init__(self, page: ImprovePage, settings: Settings) -> None:
        super().__init__(page)
        self._page = page
        self._stack = page.stack
        self._settings = settings
        self._restore(settings.preferences)
        settings.changed.connect(self._on_settings_changed)

    def layout_text(self) -> str:
        """Return order and hidden panels, as the settings keep them."""
        return json.dumps(self._stack.panel_layout())

    def toggle_grid(self) -> None:
        """Show or hide the grid, now and from now on."""
        known = self._settings.preferences
        self._settings.update(replace(known, grid=not known.grid))

    def _restore(self, preferences: Preferences) -> None:
        self._stack.set_grid(preferences.grid)
        self._page.set_units(preferences.units)
        self._stack.restore_layout(json.loads(preferences.panels or "{}"))

    def _on_settings_changed(self, preferences: Preferences) -> None:
        if preferences.units is not self._stack.units:
            self._page.set_units(preferences.units)
        if preferences.grid != self._stack.grid_shown:
            self._stack.set_grid(preferences.grid)
