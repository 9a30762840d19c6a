"""A key of 4096 bits in a real Secret Service."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from htt_desktop.sources.credentials.private_key import create_key
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import spread, timed

KEEP_MS, READ_MS = 2000.0, 1000.0


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_keeping_a_key(
    results: Results, quick: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.keyring.secret_service import (
        SecretService,
        missing_programs,
        secret_service_backend,
    )

    if missing_programs():
        pytest.skip(f"needs {' and '.join(missing_programs())}")
    key = create_key(4096)
    # The name of a socket may have 107 characters, so it is not below tmp_path.
    with (
        tempfile.TemporaryDirectory(prefix="htt-keyring-", ignore_cleanup_errors=True) as folder,
        SecretService(Path(folder)) as service,
    ):
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, service.environment[name])
        store = KeyringKeys(tmp_path / "keyring.lock", secret_service_backend())
        kept = [timed(lambda: store.save("Team", key)) for _ in range(3 if quick else 9)]
        read = [timed(lambda: store.load("Team")) for _ in range(3 if quick else 9)]
    for what, took, limit_ms in (("kept", kept, KEEP_MS), ("read", read, READ_MS)):
        found = spread(took)
        text = f"a key of 4096 bits {what}"
        results.add(Row("keyring", text, found.median_ms, "ms", Target(limit_ms)))
