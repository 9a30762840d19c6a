"""Open the application, visit its tabs one after the other, print the memory held at each.

Usage: ``python -m tests.bench.season_visit``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import psutil
from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from htt_desktop.app import FIRST_PAIR, FIRST_RACE
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.arrow_memory import use_system_memory
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.driver.tab import DriverTab
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.wiring.telemetry import known_tracks, pack_comparer, season_loader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice

SETTLING_MS = 1000
PATIENCE_MS = 30_000


def wait(wanted: SignalInstance | None = None) -> None:
    """Run the event loop until a signal, or for a moment."""
    loop = QEventLoop()
    if wanted is not None:
        wanted.connect(loop.quit)
    QTimer.singleShot(SETTLING_MS if wanted is None else PATIENCE_MS, loop.quit)
    loop.exec()


def resident_mb() -> float:
    """Return the memory of this process."""
    return float(psutil.Process().memory_info().rss) / 1e6


def main() -> None:
    """Visit the tabs and print one JSON object."""
    use_system_memory()
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    seasons = season_loader()
    loader = TelemetryLoader(pack_comparer)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "settings.json")
        desktop = Desktop(settings, loader, known_tracks(), seasons)
        first, second = (LapChoice(number) for number in FIRST_PAIR)
        desktop.open(Selection(RaceKey(*FIRST_RACE), first, second), tab_slots, "Dashboard")
        desktop.window.resize(1920, 1080)
        desktop.fill()
        seasons.open()
        wait(seasons.changed)
        wait()
        desktop.window.tabs.show_tab("Driver")
        seasons.request_laps()
        wait(seasons.laps_changed)
        tab = desktop.window.tabs.built[-1]
        assert isinstance(tab, DriverTab)
        drawer = tab.page.sections.drawer
        for place in range(drawer.count()):
            drawer.setCurrentIndex(place)
            application.processEvents()
        wait()
        found["Dashboard and Driver visited, laps loaded"] = resident_mb()
        desktop.window.tabs.show_tab("Improve")
        wait(loader.loaded)
        wait()
        found["Improve visited too, a race loaded"] = resident_mb()
        desktop.shutdown()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
