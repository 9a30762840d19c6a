from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from htt_desktop.sources.query_history import DONE, QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.faults import FaultKind
from htt_desktop.ui.connection.query_history import QueryFeed, QueryHistoryPanel, history_csv
from htt_desktop.ui.theme import DARK

AT = datetime(2025, 5, 2, 12, 0, 0, 250_000, tzinfo=UTC)


def record(number: int, outcome: str = DONE) -> QueryRecord:
    at = AT + timedelta(seconds=number)
    return QueryRecord(f"01b-{number}", f"rows, {number}", at, 1000, 2_500_000, 0.2, 0.9, outcome)


@pytest.fixture
def history() -> QueryHistory:
    return QueryHistory(most=3)


@pytest.fixture
def feed(qtbot: QtBot, history: QueryHistory) -> Iterator[QueryFeed]:
    feed = QueryFeed(history)
    yield feed
    feed.stop()


@pytest.fixture
def panel(qtbot: QtBot, feed: QueryFeed) -> QueryHistoryPanel:
    panel = QueryHistoryPanel(DARK, feed)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    return panel


def column(panel: QueryHistoryPanel, place: int) -> list[str]:
    model = panel.table.model()
    return [model.index(row, place).data() for row in range(model.rowCount())]


def add_elsewhere(history: QueryHistory, *records: QueryRecord) -> None:
    """Add queries on a thread of their own, as the worker does."""

    def add() -> None:
        for each in records:
            history.add(each)

    thread = threading.Thread(target=add)
    thread.start()
    thread.join()


def test_that_queries_of_another_thread_arrive_on_this_one_newest_first(
    qtbot: QtBot, history: QueryHistory, feed: QueryFeed, panel: QueryHistoryPanel
) -> None:
    heard_on: list[QThread] = []
    feed.added.connect(lambda: heard_on.append(QThread.currentThread()))
    with qtbot.waitSignal(feed.added):
        add_elsewhere(history, record(1), record(2))
    qtbot.waitUntil(lambda: column(panel, 1) == ["rows, 2", "rows, 1"])
    assert set(heard_on) == {panel.thread()}


def test_that_only_the_newest_are_kept(
    qtbot: QtBot, history: QueryHistory, panel: QueryHistoryPanel
) -> None:
    add_elsewhere(history, *(record(number) for number in range(5)))
    qtbot.waitUntil(lambda: column(panel, 7) == ["01b-4", "01b-3", "01b-2"])


def test_that_outcomes_carry_a_symbol(
    qtbot: QtBot, history: QueryHistory, panel: QueryHistoryPanel
) -> None:
    faults = (DONE, FaultKind.CANCELLED.value, FaultKind.TIMED_OUT.value)
    add_elsewhere(history, *(record(number, kind) for number, kind in enumerate(faults)))
    qtbot.waitUntil(lambda: column(panel, 6) == ["✗ timed out", "– cancelled", "✓ done"])


def test_that_the_copy_is_csv_with_full_figures(
    qtbot: QtBot, history: QueryHistory, panel: QueryHistoryPanel
) -> None:
    add_elsewhere(history, record(1), record(2))
    qtbot.waitUntil(panel.copy.isEnabled)
    panel.copy.click()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [row["query_id"] for row in rows] == ["01b-2", "01b-1"]
    assert rows[1]["started_utc"] == "2025-05-02T12:00:01.250+00:00"
    assert rows[0]["purpose"] == "rows, 2"
    assert rows[0]["bytes"] == "2500000"


def test_that_an_empty_history_says_so(panel: QueryHistoryPanel) -> None:
    assert panel.summary.text() == "No query has been sent yet."
    assert not panel.copy.isEnabled()
    assert history_csv(()).count("\n") == 1


def test_that_a_stopped_feed_is_silent(
    qtbot: QtBot, history: QueryHistory, feed: QueryFeed
) -> None:
    feed.stop()
    with qtbot.assertNotEmitted(feed.added, wait=50):
        add_elsewhere(history, record(1))
