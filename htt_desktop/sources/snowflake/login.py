"""Logging in with a key pair."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import htt_desktop
from htt_desktop.sources.packs.arrow import without_pandas
from htt_desktop.sources.snowflake.faults import NO_KEY, NOT_CONFIGURED, FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.limits import TimeLimits

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile

APPLICATION = f"htt-desktop {htt_desktop.__version__}"
"""How the server's own history calls us."""


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
