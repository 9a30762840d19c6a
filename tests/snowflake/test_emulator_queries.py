"""Queries through connector 5: bound values, asynchronous results, aborts, sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import snowflake.connector
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import DatabaseError, ProgrammingError, ReauthenticationRequest

from tests.patience import PATIENCE_S
from tests.snowflake.emulator import COLUMNS, LOADER, TABLE, WRITE_ROLE, Emulator

Arguments = dict[str, Any]

Opened = Any
"""A connection; the connector types too much of it as perhaps ``None``."""

TWO_DRIVERS = (
    f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE TRACK_ID = ? AND RACE_NUM = ? "  # noqa: S608
    "AND VEHICLE_NUMBER IN (?, ?) AND FLAG_AT_FL = ? ORDER BY VEHICLE_NUMBER, TIMESTAMP"
)
VALUES = ("barber", 1, 2, 13, "GF")

ENDLESS = (
    f"SELECT COUNT(*) FROM {TABLE} a, {TABLE} b, {TABLE} c "  # noqa: S608
    "WHERE SIN(a.SPEED * b.NMOT + c.APS) < 0"
)
"""Hours of work for DuckDB."""


@pytest.fixture
def connection(arguments: Arguments, telemetry_table: int) -> Iterator[Opened]:
    with snowflake.connector.connect(**arguments) as opened:
        yield opened


def wait_until(told: Callable[[], object]) -> None:
    """Ask again and again until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not told():
        assert time.monotonic() < end, "it did not come to pass"


