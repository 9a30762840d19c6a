"""What was asked of the server: a line in the log and an entry on screen per query."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

LOGGER = logging.getLogger("htt_desktop.snowflake")
"""Where every query leaves a line."""

DONE = "done"
"""Outcome of a query that answered. Others say ``"cancelled"`` or name a kind of fault."""

_MOST = 200


@dataclass(frozen=True)
class QueryRecord:
    """One query, from its submission to its end.

    Attributes
    ----------
    query_id
        As the server calls it, for its own history; empty when it never got that far.
    purpose
        What it was for, for people.
    started
        When it was submitted, UTC.
    rows, bytes
        What arrived, and how much memory it took on arrival.
    server_s
        Seconds until the server said that it was ready.
    client_s
        Seconds in all, up to the last row.
    outcome
        :data:`DONE`, ``"cancelled"``, or the kind of fault.
    """

    query_id: str
    purpose: str
    started: datetime
    rows: int
    bytes: int
    server_s: float
    client_s: float
    outcome: str


class QueryHistory:
    """The newest queries, oldest first. Safe to use from any thread.

    Parameters
    ----------
    most
        Older ones are forgotten.

    Examples
    --------
    >>> from datetime import UTC
    >>> history = QueryHistory(most=1)
    >>> for rows in (1, 2):
    ...     at = datetime(2025, 1, 1, tzinfo=UTC)
    ...     history.add(QueryRecord("01b", "laps", at, rows, 8, 0.1, 0.2, DONE))
    >>> [record.rows for record in history.records()]
    [2]
    """

    def __init__(self, most: int = _MOST) -> None:
        self._records: deque[QueryRecord] = deque(maxlen=most)
        self._listeners: list[Callable[[QueryRecord], None]] = []
        self._lock = threading.Lock()

    def add(self, record: QueryRecord) -> None:
        """Keep a query, write its line to the log and tell the listeners."""
        with self._lock:
            self._records.append(record)
            listeners = tuple(self._listeners)
        LOGGER.info(
            "query %s for %s: %s, %d rows, %d bytes, %.3f s on the server, %.3f s in all",
            record.query_id or "without id",
            record.purpose,
            record.outcome,
            record.rows,
            record.bytes,
            record.server_s,
            record.client_s,
        )
        for listener in listeners:
            listener(record)

    def records(self) -> tuple[QueryRecord, ...]:
        """Return what is remembered, oldest first."""
        with self._lock:
            return tuple(self._records)

    def listen(self, callback: Callable[[QueryRecord], None]) -> Callable[[], None]:
        """Call back after every query, on the thread that ran it.

        Returns
        -------
        stop
            Ends that; calling it twice does no harm.
        """
        with self._lock:
            self._listeners.append(callback)

        def stop() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return stop
