from __future__ import annotations

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.query_history import DONE
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.session import SnowflakeSession
from tests.snowflake.emulator import LOADER, TABLE, WRITE_ROLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of

NOBODY = threading.Event()
CARS = f"SELECT DISTINCT VEHICLE_NUMBER AS N FROM {TABLE} WHERE TRACK_ID = ? AND RACE_NUM = ? ORDER BY 1"  # noqa: E501, S608


@pytest.fixture
def session(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair)
    yield session
    snowflake_server.clear_faults()
    session.close()


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_that_a_query_runs_asynchronously_with_bound_values_and_a_tag(
    session: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int
) -> None:
    answer = session.run(CARS, ("barber", 1), "cars of barber", NOBODY)
    (seen,) = snowflake_server.seen().queries
    assert [row[0] for row in answer.tuples()] == [2, 13]
    assert seen["asynchronous"]
    assert seen["sql"] == CARS
    assert [seen["bindings"][index]["value"] for index in ("1", "2")] == ["barber", "1"]
    assert "htt-desktop" in seen["query_tag"]
    assert "cars of barber" in seen["query_tag"]
    assert seen["query_id"] == answer.query_id


def test_that_one_connection_serves_all_queries_and_ends_with_the_session(
    session: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int
) -> None:
    for _ in range(3):
        session.run(CARS, ("barber", 1), "cars", NOBODY)
    assert snowflake_server.seen().count("login") == 1
    session.close()
    assert snowflake_server.seen().sessions == []
    assert not session.is_open


def test_that_rows_arrive_with_progress_and_are_let_go_batch_by_batch(
    session: SnowflakeSession, telemetry_table: int
) -> None:
    told: list[int] = []
    answer = session.run(f"SELECT * FROM {TABLE}", (), "all", NOBODY, told.append)  # noqa: S608
    assert answer.rows == telemetry_table == told[-1]
    assert told == sorted(told)
    assert len(told) > 1
    assert sum(batch.num_rows for batch in answer.batches()) == telemetry_table
    assert list(answer.batches()) == []


def test_that_an_answer_without_rows_still_names_its_columns(
    session: SnowflakeSession, telemetry_table: int
) -> None:
    answer = session.run(CARS, ("barber", 9), "none", NOBODY)
    assert answer.names == ("N",)
    assert answer.tuples() == []


