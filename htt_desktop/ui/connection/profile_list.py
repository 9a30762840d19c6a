"""The list of connection profiles; the one in use is marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from htt_desktop.ui.connection.widgets import button
from htt_desktop.ui.theme import font

IN_USE = "●"
NEW = "new profile"


class ProfileList(QWidget):
    """Names, and buttons for what can be done with them.

    Signals
    -------
    picked(str)
        Another name is current; empty for the profile that is not saved yet.
    new_wanted(), copy_wanted(), remove_wanted()
        A button was pressed; it is about the current name.
    """

    picked = Signal(str)
    new_wanted = Signal()
    copy_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self.names = QListWidget()
        self.names.setFont(font())
        self.names.setAccessibleName("Connection profiles")
        self.new = button("New", "A profile with nothing in it")
        self.copy = button("Duplicate", "The same fields and the same key under another name")
        self.remove = button("Remove", "Remove the profile and forget its key")
        row = QHBoxLayout()
        for widget in (self.new, self.copy, self.remove):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.names, stretch=1)
        layout.addLayout(row)
        self.names.currentRowChanged.connect(self._on_row_changed)
        self.new.clicked.connect(self.new_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.remove.clicked.connect(self.remove_wanted)

    def show_names(
        self, names: Sequence[str], current: str, in_use: str, edited: Collection[str]
    ) -> None:
        """Replace the list; nothing is signalled."""
        self.names.blockSignals(True)
        self._names = list(names)
        self.names.clear()
        for name in names:
            mark = f"{IN_USE} " if name and name == in_use else "   "
            changed = " *" if name in edited else ""
            self.names.addItem(f"{mark}{name or NEW}{changed}")
            item = self.names.item(self.names.count() - 1)
            facts = [name or "Not saved yet"]
            facts += ["in use"] if name and name == in_use else []
            facts += ["changed, not saved"] if name in edited else []
            item.setToolTip(", ".join(facts))
        if current in self._names:
            self.names.setCurrentRow(self._names.index(current))
        self.names.blockSignals(False)
        self.copy.setEnabled(bool(current))
        self.remove.setEnabled(bool(names))

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._names):
            self.picked.emit(self._names[row])
