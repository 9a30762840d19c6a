"""Season, laps and a screen for the tests of the season's charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from tests.made_up_season import made_up_laps, made_up_season


@pytest.fixture(scope="session")
def season() -> Season:
    """Return the made-up season."""
    return made_up_season()


@pytest.fixture(scope="session")
def laps() -> SeasonLaps:
    """Return every lap of it."""
    return made_up_laps()


@pytest.fixture
def on_screen(qtbot: QtBot) -> Iterator[Callable[[QWidget, int, int], None]]:
    """Return a function that shows a widget in a size and keeps it until it is closed.

    A visible window whose last reference a test drops may be collected in the middle of
    painting itself, which takes the process down.
    """
    kept: list[QWidget] = []

    def show(widget: QWidget, width: int, height: int) -> None:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)

    yield show
    kept.clear()
