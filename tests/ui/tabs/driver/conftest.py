"""A Driver tab over the made-up season, shown with the focus in its results."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.actions import Actions
from htt_desktop.ui.messages import Message, Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tables.rows_model import RowsModel
from htt_desktop.ui.tabs.driver.page import DriverPage
from htt_desktop.ui.tabs.driver.results import ResultsTree
from htt_desktop.ui.tabs.driver.sections import Sections
from htt_desktop.ui.tabs.driver.tab import DriverTab
from htt_desktop.ui.theme import DARK, dress
from htt_desktop.ui.window.season_folder import SeasonFolder
from htt_desktop.ui.window.tab import Facts, TabParts
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.made_up_race import TRACKS, MadeUpSource
from tests.made_up_season import made_up_laps, made_up_season
from tests.patience import PATIENCE_MS

ROOMY = (1600, 930)
COMPACT = (1280, 650)


@dataclass
class Stage:
    """A tab in a window of its own, with what it talks to."""

    qtbot: QtBot
    window: QMainWindow
    tab: DriverTab
    state: SelectionState
    seasons: SeasonLoader
    said: list[str]
    facts: list[Facts]

    @property
    def page(self) -> DriverPage:
        """The page."""
        return self.tab.page

    @property
    def sections(self) -> Sections:
        """The parts below the header."""
        return self.tab.page.sections

    @property
    def results(self) -> ResultsTree:
        """The results table."""
        return self.sections.results

    @property
    def season(self) -> Season:
        """The season on screen."""
        assert self.seasons.season is not None
        return self.seasons.season

    def press(self, *keys: Qt.Key) -> None:
        """Press keys one after the other, wherever the focus is."""
        for key in keys:
            self.qtbot.keyClick(self.focused(), key)

    def focused(self) -> object:
        """Return the widget with the focus."""
        focus = QApplication.focusWidget()
        assert focus is not None
        return focus


@pytest.fixture
def empty(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """Return a tab whose season is not there yet."""
    # Qt holds a lock while it destroys an object and asks Python whether that object wants to
    # know. A collection that begins there and destroys further objects waits for ever, so
    # garbage goes now, and again before this tab's own parts are destroyed.
    gc.collect()
    dress(DARK)
    loader = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS))
    seasons, state, messages = SeasonLoader(), SelectionState(), Messages()
    said: list[str] = []
    facts: list[Facts] = []

    def note(message: Message) -> None:
        said.append(message.text)

    messages.said.connect(note)
    window = QMainWindow()
    qtbot.addWidget(window)
    settings = Settings(tmp_path / "settings.json")
    folder = SeasonFolder(settings, seasons, window)
    tab = DriverTab(TabParts(state, loader, seasons, {}, DARK, messages, settings, folder))
    tab.facts_changed.connect(facts.append)
    window.setCentralWidget(tab)
    window.resize(*ROOMY)
    actions = Actions(window)
    actions.bind_tab(tab.handlers())
    actions.set_has_laps(True)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    yield Stage(qtbot, window, tab, state, seasons, said, facts)
    assert seasons.shutdown(PATIENCE_MS)
    assert loader.shutdown(PATIENCE_MS)
    gc.collect()


@pytest.fixture
def stage(empty: Stage) -> Stage:
    """Return a tab with season and laps, and the focus where the tab puts it."""
    empty.seasons.show(made_up_season(), made_up_laps())
    empty.tab.setFocus()
    return empty


def texts(model: RowsModel, row: int) -> list[str]:
    """Return the cells of a row of any table."""
    return [model.index(row, column).data() for column in range(model.columnCount())]


def cells(results: ResultsTree, row: int) -> dict[str, str]:
    """Return the cells of a result by heading."""
    model = results.results
    return {
        model.headerData(column, Qt.Orientation.Horizontal): model.index(row, column).data()
        for column in range(model.columnCount())
    }


def details(results: ResultsTree, row: int) -> list[str]:
    """Return the lines below a result."""
    model = results.results
    top = model.index(row, 0)
    return [model.index(line, 0, top).data() for line in range(model.rowCount(top))]
