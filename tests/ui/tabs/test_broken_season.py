"""A season that cannot be read is told as such, however late a tab is built."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from htt_desktop.sources.season.files import read_laps, read_season
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tabs.dashboard.tab import DashboardTab
from htt_desktop.ui.tabs.driver.tab import DriverTab
from htt_desktop.ui.theme import DARK
from htt_desktop.ui.window.season_folder import SeasonFolder
from htt_desktop.ui.window.tab import TabParts
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.made_up_race import TRACKS, MadeUpSource
from tests.patience import PATIENCE_MS


def says(tab: DashboardTab | DriverTab) -> str:
    return tab.page.sentence.text() if isinstance(tab, DashboardTab) else tab.note.text()


@pytest.mark.parametrize("kind", [DashboardTab, DriverTab])
def test_that_a_tab_built_after_the_failure_does_not_wait_for_ever(
    qtbot: QtBot, tmp_path: Path, kind: type[DashboardTab | DriverTab]
) -> None:
    telemetry = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS))
    seasons = SeasonLoader(read_season, read_laps, {2025: tmp_path / "2025"})
    seasons.open_now()
    window = QMainWindow()
    qtbot.addWidget(window)
    settings = Settings(tmp_path / "settings.json")
    folder = SeasonFolder(settings, seasons, window)
    parts = TabParts(SelectionState(), telemetry, seasons, {}, DARK, Messages(), settings, folder)
    assert seasons.problem
    tab = kind(parts)
    window.setCentralWidget(tab)
    assert says(tab) == seasons.problem
    assert seasons.shutdown(PATIENCE_MS)
    assert telemetry.shutdown(PATIENCE_MS)
