"""The Improve tab: turns choices into requests and answers into what is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.exporting import ExportedTable, Exporter, FileHeader
from htt_desktop.ui.settings import Preferences, Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.tables.rows_view import copy_table, focused_table
from htt_desktop.ui.tabs.improve.field_link import FieldLink
from htt_desktop.ui.tabs.improve.lap_commands import LapCommands, StackCommands
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.ui.tabs.improve.season_link import SeasonLink
from htt_desktop.ui.tabs.improve.status_texts import YearNotice, facts_of, why_failed, why_nothing
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.tab import Facts, Tab, TabParts
from htt_desktop.ui.wording import formats
from htt_desktop.workers.lap_choices import next_pair
from htt_desktop.workers.task import Cancelled, Report
from htt_desktop.workers.telemetry_loader import LoadFailed
from htt_desktop.workers.telemetry_requests import Catalogue, Loaded, RaceList

_PATIENCE_MS = 300
_NO_RACES = (
    'There is no telemetry yet: make a pack with "htt telemetry import" and start again '
    "with --pack, or put it into the data folder and look again."
)


class ImproveTab(Tab):
    """Two laps over one another.

    Parameters
    ----------
    parts
        Selection, loader and the rest every tab shares.
    loads_at_once
        Rows cost nothing, so choosing other drivers loads them; otherwise the
        user presses Load.
    """

    title = TabTitle.IMPROVE

    def __init__(
        self, parts: TabParts, *, loads_at_once: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state = parts.state
        self._loader = parts.telemetry
        self._tracks = parts.tracks
        self._messages = parts.messages
        self._loads_at_once = loads_at_once
        self._catalogue = Catalogue()
        self._shown = Selection()
        self._heard = parts.state.selection
        self._rows: int | None = None
        self._is_new = True
        self.page = ImprovePage(parts.tracks, parts.theme, self)
        self._stack_commands = StackCommands(self.page)
        self._lap_commands = LapCommands(parts.state, parts.messages, self._inventory)
        self._remembering = Remembering(self.page, parts.settings)
        self._exporter = Exporter(
            self.page, parts.messages, partial(_suggestion, self.page), partial(_tables, self.page)
        )
        self._season_link = SeasonLink(parts.state, parts.seasons, parts.messages, self._inventory)
        self._field_link = FieldLink(self.page, parts.telemetry, parts.messages)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._connect()
        parts.seasons.changed.connect(self._agree_with_season)
        self._year_notice = YearNotice(self.page, parts, lambda: self._catalogue.races)
        self.page.show_selection(parts.state.selection, self._catalogue)

    def start(self, *, fresh: bool = False) -> None:
        """Ask for what is selected, or for what there is to select."""
        if self._state.selection.is_complete:
            self._load(fresh=fresh)
        else:
            self._loader.list_race(self._state.selection.key)

    def come_to_front(self) -> None:
        """Load what is selected the first time the tab is looked at."""
        if not self._is_new:
            self._season_link.adopt()
            return
        self._is_new = False
        if self._loads_at_once or not self._state.selection.is_complete:
            self.start()
        else:
            self.page.bar.show_pending(True)

    def handlers(self) -> Handlers:
        """Return what the tab does on which command."""
        return {
            **self._stack_commands.handlers(),
            **self._lap_commands.handlers(),
            CommandId.LOAD: self._reload,
            CommandId.EXPORT: self._exporter.ask,
            CommandId.COPY: self._copy,
            CommandId.GRID: self._remembering.toggle_grid,
            CommandId.FIELD_BAND: self._field_link.toggle,
        }

    def palette_entries(self) -> Sequence[PaletteEntry]:
        """Return drivers, races, panels and corners."""
        laps = self._lap_commands.palette_entries(self._catalogue.races, self._tracks)
        return [*laps, *self._stack_commands.palette_entries()]

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.page.set_theme(theme)

    def cancel(self) -> None:
        """Cancel the request under way; the keys belong to the plots again."""
        self.page.nudge.leave()
        self._loader.cancel()

    def layout_text(self) -> str:
        """Return order and hidden panels."""
        return self._remembering.layout_text()

    def _copy(self) -> None:
        if self.page.loaded is not None:
            self._messages.say(copy_table(focused_table(self.page) or self.page.side.corners))

    def _connect(self) -> None:
        self._state.changed.connect(self._on_selection_changed)
        self._loader.started.connect(self._on_started)
        self._loader.reported.connect(self._on_reported)
        self._loader.listed.connect(self._on_listed)
        self._loader.loaded.connect(self._on_loaded)
        self._loader.failed.connect(self._on_failed)
        self._loader.cancelled.connect(self._on_cancelled)
        self._loader.catalogued.connect(self._on_catalogued)
        self._patience.timeout.connect(self._on_patience_over)
        page = self.page
        page.bar.race_chosen.connect(self._state.choose_race)
        page.bar.lap_chosen.connect(self._state.choose_lap)
        page.strip.lap_chosen.connect(self._state.choose_lap)
        page.strip.refused.connect(self._messages.say)
        page.bar.swap_wanted.connect(self._state.swap)
        page.bar.load_wanted.connect(self._reload)
        page.bar.badge.refresh_wanted.connect(self._refresh)
        page.cancel_wanted.connect(self.cancel)
        page.retry_wanted.connect(self._reload)
        page.start_wanted.connect(self.start)

    def _inventory(self) -> Inventory | None:
        inventory = self._catalogue.inventory
        return inventory if inventory and inventory.key == self._state.selection.key else None

    def _take(self, catalogue: Catalogue) -> None:
        for problem in catalogue.problems:
            if problem not in self._catalogue.problems:
                self._messages.warn(problem)
        self._catalogue = catalogue

    def _load(self, *, fresh: bool = False) -> None:
        now = self._state.selection
        if now.key and now.reference and now.compared:
            self._loader.compare(now.key, now.reference, now.compared, fresh=fresh)

    def _reload(self) -> None:
        self.start(fresh=self._state.selection.same_laps(self._shown))

    def _refresh(self) -> None:
        self.page.bar.badge.set_busy(True)
        self._load(fresh=True)

    def _on_selection_changed(self, selection: Selection) -> None:
        if selection.same_laps(self._heard):
            return
        self._heard = selection
        if selection.same_laps(self._shown):
            self._loader.cancel()
            self._show_drawn()
            return
        self.page.show_selection(selection, self._catalogue)
        if not selection.is_complete:
            self._loader.list_race(selection.key)
        elif self._loads_at_once or selection.is_among_drivers_of(self._shown):
            self._load()
        self.page.bar.show_pending(True)

    def _on_started(self) -> None:
        self._rows = None
        self._patience.start()

    def _on_reported(self, report: Report) -> None:
        self._rows = report.payload if isinstance(report.payload, int) else None
        if not self._patience.isActive():
            self.page.show_loading(self._rows)

    def _on_patience_over(self) -> None:
        if self._loader.current is not None:
            self.page.show_loading(self._rows)

    def _on_listed(self, listed: RaceList) -> None:
        self._patience.stop()
        self._take(listed.catalogue)
        inventory = self._catalogue.inventory
        if not self._catalogue.races:
            self.page.show_empty(_NO_RACES, "Look again")
        elif inventory is None:
            self._state.choose_race(self._catalogue.races[0])
        else:
            self._choose_drivers(inventory)

    def _choose_drivers(self, inventory: Inventory) -> None:
        # Numbers pass on to other drivers: those drawn are told by their own race.
        drawn = None if self.page.loaded is None else self.page.loaded.inventory
        pair = next_pair(self._catalogue, drawn, (self._shown.reference, self._shown.compared))
        if pair is None:
            self.page.show_selection(self._state.selection, self._catalogue)
            self.page.show_empty(why_nothing(inventory), "Look again")
            return
        self._state.choose(self._state.selection.completed(inventory.key, pair))

    def _on_catalogued(self, catalogue: Catalogue) -> None:
        """Offer what the server turned out to have; what is on screen stays."""
        self._take(catalogue.about(self._state.selection.key).over(self._catalogue))
        self.page.show_selection(self._state.selection, self._catalogue)

    def _on_loaded(self, loaded: Loaded) -> None:
        self._patience.stop()
        self.page.bar.badge.set_busy(False)
        self._take(loaded.catalogue)
        self._shown = Selection.drawn(loaded.request.key, loaded.comparison)
        self.page.show_loaded(loaded)
        self.page.bar.badge.show_origin(loaded.origin)
        self.page.bar.badge.set_can_refresh(loaded.can_refresh)
        if loaded.origin.notice:
            self._messages.say(loaded.origin.notice)
        self._show_drawn()

    def _show_drawn(self) -> None:
        """Let selection, bar, strip and status line say what the picture shows."""
        drawn, shown = self.page.loaded, self._shown
        if drawn is None:
            return
        if self._catalogue.inventory is None or self._catalogue.inventory.key != shown.key:
            self._catalogue = replace(self._catalogue, inventory=drawn.inventory)
        selection = self._state.selection.with_laps(shown.key, shown.reference, shown.compared)
        self._heard = selection
        self._state.choose(selection)
        self.page.show_selection(selection, self._catalogue)
        self.page.bar.show_pending(False)
        self.page.show_again()
        self.facts_changed.emit(facts_of(drawn))
        self._agree_with_season()

    def _agree_with_season(self) -> None:
        if self.isVisible():
            self._season_link.adopt()

    def _on_failed(self, failed: LoadFailed) -> None:
        self._patience.stop()
        self.page.bar.badge.set_busy(False)
        self._take(failed.catalogue.over(self._catalogue))
        self.page.show_selection(self._state.selection, self._catalogue)
        races = self._catalogue.races if failed.no_such_race else ()
        if self.page.loaded is None and races and self._state.is_suggested:
            self._messages.warn(failed.reason)
            self._state.choose_race(races[0])
            return
        self.page.show_failed(why_failed(failed, races, self._tracks))
        shown = "" if self.page.loaded is None else "the picture below is the previous one"
        self.facts_changed.emit(Facts(shown, has_laps=self.page.loaded is not None))

    def _on_cancelled(self, cancelled: Cancelled) -> None:
        self._patience.stop()
        self.page.bar.badge.set_busy(False)
        if self._loader.current is not None:
            return
        if self.page.loaded is None:
            self.page.show_empty("Loading was cancelled before there was anything to show.", "Load")
        else:
            self._show_drawn()
            self._messages.say("Loading was cancelled; the previous picture stays.")


class Remembering(QObject):
    """Keeps the page and the settings alike."""

    def __init__(self, page: ImprovePage, settings: Settings) -> None:
        super().__init__(page)
        self._page = page
        self._stack = page.stack
        self._settings = settings
        self._restore(settings.preferences)
        settings.changed.connect(self._on_settings_changed)

    def layout_text(self) -> str:
        """Return order and hidden panels, as the settings keep them."""
        return json.dumps(self._stack.panel_layout())

    def toggle_grid(self) -> None:
        """Show or hide the grid, now and from now on."""
        known = self._settings.preferences
        self._settings.update(replace(known, grid=not known.grid))

    def _restore(self, preferences: Preferences) -> None:
        self._stack.set_grid(preferences.grid)
        self._page.set_units(preferences.units)
        self._stack.restore_layout(json.loads(preferences.panels or "{}"))

    def _on_settings_changed(self, preferences: Preferences) -> None:
        if preferences.units is not self._stack.units:
            self._page.set_units(preferences.units)
        if preferences.grid != self._stack.grid_shown:
            self._stack.set_grid(preferences.grid)


def _suggestion(page: ImprovePage) -> str:
    loaded = page.loaded
    if loaded is None:
        return "comparison.png"
    comparison, key = loaded.comparison, loaded.request.key
    laps = "-".join(
        f"{lap.entry.number}_lap{lap.lap.lap_number}"
        for lap in (comparison.reference, comparison.compared)
    )
    return f"{key.file_stem}_{laps}.png"


def _tables(page: ImprovePage) -> list[ExportedTable]:
    rows, loaded = page.stack.visible_rows(), page.loaded
    if rows is None or loaded is None:
        return []
    facts = _facts(page)
    return [
        ExportedTable("", facts, rows.csv()),
        ExportedTable("_corners", facts, page.side.corners.csv()),
    ]


def _facts(page: ImprovePage) -> FileHeader:
    loaded = page.loaded
    if loaded is None:
        return ()
    key, comparison = loaded.request.key, loaded.comparison
    facts = [
        ("track", comparison.track.name),
        ("year", str(key.year)),
        ("race", str(key.race)),
        ("reference", _lap(comparison.reference)),
        ("compared", _lap(comparison.compared)),
        ("units", f"{page.stack.units.value}, named in the headings"),
    ]
    if page.stack.nudge_m:
        # A comma in the label would put quotes before the sign of a remark.
        facts.append(("compared lap nudged by hand", f"{page.stack.nudge_m:+.1f} m"))
    return facts


def _lap(lap: AlignedLap) -> str:
    time = formats.lap_time(lap.lap.lap_time_s)
    return f"{lap.entry.number} {lap.entry.driver_name}, lap {lap.lap.lap_number}, {time}"
