from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError, fault, translated
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of

NOBODY = threading.Event()
ALL = f"SELECT * FROM {TABLE}"  # noqa: S608 - a constant
QUICK = TimeLimits(login_s=1, query_s=1, job_s=6, request_s=1, leave_s=1)


@pytest.fixture
def session(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair)
    yield session
    snowflake_server.clear_faults()
    session.close()


@pytest.fixture
def hasty(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair, limits=QUICK)
    yield session
    snowflake_server.clear_faults()
    session.close()


def kind_of(session: SnowflakeSession, sql: str = "SELECT 1") -> FaultKind:
    with pytest.raises(SnowflakeError) as caught:
        session.run(sql, (), "a fault", NOBODY)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "; " in sentence, "says what happened and what to do next"
    return caught.value.kind


def test_that_a_connection_without_key_or_account_is_not_configured(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    assert kind_of(session_of(snowflake_server, None)) is FaultKind.NOT_CONFIGURED
    assert kind_of(session_of(snowflake_server, key_pair, account="")) is FaultKind.NOT_CONFIGURED
    assert kind_of(session_of(snowflake_server, key_pair, user="")) is FaultKind.NOT_CONFIGURED


def test_that_a_wrong_key_is_refused_at_once(
    snowflake_server: Emulator, other_key_pair: KeyPair
) -> None:
    assert kind_of(session_of(snowflake_server, other_key_pair)) is FaultKind.REFUSED_KEY
    assert snowflake_server.seen().count("login") == 1


def test_that_a_token_out_of_time_is_a_refused_key(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.set_clock_ahead(7200)
    assert kind_of(session) is FaultKind.REFUSED_KEY


def test_that_a_server_that_is_not_there_is_unreachable(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else can get the port meanwhile.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        session = session_of(snowflake_server, key_pair, port=port, limits=QUICK)
        assert kind_of(session) in {FaultKind.UNREACHABLE, FaultKind.TIMED_OUT}


def test_that_role_and_warehouse_have_sentences_of_their_own(
    snowflake_server: Emulator, key_pair: KeyPair, telemetry_table: int
) -> None:
    nobody = session_of(snowflake_server, key_pair, role="NOBODY")
    with pytest.raises(SnowflakeError, match="The role of this connection") as caught:
        nobody.run("SELECT 1", (), "role", NOBODY)
    assert caught.value.kind is FaultKind.NOT_PERMITTED
    idle = session_of(snowflake_server, key_pair, warehouse="NONE_SUCH")
    with pytest.raises(SnowflakeError, match="warehouse") as caught:
        idle.run(ALL, (), "warehouse", NOBODY)
    assert caught.value.kind is FaultKind.NOT_PERMITTED
    idle.close()


def test_that_what_is_missing_is_named(session: SnowflakeSession, telemetry_table: int) -> None:
    with pytest.raises(SnowflakeError, match="NOWHERE does not exist") as caught:
        session.run("SELECT 1 FROM NOWHERE", (), "table", NOBODY)
    assert caught.value.kind is FaultKind.NOT_FOUND
    with pytest.raises(SnowflakeError, match="lacks the column NONE_SUCH") as caught:
        session.run(f"SELECT NONE_SUCH FROM {TABLE}", (), "column", NOBODY)  # noqa: S608
    assert caught.value.kind is FaultKind.MISSING_COLUMN


def test_that_a_role_that_may_not_read_is_told_so(
    session: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int
) -> None:
    snowflake_server.set_role("HTT_READER", read=False)
    assert kind_of(session, ALL) in {FaultKind.NOT_PERMITTED, FaultKind.NOT_FOUND}


BROKEN = [
    ("query", "cut"),
    ("query", "garbage"),
    ("status", "cut"),
    ("status", "garbage"),
    ("result", "cut"),
    ("result", "garbage"),
    ("chunk", "cut"),
    ("login", "cut"),
]


@pytest.mark.parametrize("endpoint, kind", BROKEN)
def test_that_an_answer_that_breaks_off_once_is_asked_for_again(
    session: SnowflakeSession,
    snowflake_server: Emulator,
    telemetry_table: int,
    endpoint: str,
    kind: str,
) -> None:
    snowflake_server.fault(endpoint, kind)
    answer = session.run(ALL, (), "all", NOBODY)
    assert sum(batch.num_rows for batch in answer.batches()) == telemetry_table


@pytest.mark.parametrize("endpoint, kind", BROKEN)
def test_that_answers_that_always_break_off_are_a_fault_after_one_repetition(
    session: SnowflakeSession,
    snowflake_server: Emulator,
    telemetry_table: int,
    endpoint: str,
    kind: str,
) -> None:
    snowflake_server.fault(endpoint, kind, times=None)
    assert kind_of(session, ALL) in {FaultKind.SERVER_FAULT, FaultKind.UNREACHABLE}
    assert snowflake_server.seen().count("query") <= 2


@pytest.mark.parametrize("endpoint", ["login", "query", "status", "result", "chunk"])
def test_that_a_server_that_hangs_is_a_matter_of_time(
    hasty: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int, endpoint: str
) -> None:
    snowflake_server.fault(endpoint, "hang", times=None)
    assert kind_of(hasty, ALL) is FaultKind.TIMED_OUT


@pytest.mark.parametrize("endpoint", ["login", "query", "status", "result"])
def test_that_a_server_in_trouble_for_long_is_given_up(
    hasty: SnowflakeSession, snowflake_server: Emulator, telemetry_table: int, endpoint: str
) -> None:
    snowflake_server.fault(endpoint, "status", status=500, times=None)
    assert kind_of(hasty, ALL) in {FaultKind.TIMED_OUT, FaultKind.SERVER_FAULT}


def test_that_a_query_beyond_its_time_is_aborted_on_the_server(
    hasty: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault("query", "slow", seconds=60)
    assert kind_of(hasty) is FaultKind.TIMED_OUT
    (query,) = snowflake_server.seen().queries
    assert query["query_id"] in {abort["query_id"] for abort in snowflake_server.seen().aborts}
    assert snowflake_server.seen().running == []


def test_that_a_query_aborted_by_others_is_no_cancel_of_ours(
    session: SnowflakeSession, snowflake_server: Emulator
) -> None:
    snowflake_server.fault(
        "query", "refuse", code="000604", message="SQL execution canceled", sqlstate="57014"
    )
    with pytest.raises(SnowflakeError, match="aborted on the server") as caught:
        session.run("SELECT 1", (), "one", NOBODY)
    assert caught.value.kind is FaultKind.SERVER_FAULT


class ConnectorError(Exception):
    def __init__(self, **fields: Any) -> None:  # noqa: ANN401
        super().__init__("secret")
        self.__dict__.update(fields)


@pytest.mark.parametrize(
    "fields, kind",
    [
        ({"errno": 251001}, FaultKind.NOT_CONFIGURED),
        ({"errno": 390144}, FaultKind.REFUSED_KEY),
        ({"errno": 250001}, FaultKind.UNREACHABLE),
        ({"errno": -1, "sqlstate": "HYT00"}, FaultKind.TIMED_OUT),
        ({"errno": 4, "raw_msg": "deadline exceeded after 2s"}, FaultKind.TIMED_OUT),
        ({"errno": 4, "raw_msg": "connection refused"}, FaultKind.UNREACHABLE),
        ({"errno": 3001}, FaultKind.NOT_PERMITTED),
        ({"errno": 2003, "sqlstate": "02000"}, FaultKind.NOT_FOUND),
        ({"errno": 904}, FaultKind.MISSING_COLUMN),
        ({"errno": 390114}, FaultKind.EXPIRED),
        ({"errno": 6}, FaultKind.SERVER_FAULT),
        ({"errno": 14, "sqlstate": "HYT00"}, FaultKind.TIMED_OUT),
        ({"errno": 390102}, FaultKind.REFUSED_KEY),
        ({"errno": 90073}, FaultKind.NOT_PERMITTED),
        ({}, FaultKind.SERVER_FAULT),
    ],
)
def test_that_an_error_is_known_by_its_number_and_not_by_its_words(
    fields: dict[str, Any], kind: FaultKind
) -> None:
    error = translated(ConnectorError(**fields))
    assert error.kind is kind
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    "error, advice",
    [
        (ConnectorError(errno=14, sqlstate="HYT00"), "press Test in Connection"),
        (ConnectorError(errno=390101), "user of this connection is disabled"),
        (ConnectorError(errno=390102), "locked after too many failed logins; wait 15 minutes"),
        (ConnectorError(errno=90073), "A resource monitor has stopped the warehouse"),
        (ConnectorError(errno=630), "choose a larger warehouse"),
        (ConnectorError(errno=4, raw_msg="invalid peer certificate"), "SSL_CERT_FILE"),
        (ssl.SSLCertVerificationError("secret"), "certificate of the server is not trusted"),
        (TimeoutError("secret"), "press Test in Connection"),
    ],
)
def test_that_the_advice_fits_the_fault(error: Exception, advice: str) -> None:
    sentence = str(translated(error))
    assert advice in sentence
    assert ("larger warehouse" in sentence) == (advice == "choose a larger warehouse")
    assert "check the network" not in sentence


def test_that_a_word_of_the_server_about_certificates_is_not_taken_for_the_line() -> None:
    error = translated(ConnectorError(errno=904, raw_msg="invalid identifier 'CERTIFICATE'"))
    assert error.kind is FaultKind.MISSING_COLUMN


def test_that_every_kind_has_its_own_sentence() -> None:
    sentences = {str(fault(kind)) for kind in FaultKind}
    assert len(sentences) == len(FaultKind)
