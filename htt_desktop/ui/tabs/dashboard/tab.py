"""The Dashboard tab: the season in one table, two charts and a row of tracks."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.exporting import ExportedTable, Exporter
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.tables.rows_view import copy_table, focused_table
from htt_desktop.ui.tabs.dashboard.page import DashboardPage
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.tab import Facts, Tab, TabParts
from htt_desktop.ui.wording.lap_texts import findable_name
from htt_desktop.workers.season_loader import SeasonLoader

_FIRST = 5


class DashboardTab(Tab):
    """Who leads, who is strong where, and where they drove.

    While another tab is in front nothing is redrawn here; coming to the front catches up.

    Signals
    -------
    driver_opened(str)
        The page of a driver is wanted.
    """

    driver_opened = Signal(str)
    title = TabTitle.DASHBOARD

    def __init__(self, parts: TabParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = parts.state
        self._seasons = parts.seasons
        self._messages = parts.messages
        self._shown: Season | None = None
        self._shown_pair: tuple[str | None, str | None] = (None, None)
        self._charted: AbstractSet[str] = frozenset()
        self._is_charted_by_hand = False
        self.page = DashboardPage(parts.theme, parts.seasons, self)
        self._exporter = Exporter(
            self.page, parts.messages, partial(_suggestion, self.page), partial(_tables, self.page)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.setFocusProxy(self.page.standings.view)
        self._connect(parts)
        self._catch_up()
        if parts.seasons.season is None and parts.seasons.problem:
            # The reading may have failed before this tab was built.
            self._on_season_failed(parts.seasons.problem)

    def handlers(self) -> Handlers:
        """Return what the tab does on which command."""
        return {
            CommandId.EXPORT: self._exporter.ask,
            CommandId.COPY: self._copy,
        }

    def _copy(self) -> None:
        table = focused_table(self.page)
        if table is None or table is self.page.standings.view:
            self.page.standings.copy()
        else:
            self._messages.say(copy_table(table))

    def palette_entries(self) -> Sequence[PaletteEntry]:
        """Return the tracks of the season; the window itself finds its drivers."""
        if self._shown is None:
            return ()
        return [
            PaletteEntry(
                findable_name(track.id, track.name), "track", partial(self._open, track.id)
            )
            for track in self._shown.tracks.values()
        ]

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.page.set_theme(theme)

    def come_to_front(self) -> None:
        """Say what is on screen."""
        self._catch_up()
        self._tell_facts()

    def cancel(self) -> None:
        """Close the open track, else show everybody again."""
        if self.isVisible() and not self.page.close_track():
            self.page.standings.clear_filter()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while another tab was in front."""
        self._catch_up()
        super().showEvent(event)

    def _connect(self, parts: TabParts) -> None:
        self._state.changed.connect(self._on_selection_changed)
        self._seasons.changed.connect(self._on_season_changed)
        self._seasons.failed.connect(self._on_season_failed)
        standings = self.page.standings
        standings.driver_chosen.connect(self._state.choose_driver)
        standings.rival_chosen.connect(self._state.choose_rival)
        standings.driver_opened.connect(self._on_driver_opened)
        standings.charted_changed.connect(self._on_charted_changed)
        standings.copied.connect(self._on_copied)
        self.page.driver_chosen.connect(self._state.choose_driver)
        self.page.bar.folder_wanted.connect(parts.season_folder.ask)

    def _open(self, track_id: str) -> None:
        self.page.open_track(track_id)

    def _pair(self, season: Season) -> tuple[str | None, str | None]:
        """Return driver and rival as far as the season knows them."""
        chosen = self._state.selection
        driver = chosen.driver if chosen.driver in season.drivers else None
        rival = chosen.rival if chosen.rival in season.drivers else None
        return driver, rival

    def _catch_up(self) -> None:
        season = self._seasons.season
        if season is None:
            return
        pair = self._pair(season)
        if season is not self._shown:
            kept = self._charted & season.drivers.keys() if self._is_charted_by_hand else None
            self._charted = kept or set(list(season.drivers)[:_FIRST])
            self._shown, self._shown_pair = season, pair
            self.page.show_season(season, self._charted, *pair)
        elif pair != self._shown_pair:
            self._shown_pair = pair
            self.page.show_selection(*pair)

    def _tell_facts(self) -> None:
        if self._seasons.season is not None:
            self.facts_changed.emit(season_facts(self._seasons))

    def _on_selection_changed(self, selection: Selection) -> None:
        if self.isVisible():
            self._catch_up()

    def _on_season_changed(self) -> None:
        if self.isVisible() or self._shown is None:
            self._catch_up()
        self._tell_facts()

    def _on_season_failed(self, reason: str) -> None:
        if self._shown is None:
            self.page.show_sentence(reason)

    def _on_driver_opened(self, driver: str) -> None:
        self._state.choose_driver(driver)
        self.driver_opened.emit(driver)
        self.tab_wanted.emit(TabTitle.DRIVER)

    def _on_charted_changed(self, charted: AbstractSet[str]) -> None:
        self._charted = charted
        self._is_charted_by_hand = True
        self.page.show_charted(charted, *self._shown_pair)

    def _on_copied(self, drivers: int) -> None:
        self._messages.say(f"Copied {drivers} drivers as CSV, as shown.")


def _suggestion(page: DashboardPage) -> str:
    return "standings.png" if page.year is None else f"standings_{page.year}.png"


def _tables(page: DashboardPage) -> list[ExportedTable]:
    text = page.standings.csv()
    facts = (("table", "standings"), ("year", str(page.year)))
    return [ExportedTable("", facts, text)] if text else []


def season_facts(seasons: SeasonLoader) -> Facts:
    """Return which season is on screen and where it comes from."""
    season = seasons.season
    if season is None:
        return Facts()
    bundled = "bundled " if seasons.is_bundled else ""
    shown = (
        f"{bundled}season {season.year} · {len(season.races)} races · {len(season.drivers)} drivers"
    )
    place = "bundled" if seasons.is_bundled else str(seasons.folder or "in memory")
    sheets = counted(len(season.origin.files), "official sheet")
    return Facts(shown, f"season: {place} · from {sheets}", has_laps=True)
