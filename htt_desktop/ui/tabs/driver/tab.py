"""The Driver tab: follows the selection and the season."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.exporting import ExportedTable, Exporter
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.state import Selection, SelectionState
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.tabs.driver.driver_card import driver_text
from htt_desktop.ui.tabs.driver.driver_facts import race_code
from htt_desktop.ui.tabs.driver.page import DriverPage
from htt_desktop.ui.tabs.driver.pair import Pair, driver_beside, pair_of
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.tab import Facts, Tab, TabParts
from htt_desktop.ui.wording.result_texts import finish_text

_WAITING = "The season is being read …"


class DriverTab(Tab):
    """One driver's season, alone or beside a rival's.

    Without a choice the first of the standings is shown; they become the chosen one only
    when the user does something with them.
    """

    title = TabTitle.DRIVER

    def __init__(self, parts: TabParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = parts.state
        self._seasons = parts.seasons
        self._messages = parts.messages
        self._is_stale = True
        self._asked_laps = False
        self.page = DriverPage(parts.theme, self)
        self.note = QLabel(_WAITING, self)
        self._way_out = QPushButton("To the Dashboard", self)
        self._driver_commands = DriverCommands(parts.state, parts.messages, self._pair)
        self._exporter = Exporter(
            self.page, parts.messages, partial(_suggestion, self.page), partial(_tables, self.page)
        )
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty())
        self._pages.addWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._connect()
        if parts.seasons.season is None and parts.seasons.problem:
            # The reading may have failed before this tab was built.
            self._on_failed(parts.seasons.problem)

    def handlers(self) -> Handlers:
        """Return what the tab does on which command."""
        return {
            **self._driver_commands.handlers(),
            CommandId.EXPORT: self._exporter.ask,
            CommandId.COPY: self._copy,
        }

    def palette_entries(self) -> Sequence[PaletteEntry]:
        """Return the races of the driver."""
        pair = self._pair()
        if pair is None:
            return ()
        entries = []
        for row in pair.season.results.get(pair.driver, ()):
            text = f"{race_code(pair.season, row)}: laps of {pair.driver}, {finish_text(row)}"
            run = partial(self.page.show_race_laps, pair.season.key_of(row))
            entries.append(PaletteEntry(text, "race", run))
        return entries

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.page.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while another tab was in front."""
        super().showEvent(event)
        self._catch_up()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus to what the keys are for."""
        sections = self.page.sections
        seen = sections.results.isVisible()
        target: QWidget = sections.results if seen else sections.drawer.tabBar()
        target.setFocus(event.reason())

    def _connect(self) -> None:
        self._state.changed.connect(self._on_selection_changed)
        self._seasons.changed.connect(self._on_season_changed)
        self._seasons.laps_changed.connect(self._on_laps_changed)
        self._seasons.failed.connect(self._on_failed)
        self._way_out.clicked.connect(self._on_way_out)
        page = self.page
        page.header.driver_chosen.connect(self._state.choose_driver)
        page.header.rival_chosen.connect(self._driver_commands.choose_rival)
        page.header.swap_wanted.connect(self._driver_commands.swap)
        page.rival_chosen.connect(self._driver_commands.choose_rival)
        page.laps_wanted.connect(self._on_laps_wanted)
        page.race_changed.connect(self._show_facts)

    def _pair(self) -> Pair | None:
        return pair_of(self._seasons.season, self._state.selection)

    def _catch_up(self) -> None:
        """Show the pair, now or when the tab comes to the front."""
        if not self._is_stale or not self.isVisible():
            return
        pair = self._pair()
        if pair is None:
            return
        self._is_stale = False
        self._pages.setCurrentWidget(self.page)
        self.page.show_pair(pair, self._seasons.laps)
        self._show_facts()

    def _show_facts(self) -> None:
        pair = self.page.pair
        if pair is None:
            return
        season = pair.season
        shown = " against ".join(driver_text(season, name) for name in pair.names)
        wanted = self._state.selection.driver
        if wanted is not None and wanted not in season.drivers:
            shown += f" · {wanted} is not in the season {season.year}"
        row = None if self.page.race is None else season.result(pair.driver, self.page.race)
        if row is not None:
            shown += f" · {race_code(season, row)}"
        origin = f"season {season.year} · {len(season.races)} races · official timing"
        self.facts_changed.emit(Facts(shown, origin, has_laps=True))

    def _copy(self) -> None:
        if self.page.pair is not None:
            self._messages.say(f"Copied as CSV: {self.page.copy()}.")

    def _empty(self) -> QWidget:
        page = QWidget(self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        self._way_out.setProperty("role", "primary")
        self._way_out.hide()
        layout = QVBoxLayout(page)
        layout.setSpacing(16)
        layout.addStretch()
        layout.addWidget(self.note)
        layout.addWidget(self._way_out, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()
        return page

    def _on_selection_changed(self, selection: Selection) -> None:
        shown, pair = self.page.pair, self._pair()
        if shown is not None and pair is not None and _same(shown, pair):
            return
        self._is_stale = True
        self._catch_up()

    def _on_season_changed(self) -> None:
        self._is_stale = True
        self._catch_up()

    def _on_laps_wanted(self) -> None:
        self._asked_laps = True
        self._seasons.request_laps()

    def _on_laps_changed(self) -> None:
        self._asked_laps = False
        self.page.show_laps(self._seasons.laps)

    def _on_failed(self, reason: str) -> None:
        if self._seasons.season is None:
            self.note.setText(reason)
            self._way_out.show()
        elif self._asked_laps:
            self.page.show_laps(None, reason)

    def _on_way_out(self) -> None:
        self.tab_wanted.emit(TabTitle.DASHBOARD)


def _same(shown: Pair, pair: Pair) -> bool:
    return shown.season is pair.season and shown.names == pair.names


def _suggestion(page: DriverPage) -> str:
    pair = page.pair
    if pair is None:
        return "driver.png"
    names = "-".join(name.replace(" ", "_") for name in pair.names)
    return f"{pair.season.year}_{names}.png"


def _tables(page: DriverPage) -> list[ExportedTable]:
    pair = page.pair
    if pair is None:
        return []
    facts = (("table", "results"), ("year", str(pair.season.year)),
             ("drivers", ", ".join(pair.names)), ("units", "named in the headings"))  # fmt: skip
    return [ExportedTable("", facts, page.sections.results.csv())]


class DriverCommands:
    """Steers the selection; whoever listens to it shows the drivers."""

    def __init__(
        self, state: SelectionState, messages: Messages, pair: Callable[[], Pair | None]
    ) -> None:
        self._state = state
        self._messages = messages
        self._pair = pair

    def handlers(self) -> Handlers:
        """Return what each command does."""
        return {
            CommandId.PREVIOUS_LAP: partial(self._step_driver, -1),
            CommandId.NEXT_LAP: partial(self._step_driver, 1),
            CommandId.PREVIOUS_REFERENCE_LAP: partial(self._step_rival, -1),
            CommandId.NEXT_REFERENCE_LAP: partial(self._step_rival, 1),
            CommandId.SWAP: self.swap,
        }

    def choose_rival(self, rival: str | None) -> None:
        """Compare the driver on screen with somebody else, or with nobody."""
        pair = self._pair()
        if pair is None:
            return
        # The driver on screen may be there without having been chosen.
        driver = pair.driver
        if rival == driver:
            driver, rival = pair.rival or driver, driver if pair.rival else None
        self._state.choose(replace(self._state.selection, driver=driver, rival=rival))

    def swap(self) -> None:
        """Exchange driver and rival, and with them the two laps of the Improve tab."""
        pair = self._pair()
        if pair is None:
            return
        if pair.rival is None:
            self._messages.say("There is no rival to swap with; choose one at the top right.")
            return
        shown = replace(self._state.selection, driver=pair.driver, rival=pair.rival)
        self._state.choose(shown.swapped())

    def _step_driver(self, step: int) -> None:
        pair = self._pair()
        if pair is None:
            return
        found = driver_beside(pair.season, pair.driver, step)
        if found is not None:
            self._state.choose_driver(found)
        else:
            self._say_end(pair.driver, step)

    def _step_rival(self, step: int) -> None:
        pair = self._pair()
        if pair is None:
            return
        here = pair.rival or pair.driver
        found = driver_beside(pair.season, here, step)
        if found == pair.driver:
            found = driver_beside(pair.season, found, step)
        if found is not None:
            self.choose_rival(found)
        else:
            self._say_end(here, step)

    def _say_end(self, driver: str, step: int) -> None:
        place = "last" if step > 0 else "first"
        self._messages.say(f"{driver} is the {place} of the list.")
