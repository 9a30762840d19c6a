# mypy: disable-error-code="import-not-found"
"""Statements: run on threads, watched, aborted; their results in Arrow and in chunks."""

from __future__ import annotations

import asyncio
import base64
import re
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
import snowflake.connector.errors as connector_errors
from fakesnow.arrow import to_ipc, to_sf
from fakesnow.converter import from_binding
from fakesnow.dialect import parse_one
from fakesnow.rowtype import describe_as_rowtype
from fakesnow.statement_type import DML_TYPE_IDS, statement_type_id

from tests.snowflake.server.answers import Refused, said
from tests.snowflake.server.faults import Fault
from tests.snowflake.server.sessions import Session, Sessions
from tests.snowflake.server.statements import demand_rights, shortcut

FIRST_ROWS = 1_000
CHUNK_ROWS = 10_000
"""A result's first rows stand in the answer; the others come in chunks, each a request."""

ABORTED = ("000604", "SQL execution canceled", "57014")


@dataclass(eq=False)
class Query:
    """One statement, as sent and as it went."""

    session: Session
    body: dict[str, Any]
    request_id: str
    slow: Fault | None = None
    refuse: Fault | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "RUNNING"
    ended_by: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    rows: int = 0
    began: float = field(default_factory=time.time)
    seconds: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    duck: Any = None

    @property
    def sql(self) -> str:
        """The statement's text."""
        return str(self.body["sqlText"])

    @property
    def asynchronous(self) -> bool:
        """Whether the client does not wait for it."""
        return bool(self.body.get("asyncExec"))

    def seen(self) -> dict[str, Any]:
        """Return what the server can tell about it."""
        parameters = self.body.get("parameters") or {}
        return {
            "query_id": self.id,
            "request_id": self.request_id,
            "session": self.session.number,
            "user": self.session.user,
            "role": self.session.role,
            "warehouse": self.session.warehouse,
            "sql": self.sql,
            "bindings": self.body.get("bindings"),
            "asynchronous": self.asynchronous,
            "query_tag": parameters.get("QUERY_TAG", self.session.query_tag),
            "parameters": parameters,
            "status": self.status,
            "ended_by": self.ended_by,
            "code": self.answer.get("code"),
            "rows": self.rows,
            "chunks": len(self.chunks),
            "seconds": self.seconds,
        }


class Queries:
    """Every statement since the last reset, by query id."""

    def __init__(self, sessions: Sessions) -> None:
        self.by_id: dict[str, Query] = {}
        self._sessions = sessions

    def begin(self, query: Query, url: str) -> None:
        """Start a statement on a thread of its own."""
        self.by_id[query.id] = query
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(query, url, loop), daemon=True).start()

    def running(self, session: Session | None = None) -> list[Query]:
        """Return the statements that have not ended, of one session or of all."""
        return [
            query
            for query in self.by_id.values()
            if not query.done.is_set() and session in {None, query.session}
        ]

    async def abort(self, query: Query, by: str) -> None:
        """Interrupt a statement and wait until DuckDB has let go of it."""
        if query.done.is_set():
            return
        query.ended_by = by
        query.stop.set()
        while not query.done.is_set():
            # Again and again: the statement may be just about to reach DuckDB.
            if query.duck is not None:
                query.duck.interrupt()
            try:
                await asyncio.wait_for(query.done.wait(), timeout=0.02)
            except TimeoutError:
                continue

    def _run(self, query: Query, url: str, loop: asyncio.AbstractEventLoop) -> None:
        try:
            query.answer = self._executed(query, url)
            query.status = "SUCCESS"
        except Refused as refused:
            query.answer = refused.answer(query.id)
            query.status = "ABORTED" if refused.code == ABORTED[0] else "FAILED_WITH_ERROR"
        except Exception as error:  # noqa: BLE001 - a server answers and goes on
            message = f"{type(error).__name__}: {error}"
            query.answer = Refused("370001", message, "XX000").answer(query.id)
            query.status = "FAILED_WITH_INCIDENT"
        query.seconds = time.time() - query.began
        loop.call_soon_threadsafe(query.done.set)

    def _executed(self, query: Query, url: str) -> dict[str, Any]:
        if query.slow is not None:
            query.stop.wait(query.slow.seconds)
        if query.stop.is_set():
            raise Refused(*ABORTED)
        if query.refuse is not None:
            raise Refused(query.refuse.code, query.refuse.message, query.refuse.sqlstate)
        session = query.session
        demand_rights(session, query.sql)
        if query.asynchronous and not session.in_transaction:
            # As on the real server, it does not wait for the session's other statements.
            connection = self._sessions.connect(session.database, session.schema)
            try:
                return _answer(query, connection, url)
            finally:
                connection.close()
        with session.lock:
            return _answer(query, session.connection, url)


