"""A monkey uses the window; whenever it rests, everything in it must agree.

A failure names the seed and the last things done; the same seed does them again:
``HTT_MONKEY_SEED=7 HTT_MONKEY_ACTIONS=2000 make test ARGS=tests/monkey``.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.track_page.cards import TrackCards
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.ui.window.overlay import Overlay
from htt_desktop.wiring.telemetry import known_tracks, pack_comparer, season_loader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.monkey.monkey import Monkey
from tests.monkey.oracle import disagreements
from tests.patience import PATIENCE_MS

# Read before the guards hide them from the application.
SEED = int(os.environ.get("HTT_MONKEY_SEED", "1"))
ACTIONS = int(os.environ.get("HTT_MONKEY_ACTIONS", "300"))
HANG_S = 30.0
SPARE_OBJECTS = 30
"""What Qt makes at its first use: tool tips, animations, frames around the focus."""

FIRST = Selection(RaceKey(2025, "indianapolis", 1), LapChoice("7"), LapChoice("47"))


@pytest.fixture
def desktop(qtbot: QtBot, tmp_path: Path) -> Iterator[Desktop]:
    """Return the real window with every tab, over the bundled packs and seasons."""
    seasons = season_loader()
    loader = TelemetryLoader(pack_comparer)
    made = Desktop(Settings(tmp_path / "settings.json"), loader, known_tracks(), seasons)
    with qtbot.waitSignal(loader.loaded):
        made.open(FIRST, tab_slots, "Improve")
        made.window.resize(1600, 900)
        made.fill()
    seasons.open()
    qtbot.waitUntil(lambda: seasons.season is not None)
    yield made
    for dialog in made.window.findChildren(QDialog):
        dialog.close()
    assert made.shutdown(PATIENCE_MS)
    made.window.close()
    made.window.deleteLater()


def come_to_rest(qtbot: QtBot, desktop: Desktop) -> None:
    """Wait until nothing is asked for and everything that was answered is on screen."""
    qtbot.waitUntil(lambda: desktop.telemetry.current is None and not desktop.seasons.is_reading)
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def see_everything(qtbot: QtBot, desktop: Desktop) -> None:
    """Let the window build what it builds when it is first wanted."""
    table = desktop.window.actions_table
    for command in (CommandId.DRIVER, CommandId.DASHBOARD, CommandId.IMPROVE):
        table.action(command).trigger()
        come_to_rest(qtbot, desktop)
        desktop.window.header._menu.aboutToShow.emit()
        for cards in desktop.window.findChildren(TrackCards):
            cards.track_chosen.emit("barber")
    for command in (CommandId.PALETTE, CommandId.FIND_DRIVER, CommandId.KEYS, CommandId.KEYS):
        table.action(command).trigger()
        come_to_rest(qtbot, desktop)
    desktop.window.header._menu.aboutToShow.emit()


def test_that_a_monkey_finds_nothing_wrong(qtbot: QtBot, desktop: Desktop, data_dir: Path) -> None:
    monkey = Monkey(desktop, SEED)
    come_to_rest(qtbot, desktop)
    see_everything(qtbot, desktop)
    before = held(desktop)
    for step in range(ACTIONS):
        began = time.monotonic()
        monkey.act()
        come_to_rest(qtbot, desktop)
        assert time.monotonic() - began < HANG_S, monkey.trail[-5:]
        wrong = disagreements(desktop, data_dir)
        where = f"seed {SEED}, action {step}: {monkey.trail[-8:]}"
        assert wrong == [], f"{where}: {wrong}"
    for window in (*desktop.window.findChildren(QDialog), *desktop.window.findChildren(Overlay)):
        window.close()
    come_to_rest(qtbot, desktop)
    after = held(desktop)
    grown = {kind: (before[kind], count) for kind, count in after.items() if count > before[kind]}
    spared = grown.pop("objects", (0, 0))
    assert spared[1] - spared[0] < SPARE_OBJECTS, f"seed {SEED}"
    assert grown == {}, f"seed {SEED}"


def held(desktop: Desktop) -> dict[str, int]:
    """Count what must not grow."""
    gc.collect()
    return {
        "objects": len(desktop.window.findChildren(QObject)),
        "menus": sum(isinstance(widget, QMenu) for widget in QApplication.topLevelWidgets()),
        "threads": threading.active_count(),
    }
