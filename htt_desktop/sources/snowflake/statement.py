"""Statements on an open connection: submitted, polled, aborted on cancel; and what they bring."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from htt_desktop.sources.snowflake.abandonable_call import AbandonableCall
from htt_desktop.sources.snowflake.faults import FaultKind, fault

_FIRST_PAUSE_S = 0.01
_GROWTH = 1.4
_LONGEST_PAUSE_S = 0.5


@dataclass(eq=False)
class QueryResult:
    """Rows of a query, in Arrow's memory.

    Attributes
    ----------
    query_id
        For the server's own history.
    names
        Columns, as the server spells them.
    rows, bytes
        How many, and how much memory they take.
    server_s, client_s
        Seconds until the server was ready, and in all.
    """

    query_id: str
    names: tuple[str, ...]
    rows: int = 0
    bytes: int = 0
    server_s: float = 0.0
    client_s: float = 0.0
    _batches: list[Any] = field(default_factory=list, repr=False)

    def add(self, batch: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Take a record batch in."""
        self._batches.append(batch)
        self.rows += batch.num_rows
        self.bytes += batch.nbytes

    def drop_beyond(self, cap: int) -> bool:
        """Leave out the rows after so many, and return whether there were any."""
        excess = self.rows - cap
        while self.rows > cap:
            last = self._batches.pop()
            kept = last.slice(0, max(0, last.num_rows - (self.rows - cap)))
            self.rows -= last.num_rows
            self.bytes -= last.nbytes
            if kept.num_rows:
                self.add(kept)
        return excess > 0

    def batches(self) -> Iterator[Any]:
        """Return the record batches, each one once: what was handed over is let go."""
        self._batches.reverse()
        while self._batches:
            yield self._batches.pop()

    def tuples(self) -> list[tuple[Any, ...]]:
        """Return all rows as Python values; for small answers, and like :meth:`batches` once."""
        return [
            row
            for batch in self.batches()
            for row in zip(*(_values(column) for column in batch.columns), strict=True)
        ]


def _values(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # As nanoseconds they would become objects of pandas, which is then loaded.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return list(column.to_pylist())


@dataclass(frozen=True)
class Submitted:
    """The query has an id, handed over first."""


@dataclass(frozen=True)
class ResultColumns:
    """The columns of an answer, handed over before its rows."""

    names: tuple[str, ...]


class Statement:
    """A query of an open connection, run by an abandonable call.

    Parameters
    ----------
    connection
        Of the connector.
    sql, parameters
        With ``?`` for every value.
    tag
        For the server's own history.
    query_s
        Time limit until the answer is ready.
    """

    def __init__(
        self,
        connection: Any,  # noqa: ANN401 - the connector's
        sql: str,
        parameters: Sequence[object],
        tag: str,
        query_s: float,
    ) -> None:
        self.query_id = ""
        self.server_s = 0.0
        self._connection = connection
        self._sql = sql
        self._parameters = tuple(parameters)
        self._tag = tag
        self._query_s = query_s
        self._aborting = False
        self._lock = threading.Lock()

    def work(self, call: AbandonableCall) -> None:
        """Submit, wait and fetch; hands over a :class:`ResultColumns` and then record batches."""
        began = time.monotonic()
        cursor = self._connection.cursor()
        self.query_id = str(
            cursor.execute_async(
                self._sql,
                self._parameters or None,
                _statement_params={"QUERY_TAG": self._tag},
            )["queryId"]
        )
        call.report(Submitted())
        if call.stop.is_set() or not self._ready(call, began + self._query_s):
            self.abort()
            return
        self.server_s = time.monotonic() - began
        cursor.query_result(self.query_id)
        call.report(ResultColumns(tuple(column.name for column in cursor.description)))
        for table in cursor.fetch_arrow_batches():
            if call.stop.is_set():
                self.abort()
                return
            for batch in table.to_batches():
                call.report(batch)
        cursor.close()

    def abort(self) -> None:
        """Stop the query on the server, once; does nothing before it has an id."""
        with self._lock:
            if self._aborting or not self.query_id:
                return
            self._aborting = True
        self._connection.cursor().abort_query(self.query_id)

    def _ready(self, call: AbandonableCall, end: float) -> bool:
        """Return whether the answer is ready; ``False`` when nobody waits for it any more."""
        pause = _FIRST_PAUSE_S
        while self._connection.is_still_running(
            self._connection.get_query_status_throw_if_error(self.query_id)
        ):
            if time.monotonic() > end:
                self.abort()
                raise fault(FaultKind.TIMED_OUT)
            if call.stop.wait(pause):
                return False
            pause = min(pause * _GROWTH, _LONGEST_PAUSE_S)
        return True


@dataclass(frozen=True)
class WriteResult:
    """What a small statement brought.

    Attributes
    ----------
    query_id
        For the server's own history.
    names
        Columns of the answer.
    rows
        The answer itself.
    affected
        Rows inserted, deleted or changed; −1 when the server does not say.
    """

    query_id: str = ""
    names: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    affected: int = -1


class Writing:
    """A statement of an open connection, run by an abandonable call; see :class:`Statement`."""

    def __init__(
        self,
        connection: Any,  # noqa: ANN401 - the connector's
        sql: str,
        parameters: Sequence[Any],
        tag: str,
        *,
        file: BinaryIO | None = None,
        many: bool = False,
    ) -> None:
        self.query_id = ""
        self.server_s = 0.0
        self.done = WriteResult()
        self._connection = connection
        self._sql = sql
        self._parameters = parameters
        self._tag = tag
        self._file = file
        self._many = many
        self._over = False

    def work(self, call: AbandonableCall) -> None:
        """Run the statement and keep its answer."""
        try:
            self._run(call)
        finally:
            self._over = True

    def abort(self) -> None:
        """End the session if the statement still runs, which ends it on the server, too.

        It has no id before it has ended, so it cannot be aborted by itself.
        """
        if not self._over:
            self._connection.close(retry=False)

    def _run(self, call: AbandonableCall) -> None:
        began = time.monotonic()
        cursor = self._connection.cursor()
        if self._many:
            cursor.executemany(self._sql, [tuple(row) for row in self._parameters])
        else:
            cursor.execute(
                self._sql,
                tuple(self._parameters) or None,
                file_stream=self._file,
                _statement_params={"QUERY_TAG": self._tag},
            )
        self.query_id = str(cursor.sfqid or "")
        self.server_s = time.monotonic() - began
        if call.stop.is_set():
            return
        names = tuple(column.name for column in cursor.description or ())
        rows = tuple(tuple(row) for row in cursor.fetchall()) if names else ()
        affected = cursor.rowcount
        self.done = WriteResult(
            self.query_id, names, rows, -1 if affected is None else int(affected)
        )
        cursor.close()
