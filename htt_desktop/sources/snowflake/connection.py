"""The one connection of a session: opened when needed, closed without waiting for the network."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import htt_desktop
from htt_desktop.sources.packs.arrow_memory import without_pandas
from htt_desktop.sources.query_history import DONE, QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.abandonable_call import AbandonableCall, Deadline
from htt_desktop.sources.snowflake.faults import NO_KEY, NOT_CONFIGURED, FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.statement import QueryResult, Statement, Writing

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile


APPLICATION = f"htt-desktop {htt_desktop.__version__}"
"""How the server's own history calls us."""

_LONGEST_PURPOSE = 200


class ServerConnection:
    """A connection to the server, or none yet.

    Parameters
    ----------
    profile, load_key, limits, clock
        As for the session.

    Attributes
    ----------
    logins
        How often it was opened.
    """

    def __init__(
        self,
        profile: ConnectionProfile,
        load_key: Callable[[], PrivateKey | None],
        limits: TimeLimits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.logins = 0
        self._profile = profile
        self._load_key = load_key
        self._limits = limits
        self._clock = clock
        self._connection: Any = None
        self._used_at = clock()

    @property
    def is_open(self) -> bool:
        """True while there is a connection."""
        return self._connection is not None

    @property
    def is_stale(self) -> bool:
        """True when nobody has used the connection for a while."""
        return self.is_open and self._clock() - self._used_at >= self._limits.idle_s

    def used(self) -> None:
        """Note that the connection is in use."""
        self._used_at = self._clock()

    def open(self, deadline: Deadline) -> Any:  # noqa: ANN401 - the connector's
        """Return the connection, logging in if there is none.

        Raises
        ------
        SnowflakeError
            Why there is none.
        """
        deadline.check()
        if self._connection is None:
            key = demand_complete(self._profile, self._load_key())
            opened: list[Any] = []
            deadline.allow(self._limits.login_s + 1)
            call = AbandonableCall(
                lambda _: opened.append(log_in(self._profile, key, self._limits))
            )
            try:
                for _ in call.follow(deadline):
                    pass
            except SnowflakeError:
                if call.leave(0, lambda: _close_all(opened)):
                    # It had just arrived when nobody waited any more.
                    AbandonableCall(lambda _: _close_all(opened))
                raise
            self._connection = opened[0]
            self.logins += 1
        self.used()
        return self._connection

    def drop(self) -> None:
        """Close the connection, on a thread of its own: a dead line makes that slow."""
        connection, self._connection = self._connection, None
        if connection is not None:
            AbandonableCall(lambda _: connection.close(retry=False)).leave(
                self._limits.leave_s, lambda: None
            )

    def withdraw(self, call: AbandonableCall, statement: Statement | Writing) -> None:
        """Abort a statement, and give the connection up when it does not answer in time."""
        connection = self._connection
        call.stop.set()
        aborted = AbandonableCall(lambda _: statement.abort()).leave(
            self._limits.leave_s, lambda: None
        )
        patience_s = self._limits.leave_s if aborted else 0.0
        ended = call.leave(patience_s, lambda: connection.close(retry=False))
        if not ended or connection.is_closed():
            self._connection = None


def _close_all(connections: Sequence[Any]) -> None:
    for connection in connections:
        connection.close(retry=False)


def tag(purpose: str) -> str:
    """Return what the server's own history shows beside a statement."""
    return json.dumps({"application": APPLICATION, "purpose": purpose[:_LONGEST_PURPOSE]})


@contextmanager
def recorded(
    history: QueryHistory, purpose: str, statement: Statement | Writing, answer: QueryResult
) -> Iterator[None]:
    """Fill in id and times of an answer, and leave a record of what happened inside."""
    started, began = datetime.now(UTC), time.monotonic()
    outcome = DONE
    try:
        yield
    except SnowflakeError as error:
        outcome = error.kind.value
        raise
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        answer.query_id = statement.query_id
        answer.server_s = statement.server_s
        answer.client_s = time.monotonic() - began
        history.add(
            QueryRecord(
                answer.query_id,
                purpose,
                started,
                answer.rows,
                answer.bytes,
                answer.server_s,
                answer.client_s,
                outcome,
            )
        )


def demand_complete(profile: ConnectionProfile, key: PrivateKey | None) -> PrivateKey:
    """Return the key of a connection that can be tried.

    Raises
    ------
    SnowflakeError
        Account, user or key are missing.
    """
    if not profile.account or not profile.user:
        raise SnowflakeError(FaultKind.NOT_CONFIGURED, NOT_CONFIGURED)
    if key is None:
        raise SnowflakeError(FaultKind.NOT_CONFIGURED, NO_KEY)
    return key


def log_in(profile: ConnectionProfile, key: PrivateKey, limits: TimeLimits) -> Any:  # noqa: ANN401
    """Return an open connection of the connector.

    Blocks, and raises the connector's own errors, whose text must not leave this package.
    """
    # Its native half asks the addresses of three clouds where it runs, and the option of
    # ``connect`` that forbids it has no effect there.
    os.environ.setdefault("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    connector = _connector()
    address: dict[str, Any] = {}
    if profile.host:
        address = {"host": profile.host, "protocol": profile.protocol or "https"}
        if profile.port:
            address["port"] = profile.port
    optional = {
        "role": profile.role,
        "warehouse": profile.warehouse,
        "database": profile.database,
        "schema": profile.schema,
    }
    return connector.connect(
        account=profile.account,
        user=profile.user,
        authenticator="SNOWFLAKE_JWT",
        private_key=key.der_pkcs8,
        paramstyle="qmark",
        application="htt_desktop",
        login_timeout=max(1, round(limits.login_s)),
        query_timeout=max(1, round(limits.query_s)),
        request_timeout=max(1, round(limits.request_s)),
        # Without it the connector warns; the session ends with the program, no need to keep it.
        enable_server_session_keep_alive_auto_detection=False,
        platform_detection_timeout_seconds=0,
        session_parameters={
            "QUERY_TAG": APPLICATION,
            "CLIENT_TELEMETRY_ENABLED": False,
            "TIMEZONE": "UTC",
        },
        **address,
        **{name: value for name, value in optional.items() if value},
    )


def _connector() -> Any:  # noqa: ANN401 - typed, but loaded here only
    """Return the connector's module; loading it takes 0.3 s, so on the worker's thread."""
    # Its own lines name hosts, users and statements, which our log shall not hold.
    logging.getLogger("snowflake").setLevel(logging.CRITICAL)
    # It would spend 1.3 s and 50 MB on pandas.
    with without_pandas():
        import snowflake.connector as module  # noqa: PLC0415
    return module
