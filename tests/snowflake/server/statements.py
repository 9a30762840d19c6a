"""Statements that the server judges or answers itself."""

from __future__ import annotations

import re

from tests.snowflake.server.answers import Refused
from tests.snowflake.server.sessions import Session

_WRITING = re.compile(
    r"\s*(insert|update|delete|merge|truncate|copy|put|remove|rm)\b", re.IGNORECASE
)
_CREATING = re.compile(r"\s*(create|alter\s+(?!session)|drop|grant|revoke|comment)\b", re.IGNORECASE)
_COMPUTING = re.compile(r"\s*(select|with|insert|update|delete|merge|copy)\b", re.IGNORECASE)
_READING = re.compile(r"\s*(select|with|describe|desc)\b.*\bfrom\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(
    r"\s*alter\s+session\s+(?:set\s+query_tag\s*=\s*'((?:[^']|'')*)'|unset\s+query_tag)\s*;?\s*$",
    re.IGNORECASE,
)
_USE = re.compile(r"\s*use\s+(role|warehouse)\s+\"?(\w+)\"?\s*;?\s*$", re.IGNORECASE)
_OURSELVES = {
    "current_role": lambda session: session.role,
    "current_warehouse": lambda session: session.warehouse,
    "current_user": lambda session: session.user,
    "current_session": lambda session: str(session.number),
}


def demand_rights(session: Session, sql: str) -> None:
    """Refuse what the session's role may not do, or has no warehouse for.

    Raises
    ------
    Refused
        003001, 002003 or 000606, as Snowflake says it.
    """
    rights = session.rights
    if (_WRITING.match(sql) and not rights.write) or (_CREATING.match(sql) and not rights.create):
        what = " ".join(sql.split()[:3]).upper()
        raise Refused(
            "003001",
            f"SQL access control error:\nInsufficient privileges to operate on '{what}'",
            "42501",
        )
    if _READING.match(sql) and not rights.read:
        table = re.search(r"\bfrom\s+(\S+)", sql, re.IGNORECASE)
        name = table[1].upper() if table else ""
        raise Refused(
            "002003",
            f"SQL compilation error:\nObject '{name}' does not exist or not authorized.",
            "42S02",
        )
    if _COMPUTING.match(sql) and session.warehouse is None and re.search(r"\bfrom\b", sql, re.I):
        raise Refused(
            "000606",
            "No active warehouse selected in the current session.  Select an active warehouse "
            "with the 'use warehouse' command.",
            "57P03",
        )


def shortcut(session: Session, sql: str) -> str:
    """Carry out what concerns the session alone, and return what is left for DuckDB."""
    if tag := _TAG.match(sql):
        session.parameters["QUERY_TAG"] = (tag[1] or "").replace("''", "'")
        return "SELECT 'Statement executed successfully.' AS status"
    for name, value in _OURSELVES.items():
        text = value(session)
        literal = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
        sql = re.sub(rf"\b{name}\(\)(?=(\s+as\b)?)", lambda _, it=literal: it, sql, flags=re.I)
    return sql