def _answer(query: Query, connection: Any, url: str) -> dict[str, Any]:  # noqa: ANN401 - fakesnow's
    if query.stop.is_set():
        raise Refused(*ABORTED)
    query.duck = connection._duck_conn
    try:
        return _executed_by_fakesnow(query, connection, url)
    except duckdb.InterruptException as error:
        raise Refused(*ABORTED) from error
    except (connector_errors.ProgrammingError, connector_errors.DatabaseError) as error:
        raise _in_their_words(error) from error
    finally:
        query.duck = None


def _executed_by_fakesnow(query: Query, connection: Any, url: str) -> dict[str, Any]:  # noqa: ANN401
    session, sql = query.session, shortcut(query.session, query.sql)
    cursor = connection.cursor()
    type_id = statement_type_id(parse_one(sql))
    bindings = query.body.get("bindings") or {}
    batch = _rows_of(bindings)
    affected = 0
    for row in batch:
        cursor.execute(sql, binding_params=row or None, server=True)
        affected += cursor.rowcount or 0
    expression = cursor._last_transformed
    if upload := expression.args.get("put_stage_data"):
        return said(_upload(upload, url, query.id))
    rowtype = describe_as_rowtype(cursor._describe_last_sql())
    table = cursor._arrow_table
    connection.results_cache.clear()
    if re.match(r"\s*(begin|start\s+transaction)\b", sql, re.IGNORECASE):
        session.in_transaction = True
    elif re.match(r"\s*(commit|rollback)\b", sql, re.IGNORECASE):
        session.in_transaction = False
    session.database, session.schema = connection.database, connection.schema
    data: dict[str, Any] = {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": rowtype,
        "queryId": query.id,
        "statementTypeId": type_id,
        "finalDatabaseName": connection.database,
        "finalSchemaName": connection.schema,
        "finalRoleName": session.role,
        "finalWarehouseName": session.warehouse,
    }
    if type_id in DML_TYPE_IDS:
        rows = [list(row.values()) for row in table.to_pylist()] if len(batch) == 1 else [[affected]]
        texts = [[None if value is None else str(value) for value in row] for row in rows]
        query.rows = affected
        return said({**data, "total": len(texts), "queryResultFormat": "json", "rowset": texts})
    query.rows = table.num_rows
    return said({**data, **_arrow(query, to_sf(table, rowtype), url)})


def _arrow(query: Query, table: pa.Table, url: str) -> dict[str, Any]:
    """Return the first rows, and where to fetch the others."""
    first = table.slice(0, FIRST_ROWS if table.num_rows > CHUNK_ROWS else table.num_rows)
    rest: list[dict[str, Any]] = []
    for start in range(first.num_rows, table.num_rows, CHUNK_ROWS):
        part = table.slice(start, CHUNK_ROWS)
        content = bytes(to_ipc(part))
        rest.append(
            {
                "url": f"{url}/chunks/{query.id}/{len(query.chunks)}",
                "rowCount": part.num_rows,
                "uncompressedSize": len(content),
                "compressedSize": len(content),
            }
        )
        query.chunks.append(content)
    return {
        "total": table.num_rows,
        "returned": table.num_rows,
        "queryResultFormat": "arrow",
        "rowsetBase64": base64.b64encode(to_ipc(first)).decode(),
        **({"chunks": rest, "chunkHeaders": {}, "qrmk": None} if rest else {}),
    }


def _rows_of(bindings: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the bound values, row by row for a batch."""
    ordered = [bindings[str(position)] for position in range(1, len(bindings) + 1)]
    if not any(isinstance(one["value"], list) for one in ordered):
        return [tuple(_value(one) for one in ordered)]
    columns: Iterator[list[Any]] = (
        [_value({**one, "value": value}) for value in one["value"]] for one in ordered
    )
    return list(zip(*columns, strict=True))


def _value(binding: dict[str, Any]) -> Any:  # noqa: ANN401 - any SQL value
    return None if binding["value"] is None else from_binding(binding)


def _upload(upload: dict[str, Any], url: str, query_id: str) -> dict[str, Any]:
    from tests.snowflake.server.stages import upload_answer  # noqa: PLC0415

    return {**upload_answer(upload, url), "queryId": query_id}


def _in_their_words(error: Any) -> Refused:  # noqa: ANN401 - an error of the connector
    """Return fakesnow's error with the words and numbers of Snowflake."""
    text = str(getattr(error, "raw_msg", None) or error.msg)
    missing = re.search(r"Table with name (\S+) does not exist", text)
    if missing:
        sentence = f"Object '{missing[1].upper()}' does not exist or not authorized."
        return Refused("002003", f"SQL compilation error:\n{sentence}", "42S02")
    column = re.search(r'Referenced column "([^"]+)"', text)
    if column:
        message = f"SQL compilation error: error line 1 at position 0\ninvalid identifier '{column[1].upper()}'"
        return Refused("000904", message, "42000")
    return Refused(f"{error.errno:06d}", text, error.sqlstate)
