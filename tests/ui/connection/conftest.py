"""A service on its stage, and key files of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from tests.keyring.encrypted_key import encrypted_pem
from tests.ui.connection.stage import Stage, stage_of_two

PASSPHRASE = "correct horse battery"  # noqa: S105 - of a key made for the test


@pytest.fixture(scope="session")
def key() -> PrivateKey:
    return create_key()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """Return a stage with two profiles; the team's is in use."""
    yield from stage_of_two(tmp_path)


@pytest.fixture
def key_file(tmp_path: Path, key: PrivateKey) -> Path:
    """Return a file with the key in DER, not encrypted."""
    file = tmp_path / "rsa_key.der"
    file.write_bytes(key.der_pkcs8)
    return file


@pytest.fixture
def encrypted_file(tmp_path: Path, key: PrivateKey) -> Path:
    """Return a file with the key in PEM under :data:`PASSPHRASE`."""
    file = tmp_path / "rsa_key.p8"
    file.write_bytes(encrypted_pem(key, PASSPHRASE))
    return file
