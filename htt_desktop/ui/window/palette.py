"""The command palette: type a few letters of a driver, a track or a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from htt_desktop.ui.actions import ENTER_KEYS
from htt_desktop.ui.window.overlay import Overlay
from htt_desktop.ui.wording.near_words import folded, initials, nearness

_WIDTH_PX = 560
_ROW_PX = 28
_MOST_ROWS = 14


@dataclass(frozen=True)
class PaletteEntry:
    """Something the palette can do.

    Attributes
    ----------
    hint
        Keys or kind, shown after the text.
    """

    text: str
    hint: str
    run: Callable[[], None]


def matching(entries: Sequence[PaletteEntry], query: str) -> list[PaletteEntry]:
    """Return the entries that hold every word of the query, best first.

    A word at the beginning of the text or of one of its words ranks higher, then one that is a
    whole word. Initials of a whole name count, too.

    Examples
    --------
    >>> entries = [PaletteEntry(text, "", print) for text in ("Zoom in", "Swap", "Indianapolis")]
    >>> [entry.text for entry in matching(entries, "in")]
    ['Indianapolis', 'Zoom in']
    """
    words = folded(query).split()
    ranked = []
    for place, entry in enumerate(entries):
        text = folded(entry.text)
        if words == [initials(entry.text)]:
            ranked.append((0, 0, 1, place, entry))
        elif all(word in text for word in words):
            starts = sum(not text.startswith(word) for word in words)
            inner = sum(f" {word}" not in f" {text}" for word in words)
            parts = sum(word not in re.findall(r"\w+", text) for word in words)
            ranked.append((inner, starts, parts, place, entry))
    return [entry for *_, entry in sorted(ranked, key=lambda item: item[:4])]


def nearest_entries(entries: Sequence[PaletteEntry], query: str) -> list[PaletteEntry]:
    """Return the entries near to a query that none of them holds, best first.

    Examples
    --------
    >>> entries = [PaletteEntry("7  Jaxon Bell", hint, print) for hint in ("compare", "reference")]
    >>> [entry.hint for entry in nearest_entries(entries, "bell ref")]
    ['reference']
    """
    near = [nearness(query, f"{entry.text} {entry.hint}") for entry in entries]
    # Guesses are for when nothing holds every word.
    least = 1.0 if 1.0 in near else 0.01
    places = sorted(range(len(entries)), key=lambda place: -near[place])
    return [entries[place] for place in places if near[place] >= least][:_MOST_ROWS]


class CommandPalette(Overlay):
    """A search line over a list; Enter does what is marked.

    Parameters
    ----------
    entries
        Asked each time the palette opens.
    wanted
        What the empty line asks for.
    """

    def __init__(
        self,
        window: QWidget,
        entries: Callable[[], Sequence[PaletteEntry]],
        wanted: str = "driver, track, lap, command",
    ) -> None:
        super().__init__(window)
        self._ask_entries = entries
        self._entries: Sequence[PaletteEntry] = ()
        self._shown: list[PaletteEntry] = []
        self._above = 0
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(wanted)
        self.line.setAccessibleName(f"Find: {wanted}")
        self.list = QListWidget(self)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self._on_text_changed)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(self._on_item_clicked)

    def appear(self) -> None:
        """Open with an empty search line."""
        self._entries = tuple(self._ask_entries())
        self.line.clear()
        self._on_text_changed("")
        super().appear()

    def wanted_size(self) -> QSize:
        """Return a size that shows a dozen entries."""
        return QSize(_WIDTH_PX, _MOST_ROWS * _ROW_PX + 56)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Steer the list from the search line."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress:
            return isinstance(event, QKeyEvent) and self._steer(event)
        if watched is self.line and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.disappear()
        return super().eventFilter(watched, event)

    def _steer(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10}
        steps[Qt.Key.Key_PageUp] = -10
        key = Qt.Key(event.key())
        if key in steps:
            last = self.list.count() - 1
            first = min(self._above, last)
            self.list.setCurrentRow(max(first, min(last, self.list.currentRow() + steps[key])))
            return True
        if key in ENTER_KEYS:
            self._run(self.list.currentRow())
            return True
        if key == Qt.Key.Key_Escape:
            self.disappear()
            return True
        return False

    def _run(self, row: int) -> None:
        if 0 <= row - self._above < len(self._shown):
            entry = self._shown[row - self._above]
            self.disappear()
            entry.run()

    def _on_text_changed(self, text: str) -> None:
        self._shown = matching(self._entries, text)
        self._above = 0
        self.list.clear()
        if not self._shown:
            self._shown = nearest_entries(self._entries, text)
            is_whole = bool(self._shown) and _is_whole(self._shown[0], text)
            if not is_whole:
                self._say_nothing()
        for entry in self._shown:
            words = f"{entry.text}   {entry.hint}" if entry.hint else entry.text
            self.list.addItem(QListWidgetItem(words))
        self.list.setCurrentRow(self._above if self._shown else 0)

    def _say_nothing(self) -> None:
        """Put a line above the entries that cannot be chosen."""
        self._above = 1
        text = "nothing by that name"
        nothing = QListWidgetItem(f"{text}; did you mean" if self._shown else text)
        nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(nothing)

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._run(self.list.row(item))


def _is_whole(entry: PaletteEntry, query: str) -> bool:
    """Return whether text and hint together hold every word: then it is no guess."""
    return nearness(query, f"{entry.text} {entry.hint}") == 1.0
