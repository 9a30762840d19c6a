"""Every fault shows the error of connector 5 that the application has to know."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    ReauthenticationRequest,
)

from tests.snowflake.emulator import TABLE, Emulator, KeyPair, connect_arguments

Arguments = dict[str, Any]
Opened = Any
"""A connection; the connector types too much of it as perhaps ``None``."""

EVERYTHING = f"SELECT * FROM {TABLE}"  # noqa: S608


@pytest.fixture
def hasty(arguments: Arguments) -> Arguments:
    """Return arguments with short time limits."""
    return {**arguments, "login_timeout": 1, "request_timeout": 1, "query_timeout": 1}


@pytest.fixture
def connection(hasty: Arguments, telemetry_table: int) -> Iterator[Opened]:
    with snowflake.connector.connect(**hasty) as opened:
        yield opened


def failure(kind: type[DatabaseError | InterfaceError], call: Callable[[], object]) -> Any:  # noqa: ANN401
    """Return the error of a call that must fail, and that must be of this very class."""
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.parametrize(
    "kind,error,number",
    [
        ("hang", OperationalError, 14),
        ("status", OperationalError, 14),
        ("cut", DatabaseError, 250001),
        ("garbage", DatabaseError, 250001),
    ],
)
def test_that_a_fault_at_login_has_its_error(
    snowflake_server: Emulator,
    hasty: Arguments,
    kind: str,
    error: type[DatabaseError],
    number: int,
) -> None:
    snowflake_server.fault("login", kind, times=None)
    assert failure(error, lambda: snowflake.connector.connect(**hasty)).errno == number


@pytest.mark.parametrize(
    "kind,error,number,state",
    [
        ("hang", OperationalError, 14, "HYT00"),
        ("status", OperationalError, 14, "HYT00"),
        ("cut", InternalError, 6, None),
        ("garbage", InternalError, 6, None),
    ],
)
def test_that_a_fault_at_a_query_has_its_error(
    snowflake_server: Emulator,
    connection: Opened,
    kind: str,
    error: type[DatabaseError],
    number: int,
    state: str | None,
) -> None:
    snowflake_server.fault("query", kind, times=None)
    raised = failure(error, lambda: connection.cursor().execute("SELECT 1"))
    assert (raised.errno, raised.sqlstate) == (number, state)
    snowflake_server.clear_faults()
    assert connection.cursor().execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "code,state,error",
    [
        ("390114", None, ReauthenticationRequest),
        ("002003", "02000", ProgrammingError),
        ("000606", "57P03", ProgrammingError),
        ("003001", "42501", ProgrammingError),
    ],
)
def test_that_a_refusal_on_demand_has_its_number(
    snowflake_server: Emulator,
    connection: Opened,
    code: str,
    state: str | None,
    error: type[DatabaseError],
) -> None:
    snowflake_server.fault("query", "refuse", code=code, message="As ordered.", sqlstate=state)
    raised = failure(error, lambda: connection.cursor().execute("SELECT 1"))
    assert raised.errno == int(code)


def test_that_a_single_server_fault_is_tried_again_unnoticed(
    snowflake_server: Emulator, arguments: Arguments
) -> None:
    with snowflake.connector.connect(**arguments) as connection:
        snowflake_server.fault("query", "status", status=503)
        assert connection.cursor().execute("SELECT 1").fetchall() == [(1,)]
    assert snowflake_server.seen().count("query") == 2


def test_that_a_late_answer_is_an_answer(snowflake_server: Emulator, connection: Opened) -> None:
    snowflake_server.fault("query", "delay", seconds=0.3)
    began = time.monotonic()
    assert connection.cursor().execute("SELECT 1").fetchall() == [(1,)]
    assert time.monotonic() - began >= 0.3


def test_that_a_slow_statement_is_running_until_it_is_aborted(
    snowflake_server: Emulator, connection: Opened
) -> None:
    snowflake_server.fault("query", "slow", seconds=60, matching="SELECT 7")
    cursor = connection.cursor()
    assert cursor.execute("SELECT 1").fetchall() == [(1,)]
    cursor.execute_async("SELECT 7")
    assert connection.is_still_running(connection.get_query_status(cursor.sfqid))
    assert cursor.abort_query(cursor.sfqid)
    assert snowflake_server.seen().running == []


@pytest.mark.parametrize("kind", ["cut", "garbage"])
def test_that_a_broken_chunk_breaks_the_fetch(
    snowflake_server: Emulator, connection: Opened, kind: str
) -> None:
    snowflake_server.fault("chunk", kind)
    cursor = connection.cursor()
    cursor.execute(EVERYTHING)
    raised = failure(InterfaceError, lambda: list(cursor.fetch_arrow_batches()))
    assert raised.errno == 252005


def test_that_a_chunk_that_fails_once_is_fetched_again(
    snowflake_server: Emulator, connection: Opened, telemetry_table: int
) -> None:
    snowflake_server.fault("chunk", "status", status=503)
    cursor = connection.cursor()
    cursor.execute(EVERYTHING)
    assert sum(batch.num_rows for batch in cursor.fetch_arrow_batches()) == telemetry_table


def test_that_a_hanging_chunk_is_waited_for_without_limit(
    snowflake_server: Emulator, connection: Opened, telemetry_table: int
) -> None:
    """The connector's time limits do not reach it; the application has to know."""
    snowflake_server.fault("chunk", "hang")
    cursor = connection.cursor()
    cursor.execute(EVERYTHING)
    release = threading.Timer(1.5, snowflake_server.clear_faults)
    release.start()
    began = time.monotonic()
    rows = sum(batch.num_rows for batch in cursor.fetch_arrow_batches())
    release.join()
    assert rows == telemetry_table
    # The limit for requests is one second.
    assert time.monotonic() - began >= 1.5


