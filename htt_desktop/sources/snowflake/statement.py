"""One query under way: submitted, polled, fetched, or aborted."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from htt_desktop.sources.snowflake.errand import Errand
from htt_desktop.sources.snowflake.faults import FaultKind, fault

_FIRST_PAUSE_S = 0.01
_GROWTH = 1.4
_LONGEST_PAUSE_S = 0.5


@dataclass(frozen=True)
class Submitted:
    """The query has an id, handed over first."""


@dataclass(frozen=True)
class Heading:
    """The columns of an answer, handed over before its rows."""

    names: tuple[str, ...]


class Statement:
    """A query of an open connection, run by an errand.

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

    def work(self, errand: Errand) -> None:
        """Submit, wait and fetch; hands over a :class:`Heading` and then record batches."""
        began = time.monotonic()
        cursor = self._connection.cursor()
        self.query_id = str(
            cursor.execute_async(
                self._sql,
                self._parameters or None,
                _statement_params={"QUERY_TAG": self._tag},
            )["queryId"]
        )
        errand.tell(Submitted())
        if errand.stop.is_set() or not self._ready(errand, began + self._query_s):
            self.abort()
            return
        self.server_s = time.monotonic() - began
        cursor.query_result(self.query_id)
        errand.tell(Heading(tuple(column.name for column in cursor.description)))
        for table in cursor.fetch_arrow_batches():
            if errand.stop.is_set():
                self.abort()
                return
            for batch in table.to_batches():
                errand.tell(batch)
        cursor.close()

    def abort(self) -> None:
        """Stop the query on the server, once; does nothing before it has an id."""
        with self._lock:
            if self._aborting or not self.query_id:
                return
            self._aborting = True
        self._connection.cursor().abort_query(self.query_id)

    def _ready(self, errand: Errand, end: float) -> bool:
        """Return whether the answer is ready; ``False`` when nobody waits for it any more."""
        pause = _FIRST_PAUSE_S
        while self._connection.is_still_running(
            self._connection.get_query_status_throw_if_error(self.query_id)
        ):
            if time.monotonic() > end:
                self.abort()
                raise fault(FaultKind.TIMED_OUT)
            if errand.stop.wait(pause):
                return False
            pause = min(pause * _GROWTH, _LONGEST_PAUSE_S)
        return True
