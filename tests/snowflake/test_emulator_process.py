"""The emulator's process: it starts by itself and never outlives the tests."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path

import psutil
import pytest

from tests.patience import PATIENCE_S
from tests.snowflake.emulator import TABLE, Emulator


def test_that_it_listens_on_this_machine_only(snowflake_process: Emulator) -> None:
    process = psutil.Process(snowflake_process.pid)
    listening = [one.laddr for one in process.net_connections() if one.status == "LISTEN"]
    assert [(one.ip, one.port) for one in listening] == [("127.0.0.1", snowflake_process.port)]


def test_that_two_of_them_do_not_meet(snowflake_process: Emulator) -> None:
    with Emulator() as other:
        assert other.port != snowflake_process.port


def test_that_it_ends_when_its_input_does() -> None:
    with Emulator() as emulator:
        process = psutil.Process(emulator.pid)
    assert not process.is_running()


def test_that_it_ends_with_a_hanging_request() -> None:
    with Emulator() as emulator:
        emulator.fault("login", "hang", times=None)
        client = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=PATIENCE_S)
        client.request("POST", "/session/v1/login-request", "{}")
        while not emulator.seen().count("login"):
            pass
        process = psutil.Process(emulator.pid)
    client.close()
    assert not process.is_running()


def test_that_a_program_that_is_no_emulator_is_noticed(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    with pytest.raises(RuntimeError, match="did not start"):
        Emulator(python)


def test_that_a_reset_leaves_nothing(snowflake_server: Emulator, telemetry_table: int) -> None:
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {TABLE}") == [[telemetry_table]]  # noqa: S608
    snowflake_server.reset()
    with pytest.raises(RuntimeError, match="does not exist"):
        snowflake_server.sql(f"SELECT COUNT(*) FROM {TABLE}")  # noqa: S608
    assert snowflake_server.seen().queries == []
