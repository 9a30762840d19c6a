"""Logging in, and the answers that carry tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.snowflake.server.accounts import Accounts
from tests.snowflake.server.answers import Refused, said
from tests.snowflake.server.sessions import Session, Sessions

VALID_S, MASTER_VALID_S = 3600, 14400


def log_in(
    accounts: Accounts, sessions: Sessions, data: dict[str, Any], asked: Mapping[str, str]
) -> Session:
    """Return a new session.

    A warehouse or database that is not there leaves the session without one, as on the real
    server; only a role is refused.

    Raises
    ------
    Refused
        390100, 390144 or 390189.
    """
    user = str(data.get("LOGIN_NAME", "")).upper()
    if data.get("AUTHENTICATOR") != "SNOWFLAKE_JWT":
        raise Refused("390100", "Incorrect username or password was specified.")
    accounts.verify(data["ACCOUNT_NAME"], user, data.get("TOKEN", ""))
    names = {
        key: (asked.get(key) or "").strip('"').upper() or None
        for key in ("databaseName", "schemaName", "warehouse", "roleName")
    }
    role = names["roleName"] or "PUBLIC"
    rights = accounts.roles.get(role)
    if rights is None:
        raise Refused(
            "390189",
            f"Role '{role}' specified in the connect string does not exist or not authorized. "
            "Contact your local system administrator, or attempt to login with another role, "
            "e.g. PUBLIC.",
        )
    connection = sessions.connect(names["databaseName"], names["schemaName"])
    session = Session(
        user=user,
        role=role,
        rights=rights,
        warehouse=names["warehouse"] if names["warehouse"] in accounts.warehouses else None,
        database=connection.database if connection.database_set else None,
        schema=connection.schema if connection.schema_set else None,
        account=str(data["ACCOUNT_NAME"]).upper(),
        connection=connection,
        parameters=dict(data.get("SESSION_PARAMETERS") or {}),
    )
    sessions.open[session.token] = session
    return session


def login_answer(session: Session) -> dict[str, Any]:
    """Return what connector 5 insists on hearing after a login."""
    return said(
        {
            "token": session.token,
            "masterToken": session.master_token,
            "validityInSeconds": VALID_S,
            "masterValidityInSeconds": MASTER_VALID_S,
            "sessionId": session.number,
            "displayUserName": session.user,
            "serverVersion": "9.30.0",
            "parameters": [
                {"name": "AUTOCOMMIT", "value": True},
                # Batches of values come in the request and not as a staged file.
                {"name": "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", "value": 0},
            ],
            "sessionInfo": {
                "databaseName": session.database,
                "schemaName": session.schema,
                "warehouseName": session.warehouse,
                "roleName": session.role,
            },
        }
    )


def renewal_answer(session: Session) -> dict[str, Any]:
    """Return a renewed session's tokens; the same things have other names here."""
    return said(
        {
            "sessionToken": session.token,
            "masterToken": session.master_token,
            "validityInSecondsST": VALID_S,
            "validityInSecondsMT": MASTER_VALID_S,
            "sessionId": session.number,
        }
    )
