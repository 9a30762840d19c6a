# mypy: disable-error-code="import-not-found"
"""Sessions that clients opened, each with a connection of fakesnow."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from fakesnow.instance import FakeSnow

from tests.snowflake.server.accounts import Role
from tests.snowflake.server.answers import MASTER_EXPIRED, SESSION_EXPIRED, SESSION_UNKNOWN, Refused

_numbers = itertools.count(1_000_001)


@dataclass(eq=False)
class Session:
    """What a login began; ``expired`` is empty, ``"session"`` or ``"master"``."""

    user: str
    role: str
    rights: Role
    warehouse: str | None
    database: str | None
    schema: str | None
    account: str
    connection: Any
    parameters: dict[str, Any]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    master_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    number: int = field(default_factory=lambda: next(_numbers))
    lock: threading.Lock = field(default_factory=threading.Lock)
    in_transaction: bool = False
    expired: str = ""
    renewals: int = 0

    @property
    def query_tag(self) -> str:
        """The session's QUERY_TAG."""
        return str(self.parameters.get("QUERY_TAG", ""))

    @property
    def limit_s(self) -> float:
        """How long a statement may run; 0 is for ever."""
        return float(self.parameters.get("STATEMENT_TIMEOUT_IN_SECONDS", 0))

    def note(self, sql: str, connection: Any) -> None:  # noqa: ANN401 - fakesnow's
        """Keep in mind what a statement changed of the session."""
        if re.match(r"\s*(begin|start\s+transaction)\b", sql, re.IGNORECASE):
            self.in_transaction = True
        elif re.match(r"\s*(commit|rollback)\b", sql, re.IGNORECASE):
            self.in_transaction = False
        if connection is self.connection:
            self.database = connection.database if connection.database_set else None
            self.schema = connection.schema if connection.schema_set else None


class Sessions:
    """The open sessions by token, over one DuckDB in memory."""

    def __init__(self) -> None:
        self.open: dict[str, Session] = {}
        self.fakesnow = new_database()

    def connect(self, database: str | None, schema: str | None) -> Any:  # noqa: ANN401 - fakesnow's
        """Return a connection of its own; queries on different ones run at the same time."""
        return self.fakesnow.connect(database, schema)

    def of(self, authorization: str) -> Session:
        """Return the session of a request's header.

        Raises
        ------
        Refused
            Nobody logged in, or it was long ago.
        """
        session = self.open.get(_token(authorization))
        if session is None:
            raise Refused(*SESSION_UNKNOWN)
        if session.expired == "session":
            raise Refused(*SESSION_EXPIRED)
        if session.expired == "master":
            raise Refused(*MASTER_EXPIRED)
        return session

    def renew(self, authorization: str) -> Session:
        """Give the session of a master token a new token."""
        master = _token(authorization)
        session = next((one for one in self.open.values() if one.master_token == master), None)
        if session is None or session.expired == "master":
            raise Refused(*MASTER_EXPIRED)
        self.open.pop(session.token)
        session.token, session.expired = secrets.token_urlsafe(32), ""
        session.renewals += 1
        self.open[session.token] = session
        return session

    def close(self, session: Session) -> None:
        """End a session and what it has not committed."""
        self.open.pop(session.token, None)
        with session.lock:
            session.connection.close()


def new_database() -> FakeSnow:
    """Return an empty server; a database or schema that nobody created is not there."""
    return FakeSnow(create_database_on_connect=False, create_schema_on_connect=False)


def _token(authorization: str) -> str:
    return authorization.removeprefix('Snowflake Token="').removesuffix('"')
