"""The doctor's look at the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from htt_desktop.cli.doctor import server
from htt_desktop.cli.doctor.findings import Finding, State
from tests.cli.program import htt
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.uploads import Uploader


@pytest.fixture
def environment(
    snowflake_server: Emulator, key_pair: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    made = Uploader(snowflake_server, key_pair)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made.environment
    made.session.close()


def looked_at() -> list[Finding]:
    return list(server.profiles(offline=False))


def test_that_a_working_connection_is_tried_to_the_rows(
    environment: dict[str, str], telemetry_table: int
) -> None:
    findings = looked_at()
    assert {finding.state for finding in findings} == {State.OK}
    server = [finding.text for finding in findings if finding.name == "server of environment"]
    assert len(server) == 8
    assert f"{telemetry_table:,} rows" in server[-1]


def test_that_a_refused_key_is_broken_with_its_next_step(
    environment: dict[str, str], snowflake_server: Emulator
) -> None:
    snowflake_server.forget_keys("LOADER")
    last = looked_at()[-1]
    assert last.state is State.BROKEN
    assert last.text.startswith("key: ")
    assert "ALTER USER" in last.next_step


def test_that_a_server_that_hangs_does_not_hang_the_doctor(
    environment: dict[str, str], snowflake_server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SERVER_PATIENCE_S", 1.0)
    snowflake_server.fault("login", "hang", times=None)
    last = looked_at()[-1]
    snowflake_server.clear_faults()
    assert last.state is State.BROKEN
    assert "longer than 1 s" in last.text


def test_that_no_secret_is_printed(
    environment: dict[str, str], telemetry_table: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = htt(capsys, "doctor")
    assert answer.code == 0, answer.out
    assert "SHA256:" in answer.out
    assert "SNOWFLAKE_PRIVATE_KEY_BASE64" in answer.out
    key = environment["SNOWFLAKE_PRIVATE_KEY_BASE64"]
    parts = [key[start : start + 24] for start in range(0, len(key) - 24, 24)]
    assert not any(part in answer.out + answer.err for part in parts)
