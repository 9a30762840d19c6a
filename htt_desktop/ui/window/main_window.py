"""The main window: it assembles header, tabs and status line, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.settings import Preferences, Settings
from htt_desktop.ui.theme import Theme, chosen_theme, dress, opposite
from htt_desktop.ui.window.header import Header
from htt_desktop.ui.window.overlays import Overlays
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.preferences import PreferencesDialog
from htt_desktop.ui.window.status_line import StatusLine
from htt_desktop.ui.window.tab import TabSlot
from htt_desktop.ui.window.tab_row import TabRow
from htt_desktop.ui.window.window_size import SMALLEST_SIZE, start_size
from htt_desktop.ui.wording.formats import UnitSystem


class MainWindow(QMainWindow):
    """The frame around the tabs.

    Signals
    -------
    closed()
        The user closed the window; settings are up to date.
    """

    closed = Signal()

    def __init__(self, settings: Settings, messages: Messages) -> None:
        super().__init__()
        self._settings = settings
        self._theme: Theme | None = None
        self.setWindowTitle("HackTheTrack Desktop")
        self.setMinimumSize(SMALLEST_SIZE)
        self.actions_table = Actions(self)
        self._overlays = Overlays(self, self.actions_table, self._findable)
        self.actions_table.bind(
            {
                CommandId.PALETTE: self._overlays.toggle_palette,
                CommandId.SETTINGS: self._on_settings,
                CommandId.THEME: self._on_theme,
                CommandId.UNITS: self._on_units,
                CommandId.FULL_PAGE: self._on_full_page,
                CommandId.KEYS: self._overlays.toggle_keys,
                CommandId.CANCEL: self._on_cancel,
                CommandId.QUIT: self.close,
            }
        )
        self.pages = QStackedWidget()
        self.status = StatusLine()
        self.header = Header(self.actions_table)
        self.tabs = TabRow(self.header.tabs, self.pages, self.actions_table)
        self.tabs.facts_changed.connect(self.status.show_facts)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.pages, stretch=1)
        layout.addWidget(self.status)
        self.setCentralWidget(middle)
        messages.said.connect(self.status.show_message)
        settings.changed.connect(self._on_settings_changed)
        self._restore_geometry(settings.preferences.geometry)
        self._on_settings_changed(settings.preferences)

    def add_tabs(self, slots: Sequence[TabSlot], first: str = "") -> None:
        """Take in the tabs; the one called ``first`` is shown, else the one shown last."""
        self.tabs.fill(slots, first or self._settings.preferences.tab)

    def set_drivers(self, drivers: Callable[[], Sequence[PaletteEntry]]) -> None:
        """Say who can be found from any tab."""
        self._overlays.set_drivers(drivers)
        self.actions_table.bind({CommandId.FIND_DRIVER: self._overlays.toggle_finder})

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember place, size and panels."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        panels = "".join(tab.layout_text() for tab in self.tabs.built)
        known = self._settings.preferences
        self._settings.update(
            replace(
                known,
                geometry=geometry,
                panels=panels or known.panels,
                tab=self.tabs.title or known.tab,
            )
        )
        self.closed.emit()
        super().closeEvent(event)

    def _restore_geometry(self, geometry: str) -> None:
        self.resize(start_size(self.screen().availableSize()))
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))

    def _findable(self) -> list[PaletteEntry]:
        return self.tabs.palette_entries()

    def _on_cancel(self) -> None:
        if not self._overlays.close():
            for tab in self.tabs.built:
                tab.cancel()

    def _on_settings(self) -> None:
        PreferencesDialog(self._settings, self).open()

    def _on_theme(self) -> None:
        self._settings.choose_theme(opposite(self._settings.preferences.theme))

    def _on_units(self) -> None:
        known = self._settings.preferences
        is_metric = known.units is UnitSystem.METRIC
        units = UnitSystem.IMPERIAL if is_metric else UnitSystem.METRIC
        self._settings.update(replace(known, units=units))

    def _on_full_page(self) -> None:
        # Only this one bit: a maximised window is maximised again afterwards.
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_settings_changed(self, preferences: Preferences) -> None:
        theme = chosen_theme(preferences.theme)
        if theme is not self._theme:
            # Every widget is measured and painted again; no other setting is worth that.
            self._theme = theme
            dress(theme)
            self.tabs.set_theme(theme)