@pytest.mark.parametrize(
    "kind,error,number",
    [("hang", OperationalError, 4), ("cut", InternalError, 6), ("garbage", InternalError, 6)],
)
@pytest.mark.parametrize("endpoint", ["status", "result"])
def test_that_a_fault_while_polling_has_its_error(
    snowflake_server: Emulator,
    connection: Opened,
    endpoint: str,
    kind: str,
    error: type[DatabaseError],
    number: int,
) -> None:
    cursor = connection.cursor()
    cursor.execute_async(EVERYTHING)
    query = cursor.sfqid
    while connection.is_still_running(connection.get_query_status(query)):
        pass
    snowflake_server.fault(endpoint, kind, times=None)

    def poll() -> None:
        connection.get_query_status(query)
        cursor.get_results_from_sfqid(query)
        cursor.fetchone()

    assert failure(error, poll).errno == number


@pytest.mark.parametrize("endpoint", ["abort", "close"])
def test_that_leaving_is_waited_for_without_limit(
    snowflake_server: Emulator, hasty: Arguments, endpoint: str
) -> None:
    """Neither aborting nor closing keeps the connector's time limits of one second."""
    connection = snowflake.connector.connect(**hasty)
    cursor = connection.cursor()
    cursor.execute_async("SELECT 1")
    leave: dict[str, Callable[[], object]] = {
        "abort": lambda: cursor.abort_query(str(cursor.sfqid)),
        "close": connection.close,
    }
    snowflake_server.fault(endpoint, "hang")
    release = threading.Timer(1.5, snowflake_server.clear_faults)
    began = time.monotonic()
    release.start()
    with suppress(DatabaseError):
        leave[endpoint]()
    assert time.monotonic() - began >= 1.5
    release.join()
    connection.close()


def test_that_a_server_that_is_gone_is_given_up(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    nowhere = connect_arguments(snowflake_server, key_pair, port=1, login_timeout=1)
    with pytest.raises(DatabaseError) as caught:
        snowflake.connector.connect(**nowhere)
    assert caught.value.errno in {14, 250001}


def test_that_an_unknown_fault_is_refused(snowflake_server: Emulator) -> None:
    with pytest.raises(RuntimeError, match="no such fault"):
        snowflake_server.fault("query", "earthquake")
