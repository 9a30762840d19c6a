"""The window goes on while the server thinks, and lets go of it when it is closed.

How long the window is deaf is measured by ``make bench``; here the facts behind it: nothing of
the source runs on the window's thread, and the event loop turns while the server is waited for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.packs import PackTelemetry
from htt_desktop.sources.query_history import QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.queries import ROW_CAP
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.desktop import Desktop
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.workers.comparer import Comparer, Connection
from htt_desktop.workers.jobs import LapChoice
from htt_desktop.workers.season_desk import SeasonDesk
from htt_desktop.workers.telemetry_desk import TelemetryDesk
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import LIMITS, profile_of

BARBER = RaceKey("barber", 1)
PAIR = (LapChoice("13"), LapChoice("2"))
ROWS_QUERY = f"LIMIT {ROW_CAP + 1}"
"""Stands in the query for rows and in no other of a comparison."""

TURNS = 50
PATIENCE_MS = 20_000


class Source:
    """The source of a window, noting on which threads it is at work."""

    def __init__(self, server: Emulator, keys: KeyPair, data_dir: Path) -> None:
        self.threads: dict[int, list[str]] = {}
        self._key = read_key(keys.der)
        history = QueryHistory()
        history.listen(self._on_record)
        self.session = SnowflakeSession(profile_of(server), self._load_key, history, LIMITS)
        self._data_dir = data_dir

    def comparer(self) -> Comparer:
        """Return a comparer over the table; called by the worker."""
        self._note("comparer made")
        tracks = load_tracks(self._data_dir)
        packs = PackTelemetry(self._data_dir / "packs")
        table = SnowflakeTelemetry(self.session, tracks, Knowledge(contents=packs.contents))
        connection = Connection(
            lambda *_: table.row_counts(BARBER), self.session.close_if_idle, self._close
        )
        return Comparer(table, tracks, tuple, connection)

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
def source(snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path) -> Source:
    return Source(snowflake_server, key_pair, data_dir)


@pytest.fixture
def desktop(
    qtbot: QtBot, source: Source, data_dir: Path, tmp_path: Path, telemetry_table: int
) -> Iterator[Desktop]:
    """Return the real window over the table, still without telemetry."""
    assert telemetry_table
    made = Desktop(
        Settings(tmp_path / "settings.json"),
        TelemetryDesk(source.comparer),
        load_tracks(data_dir),
        SeasonDesk(),
    )
    yield made
    made.shutdown()
    made.window.close()
    made.window.deleteLater()


def open_window(desktop: Desktop) -> None:
    """Open the window on the pair; fetching begins."""
    desktop.open(Selection(BARBER, *PAIR), tab_slots, "Improve")
    desktop.fill()


def queries(server: Emulator, words: str) -> list[dict[str, Any]]:
    return [query for query in server.seen().queries if words in query["sql"]]


def fetches(server: Emulator) -> bool:
    """Tell whether the query for rows is running."""
    seen = server.seen()
    return any(
        ROWS_QUERY in query["sql"] and query["query_id"] in seen.running for query in seen.queries
    )


def test_that_nothing_of_the_source_runs_on_the_window_s_thread(
    desktop: Desktop, source: Source, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desktop.desk.loaded, timeout=PATIENCE_MS):
        open_window(desktop)
    with qtbot.waitSignal(desktop.desk.loaded, timeout=PATIENCE_MS):
        desktop.desk.compare(BARBER, *PAIR, fresh=True)
    assert desktop.shutdown()
    assert len(queries(snowflake_server, ROWS_QUERY)) >= 2
    (worked,) = source.threads.values()
    assert {"comparer made", "key loaded", "closed"} <= set(worked)
    assert threading.get_ident() not in source.threads


def test_that_the_window_goes_on_while_the_server_thinks(
    desktop: Desktop, snowflake_server: Emulator, qtbot: QtBot
) -> None:
    snowflake_server.fault("query", "slow", seconds=60, matching=ROWS_QUERY, times=None)
    open_window(desktop)
    qtbot.waitUntil(lambda: fetches(snowflake_server), timeout=PATIENCE_MS)
    turns = Turns()
    # A window that waited for the server would come round only once the query had ended.
    qtbot.waitUntil(lambda: turns.count >= TURNS, timeout=PATIENCE_MS)
    turns.stop()
    assert fetches(snowflake_server)
    desktop.window.tabs.show_tab("Dashboard")
    desktop.window.tabs.show_tab("Improve")
    assert fetches(snowflake_server)


@pytest.mark.parametrize("place, kind", [("query", "slow"), ("chunk", "hang")])
def test_that_closing_the_window_while_it_fetches_leaves_no_query_running(
    desktop: Desktop,
    snowflake_server: Emulator,
    data_dir: Path,
    qtbot: QtBot,
    place: str,
    kind: str,
) -> None:
    matching = {"matching": ROWS_QUERY} if place == "query" else {}
    snowflake_server.load_parquet(data_dir / "packs" / "barber_r1.parquet")
    snowflake_server.fault(place, kind, seconds=60, times=None, **matching)
    open_window(desktop)
    if place == "query":
        qtbot.waitUntil(lambda: fetches(snowflake_server), timeout=PATIENCE_MS)
    else:
        qtbot.waitUntil(lambda: snowflake_server.seen().count("chunk") > 0, timeout=PATIENCE_MS)
    (query,) = queries(snowflake_server, ROWS_QUERY)
    desktop.window.close()
    # The desk gives its thread two seconds and says whether that was enough.
    assert desktop.shutdown()
    seen = snowflake_server.seen()
    assert seen.running == []
    assert query["query_id"] in {abort["query_id"] for abort in seen.aborts}
    snowflake_server.clear_faults()
    qtbot.waitUntil(lambda: snowflake_server.seen().sessions == [], timeout=PATIENCE_MS)