def test_that_an_idle_connection_is_closed_and_opened_again_when_needed(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    clock = Clock()
    session = session_of(snowflake_server, key_pair, clock=clock)
    session.run("SELECT 1", (), "one", NOBODY)
    clock.now_s = session.limits.idle_s - 1
    assert not session.close_if_idle()
    clock.now_s = session.limits.idle_s
    assert session.close_if_idle()
    assert snowflake_server.seen().sessions == []
    session.run("SELECT 1", (), "one", NOBODY)
    assert session.logins == 2
    clock.now_s *= 2
    session.run("SELECT 1", (), "one", NOBODY)
    assert session.logins == 3
    session.close()


@pytest.mark.parametrize("what", ["session", "master"])
def test_that_an_expired_session_is_renewed_without_the_user_noticing(
    session: SnowflakeSession, snowflake_server: Emulator, what: str
) -> None:
    session.run("SELECT 1", (), "one", NOBODY)
    snowflake_server.expire_sessions(what)
    assert session.run("SELECT 2", (), "two", NOBODY).tuples() == [(2,)]


def test_that_a_server_that_always_says_expired_is_asked_twice_and_no_more(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault(
        "query", "refuse", times=None, code="390114", message="Authentication token has expired."
    )
    with pytest.raises(SnowflakeError) as caught:
        session.run("SELECT 1", (), "one", NOBODY)
    assert caught.value.kind is FaultKind.EXPIRED
    assert snowflake_server.seen().count("query") == 2
    assert snowflake_server.seen().count("login") == 2


def test_that_every_query_leaves_a_record_and_a_line_in_the_log(
    session: SnowflakeSession,
    snowflake_server: Emulator,
    telemetry_table: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    heard: list[str] = []
    stop = session.history.listen(lambda record: heard.append(record.purpose))
    session.run(CARS, ("barber", 1), "cars of barber", NOBODY)
    stop()
    with pytest.raises(SnowflakeError):
        session.run("SELECT NOPE FROM NOWHERE", (), "nothing", NOBODY)
    good, bad = session.history.records()
    assert heard == ["cars of barber"]
    assert (good.outcome, good.rows, good.query_id) == (
        DONE,
        2,
        snowflake_server.seen().queries[0]["query_id"],
    )
    assert 0 < good.server_s <= good.client_s
    assert good.bytes > 0
    assert bad.outcome == FaultKind.NOT_FOUND.value
    lines = [record for record in caplog.records if record.name == "htt_desktop.snowflake"]
    assert good.query_id in lines[0].getMessage()
    assert len(lines) == 2


def test_that_neither_log_nor_message_holds_a_word_of_the_connector(
    session: SnowflakeSession,
    snowflake_server: Emulator,
    key_pair: KeyPair,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "MIIEvQIBADANBgkqhkiG9w0"  # noqa: S105 - how keys begin
    snowflake_server.fault("query", "refuse", code="000999", message=f"token {secret}")
    with pytest.raises(SnowflakeError) as caught:
        session.run("SELECT 1", (), "one", NOBODY)
    assert secret not in str(caught.value) + repr(caught.value) + caplog.text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert not [r for r in caplog.records if r.name.startswith("snowflake") and r.levelno < 50]


def test_that_a_transaction_happens_whole_or_not_at_all(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    snowflake_server.load("SELECT 1 AS N", "HACKTHETRACK.TELEMETRY.NOTES")
    session = session_of(snowflake_server, key_pair, user=LOADER, role=WRITE_ROLE)
    add = "INSERT INTO NOTES (N) VALUES (?)"
    with session.transaction("notes"):
        assert session.execute(add, (2,), purpose="notes").affected == 1

    def add_and_fail() -> None:
        with session.transaction("notes"):
            session.execute(add, (3,), purpose="notes")
            message = "once more"
            raise SourceError(message)

    with pytest.raises(SourceError, match="once more"):
        add_and_fail()
    session.close()
    assert snowflake_server.sql("SELECT N FROM HACKTHETRACK.TELEMETRY.NOTES ORDER BY N") == [
        [1],
        [2],
    ]


def test_that_an_expiry_inside_a_transaction_is_not_hidden(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    snowflake_server.load("SELECT 1 AS N", "HACKTHETRACK.TELEMETRY.NOTES")
    session = session_of(snowflake_server, key_pair, user=LOADER, role=WRITE_ROLE)

    def add_too_late() -> None:
        with session.transaction("notes"):
            snowflake_server.expire_sessions("master")
            session.execute("INSERT INTO NOTES (N) VALUES (?)", (2,), purpose="notes")

    with pytest.raises(SnowflakeError) as caught:
        add_too_late()
    session.close()
    assert caught.value.kind is FaultKind.EXPIRED
    assert snowflake_server.sql("SELECT N FROM HACKTHETRACK.TELEMETRY.NOTES") == [[1]]


def test_that_a_file_goes_to_a_stage_from_memory(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    snowflake_server.load("SELECT 1 AS N", "HACKTHETRACK.TELEMETRY.NOTES")
    session = session_of(snowflake_server, key_pair, user=LOADER, role=WRITE_ROLE)
    session.execute("CREATE STAGE IF NOT EXISTS DOCK", purpose="stage")
    done = session.execute(
        "PUT 'file://notes.csv' @DOCK AUTO_COMPRESS = FALSE OVERWRITE = TRUE",
        purpose="file",
        file=io.BytesIO(b"N\n7\n"),
    )
    session.close()
    assert "UPLOADED" in {str(value) for row in done.rows for value in row}


def test_that_reading_loads_no_pandas() -> None:
    program = (
        "import sys; from htt_desktop.sources.snowflake.connection import _connector; "
        "_connector(); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