def asked(connection: Opened, sql: str, values: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401
    """Begin a query and return its cursor once the server works on it."""
    cursor = connection.cursor()
    cursor.execute_async(sql, values)
    return cursor


def rows_of(connection: Opened) -> list[Any]:
    """Return the rows of the two drivers."""
    rows: list[Any] = connection.cursor().execute(TWO_DRIVERS, VALUES).fetchall()
    return rows


def ended(connection: Opened, query_id: str) -> QueryStatus:
    """Return how a query ended."""
    wait_until(lambda: not connection.is_still_running(connection.get_query_status(query_id)))
    status: QueryStatus = connection.get_query_status(query_id)
    return status


def test_that_rows_come_back_in_arrow_batches(
    connection: Opened, snowflake_server: Emulator
) -> None:
    cursor = asked(connection, TWO_DRIVERS, VALUES)
    query_id = cursor.sfqid
    assert ended(connection, query_id) is QueryStatus.SUCCESS
    cursor.get_results_from_sfqid(query_id)
    batches = list(cursor.fetch_arrow_batches())

    (query,) = snowflake_server.seen().queries
    flagged = f"SELECT COUNT(*) FROM {TABLE} WHERE FLAG_AT_FL = 'GF'"  # noqa: S608
    assert sum(batch.num_rows for batch in batches) == snowflake_server.sql(flagged)[0][0]
    assert len(batches) > query["chunks"] > 1
    kinds = {field.name: str(field.type) for field in batches[0].schema}
    assert list(kinds) == list(COLUMNS)
    assert kinds["TRACK_ID"] == "string"
    assert kinds["LAP"] == "int64"
    assert kinds["TIMESTAMP"] == "timestamp[ns]"
    assert kinds["SPEED"] == "double"


def test_that_rows_are_those_of_the_pack(connection: Opened, snowflake_server: Emulator) -> None:
    cursor = connection.cursor()
    cursor.execute(TWO_DRIVERS, VALUES)
    speeds = [value for batch in cursor.fetch_arrow_batches() for value in batch["SPEED"]]
    wanted = snowflake_server.sql(
        f"SELECT SUM(SPEED), COUNT(SPEED) FROM {TABLE} WHERE FLAG_AT_FL = 'GF'"  # noqa: S608
    )[0]
    known = [speed.as_py() for speed in speeds if speed.is_valid]
    assert [pytest.approx(sum(known)), len(known)] == wanted


def test_that_values_arrive_as_bindings(connection: Opened, snowflake_server: Emulator) -> None:
    asked(connection, TWO_DRIVERS, VALUES)
    (query,) = snowflake_server.seen().queries
    assert query["sql"] == TWO_DRIVERS
    assert [query["bindings"][str(index)]["value"] for index in range(1, 6)] == [
        "barber",
        "1",
        "2",
        "13",
        "GF",
    ]
    assert query["bindings"]["1"]["type"] == "TEXT"
    assert query["bindings"]["2"]["type"] == "FIXED"


def test_that_a_bound_text_is_never_sql(connection: Opened) -> None:
    cursor = connection.cursor()
    wicked = "x' OR '1'='1"
    sql = f"SELECT COUNT(*) FROM {TABLE} WHERE TRACK_ID = ?"  # noqa: S608
    assert cursor.execute(sql, (wicked,)).fetchall() == [(0,)]
    assert cursor.execute("SELECT ?", (wicked,)).fetchall() == [(wicked,)]


def test_that_the_server_sees_the_query_tag(
    arguments: Arguments, snowflake_server: Emulator
) -> None:
    tagged = {**arguments, "session_parameters": {"QUERY_TAG": "first"}}
    with snowflake.connector.connect(**tagged) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.execute("ALTER SESSION SET QUERY_TAG = 'it''s second'")
        cursor.execute("SELECT 2")
    tags = [query["query_tag"] for query in snowflake_server.seen().queries]
    assert [tags[0], tags[-1]] == ["first", "it's second"]


def test_that_an_abort_ends_the_query_inside_duckdb(
    connection: Opened, snowflake_server: Emulator
) -> None:
    cursor = asked(connection, ENDLESS)
    query_id = cursor.sfqid
    assert connection.get_query_status(query_id) is QueryStatus.RUNNING
    assert snowflake_server.seen().running == [query_id]

    assert cursor.abort_query(query_id)
    assert connection.get_query_status(query_id) is QueryStatus.ABORTED

    seen = snowflake_server.seen()
    assert seen.running == []
    assert [abort["query_id"] for abort in seen.aborts] == [query_id]
    assert seen.queries[-1]["ended_by"] == "abort-request"
    # A new statement gets DuckDB's threads to itself again.
    assert len(rows_of(connection)) > 20_000
    with pytest.raises(ProgrammingError) as caught:
        connection.get_query_status_throw_if_error(query_id)
    assert caught.value.errno == 604


def test_that_a_waiting_query_out_of_time_is_aborted_by_the_connector(
    arguments: Arguments, telemetry_table: int, snowflake_server: Emulator
) -> None:
    with snowflake.connector.connect(**{**arguments, "query_timeout": 1}) as connection:
        with pytest.raises(DatabaseError) as caught:
            connection.cursor().execute(ENDLESS)
        assert caught.value.sqlstate == "HYT00"
        wait_until(lambda: snowflake_server.seen().running == [])
    assert snowflake_server.seen().queries[0]["ended_by"] == "abort-request"


def test_that_the_server_keeps_the_statement_timeout(
    connection: Opened, snowflake_server: Emulator
) -> None:
    connection.cursor().execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    with pytest.raises(ProgrammingError) as caught:
        connection.cursor().execute(ENDLESS)
    assert caught.value.errno == 630
    assert snowflake_server.seen().running == []


def test_that_closing_the_session_ends_its_queries(
    arguments: Arguments, telemetry_table: int, snowflake_server: Emulator
) -> None:
    with snowflake.connector.connect(**arguments) as connection:
        asked(connection, ENDLESS)
        assert len(snowflake_server.seen().running) == 1
    seen = snowflake_server.seen()
    assert (seen.running, seen.sessions) == ([], [])
    assert seen.queries[0]["ended_by"] == "end of the session"


def test_that_queries_of_one_session_run_side_by_side(connection: Opened) -> None:
    slow = asked(connection, ENDLESS)
    quick = asked(connection, TWO_DRIVERS, VALUES)
    assert ended(connection, quick.sfqid) is QueryStatus.SUCCESS
    assert connection.get_query_status(slow.sfqid) is QueryStatus.RUNNING
    slow.abort_query(slow.sfqid)


def test_that_two_sessions_do_not_disturb_each_other(
    arguments: Arguments, connection: Opened, snowflake_server: Emulator
) -> None:
    slow = asked(connection, ENDLESS)
    writing = {**arguments, "user": LOADER, "role": WRITE_ROLE}
    with snowflake.connector.connect(**writing) as other:
        assert len(snowflake_server.seen().sessions) == 2
        assert len(rows_of(other)) > 20_000
    assert connection.get_query_status(slow.sfqid) is QueryStatus.RUNNING
    slow.abort_query(slow.sfqid)
    users = [query["user"] for query in snowflake_server.seen().queries]
    assert users == ["ENGINEER", "LOADER"]


def test_that_an_expired_session_is_renewed_unnoticed(
    connection: Opened, snowflake_server: Emulator
) -> None:
    snowflake_server.expire_sessions()
    assert connection.cursor().execute("SELECT 7").fetchall() == [(7,)]
    assert snowflake_server.seen().count("renew") == 1


def test_that_an_expired_login_asks_for_another_one(
    connection: Opened, arguments: Arguments, snowflake_server: Emulator
) -> None:
    snowflake_server.expire_sessions("master")
    with pytest.raises(ReauthenticationRequest) as caught:
        connection.cursor().execute("SELECT 7")
    assert caught.value.errno == 390114
    with snowflake.connector.connect(**arguments) as again:
        assert again.cursor().execute("SELECT 7").fetchall() == [(7,)]


def test_that_the_server_does_not_grow_with_the_number_of_queries(
    connection: Opened, snowflake_server: Emulator
) -> None:
    process = psutil.Process(snowflake_server.pid)
    for _ in range(10):
        rows_of(connection)
    before = process.memory_info().rss
    for _ in range(15):
        rows_of(connection)
    assert process.memory_info().rss - before < 40e6
    assert [query["chunks"] for query in snowflake_server.seen().queries] == [3] * 25


def test_that_the_real_amount_of_rows_can_be_made(
    snowflake_server: Emulator, data_dir: Path
) -> None:
    pack = data_dir / "packs" / "barber_r1.parquet"
    assert snowflake_server.load_full_size(pack, rows=200_000) == 200_000
    real = f"SELECT COUNT(*) FROM {TABLE} WHERE TRACK_ID = 'barber'"  # noqa: S608
    assert snowflake_server.sql(real) == [[58_728]]
