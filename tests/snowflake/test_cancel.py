from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from htt_desktop.sources.errors import CancelledError
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.session import SnowflakeSession
from tests.snowflake.emulator import LOADER, TABLE, WRITE_ROLE, Emulator, KeyPair
from tests.snowflake.sessions import LIMITS, Aside, session_of, wait_until

NOBODY = threading.Event()
ALL = f"SELECT * FROM {TABLE}"  # noqa: S608 - a constant


@pytest.fixture
def session(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair)
    session.run("SELECT 1", (), "log in", NOBODY)
    yield session
    snowflake_server.clear_faults()
    session.close()


def aborted(server: Emulator, sql: str) -> bool:
    seen = server.seen()
    ids = {query["query_id"] for query in seen.queries if query["sql"] == sql}
    return bool(ids) and ids <= {abort["query_id"] for abort in seen.aborts}


def test_that_a_query_is_aborted_on_the_server_when_cancelled(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault("query", "slow", seconds=600)
    cancel = threading.Event()
    work = Aside(lambda: session.run("SELECT 2", (), "two", cancel))
    wait_until(lambda: snowflake_server.seen().running, "the query")
    cancel.set()
    work.end()
    assert isinstance(work.error, CancelledError)
    assert aborted(snowflake_server, "SELECT 2")
    assert snowflake_server.seen().running == []
    assert session.run("SELECT 3", (), "three", NOBODY).tuples() == [(3,)]
    assert session.logins == 1
    assert session.history.records()[1].outcome == "cancelled"


def test_that_a_query_is_aborted_whose_id_came_after_the_cancel(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault("query", "slow", seconds=600)
    snowflake_server.fault("query", "delay", seconds=1.5)
    cancel = threading.Event()
    before = snowflake_server.seen().count("query")
    work = Aside(lambda: session.run("SELECT 2", (), "two", cancel))
    wait_until(lambda: snowflake_server.seen().count("query") > before, "the request")
    cancel.set()
    work.end()
    assert isinstance(work.error, CancelledError)
    wait_until(lambda: aborted(snowflake_server, "SELECT 2"), "the abort")
    assert snowflake_server.seen().running == []
    assert session.run("SELECT 3", (), "three", NOBODY).tuples() == [(3,)]


def test_that_a_fetch_is_aborted_between_its_rows(
    session: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int
) -> None:
    snowflake_server.fault("chunk", "hang", times=None)
    cancel = threading.Event()
    # The first rows come with the answer, the others in chunks that hang.
    work = Aside(lambda: session.run(ALL, (), "all", cancel, lambda _rows: cancel.set()))
    work.end()
    assert isinstance(work.error, CancelledError)
    assert aborted(snowflake_server, ALL)


def test_that_a_statement_that_writes_ends_with_its_session_when_cancelled(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    snowflake_server.load("SELECT 1 AS N", "HACKTHETRACK.TELEMETRY.NOTES")
    snowflake_server.fault("query", "slow", seconds=600, matching="INSERT")
    patient = replace(LIMITS, query_s=600, job_s=600)
    session = session_of(snowflake_server, key_pair, limits=patient, user=LOADER, role=WRITE_ROLE)
    cancel = threading.Event()

    def write() -> None:
        with session.transaction("notes", cancel):
            try:
                session.execute("INSERT INTO NOTES VALUES (2)", purpose="notes", cancel=cancel)
            except CancelledError:
                # Whoever goes on regardless must not find himself outside the transaction.
                session.execute("INSERT INTO NOTES VALUES (3)", purpose="notes")

    work = Aside(write)
    wait_until(lambda: snowflake_server.seen().running, "the statement")
    wait_until(lambda: "INSERT" in snowflake_server.seen().sql[-1], "the statement")
    cancel.set()
    work.end()
    assert isinstance(work.error, SnowflakeError)
    assert work.error.kind is FaultKind.EXPIRED
    wait_until(lambda: not snowflake_server.seen().running, "the end of the statement")
    assert snowflake_server.seen().sessions == []
    assert snowflake_server.sql("SELECT N FROM HACKTHETRACK.TELEMETRY.NOTES") == [[1]]
    session.close()


def test_that_nothing_is_sent_for_a_job_that_was_withdrawn_before(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    cancel = threading.Event()
    cancel.set()
    before = len(snowflake_server.seen().requests)
    with pytest.raises(CancelledError):
        session.run("SELECT 2", (), "two", cancel)
    assert len(snowflake_server.seen().requests) == before


def test_that_closing_in_mid_query_ends_it(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault("query", "slow", seconds=600)
    work = Aside(lambda: session.run("SELECT 2", (), "two", NOBODY))
    wait_until(lambda: snowflake_server.seen().running, "the query")
    closing = Aside(session.close)
    closing.end()
    work.end()
    assert isinstance(work.error, CancelledError)
    assert snowflake_server.seen().running == []
    assert snowflake_server.seen().sessions == []


def test_that_a_login_that_hangs_can_be_cancelled(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    session = session_of(snowflake_server, key_pair)
    snowflake_server.fault("login", "hang", times=None)
    cancel = threading.Event()
    work = Aside(lambda: session.run("SELECT 1", (), "one", cancel))
    wait_until(lambda: snowflake_server.seen().count("login"), "the login")
    cancel.set()
    work.end()
    assert isinstance(work.error, CancelledError)
    snowflake_server.clear_faults()
    # The login that nobody waits for any more is logged out when it arrives.
    wait_until(lambda: snowflake_server.seen().sessions == [], "the end of the session")
