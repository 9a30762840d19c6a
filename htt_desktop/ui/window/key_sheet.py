"""All keys on one sheet, made from the command table."""

from __future__ import annotations

from collections.abc import Sequence

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

from htt_desktop.ui.commands import EXPAND, Command, Group
from htt_desktop.ui.theme import small_label
from htt_desktop.ui.window.overlay import Overlay

_COLUMNS: tuple[tuple[Group, ...], ...] = (
    (Group.CURSOR, Group.ZOOM),
    (Group.LAPS, Group.WINDOW),
    (Group.PANELS, Group.FILE),
)


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


MOUSE_ROWS = (
    ("wheel", "Zoom about the pointer"),
    ("drag left → right", "Zoom into the box"),
    ("drag right → left", "Zoom out"),
    ("click", "Park the cursor"),
    ("Shift+click on a lap", "Force an excluded lap in"),
)
"""What the mouse does; not part of the command table because no key does it."""


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
