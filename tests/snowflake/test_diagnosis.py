from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.credentials.key_storage import KeyStorageError
from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.errors import CancelledError
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.snowflake.diagnosis import diagnose
from htt_desktop.sources.snowflake.diagnosis_steps import NOT_TRIED, Step, StepResult
from htt_desktop.sources.snowflake.faults import FaultKind
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.network_check import trust_of_the_connector
from tests.snowflake.emulator import (
    ACCOUNT,
    DATABASE,
    READ_ROLE,
    SCHEMA,
    TABLE,
    USER,
    WAREHOUSE,
    Emulator,
    KeyPair,
)

LIMITS = TimeLimits(login_s=4, query_s=8, job_s=12, request_s=4, leave_s=1)


@pytest.fixture
def profile(snowflake_server: Emulator) -> ConnectionProfile:
    return ConnectionProfile(
        "test",
        ACCOUNT,
        USER,
        READ_ROLE,
        WAREHOUSE,
        DATABASE,
        SCHEMA,
        host="127.0.0.1",
        port=snowflake_server.port,
        protocol="http",
    )


@pytest.fixture
def key(key_pair: KeyPair) -> PrivateKey:
    return read_key(key_pair.der)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a certificate for localhost and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path / "server.pem"
    file.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[int]:
    """Return the port of a server that only shakes hands."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("localhost", 0)) as listening:
        thread = threading.Thread(target=shake_hands, args=(listening, context))
        thread.start()
        yield listening.getsockname()[1]
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            line, _ = listening.accept()
            with line, suppress(OSError), context.wrap_socket(line, server_side=True) as safe:
                safe.recv(1)


def run(
    profile: ConnectionProfile, key: PrivateKey | None, context: ssl.SSLContext | None = None
) -> dict[Step, StepResult]:
    results = list(
        diagnose(profile, lambda: key, threading.Event(), limits=LIMITS, context=context)
    )
    assert [result.step for result in results] == list(Step)
    return {result.step: result for result in results}


def demand_failure_at(results: dict[Step, StepResult], step: Step) -> StepResult:
    """Return the failed step, having checked those before and after it."""
    steps = list(Step)
    index = steps.index(step)
    assert [results[each].ok for each in steps] == (
        [True] * index + [False] + [None] * (len(steps) - index - 1)
    ), [results[each] for each in steps]
    for each in steps[index + 1 :]:
        assert results[each].sentence == NOT_TRIED
    failed = results[step]
    assert failed.sentence
    assert failed.next_step
    return failed


def test_that_a_working_connection_passes_every_step(
    profile: ConnectionProfile, key: PrivateKey, telemetry_table: int, snowflake_server: Emulator
) -> None:
    results = run(profile, key)
    assert [result.ok for result in results.values()] == [True] * len(Step), results
    assert results[Step.ROWS].sentence == f"{telemetry_table:,} rows of 1 race."
    assert USER in results[Step.KEY].sentence
    assert READ_ROLE in results[Step.ROLE].sentence
    assert WAREHOUSE in results[Step.WAREHOUSE].sentence
    assert "19 columns" in results[Step.COLUMNS].sentence
    assert "TLS is not used" in results[Step.LINE].sentence
    assert all(result.seconds > 0 for result in results.values() if result.step is not Step.NAME)
    assert not snowflake_server.seen().sessions


def test_that_an_unknown_name_is_the_first_failure(profile: ConnectionProfile) -> None:
    # Too long for a name, so that nobody is asked.
    failed = demand_failure_at(
        run(replace(profile, host="127." + "a" * 70, protocol="https"), None), Step.NAME
    )
    assert "No server named 127.aaa" in failed.sentence


def test_that_an_incomplete_profile_is_not_tried(profile: ConnectionProfile) -> None:
    failed = demand_failure_at(run(replace(profile, account=""), None), Step.NAME)
    assert "account is missing" in failed.sentence


def test_that_a_closed_port_is_told_from_a_wrong_name(profile: ConnectionProfile) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else gets it, and it refuses.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        failed = demand_failure_at(run(replace(profile, port=port), None), Step.LINE)
    assert f"refuses connections at port {port}" in failed.sentence


def test_that_a_server_without_tls_is_recognised(profile: ConnectionProfile) -> None:
    failed = demand_failure_at(run(replace(profile, protocol="https"), None), Step.LINE)
    assert "speaks no TLS" in failed.sentence


def test_that_a_certificate_nobody_vouches_for_is_refused(
    profile: ConnectionProfile, tls_port: int
) -> None:
    secure = replace(profile, host="localhost", port=tls_port, protocol="https")
    failed = demand_failure_at(run(secure, None), Step.LINE)
    assert "certificate of localhost is not trusted" in failed.sentence


def test_that_a_certificate_that_is_vouched_for_passes(
    profile: ConnectionProfile, tls_port: int, certificate: Path
) -> None:
    secure = replace(profile, host="localhost", port=tls_port, protocol="https")
    results = run(secure, None, ssl.create_default_context(cafile=str(certificate)))
    demand_failure_at(results, Step.KEY)
    assert "TLSv1.3, and the certificate is valid" in results[Step.LINE].sentence


def test_that_the_test_trusts_the_certificates_that_the_connector_does(
    profile: ConnectionProfile, tls_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = replace(profile, host="localhost", port=tls_port, protocol="https")
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    demand_failure_at(run(secure, None), Step.KEY)
    # Those that the variable names, and no others beside them.
    assert len(trust_of_the_connector().get_ca_certs()) <= 1
    for odd in (str(certificate.with_name("absent.pem")), os.devnull, __file__):
        monkeypatch.setenv("SSL_CERT_FILE", odd)
        failed = demand_failure_at(run(secure, None), Step.LINE)
        assert f"SSL_CERT_FILE is set to {odd}" in failed.sentence
        assert failed.next_step == "Correct the variable or remove it."
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(certificate))
    failed = demand_failure_at(run(secure, None), Step.LINE)
    assert "SSL_CERT_DIR is set to" in failed.sentence


@pytest.fixture
def proxy(tls_port: int) -> Iterator[list[bytes]]:
    """Set a proxy for this process; return what it was asked. It connects to the TLS server."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.MonkeyPatch.context() as patch:
        address = f"http://jo:p%40ss@127.0.0.1:{listening.getsockname()[1]}"
        for name in ("https_proxy", "HTTPS_PROXY"):
            patch.setenv(name, address)
        for name in ("no_proxy", "NO_PROXY"):
            patch.delenv(name, raising=False)
        thread = threading.Thread(target=pass_on, args=(listening, tls_port, asked))
        thread.start()
        yield asked
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def pass_on(listening: socket.socket, port: int, asked: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            with client:
                request = client.recv(4096)
                asked.append(request)
                if b"forbidden" in request:
                    client.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                    continue
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                with socket.create_connection(("127.0.0.1", port)) as server:
                    back = threading.Thread(target=copy, args=(server, client))
                    back.start()
                    copy(client, server)
                    back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_that_the_line_goes_through_the_proxy_as_the_connector_does(
    profile: ConnectionProfile, proxy: list[bytes], certificate: Path
) -> None:
    secure = replace(profile, host="localhost", port=443, protocol="https")
    results = run(secure, None, ssl.create_default_context(cafile=str(certificate)))
    demand_failure_at(results, Step.KEY)
    assert "127.0.0.1 needs no look-up; it is this computer's proxy" in results[Step.NAME].sentence
    assert "open through the proxy, TLS" in results[Step.LINE].sentence
    assert proxy[0].startswith(b"CONNECT localhost:443 ")
    assert base64.b64encode(b"jo:p@ss") in proxy[0]
    assert "p@ss" not in repr(results)


def test_that_a_proxy_that_refuses_is_named(profile: ConnectionProfile, proxy: list[bytes]) -> None:
    secure = replace(profile, host="forbidden.example", port=443, protocol="https")
    failed = demand_failure_at(run(secure, None), Step.LINE)
    assert "proxy 127.0.0.1 does not connect to forbidden.example" in failed.sentence
    assert "HTTPS_PROXY" in failed.next_step


def test_that_a_proxy_nobody_knows_is_named(
    profile: ConnectionProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.{'a' * 70}:80")
    secure = replace(profile, host="localhost", protocol="https")
    failed = demand_failure_at(run(secure, None), Step.NAME)
    assert "The proxy 127.aaa" in failed.sentence


def test_that_a_missing_key_is_said(profile: ConnectionProfile) -> None:
    failed = demand_failure_at(run(profile, None), Step.KEY)
    assert failed.kind is FaultKind.NOT_CONFIGURED
    assert "import a key" in failed.next_step


def test_that_a_refused_key_is_said(profile: ConnectionProfile, other_key_pair: KeyPair) -> None:
    failed = demand_failure_at(run(profile, read_key(other_key_pair.der)), Step.KEY)
    assert failed.kind is FaultKind.REFUSED_KEY
    assert "ALTER USER" in failed.next_step


def test_that_a_role_that_is_not_granted_fails_after_the_key(
    profile: ConnectionProfile, key: PrivateKey
) -> None:
    results = run(replace(profile, role="NO_SUCH_ROLE"), key)
    failed = demand_failure_at(results, Step.ROLE)
    assert failed.kind is FaultKind.NOT_PERMITTED
    assert "role" in failed.sentence


def test_that_a_warehouse_that_does_not_exist_is_said(
    profile: ConnectionProfile, key: PrivateKey
) -> None:
    failed = demand_failure_at(run(replace(profile, warehouse="NO_SUCH_WH"), key), Step.WAREHOUSE)
    assert failed.kind is FaultKind.NOT_PERMITTED
    assert "warehouse" in failed.sentence


def test_that_a_table_that_does_not_exist_is_named(
    profile: ConnectionProfile, key: PrivateKey, telemetry_table: int
) -> None:
    failed = demand_failure_at(run(replace(profile, table="NO_SUCH_TABLE"), key), Step.TABLE)
    assert failed.kind is FaultKind.NOT_FOUND
    assert "NO_SUCH_TABLE" in failed.sentence


def test_that_a_table_without_a_needed_column_names_it(
    profile: ConnectionProfile, key: PrivateKey, snowflake_server: Emulator
) -> None:
    snowflake_server.load("SELECT 'barber' AS TRACK_ID, 1 AS RACE_NUM, 2 AS VEHICLE_NUMBER")
    failed = demand_failure_at(run(profile, key), Step.COLUMNS)
    assert failed.kind is FaultKind.MISSING_COLUMN
    assert "LAP, TIMESTAMP, SPEED" in failed.sentence


def test_that_columns_that_can_be_missed_are_named(
    profile: ConnectionProfile, key: PrivateKey, telemetry_table: int, snowflake_server: Emulator
) -> None:
    snowflake_server.sql(f"ALTER TABLE {TABLE} DROP COLUMN FLAG_AT_FL")
    results = run(profile, key)
    assert results[Step.COLUMNS].ok
    assert "it lacks FLAG_AT_FL" in results[Step.COLUMNS].sentence
    assert results[Step.ROWS].ok


def test_that_an_empty_table_is_a_failure_with_advice(
    profile: ConnectionProfile, key: PrivateKey, telemetry_table: int, snowflake_server: Emulator
) -> None:
    snowflake_server.sql(f"TRUNCATE TABLE {TABLE}")
    failed = demand_failure_at(run(profile, key), Step.ROWS)
    assert failed.kind is FaultKind.EMPTY
    assert "upload" in failed.next_step.lower()


def test_that_a_cancelled_test_ends_and_closes_its_session(
    profile: ConnectionProfile, key: PrivateKey, snowflake_server: Emulator, telemetry_table: int
) -> None:
    snowflake_server.fault("query", "slow", seconds=600, matching="CURRENT_USER")
    cancel = threading.Event()
    steps = diagnose(profile, lambda: key, cancel, limits=LIMITS)
    assert [next(steps).step, next(steps).step] == [Step.NAME, Step.LINE]
    timer = threading.Timer(0.3, cancel.set)
    timer.start()
    with pytest.raises(CancelledError):
        next(steps)
    timer.join()
    assert not snowflake_server.seen().running


def test_that_a_test_withdrawn_between_steps_asks_no_more(
    profile: ConnectionProfile, key: PrivateKey
) -> None:
    cancel = threading.Event()
    steps = diagnose(profile, lambda: key, cancel, limits=LIMITS)
    assert next(steps).ok
    cancel.set()
    with pytest.raises(CancelledError):
        next(steps)


def test_that_a_locked_keyring_is_the_failure_of_the_key(profile: ConnectionProfile) -> None:
    def locked() -> PrivateKey | None:
        raise KeyStorageError("The keyring is locked; unlock it.")

    results = list(diagnose(profile, locked, threading.Event(), limits=LIMITS))
    assert results[2].step is Step.KEY
    assert (results[2].sentence, results[2].next_step) == ("The keyring is locked.", "Unlock it.")


def test_that_no_secret_is_in_any_result(
    profile: ConnectionProfile, key: PrivateKey, telemetry_table: int, other_key_pair: KeyPair
) -> None:
    for used in (key, read_key(other_key_pair.der)):
        text = repr(run(profile, used))
        body = base64.b64encode(used.der_pkcs8).decode()
        assert body[200:240] not in text
        assert "PRIVATE" not in text
