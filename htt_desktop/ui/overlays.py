"""The frames that can float over the window: command palette and key sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.key_sheet import KeySheet
from htt_desktop.ui.overlay import Overlay
from htt_desktop.ui.palette import CommandPalette, PaletteEntry


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
        self._palette: CommandPalette | None = None
        self._keys: KeySheet | None = None

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""
        if self._palette is None:
            self._palette = CommandPalette(self._window, self._entries)
        _toggle(self._palette)

    def toggle_keys(self) -> None:
        """Open the key sheet, or close it."""
        if self._keys is None:
            self._keys = KeySheet(self._window, self._actions.bound())
        _toggle(self._keys)

    def close(self) -> bool:
        """Close what is open and return whether there was anything."""
        shown = [overlay for overlay in (self._palette, self._keys) if overlay is not None]
        for overlay in shown:
            if overlay.isVisible():
                overlay.disappear()
                return True
        return False

    def _entries(self) -> list[PaletteEntry]:
        entries = list(self._findable())
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
