"""The window goes on while the server thinks, and lets go of it when it is closed.

How long the window is deaf is measured by ``make bench``; here the facts behind it: nothing of
the source runs on the window's thread, and the event loop turns while the server is waited for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.query_history import QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.queries import ROW_CAP
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.connection import Connection
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.patience import PATIENCE_MS
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import LIMITS, profile_of

BARBER = RaceKey(2025, "barber", 1)
PAIR = (LapChoice("13"), LapChoice("2"))
ROWS_QUERY = f"LIMIT {ROW_CAP + 1}"
QUERIES = {
    "columns": "LIMIT 0",
    "races": "ORDER BY MIN(",
    "laps": "FIRST_AT",
    "knowledge": "CONTENTS",
    "rows": ROWS_QUERY,
}
"""Words of each query of a first comparison that stand in no other."""

COUNTS_QUERY = "ROWS_TOTAL FROM"

TURNS = 50


class Source:
    """The source of a window, noting on which threads it is at work."""

    def __init__(self, server: Emulator, keys: KeyPair, data_dir: Path, folder: Path) -> None:
        self.threads: dict[int, list[str]] = {}
        self._key = read_key(keys.der)
        history = QueryHistory()
        history.listen(self._on_record)
        self.session = SnowflakeSession(profile_of(server), self._load_key, history, LIMITS)
        self._data_dir = data_dir
        self._folder = folder

    def comparer(self) -> Comparer:
        """Return a comparer over an empty cache and the table; called by the worker."""
        self._note("comparer made")
        tracks = load_tracks(self._data_dir)
        packs = PackTelemetry(self._data_dir / "packs")
        table = SnowflakeTelemetry(self.session, tracks, Knowledge(contents=packs.contents))
        cache = TelemetryCache(self._folder / "cache", 1_000_000_000, "test")
        nothing = self._folder / "packs"
        nothing.mkdir(exist_ok=True)
        layers = LayeredTelemetry(cache, PackTelemetry(nothing), table)
        connection = Connection(layers, self.session.close_if_idle, self._close)
        return Comparer(layers, tracks, layers.problems, connection)

    def _load_key(self) -> PrivateKey:
        self._note("key loaded")
        return self._key

    def _on_record(self, record: QueryRecord) -> None:
        self._note(record.purpose)

    def _close(self) -> None:
        self._note("closed")
        self.session.close()

    def _note(self, what: str) -> None:
        self.threads.setdefault(threading.get_ident(), []).append(what)


class Turns(QObject):
    """Counts the turns of the window's event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._timer = QTimer(self)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Count no further."""
        self._timer.stop()

    @Slot()
    def _on_timeout(self) -> None:
        self.count += 1


@pytest.fixture
def source(snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path, tmp_path: Path) -> Source:
    return Source(snowflake_server, key_pair, data_dir, tmp_path)


@pytest.fixture
def desktop(
    qtbot: QtBot, source: Source, data_dir: Path, tmp_path: Path, telemetry_table: int
) -> Iterator[Desktop]:
    """Return the real window over the table, still without telemetry."""
    assert telemetry_table
    made = Desktop(
        Settings(tmp_path / "settings.json"),
        TelemetryLoader(source.comparer),
        load_tracks(data_dir),
        SeasonLoader(),
    )
    yield made
    made.shutdown(PATIENCE_MS)
    made.window.close()
    made.window.deleteLater()


def open_window(desktop: Desktop) -> None:
    """Open the window on the pair; fetching begins."""
    desktop.open(Selection(BARBER, *PAIR), tab_slots, "Improve")
    desktop.fill()


def running(server: Emulator, words: str) -> str | None:
    """Return the id of a running query with some words, ``None`` when there is none."""
    seen = server.seen()
    for query in seen.queries:
        if words in query["sql"] and query["query_id"] in seen.running:
            return str(query["query_id"])
    return None


def assert_let_go(server: Emulator, words: str) -> None:
    """Check that the server was told to stop the latest query with some words and runs nothing.

    The latest: on a busy machine an earlier one may have run into its time limit.
    """
    seen = server.seen()
    assert seen.running == []
    asked = [query["query_id"] for query in seen.queries if words in query["sql"]]
    assert asked[-1] in {abort["query_id"] for abort in seen.aborts}


def test_that_nothing_of_the_source_runs_on_the_window_s_thread(
    desktop: Desktop, source: Source, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desktop.telemetry.loaded):
        open_window(desktop)
    with qtbot.waitSignal(desktop.telemetry.loaded):
        desktop.telemetry.compare(BARBER, *PAIR, fresh=True)
    assert desktop.shutdown(PATIENCE_MS)
    sent = "\n".join(snowflake_server.seen().sql)
    assert all(words in sent for words in (*QUERIES.values(), COUNTS_QUERY))
    (worked,) = source.threads.values()
    assert {"comparer made", "key loaded", "closed"} <= set(worked)
    assert threading.get_ident() not in source.threads


def test_that_the_window_goes_on_while_the_server_thinks(
    desktop: Desktop, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    snowflake_server.fault("query", "slow", seconds=600, matching=ROWS_QUERY, times=None)
    open_window(desktop)
    qtbot.waitUntil(lambda: bool(running(snowflake_server, ROWS_QUERY)))
    turns = Turns()
    # A window that waited for the server would come round only once the query had ended.
    qtbot.waitUntil(lambda: turns.count >= TURNS)
    turns.stop()
    assert running(snowflake_server, ROWS_QUERY)
    desktop.window.tabs.show_tab("Dashboard")
    desktop.window.tabs.show_tab("Improve")
    assert running(snowflake_server, ROWS_QUERY)


@pytest.mark.parametrize("words", QUERIES.values(), ids=QUERIES)
def test_that_closing_the_window_in_mid_query_leaves_none_running(
    desktop: Desktop, snowflake_server: Emulator, qtbot: QtBot, words: str
) -> None:
    slow = re.escape(words)
    snowflake_server.fault("query", "slow", seconds=600, matching=slow, times=None)
    open_window(desktop)
    qtbot.waitUntil(lambda: running(snowflake_server, words) is not None)
    desktop.window.close()
    assert desktop.shutdown(PATIENCE_MS)
    assert_let_go(snowflake_server, words)
    assert snowflake_server.seen().sessions == []


def test_that_closing_the_window_while_it_refreshes_leaves_no_query_running(
    desktop: Desktop, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desktop.telemetry.loaded):
        open_window(desktop)
    slow = re.escape(COUNTS_QUERY)
    snowflake_server.fault("query", "slow", seconds=600, matching=slow, times=None)
    desktop.telemetry.compare(BARBER, *PAIR, fresh=True)
    qtbot.waitUntil(lambda: bool(running(snowflake_server, COUNTS_QUERY)))
    desktop.window.close()
    assert desktop.shutdown(PATIENCE_MS)
    assert_let_go(snowflake_server, COUNTS_QUERY)


def test_that_closing_the_window_between_two_rows_leaves_no_query_running(
    desktop: Desktop, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    snowflake_server.fault("chunk", "hang", times=None)
    open_window(desktop)
    qtbot.waitUntil(lambda: snowflake_server.seen().count("chunk") > 0)
    desktop.window.close()
    assert desktop.shutdown(PATIENCE_MS)
    assert_let_go(snowflake_server, ROWS_QUERY)
    snowflake_server.clear_faults()
    # The connection that nobody waits for any more is closed when its call returns.
    qtbot.waitUntil(lambda: snowflake_server.seen().sessions == [])
