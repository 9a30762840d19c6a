"""A loaded comparison, a made-up season and a screen for the widgets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.made_up_race import KEY, TRACKS, MadeUpSource
from tests.made_up_season import made_up_laps, made_up_season


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """Return 7's and 47's fastest clean laps, laid over one another."""
    request = CompareRequest(KEY, LapChoice("7"), LapChoice("47"))
    return Comparer(MadeUpSource(), TRACKS).compare(request, no_progress, threading.Event())


@pytest.fixture(scope="session")
def season() -> Season:
    """Return the made-up season."""
    return made_up_season()


@pytest.fixture(scope="session")
def laps() -> SeasonLaps:
    """Return every lap of it."""
    return made_up_laps()


@pytest.fixture
def on_screen(qtbot: QtBot) -> Iterator[Callable[[QWidget, int, int], QWidget]]:
    """Return a function that shows a widget in a size and keeps it until it is closed.

    A visible window whose last reference a test drops may be collected in the middle of
    painting itself, which takes the process down.
    """
    kept: list[QWidget] = []

    def show(widget: QWidget, width: int, height: int) -> QWidget:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    yield show
    kept.clear()
