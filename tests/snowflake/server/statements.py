"""Statements that the server judges, or answers itself because fakesnow cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.snowflake.server import stages
from tests.snowflake.server.accounts import Accounts
from tests.snowflake.server.answers import Refused
from tests.snowflake.server.sessions import Session

DONE = "SELECT 'Statement executed successfully.' AS \"status\""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{text}\s*;?\s*$", re.IGNORECASE | re.DOTALL)


_WRITING = _pattern(r"(insert|update|delete|merge|truncate|copy|put|remove|rm)\b.*")
_CREATING = _pattern(r"(create|alter\s+(?!session)|drop|grant|revoke|comment)\b.*")
_COMPUTING = _pattern(r"(select|with|insert|update|delete|merge|copy)\b.*\b(from|into)\b.*")
_READING = _pattern(r"(?:select|with)\b.*?\bfrom\s+([\w.\"]+).*|desc(?:ribe)?\s+table\s+(\S+)")

_NAMES: dict[str, Callable[[Session], str | None]] = {
    "current_role": lambda session: session.role,
    "current_warehouse": lambda session: session.warehouse,
    "current_user": lambda session: session.user,
    "current_account": lambda session: session.account,
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
        what = " ".join(sql.split()[:2]).upper()
        sentence = f"SQL access control error:\nInsufficient privileges to operate on '{what}'"
        raise Refused("003001", sentence, "42501")
    reading = _READING.match(sql)
    if reading and not rights.read:
        raise _missing("Object", reading[1] or reading[2])
    if _COMPUTING.match(sql) and session.warehouse is None:
        sentence = (
            "No active warehouse selected in the current session.  Select an active warehouse "
            "with the 'use warehouse' command."
        )
        raise Refused("000606", sentence, "57P03")


def shortcut(session: Session, accounts: Accounts, sql: str) -> str:
    """Carry out what DuckDB has no notion of, and return the statement that is left for it."""
    for pattern, carry_out in _OWN:
        if found := pattern.match(sql):
            return carry_out(session, accounts, found)
    for name, value in _NAMES.items():
        literal = _literal(value(session))
        sql = re.sub(rf"\b{name}\s*\(\s*\)", literal.replace("\\", r"\\"), sql, flags=re.IGNORECASE)
    return sql


def _set_parameter(session: Session, _accounts: Accounts, found: re.Match[str]) -> str:
    quoted, plain = found[2], found[3]
    value = quoted.replace("''", "'") if quoted is not None else plain
    session.parameters[found[1].upper()] = value
    return DONE


def _unset_parameter(session: Session, _accounts: Accounts, found: re.Match[str]) -> str:
    session.parameters.pop(found[1].upper(), None)
    return DONE


def _use_role(session: Session, accounts: Accounts, found: re.Match[str]) -> str:
    name = found[1].upper()
    if name not in accounts.roles:
        raise _missing("Role", name)
    session.role, session.rights = name, accounts.roles[name]
    return DONE


def _use_warehouse(session: Session, accounts: Accounts, found: re.Match[str]) -> str:
    if found[1].upper() not in accounts.warehouses:
        raise _missing("Warehouse", found[1].upper())
    session.warehouse = found[1].upper()
    return DONE


def _set_key(_session: Session, accounts: Accounts, found: re.Match[str]) -> str:
    accounts.register(found[1], found[2])
    return DONE


def _describe_user(_session: Session, accounts: Accounts, found: re.Match[str]) -> str:
    keys = accounts.keys.get(found[1].upper())
    if keys is None:
        raise _missing("User", found[1].upper())
    rows = [("NAME", found[1].upper()), ("RSA_PUBLIC_KEY_FP", list(keys)[-1])]
    return _rows(('"property"', '"value"'), rows)


def _remove(session: Session, _accounts: Accounts, found: re.Match[str]) -> str:
    name, slash, path = found[1].strip("'").replace('"', "").partition("/")
    here = [session.database or "", session.schema or ""]
    parts = [*here, *name.upper().split(".")][-3:]
    removed = stages.remove(".".join(parts) + slash + path)
    return _rows(('"name"', '"result"'), [(file, "removed") for file in removed])


def _copy_one_file(_session: Session, _accounts: Accounts, found: re.Match[str]) -> str:
    return f"{found[1]}{found[2].rstrip('/')}/{found[4]} {found[3]} {found[5]}"


def _nothing(_session: Session, _accounts: Accounts, _found: re.Match[str]) -> str:
    return DONE


_Own = tuple[re.Pattern[str], Callable[[Session, Accounts, re.Match[str]], str]]

_OWN: tuple[_Own, ...] = (
    (
        _pattern(
            r"alter\s+session\s+set\s+(query_tag|statement_timeout_in_seconds)\s*=\s*(?:'((?:[^']|'')*)'|(\d+))"
        ),
        _set_parameter,
    ),
    (
        _pattern(r"alter\s+session\s+unset\s+(query_tag|statement_timeout_in_seconds)"),
        _unset_parameter,
    ),
    (_pattern(r'use\s+role\s+"?(\w+)"?'), _use_role),
    (_pattern(r'use\s+warehouse\s+"?(\w+)"?'), _use_warehouse),
    (_pattern(r"alter\s+user\s+\"?(\w+)\"?\s+set\s+rsa_public_key\s*=\s*'([^']+)'"), _set_key),
    (_pattern(r'desc(?:ribe)?\s+user\s+"?(\w+)"?'), _describe_user),
    (_pattern(r"(?:remove|rm)\s+@(\S+)"), _remove),
    # Fakesnow finds files of an internal stage by their path only.
    (
        _pattern(r"(copy\s+into\s.*?@)(\S+)(.*?)\bfiles\s*=\s*\(\s*'([^',]+)'\s*\)(.*)"),
        _copy_one_file,
    ),
    (_pattern(r"(create\s+(or\s+replace\s+)?(role|warehouse|user)|grant|revoke)\b.*"), _nothing),
)


def _missing(kind: str, name: str) -> Refused:
    sentence = f"SQL compilation error:\n{kind} '{name.upper()}' does not exist or not authorized."
    return Refused("002003", sentence, "42S02" if kind == "Object" else "02000")


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def _rows(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a SELECT of these texts."""
    nothing = ", ".join(f"NULL::VARCHAR AS {column}" for column in columns)
    selects = [
        "SELECT " + ", ".join(f"{_literal(v)} AS {c}" for c, v in zip(columns, row, strict=True))
        for row in rows
    ]
    return " UNION ALL ".join(selects) or f"SELECT {nothing} WHERE FALSE"
