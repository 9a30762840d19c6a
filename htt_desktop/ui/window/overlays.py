"""The frames that can float over the window: command palette and key sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import COMMANDS, EXPAND, Command, CommandId, Group
from htt_desktop.ui.theme import small_label
from htt_desktop.ui.window.overlay import Overlay
from htt_desktop.ui.window.palette import CommandPalette, PaletteEntry

_COLUMNS: tuple[tuple[Group, ...], ...] = (
    (Group.CURSOR, Group.ZOOM),
    (Group.LAPS, Group.WINDOW),
    (Group.PANELS, Group.FILE),
)

MOUSE_ROWS = (
    ("wheel", "Zoom about the pointer"),
    ("drag left → right", "Zoom into the box"),
    ("drag right → left", "Zoom out"),
    ("click", "Park the cursor"),
    ("Shift+click on a lap", "Force an excluded lap in"),
)
"""What the mouse does; not part of the command table because no key does it."""


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


def sheet_rows(commands: Sequence[Command], group: Group) -> list[tuple[str, str]]:
    """Return keys and texts of one group; the nine expanding commands make one row."""
    rows: list[tuple[str, str]] = []
    for command in commands:
        if command.group is not group or not command.keys:
            continue
        if command.id not in EXPAND:
            rows.append((command.key_text, command.text))
        elif command.id is EXPAND[0]:
            rows.append(("1 … 9", "Expand one panel, or back"))
    return rows


class KeySheet(Overlay):
    """The sheet, three columns wide."""

    def __init__(self, window: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(window)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._texts: list[QLabel] = []
        self._sheet = QWidget(self)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._sheet)
        # The frame's own colour, not the window's.
        for part in (scroll, self._sheet):
            part.setStyleSheet("background: transparent")
        outside = QVBoxLayout(self)
        outside.setContentsMargins(1, 1, 1, 1)
        outside.addWidget(scroll)
        columns = QHBoxLayout(self._sheet)
        columns.setContentsMargins(24, 16, 24, 16)
        columns.setSpacing(32)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(4)
            for group in groups:
                self._add(column, str(group), sheet_rows(commands, group))
            if groups is _COLUMNS[-1]:
                self._add(column, "Mouse", MOUSE_ROWS)
            column.addStretch(1)
            columns.addLayout(column)

    def fitted_size(self, room: QSize) -> QSize:
        """Return the size of the whole sheet; where room is short its texts are wrapped."""
        for text in self._texts:
            text.setWordWrap(False)
        whole = self._sheet.sizeHint() + QSize(2, 2)
        if whole.width() <= room.width():
            return whole
        for text in self._texts:
            text.setWordWrap(True)
        wrapped = self._sheet.heightForWidth(room.width() - 12)
        wrapped = max(wrapped, self._sheet.sizeHint().height())
        return QSize(room.width(), max(wrapped + 2, whole.height()))

    def _add(self, column: QVBoxLayout, title: str, rows: Sequence[tuple[str, str]]) -> None:
        column.addWidget(small_label("heading", title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for row, (keys, text) in enumerate(rows):
            label = QLabel(keys)
            label.setProperty("role", "key")
            grid.addWidget(label, row, 0)
            said = QLabel(text)
            self._texts.append(said)
            grid.addWidget(said, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addSpacing(12)
