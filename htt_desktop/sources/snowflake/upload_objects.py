"""Whether the objects that an upload needs are there, and making them where that is allowed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from htt_desktop.sources.snowflake.columns import TableShape, shape_of
from htt_desktop.sources.snowflake.ddl import Objects, ddl_statements
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.queries import shape_query

if TYPE_CHECKING:
    from htt_desktop.sources.snowflake.session import SnowflakeSession

_PURPOSE = "objects for uploads"
_NOT_OURS = frozenset({FaultKind.NOT_FOUND, FaultKind.NOT_PERMITTED})


def demand_objects(
    session: SnowflakeSession, objects: Objects, cancel: threading.Event
) -> TableShape:
    """Return the telemetry table's shape; what is missing is made first, if that is allowed.

    Raises
    ------
    SnowflakeError
        Something is missing and the role may not make it, or the table lacks a column.
    """
    missing = missing_objects(session, objects, cancel)
    if missing:
        _make(session, objects, cancel)
        missing = missing_objects(session, objects, cancel)
    if missing:
        raise SnowflakeError(
            FaultKind.NOT_PERMITTED,
            f"The role {session.profile.role} neither sees nor may create {' and '.join(missing)}; "
            "have an administrator run what 'htt snowflake ddl' prints and then what "
            "'htt snowflake grants' prints.",
        )
    query = shape_query(objects.telemetry)
    names = session.execute(query.sql, purpose=query.purpose, cancel=cancel).names
    return shape_of(objects.telemetry, names)


def missing_objects(
    session: SnowflakeSession, objects: Objects, cancel: threading.Event
) -> tuple[str, ...]:
    """Return the names of the objects that the role does not see."""
    questions = [
        (table.name, f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - names, checked
        for table in (objects.telemetry, objects.knowledge, objects.turn)
    ]
    questions.append((objects.stage.name, f"LIST @{objects.stage}"))
    missing = []
    for name, sql in questions:
        try:
            session.execute(sql, purpose=_PURPOSE, cancel=cancel)
        except SnowflakeError as error:
            if error.kind not in _NOT_OURS:
                raise
            missing.append(name)
    return tuple(missing)


def _make(session: SnowflakeSession, objects: Objects, cancel: threading.Event) -> None:
    """Run the statements of the SQL file; who may not create one object may create another."""
    for statement in ddl_statements(objects):
        try:
            session.execute(statement, purpose=_PURPOSE, cancel=cancel)
        except SnowflakeError as error:
            if error.kind not in _NOT_OURS:
                raise
