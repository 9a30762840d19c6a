"""Fixtures: keys, a real Secret Service, and Windows' Credential Manager with its limit."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from tests.keyring.credential_manager import CredentialManager


@pytest.fixture(scope="session")
def key() -> PrivateKey:
    """Return a key of 2048 bits."""
    return create_key()


@pytest.fixture(scope="session")
def other_key() -> PrivateKey:
    """Return another key of 2048 bits."""
    return create_key()


@pytest.fixture(scope="session")
def long_key() -> PrivateKey:
    """Return a key of 4096 bits."""
    return create_key(4096)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Return the file by which programs take turns."""
    return tmp_path / "keyring.lock"


@pytest.fixture
def credential_manager(monkeypatch: pytest.MonkeyPatch) -> CredentialManager:
    """Return Windows' store as keyring's own module for Windows uses it."""
    manager = CredentialManager()
    manager.install(monkeypatch)
    return manager


@pytest.fixture
def windows_backend(credential_manager: CredentialManager) -> KeyringBackend:
    """Return keyring's own backend for Windows over that store."""
    from keyring.backends.Windows import WinVaultKeyring

    return WinVaultKeyring()  # type: ignore[no-untyped-call]


if sys.platform == "linux":
    from tests.keyring.secret_service import (
        PACKAGES,
        SecretService,
        missing_programs,
        secret_service_backend,
    )

    @contextmanager
    def _running_service() -> Iterator[SecretService]:
        missing = missing_programs()
        if missing:
            pytest.skip(f"needs {' and '.join(missing)}: apt-get install {PACKAGES}")
        # The name of a socket may have 107 characters, so it is not below tmp_path.
        folder = Path(tempfile.mkdtemp(prefix="htt-keyring-"))
        try:
            with SecretService(folder) as service:
                yield service
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _in_use(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, service.environment[name])
        return service

    @pytest.fixture(scope="session")
    def _secret_service() -> Iterator[SecretService]:
        with _running_service() as service:
            yield service

    @pytest.fixture
    def secret_service(
        _secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
    ) -> SecretService:
        """Return a running GNOME Keyring, unlocked and empty."""
        service = _in_use(_secret_service, monkeypatch)
        service.remove("")
        return service

    @pytest.fixture
    def own_secret_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
        """Return a GNOME Keyring for one test, which may lock it."""
        with _running_service() as service:
            yield _in_use(service, monkeypatch)

    @pytest.fixture
    def backend(secret_service: SecretService) -> KeyringBackend:
        """Return keyring's backend for it."""
        return secret_service_backend()
