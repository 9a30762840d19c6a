"""Everything that can go wrong with the server, in sentences of our own.

The connector's own words may carry parts of a login, so they are never shown, kept or logged: an
error is recognised by its class, its number and its SQL state, and only names of tables and
columns are taken over.
"""

from __future__ import annotations

import re
import ssl
from enum import StrEnum

from htt_desktop.sources.errors import CancelledError, SourceError

NOT_CONFIGURED = (
    "No connection to Snowflake is set up; open Connection, give account and user and import a key."
)
NO_KEY = (
    "There is no private key for this connection; open Connection and import a key or create one."
)

_BROKEN_ANSWER = frozenset({6, 252005, 370001})

_NO_ANSWER, _NO_ROLE, _NO_WAREHOUSE, _ABORTED = 4, 390189, 606, 604
_LOGIN_LATE, _QUERY_LATE, _DISABLED, _LOCKED, _NO_CREDITS = 14, 630, 390101, 390102, 90073

_NOT_TRUSTED = (
    "The certificate of the server is not trusted; if this network inspects encrypted traffic, "
    "have it exempt Snowflake or use another network, and check SSL_CERT_FILE and this computer's "
    "clock."
)
_OF_THE_LINE = frozenset({_NO_ANSWER, _LOGIN_LATE, 250001, 250003})
_CERTIFICATE = re.compile(r"\bcertificate\b|CERTIFICATE_VERIFY_FAILED", re.IGNORECASE)
_OBJECT = re.compile(
    r"(?:Object|Table|Schema|Database|View|Stage) '([\w$.\"]{1,200})' does not exist"
)
_COLUMN = re.compile(r"invalid identifier '([\w$.\"]{1,200})'")


class FaultKind(StrEnum):
    """Classes of faults; each has its own sentence and next step."""

    NOT_CONFIGURED = "not configured"
    REFUSED_KEY = "refused key"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    NOT_PERMITTED = "not permitted"
    NOT_FOUND = "not found"
    MISSING_COLUMN = "missing column"
    EMPTY = "empty"
    CANCELLED = "cancelled"
    SERVER_FAULT = "server fault"
    EXPIRED = "expired"


class SnowflakeError(SourceError):
    """The server gave no data.

    Parameters
    ----------
    kind
        Class of the fault.
    sentence
        What happened and what to do next.
    code
        The server's or connector's number, 0 when there is none.
    """

    def __init__(self, kind: FaultKind, sentence: str, code: int = 0) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.code = code

    @property
    def may_pass(self) -> bool:
        """True when reading once more, over a new connection, may help."""
        return self.kind in _PASSING or self.code in _BROKEN_ANSWER


class SnowflakeCancelledError(SnowflakeError, CancelledError):
    """The request was cancelled while the server was asked; it says so like a fault of its own."""

    def __init__(self) -> None:
        super().__init__(FaultKind.CANCELLED, _SENTENCES[FaultKind.CANCELLED])


_SENTENCES = {
    FaultKind.NOT_CONFIGURED: (
        "The connection to Snowflake is incomplete; open Connection and check account, user and "
        "the other fields."
    ),
    FaultKind.REFUSED_KEY: (
        "Snowflake refused the key; check account and user, have this key set for the user "
        "(Connection shows the ALTER USER line), and check this computer's clock."
    ),
    FaultKind.UNREACHABLE: (
        "Snowflake cannot be reached; check the network and the account's name, then try again."
    ),
    FaultKind.TIMED_OUT: (
        "Snowflake did not answer in time; try again, and press Test in Connection if it happens "
        "often."
    ),
    FaultKind.NOT_PERMITTED: (
        "The role may not do this; ask for the privileges that 'htt snowflake grants' prints."
    ),
    FaultKind.NOT_FOUND: (
        "An object does not exist on the server or the role may not see it; check database, "
        "schema and role in Connection, or run 'htt snowflake grants'."
    ),
    FaultKind.MISSING_COLUMN: (
        "The table lacks a column that is needed; upload the race again or name another table."
    ),
    FaultKind.EMPTY: "The table holds no rows of this race; choose another race or upload it.",
    FaultKind.CANCELLED: "The request to Snowflake was cancelled.",
    FaultKind.SERVER_FAULT: "Snowflake answered with a fault; try again in a minute.",
    FaultKind.EXPIRED: "The session with Snowflake has expired; try again to log in.",
}

_PASSING = frozenset({FaultKind.EXPIRED, FaultKind.UNREACHABLE})
# An answer that broke off or is none, rows that are none, and the server's own accident.


