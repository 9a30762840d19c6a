"""The frames that can float over the window: command palette and key sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import COMMANDS, CommandId
from htt_desktop.ui.window.key_sheet import KeySheet
from htt_desktop.ui.window.overlay import Overlay
from htt_desktop.ui.window.palette import CommandPalette, PaletteEntry


class Overlays:
    """Opens each frame when it is first wanted and knows which one is open.

    Parameters
    ----------
    findable
        Asked for what the tabs add to the commands of the palette.
    """

    def __init__(
        self, window: QWidget, actions: Actions, findable: Callable[[], Sequence[PaletteEntry]]
    ) -> None:
        self._window = window
        self._actions = actions
        self._findable = findable
        self._drivers: Callable[[], Sequence[PaletteEntry]] = tuple
        self._palette: CommandPalette | None = None
        self._finder: CommandPalette | None = None
        self._keys: KeySheet | None = None

    def set_drivers(self, drivers: Callable[[], Sequence[PaletteEntry]]) -> None:
        """Say who can be found with the search for drivers."""
        self._drivers = drivers

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""
        if self._palette is None:
            self._palette = CommandPalette(self._window, self._entries)
        _toggle(self._palette)

    def toggle_finder(self) -> None:
        """Open the search for drivers, or close it."""
        if self._finder is None:
            self._finder = CommandPalette(self._window, self._drivers, "driver by name or number")
        _toggle(self._finder)

    def toggle_keys(self) -> None:
        """Open the key sheet, or close it."""
        if self._keys is None:
            self._keys = KeySheet(self._window, COMMANDS)
        _toggle(self._keys)

    def close(self) -> bool:
        """Close what is open and return whether there was anything."""
        for overlay in (self._palette, self._finder, self._keys):
            if overlay is not None and overlay.isVisible():
                overlay.disappear()
                return True
        return False

    def _entries(self) -> list[PaletteEntry]:
        entries = [*self._findable(), *self._drivers()]
        for command in self._actions.bound():
            action = self._actions.action(command.id)
            if action.isEnabled() and command.id is not CommandId.PALETTE:
                entries.append(PaletteEntry(command.text, command.key_text, action.trigger))
        return entries


def _toggle(overlay: Overlay) -> None:
    if overlay.isVisible():
        overlay.disappear()
    else:
        overlay.appear()
