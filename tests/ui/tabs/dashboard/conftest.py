"""A Dashboard tab over the made-up season, and one driver with almost nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.messages import Message, Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tabs.dashboard.standings_view import StandingsView
from htt_desktop.ui.tabs.dashboard.tab import DashboardTab
from htt_desktop.ui.theme import DARK, dress
from htt_desktop.ui.window.season_folder import SeasonFolder
from htt_desktop.ui.window.tab import TabParts
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.made_up_race import TRACKS, MadeUpSource
from tests.made_up_season import made_up_season
from tests.patience import PATIENCE_MS


@dataclass
class Dashboard:
    """A shown tab with what it talks to."""

    tab: DashboardTab
    state: SelectionState
    seasons: SeasonLoader
    said: list[str]

    @property
    def view(self) -> StandingsView:
        """The table."""
        return self.tab.page.standings.view

    @property
    def season(self) -> Season:
        """The season on screen."""
        assert self.seasons.season is not None
        return self.seasons.season

    def column(self, place: int) -> list[str]:
        """Return the texts of a column from top to bottom."""
        rows = self.view.rows
        return [rows.index(row, place).data() for row in range(rows.rowCount())]


@pytest.fixture
def empty(qtbot: QtBot, tmp_path: Path) -> Iterator[Dashboard]:
    """Return a tab whose season is not there yet."""
    dress(DARK)
    loader = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS))
    seasons, state, messages = SeasonLoader(), SelectionState(), Messages()
    said: list[str] = []

    def note(message: Message) -> None:
        said.append(message.text)

    messages.said.connect(note)
    settings = Settings(tmp_path / "settings.json")
    window = QWidget()
    qtbot.addWidget(window)
    folder = SeasonFolder(settings, seasons, window)
    try:
        tab = DashboardTab(TabParts(state, loader, seasons, {}, DARK, messages, settings, folder))
        qtbot.addWidget(tab)
        tab.resize(1600, 900)
        tab.show()
        yield Dashboard(tab, state, seasons, said)
    finally:
        assert loader.shutdown(PATIENCE_MS)


@pytest.fixture
def dashboard(qtbot: QtBot, empty: Dashboard) -> Dashboard:
    """Return a tab with the season on it and the focus in the table."""
    empty.seasons.show(made_up_season())
    empty.tab.activateWindow()
    qtbot.waitActive(empty.tab)
    empty.view.setFocus()
    return empty
