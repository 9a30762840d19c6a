"""Seasons for the tests of cards and track page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.sources.tracks import load_tracks
from tests.made_up_season import made_up_season


@pytest.fixture(scope="session")
def season(data_dir: Path) -> Season:
    """Return the made-up season with the real track table."""
    return replace(made_up_season(), geometry=load_tracks(data_dir))


@pytest.fixture(scope="session")
def real_season(data_dir: Path) -> Season:
    """Return the bundled season of 2025."""
    return read_season(data_dir / "season" / "2025")


@pytest.fixture
def on_screen(qtbot: QtBot) -> Iterator[Callable[[QWidget, int, int], None]]:
    """Return a function that shows a widget in a size and keeps it until the test ends."""
    kept: list[QWidget] = []

    def show(widget: QWidget, width: int, height: int) -> None:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)

    yield show
    kept.clear()
