"""The tabs of a window: built when first wanted, one in front, each with its own keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.tab import Facts, Tab, TabSlot

_COMMANDS: dict[str, CommandId] = {
    TabTitle.DASHBOARD: CommandId.DASHBOARD,
    TabTitle.DRIVER: CommandId.DRIVER,
    TabTitle.IMPROVE: CommandId.IMPROVE,
}
"""The key that brings each tab to the front."""


class TabRow(QObject):
    """Keeps the tab bar, the pages and the keys in step.

    Signals
    -------
    facts_changed(Facts)
        What the tab in front has to say.
    """

    facts_changed = Signal(Facts)

    def __init__(self, bar: QTabBar, pages: QStackedWidget, actions: Actions) -> None:
        super().__init__(pages)
        self._bar = bar
        self._pages = pages
        self._actions = actions
        self._slots: list[TabSlot] = []
        self._tabs: dict[int, Tab] = {}
        self._facts: dict[int, Facts] = {}
        self._theme: Theme | None = None
        self._made_for: Theme | None = None
        bar.currentChanged.connect(self._on_current_changed)

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles in order."""
        return tuple(slot.title for slot in self._slots)

    @property
    def built(self) -> tuple[Tab, ...]:
        """The tabs that exist so far, in order."""
        return tuple(self._tabs[place] for place in sorted(self._tabs))

    @property
    def title(self) -> str:
        """Title of the tab in front, empty without tabs."""
        place = self._bar.currentIndex()
        return self._slots[place].title if 0 <= place < len(self._slots) else ""

    def fill(self, slots: Sequence[TabSlot], first: str) -> None:
        """Take in the tabs; the one called ``first`` comes to the front, else the first."""
        self._made_for = self._theme
        self._bar.blockSignals(True)
        for slot in slots:
            self._slots.append(slot)
            self._pages.addWidget(QWidget())
            self._bar.addTab(slot.title)
        self._bar.blockSignals(False)
        self._bind_keys()
        titles = self.titles
        place = titles.index(first) if first in titles else 0
        if self._bar.currentIndex() == place:
            self._on_current_changed(place)
        else:
            self._bar.setCurrentIndex(place)

    def show_tab(self, title: str) -> None:
        """Bring a tab to the front; nothing happens for a title there is not."""
        if title in self.titles:
            self._bar.setCurrentIndex(self.titles.index(title))

    def show_next(self) -> None:
        """Bring the next tab to the front, after the last the first."""
        if self._slots:
            self._bar.setCurrentIndex((self._bar.currentIndex() + 1) % len(self._slots))

    def set_theme(self, theme: Theme) -> None:
        """Repaint every tab in another theme."""
        self._theme = theme
        for tab in self.built:
            tab.set_theme(theme)

    def palette_entries(self) -> list[PaletteEntry]:
        """Return what can be found on the tabs; doing it brings the tab to the front."""
        return [
            PaletteEntry(entry.text, entry.hint, partial(self._run_on, place, entry))
            for place in sorted(self._tabs)
            for entry in self._tabs[place].palette_entries()
        ]

    def _bind_keys(self) -> None:
        handlers: dict[CommandId, Callable[[], object]] = {CommandId.NEXT_TAB: self.show_next}
        for title in self.titles:
            if title in _COMMANDS:
                handlers[_COMMANDS[title]] = partial(self.show_tab, title)
        self._actions.bind(handlers)

    def _run_on(self, place: int, entry: PaletteEntry) -> None:
        self._bar.setCurrentIndex(place)
        entry.run()

    def _on_current_changed(self, place: int) -> None:
        if not 0 <= place < len(self._slots):
            return
        self._pages.setCurrentIndex(place)
        tab = self._tabs.get(place)
        if tab is None:
            # The empty page appears at once: building one loads its plotting libraries.
            self._pages.window().repaint()
            tab = self._build(place)
        self._actions.bind_tab(tab.handlers())
        self._tell(self._facts.get(place, Facts()))
        tab.come_to_front()
        tab.setFocus()

    def _build(self, place: int) -> Tab:
        tab = self._slots[place].make()
        self._tabs[place] = tab
        tab.facts_changed.connect(self._on_facts_changed)
        tab.tab_wanted.connect(self.show_tab)
        if self._theme is not None and self._theme is not self._made_for:
            tab.set_theme(self._theme)
        empty = self._pages.widget(place)
        self._pages.insertWidget(place, tab)
        self._pages.setCurrentIndex(place)
        if empty is not None:
            self._pages.removeWidget(empty)
            empty.deleteLater()
        return tab

    def _on_facts_changed(self, facts: Facts) -> None:
        place = next((at for at, tab in self._tabs.items() if tab is self.sender()), None)
        if place is None:
            return
        self._facts[place] = facts
        if place == self._bar.currentIndex():
            self._tell(facts)

    def _tell(self, facts: Facts) -> None:
        self._actions.set_has_laps(facts.has_laps)
        self.facts_changed.emit(facts)
