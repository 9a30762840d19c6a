"""Puts a window together: state, desk, messages, tabs; what is in it comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from htt_desktop.domain.tracks import Track
from htt_desktop.ui.main_window import MainWindow
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tab import Tab, TabParts
from htt_desktop.ui.theme_choice import chosen_theme
from htt_desktop.workers.telemetry_desk import TelemetryDesk


class Desktop:
    """A window and everything that lives as long as it.

    Parameters
    ----------
    desk
        Where tabs hand in their jobs; its thread may already be at work.
    make_tabs
        Builds the tabs in the order of their titles.
    """

    def __init__(
        self,
        settings: Settings,
        desk: TelemetryDesk,
        tracks: Mapping[str, Track],
        make_tabs: Callable[[TabParts], Sequence[Tab]],
    ) -> None:
        self.settings = settings
        self.desk = desk
        self.messages = Messages()
        self.state = SelectionState()
        self.window = MainWindow(settings, self.messages)
        theme = chosen_theme(settings.preferences.theme)
        parts = TabParts(self.state, desk, tracks, theme, self.messages, settings)
        self.tabs = tuple(make_tabs(parts))
        self.window.add_tabs(self.tabs)
        if settings.problem:
            self.messages.warn(settings.problem)

    def shutdown(self) -> bool:
        """Stop the threads and write the settings.

        Returns
        -------
        bool
            False when a thread could not be stopped, so that the process must
            be left without destroying it.
        """
        stopped = self.desk.shutdown()
        self.settings.save()
        return stopped
