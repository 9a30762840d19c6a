"""Fixtures around the Snowflake emulator.

``snowflake_server``
    The server, empty at the start of every test; ``key_pair`` is registered for the users
    ``ENGINEER`` (reads) and ``LOADER`` (writes).
``key_pair``, ``other_key_pair``
    RSA keys of 2048 bits, made once per run; the other one is nobody's.
``arguments``, ``loader_arguments``
    What connector 5 needs to log in as the engineer, or as the loader; a copy for each test.
``telemetry_table``
    The server with ``HACKTHETRACK.TELEMETRY.TELEMETRY_DATA_ALL`` holding two cars of the
    bundled Barber race 1; its value is the row count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.snowflake.emulator import (
    LOADER,
    USER,
    WRITE_ROLE,
    Emulator,
    KeyPair,
    connect_arguments,
)

collect_ignore = ["server"]
"""It runs in an environment of its own; nothing in it is a test."""


@pytest.fixture(scope="session")
def snowflake_process() -> Iterator[Emulator]:
    """Return the server process, started once per run."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def snowflake_server(
    snowflake_process: Emulator, key_pair: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Emulator]:
    """Return the server as it is before anything happened."""
    # The connector would ask a proxy even for this machine.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    snowflake_process.reset()
    for user in (USER, LOADER):
        snowflake_process.register(user, key_pair.public_pem)
    yield snowflake_process
    # What hangs would hold up the end of the test's own connections.
    snowflake_process.clear_faults()


@pytest.fixture(scope="session")
def key_pair() -> KeyPair:
    """Return the key that the server knows."""
    return KeyPair.make()


@pytest.fixture(scope="session")
def other_key_pair() -> KeyPair:
    """Return a key that the server does not know."""
    return KeyPair.make()


@pytest.fixture
def arguments(snowflake_server: Emulator, key_pair: KeyPair) -> dict[str, Any]:
    """Return the arguments of ``snowflake.connector.connect``."""
    return connect_arguments(snowflake_server, key_pair)


@pytest.fixture
def loader_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the same for the user who may write."""
    return {**arguments, "user": LOADER, "role": WRITE_ROLE}


@pytest.fixture
def telemetry_table(snowflake_server: Emulator, data_dir: Path) -> int:
    """Fill the telemetry table with two cars and return its row count."""
    pack = data_dir / "packs" / "barber_r1.parquet"
    return snowflake_server.load_parquet(pack, where="VEHICLE_NUMBER IN (2, 13)")
