"""Puts a window together: state, loader, messages, tabs; what is in it comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QTimer

from htt_desktop.domain.tracks import Track
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection, SelectionState
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.theme import chosen_theme
from htt_desktop.ui.window.key_age import KeyAge
from htt_desktop.ui.window.main_window import MainWindow
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.season_folder import SeasonFolder
from htt_desktop.ui.window.server_windows import Server, ServerWindows
from htt_desktop.ui.window.tab import TabParts, TabSlot
from htt_desktop.ui.window.tab_row import TabRow
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.task_queue import CLOSING_MS
from htt_desktop.workers.telemetry_loader import TelemetryLoader

TabMaker = Callable[[TabParts], Sequence[TabSlot]]
"""Says which tabs a window has and how each is built."""

_LATEST_FILLING_MS = 500
"""Then the tabs are built even though no paint was seen, as in a window opened minimised."""

_SHOW_DRIVERS = (TabTitle.DASHBOARD, TabTitle.DRIVER)
"""Tabs on which choosing a driver can be seen."""


class Desktop:
    """A window and everything that lives as long as it.

    Parameters
    ----------
    telemetry
        Where tabs hand in their requests; its thread may already be at work.
    server
        What the windows around the server are built from; without it there are none.
    """

    def __init__(
        self,
        settings: Settings,
        telemetry: TelemetryLoader,
        tracks: Mapping[str, Track],
        seasons: SeasonLoader | None = None,
        server: Server | None = None,
    ) -> None:
        self.settings = settings
        self.telemetry = telemetry
        self.seasons = seasons or SeasonLoader()
        self.messages = Messages()
        self.state = SelectionState()
        self.window = MainWindow(settings, self.messages)
        self._season_drivers = SeasonDrivers(self.seasons, self.state, self.window.tabs)
        self.season_folder = SeasonFolder(settings, self.seasons, self.window)
        self.window.actions_table.bind(
            {
                CommandId.RELOAD_SEASON: self.seasons.reload,
                CommandId.SEASON_FOLDER: self.season_folder.ask,
            }
        )
        self.server: ServerWindows | None = None
        if server is not None:
            titles = {track_id: track.name for track_id, track in tracks.items()}
            self.server = ServerWindows(server, settings, titles, self.window)
            self.server.connection_changed.connect(self.telemetry.reopen)
            self.window.actions_table.bind(self.server.handlers())
            KeyAge(self.telemetry, self.server, self.messages)
        if settings.problem:
            self.messages.warn(settings.problem)
        settings.not_saved.connect(self.messages.warn)
        self._tracks = tracks
        self._selection = Selection()
        self._make_tabs: TabMaker | None = None
        self._choose = self.state.choose
        self._first_tab = ""
        self._late = QTimer()
        self._late.setSingleShot(True)
        self._late.setInterval(_LATEST_FILLING_MS)
        self._late.timeout.connect(self.fill)

    def open(
        self,
        selection: Selection,
        make_tabs: TabMaker,
        first_tab: str = "",
        *,
        is_suggestion: bool = False,
    ) -> None:
        """Show the window's frame.

        Parameters
        ----------
        selection
            What to show first; without a race the first one on offer.
        make_tabs
            Says which tabs there are, when :meth:`fill` is called.
        first_tab
            Title of the tab to begin with, by default the one shown last.
        is_suggestion
            Nobody asked for the selection: it gives way where there is no such race.
        """
        self._selection = selection
        self._make_tabs = make_tabs
        self._choose = self.state.suggest if is_suggestion else self.state.choose
        self._first_tab = first_tab
        if first_tab == TabTitle.IMPROVE:
            # The worker opens the source while this thread is still busy with the window.
            self.telemetry.list_race(selection.key)
        self.window.show()
        self._late.start()

    def fill(self) -> None:
        """Put the tabs into the window, once; the plots take a while to be imported."""
        self._late.stop()
        if self._make_tabs is None:
            return
        make_tabs, self._make_tabs = self._make_tabs, None
        theme = chosen_theme(self.settings.preferences.theme)
        parts = TabParts(
            self.state,
            self.telemetry,
            self.seasons,
            self._tracks,
            theme,
            self.messages,
            self.settings,
            self.season_folder,
        )
        self._choose(self._selection)
        self.window.set_drivers(self._season_drivers.entries)
        self.window.add_tabs(make_tabs(parts), self._first_tab)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the threads and write what is left of the settings.

        Returns
        -------
        bool
            False when a thread could not be stopped, so that the process must
            be left without destroying it.
        """
        stopped = self.stop_threads(wait_ms)
        self.settings.save()
        return stopped

    def stop_threads(self, wait_ms: int = CLOSING_MS) -> bool:
        """Stop the threads and return whether all of them came to an end."""
        self._late.stop()
        asked = [self.seasons.shutdown(wait_ms), self.telemetry.shutdown(wait_ms)]
        if self.server is not None:
            asked.append(self.server.shutdown(wait_ms))
        return all(asked)


class SeasonDrivers:
    """Lists the drivers of the season by number and name; choosing one shows their season."""

    def __init__(self, seasons: SeasonLoader, state: SelectionState, tabs: TabRow) -> None:
        self._seasons = seasons
        self._state = state
        self._tabs = tabs

    def entries(self) -> list[PaletteEntry]:
        """Return one entry per driver, in championship order."""
        season = self._seasons.season
        if season is None:
            return []
        entries = []
        for driver, row in season.drivers.items():
            numbers = dict.fromkeys(entry.driver_number for entry in season.stats[driver].entries)
            numbers.setdefault(row.driver_number)
            place = row.championship_position
            hint = f"driver, {row.team}" if place is None else f"driver, P{place}, {row.team}"
            text = f"{' '.join(numbers)}  {row.name}"
            entries.append(PaletteEntry(text, hint, partial(self._show, driver)))
        return entries

    def _show(self, driver: str) -> None:
        self._state.choose_driver(driver)
        if self._tabs.title not in _SHOW_DRIVERS:
            self._tabs.show_tab(TabTitle.DRIVER)
