# mypy: disable-error-code="import-not-found"
"""Statements: run on threads, watched and aborted."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import duckdb
import snowflake.connector.errors as connector_errors
from fakesnow.dialect import parse_one
from fakesnow.rowtype import describe_as_rowtype
from fakesnow.statement_type import statement_type_id

from tests.snowflake.server.accounts import Accounts
from tests.snowflake.server.answers import Refused, said
from tests.snowflake.server.faults import Fault
from tests.snowflake.server.names import demand_exact_names
from tests.snowflake.server.results import bound_rows, in_their_words, result_of
from tests.snowflake.server.sessions import Session, Sessions
from tests.snowflake.server.stages import upload_answer
from tests.snowflake.server.statements import demand_rights, shortcut

ABORTED = ("000604", "SQL execution canceled", "57014")
GONE = Refused("000612", "Result not available.", "02000")
RESULTS_KEPT = 8
OUT_OF_TIME = "statement timeout"


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
    chunk_count: int = 0
    code: str | None = None
    rows: int = 0
    began: float = field(default_factory=time.time)
    seconds: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    server_sql: str = ""
    tag: str = ""

    def __post_init__(self) -> None:
        parameters = self.body.get("parameters") or {}
        self.tag = str(parameters.get("QUERY_TAG", self.session.query_tag))

    duck: Any = None

    def stopped(self) -> Refused:
        """Return the answer to a statement that was stopped."""
        if self.ended_by != OUT_OF_TIME:
            return Refused(*ABORTED)
        sentence = (
            "Statement reached its statement or warehouse timeout of "
            f"{self.session.limit_s} second(s) and was canceled."
        )
        return Refused("000630", sentence, "57014")

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
            "query_tag": self.tag,
            "parameters": self.body.get("parameters") or {},
            "status": self.status,
            "ended_by": self.ended_by,
            "code": self.code,
            "rows": self.rows,
            "chunks": self.chunk_count,
            "seconds": self.seconds,
        }


class Queries:
    """Every statement since the last reset, by query id."""

    def __init__(self, sessions: Sessions, accounts: Accounts) -> None:
        self.by_id: dict[str, Query] = {}
        self._sessions = sessions
        self._accounts = accounts
        self._watched: dict[str, asyncio.Task[None]] = {}

    def begin(self, query: Query, url: str) -> None:
        """Start a statement on a thread of its own."""
        self._forget_rows()
        self.by_id[query.id] = query
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, args=(query, url, loop), daemon=True).start()
        if query.session.limit_s:
            self._watched[query.id] = loop.create_task(self._limit(query))

    async def _limit(self, query: Query) -> None:
        try:
            await asyncio.wait_for(query.done.wait(), query.session.limit_s)
        except TimeoutError:
            await self.abort(query, OUT_OF_TIME)
        del self._watched[query.id]

    def _forget_rows(self) -> None:
        """Keep the rows of the last results only, or a long run would fill the memory."""
        kept = [query for query in self.by_id.values() if query.done.is_set() and query.chunks]
        for query in kept[:-RESULTS_KEPT]:
            query.answer, query.chunks = GONE.answer(query.id), []

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
            query.status = "ABORTED" if query.stop.is_set() else "FAILED_WITH_ERROR"
        except Exception as error:  # noqa: BLE001 - a server answers and goes on
            message = f"{type(error).__name__}: {error}"
            query.answer = Refused("370001", message, "XX000").answer(query.id)
            query.status = "FAILED_WITH_INCIDENT"
        query.code, query.chunk_count = query.answer["code"], len(query.chunks)
        query.seconds = time.time() - query.began
        loop.call_soon_threadsafe(query.done.set)

    def _executed(self, query: Query, url: str) -> dict[str, Any]:
        if query.slow is not None:
            query.stop.wait(query.slow.seconds)
        if query.stop.is_set():
            raise query.stopped()
        if query.refuse is not None:
            raise Refused(query.refuse.code, query.refuse.message, query.refuse.sqlstate)
        session = query.session
        demand_rights(session, query.sql)
        query.server_sql = shortcut(session, self._accounts, query.sql)
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
        raise query.stopped()
    query.duck = connection._duck_conn
    try:
        return _by_fakesnow(query, connection, url)
    except duckdb.InterruptException as error:
        raise query.stopped() from error
    except connector_errors.Error as error:
        raise in_their_words(error) from error
    finally:
        query.duck = None


def _by_fakesnow(query: Query, connection: Any, url: str) -> dict[str, Any]:  # noqa: ANN401
    session, cursor = query.session, connection.cursor()
    sql = query.server_sql
    statement = parse_one(sql)
    demand_exact_names(statement, connection._duck_conn)
    type_id = statement_type_id(statement)
    about: dict[str, Any] = {"queryId": query.id, "statementTypeId": type_id}
    if query.body.get("describeOnly"):
        described = cursor._describe_only(sql)
        if described is not None:
            batches = {"numberOfBinds": sql.count("?"), "arrayBindSupported": True}
            columns = {"rowtype": describe_as_rowtype(described), "total": 0, "returned": 0}
            return said({**about, **columns, **batches, "queryResultFormat": "json", "rowset": []})
    batch = bound_rows(query.body.get("bindings") or {})
    for row in batch:
        cursor.execute(sql, binding_params=row or None, server=True)
        query.rows += cursor.rowcount or 0
    upload = cursor._last_transformed.args.get("put_stage_data")
    if upload:
        return said({**upload_answer(upload, url), "queryId": query.id})
    rowtype = describe_as_rowtype(cursor._describe_last_sql())
    connection.results_cache.clear()
    session.note(sql, connection)
    kind = (type_id, query.rows if len(batch) > 1 else None)
    result, query.chunks = result_of(cursor, rowtype, kind, f"{url}/chunks/{query.id}")
    about |= {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": rowtype,
        "finalDatabaseName": session.database,
        "finalSchemaName": session.schema,
        "finalRoleName": session.role,
        "finalWarehouseName": session.warehouse,
    }
    return said({**about, **result})
