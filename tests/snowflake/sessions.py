"""Sessions of ours with the test server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from tests.patience import PATIENCE_S
from tests.snowflake.emulator import (
    ACCOUNT,
    DATABASE,
    READ_ROLE,
    SCHEMA,
    USER,
    WAREHOUSE,
    Emulator,
    KeyPair,
)

_GLANCE_S = 0.01
LIMITS = TimeLimits(login_s=4, query_s=8, job_s=20, request_s=4, leave_s=1)


def profile_of(server: Emulator, **changes: Any) -> ConnectionProfile:  # noqa: ANN401
    """Return the profile of the engineer, with some fields changed."""
    profile = ConnectionProfile(
        "test",
        ACCOUNT,
        USER,
        READ_ROLE,
        WAREHOUSE,
        DATABASE,
        SCHEMA,
        host="127.0.0.1",
        port=server.port,
        protocol="http",
    )
    return replace(profile, **changes)


def session_of(
    server: Emulator,
    keys: KeyPair | None,
    *,
    limits: TimeLimits = LIMITS,
    clock: Callable[[], float] = time.monotonic,
    **changes: Any,  # noqa: ANN401
) -> SnowflakeSession:
    """Return a session of the engineer that has not logged in yet."""
    key = None if keys is None else read_key(keys.der)
    return SnowflakeSession(
        profile_of(server, **changes), lambda: key, QueryHistory(), limits, clock
    )


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Ask again and again until something has happened."""
    end = time.monotonic() + PATIENCE_S
    glance = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {PATIENCE_S:.0f} s"
        glance.wait(_GLANCE_S)


class Aside:
    """Something that runs on a thread of its own while the test goes on."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.error: BaseException | None = None
        self.result: object = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        """Wait for it."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "it did not end"

    def _run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error
