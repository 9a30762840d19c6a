"""Open the window over the Snowflake table, fetch again and again, print stalls and memory as JSON.

Usage: ``python -m tests.bench.snowflake_visit``; where the server is, and the key, come from the
environment, as for any program without a window.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import psutil
from PySide6.QtCore import QEventLoop, QObject, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QApplication

from htt_desktop.sources.packs.arrow_memory import use_system_memory
from htt_desktop.sources.profiles.connection_profile import profile_from_environment
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.wiring.server_source import server_telemetry
from htt_desktop.wiring.telemetry import known_tracks, season_loader
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.garbage import settle
from htt_desktop.workers.telemetry_loader import LoadFailed, TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.bench.full_table import CARS
from tests.bench.peak_memory import peak_memory_mb
from tests.bench.stall_probe import StallProbe, Stalls
from tests.bench.whole_races import INDIANAPOLIS

SETTLING_MS = 1000
PATIENCE_MS = 60_000
FETCHES = 5


def wait(wanted: SignalInstance | None = None, most_ms: int = PATIENCE_MS) -> None:
    """Run the event loop until a signal, or for a while."""
    loop = QEventLoop()
    if wanted is not None:
        wanted.connect(loop.quit)
    QTimer.singleShot(SETTLING_MS if wanted is None else most_ms, loop.quit)
    loop.exec()


def resident_mb() -> float:
    """Return the memory of this process."""
    return float(psutil.Process().memory_info().rss) / 1e6


class Visit(QObject):
    """The source, made on the worker's thread, and how the window fares meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.history = QueryHistory()
        self.sessions: list[SnowflakeSession] = []
        self.fetching: list[Stalls] = []
        self.probe = StallProbe(self)

    def comparer(self) -> Comparer:
        """Return a comparer over the table alone."""
        profile = profile_from_environment()
        assert profile is not None
        source = server_telemetry(profile, self.history)
        self.sessions.append(source.session)
        return Comparer(source, known_tracks())

    @Slot()
    def on_loaded(self) -> None:
        """Tell waiting from showing; called before anybody else hears of it."""
        self.fetching.append(self.probe.end())
        self.probe.begin()

    @Slot(object)
    def on_failed(self, failed: LoadFailed) -> None:
        """Give up: there is nothing to measure."""
        print(failed.reason, file=sys.stderr, flush=True)
        os._exit(1)


def main() -> None:
    """Visit and print."""
    use_system_memory()
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    visit = Visit()
    found: dict[str, object] = {}
    loader = TelemetryLoader(visit.comparer)
    loader.loaded.connect(visit.on_loaded)
    loader.failed.connect(visit.on_failed)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "settings.json")
        desktop = Desktop(settings, loader, known_tracks(), season_loader())
        first, second = (LapChoice(number) for number in CARS)
        visit.probe.begin()
        desktop.open(Selection(INDIANAPOLIS, first, second), tab_slots, "Improve")
        desktop.window.resize(1920, 1080)
        desktop.fill()
        wait(loader.loaded)
        settle()  # as the application does once the first laps are on screen
        wait()
        found["first_mb"] = resident_mb()
        visit.fetching.clear()
        seconds, showing = [], []
        for _ in range(FETCHES):
            visit.probe.begin()
            began = time.perf_counter()
            loader.compare(INDIANAPOLIS, first, second, fresh=True)
            wait(loader.loaded)
            seconds.append(time.perf_counter() - began)
            wait()
            showing.append(visit.probe.end())
        found["fetch_s"] = median(seconds)
        found["fetching"] = [asdict(stalls) for stalls in visit.fetching]
        found["showing"] = [asdict(stalls) for stalls in showing]
        found["fetched_again_mb"] = resident_mb()
        found["peak_mb"] = peak_memory_mb()
        records = visit.history.records()
        largest = max(records, key=lambda record: record.rows)
        found |= {"rows": largest.rows, "arrow_mb": largest.bytes / 1e6, "queries": len(records)}
        assert desktop.shutdown()
        for session in visit.sessions:
            session.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
