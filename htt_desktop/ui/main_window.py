"""The main window: it assembles header, tabs and status line, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.dialogs.preferences import PreferencesDialog
from htt_desktop.ui.header import Header
from htt_desktop.ui.key_sheet import KeySheet
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.overlay import Overlay
from htt_desktop.ui.palette import CommandPalette, PaletteEntry
from htt_desktop.ui.settings import Preferences, Settings
from htt_desktop.ui.shell_style import dress
from htt_desktop.ui.status_line import StatusLine
from htt_desktop.ui.tab import Facts, Tab
from htt_desktop.ui.theme_choice import chosen_theme, opposite

_START_SIZE = (1600, 900)
_SMALLEST_SIZE = (960, 600)


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
        self._tabs: list[Tab] = []
        self.setWindowTitle("HackTheTrack Desktop")
        self.setMinimumSize(*_SMALLEST_SIZE)
        self.actions_table = Actions(self)
        self.actions_table.bind(
            {
                CommandId.PALETTE: self._on_palette,
                CommandId.SETTINGS: self._on_settings,
                CommandId.THEME: self._on_theme,
                CommandId.FULL_PAGE: self._on_full_page,
                CommandId.KEYS: self._on_keys,
                CommandId.CANCEL: self._on_cancel,
                CommandId.QUIT: self.close,
            }
        )
        self.pages = QStackedWidget()
        self.status = StatusLine()
        self._overlays: dict[CommandId, Overlay] = {}
        self.header = Header(self.actions_table)
        self.header.tabs.currentChanged.connect(self.pages.setCurrentIndex)
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

    def add_tabs(self, tabs: Sequence[Tab]) -> None:
        """Take in the tabs; the first one is shown."""
        self._tabs = list(tabs)
        for tab in tabs:
            self.pages.addWidget(tab)
            self.actions_table.bind(tab.handlers())
            tab.facts_changed.connect(self._on_facts_changed)
            self.header.tabs.addTab(tab.title)
        if tabs:
            tabs[0].setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember place, size and panels."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        panels = "".join(tab.layout_text() for tab in self._tabs)
        known = self._settings.preferences
        self._settings.update(replace(known, geometry=geometry, panels=panels or known.panels))
        self.closed.emit()
        super().closeEvent(event)

    def _restore_geometry(self, geometry: str) -> None:
        self.resize(*_START_SIZE)
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))

    def _palette_entries(self) -> list[PaletteEntry]:
        entries = [entry for tab in self._tabs for entry in tab.palette_entries()]
        for command in self.actions_table.bound():
            action = self.actions_table.action(command.id)
            if action.isEnabled() and command.id is not CommandId.PALETTE:
                entries.append(PaletteEntry(command.text, command.key_text, action.trigger))
        return entries

    def _toggle(self, command: CommandId, overlay: type[Overlay], *arguments: object) -> None:
        if command not in self._overlays:
            self._overlays[command] = overlay(self, *arguments)
        shown = self._overlays[command]
        if shown.isVisible():
            shown.disappear()
        else:
            shown.appear()

    def _on_palette(self) -> None:
        self._toggle(CommandId.PALETTE, CommandPalette, self._palette_entries)

    def _on_keys(self) -> None:
        self._toggle(CommandId.KEYS, KeySheet, self.actions_table.bound())

    def _on_cancel(self) -> None:
        for overlay in self._overlays.values():
            if overlay.isVisible():
                overlay.disappear()
                return
        for tab in self._tabs:
            tab.cancel()

    def _on_settings(self) -> None:
        PreferencesDialog(self._settings, self).open()

    def _on_theme(self) -> None:
        self._settings.choose_theme(opposite(self._settings.preferences.theme))

    def _on_full_page(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _on_facts_changed(self, facts: Facts) -> None:
        self.status.show_facts(facts)
        self.actions_table.set_has_laps(facts.has_laps)

    def _on_settings_changed(self, preferences: Preferences) -> None:
        theme = chosen_theme(preferences.theme)
        dress(theme)
        for tab in self._tabs:
            tab.set_theme(theme)