_CODES = {
    251001: FaultKind.NOT_CONFIGURED,  # no account
    251005: FaultKind.NOT_CONFIGURED,  # no user
    251006: FaultKind.NOT_CONFIGURED,  # no credentials
    251007: FaultKind.NOT_CONFIGURED,  # a value that is none
    251008: FaultKind.NOT_CONFIGURED,  # a key that is none
    390100: FaultKind.REFUSED_KEY,  # wrong name or password
    _DISABLED: FaultKind.REFUSED_KEY,
    _LOCKED: FaultKind.REFUSED_KEY,
    390144: FaultKind.REFUSED_KEY,  # the JWT is invalid
    390145: FaultKind.REFUSED_KEY,
    390422: FaultKind.NOT_PERMITTED,  # the network policy excludes this address
    390432: FaultKind.NOT_PERMITTED,
    _NO_ROLE: FaultKind.NOT_PERMITTED,
    390186: FaultKind.NOT_PERMITTED,  # the role is not granted
    3001: FaultKind.NOT_PERMITTED,  # insufficient privileges
    _NO_WAREHOUSE: FaultKind.NOT_PERMITTED,
    2003: FaultKind.NOT_FOUND,
    2043: FaultKind.NOT_FOUND,
    904: FaultKind.MISSING_COLUMN,
    250001: FaultKind.UNREACHABLE,
    250003: FaultKind.UNREACHABLE,
    390104: FaultKind.EXPIRED,  # the token belongs to no session any more
    390111: FaultKind.EXPIRED,  # the session is gone
    390112: FaultKind.EXPIRED,
    390114: FaultKind.EXPIRED,
    390115: FaultKind.EXPIRED,
    390195: FaultKind.EXPIRED,
    250002: FaultKind.EXPIRED,  # the connection was closed under us
    _ABORTED: FaultKind.SERVER_FAULT,  # by somebody else: our own aborts are never translated
    _QUERY_LATE: FaultKind.TIMED_OUT,  # STATEMENT_TIMEOUT_IN_SECONDS
    _LOGIN_LATE: FaultKind.TIMED_OUT,
    _NO_CREDITS: FaultKind.NOT_PERMITTED,
}
_STATES = {
    "HYT00": FaultKind.TIMED_OUT,
    "HYT01": FaultKind.TIMED_OUT,
    "42501": FaultKind.NOT_PERMITTED,
    "02000": FaultKind.NOT_FOUND,
    "42S02": FaultKind.NOT_FOUND,
    "08001": FaultKind.UNREACHABLE,
    "08S01": FaultKind.UNREACHABLE,
}
_SPECIAL = {
    # The connector tries again until its time is over, and says no more than that.
    _LOGIN_LATE: (
        "The login to Snowflake did not get through in time; press Test in Connection, which tells "
        "a wrong name, a closed port, a certificate that is not trusted and a silent server apart."
    ),
    _QUERY_LATE: (
        "The query took longer than the server allows; try again, or choose a larger warehouse in "
        "Connection if it happens often."
    ),
    _DISABLED: (
        "The user of this connection is disabled; ask the account's administrator to enable it."
    ),
    _LOCKED: (
        "The user of this connection is locked after too many failed logins; wait 15 minutes, or "
        "ask the account's administrator to unlock it."
    ),
    _NO_CREDITS: (
        "A resource monitor has stopped the warehouse, because its credits are used up; ask the "
        "administrator to raise its quota, or choose another warehouse in Connection."
    ),
    _NO_ROLE: (
        "The role of this connection does not exist or is not granted to the user; choose another "
        "role in Connection."
    ),
    _NO_WAREHOUSE: (
        "The role may not use the warehouse of this connection, or it does not exist; choose "
        "another warehouse in Connection."
    ),
    _ABORTED: (
        "The query was aborted on the server, by its administrator or a limit of the warehouse; "
        "try again, and ask them if it happens again."
    ),
    390422: (
        "The account admits no connections from this network; ask its administrator or use the "
        "team's VPN."
    ),
    390432: (
        "The account admits no connections from this network; ask its administrator or use the "
        "team's VPN."
    ),
}


def fault(kind: FaultKind, code: int = 0) -> SnowflakeError:
    """Return a fault with the sentence of its class."""
    if kind is FaultKind.CANCELLED:
        return SnowflakeCancelledError()
    return SnowflakeError(kind, _SPECIAL.get(code, _SENTENCES[kind]), code)


def translated(error: BaseException) -> SnowflakeError:
    """Return an error of the connector in our words.

    Never carries the connector's own text. An error that is ours already comes back unchanged.

    Examples
    --------
    >>> translated(TimeoutError("token=abc")).kind
    <FaultKind.TIMED_OUT: 'timed out'>
    """
    if isinstance(error, SnowflakeError):
        return error
    text = str(getattr(error, "raw_msg", "") or "")
    if isinstance(error, ssl.SSLError):
        return SnowflakeError(FaultKind.UNREACHABLE, _NOT_TRUSTED)
    code = getattr(error, "errno", None)
    number = code if isinstance(code, int) and code > 0 else 0
    if number in _OF_THE_LINE and _CERTIFICATE.search(text):
        return SnowflakeError(FaultKind.UNREACHABLE, _NOT_TRUSTED, number)
    kind = _kind(error, number)
    if kind is FaultKind.NOT_FOUND and (found := _OBJECT.search(text)):
        return SnowflakeError(
            kind,
            f"{_plain(found[1])} does not exist on the server or the role may not see it; check "
            "database, schema and role in Connection, or run 'htt snowflake grants'.",
            number,
        )
    if kind is FaultKind.MISSING_COLUMN and (found := _COLUMN.search(text)):
        return SnowflakeError(
            kind,
            f"The table lacks the column {_plain(found[1])}; upload the race again or name another "
            "table in Connection.",
            number,
        )
    return fault(kind, number)


def _kind(error: BaseException, code: int) -> FaultKind:
    if code == _NO_ANSWER:
        # The connector has given up an exchange: too late, put off once too often, or no line.
        words = str(getattr(error, "raw_msg", ""))
        if "deadline" in words:
            return FaultKind.TIMED_OUT
        return FaultKind.SERVER_FAULT if "retry-after" in words else FaultKind.UNREACHABLE
    state = str(getattr(error, "sqlstate", "") or "")
    if known := _CODES.get(code) or _STATES.get(state):
        return known
    if isinstance(error, OSError):
        return FaultKind.TIMED_OUT if isinstance(error, TimeoutError) else FaultKind.UNREACHABLE
    expired = type(error).__name__ == "ReauthenticationRequest"
    return FaultKind.EXPIRED if expired else FaultKind.SERVER_FAULT


def _plain(name: str) -> str:
    return name.replace('"', "")
