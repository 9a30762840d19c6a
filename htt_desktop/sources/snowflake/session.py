"""One connection to the server: opened when needed, reused, closed when idle and at exit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.abandonable_call import AbandonableCall, Deadline
from htt_desktop.sources.snowflake.connection import ServerConnection, recorded, tag
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError, fault
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.statement import (
    QueryResult,
    ResultColumns,
    Statement,
    Submitted,
    WriteResult,
    Writing,
)
from htt_desktop.sources.telemetry_source import RowProgress, no_progress

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile


class SnowflakeSession:
    """Runs statements, one at a time, for one worker. Any thread may close it.

    Parameters
    ----------
    profile
        Where to connect.
    load_key
        Asked for the private key at every login, so that the session keeps none.
    history
        Gets a record of every statement.
    limits
        How long anything may take.
    clock
        Seconds since any fixed moment, for idleness.
    """

    def __init__(
        self,
        profile: ConnectionProfile,
        load_key: Callable[[], PrivateKey | None],
        history: QueryHistory,
        limits: TimeLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.profile = profile
        self.history = history
        self.limits = limits or TimeLimits()
        self._connection = ServerConnection(profile, load_key, self.limits, clock)
        self._in_transaction = False
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def logins(self) -> int:
        """How often it has logged in; what one connection taught, another may contradict."""
        return self._connection.logins

    @property
    def is_open(self) -> bool:
        """True while there is a connection."""
        return self._connection.is_open

    def run(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        cancel: threading.Event,
        progress: RowProgress = no_progress,
    ) -> QueryResult:
        """Return the rows of a query.

        The query runs asynchronously on the server and is polled. When ``cancel`` is set, it is
        aborted there and the call ends at once.

        Parameters
        ----------
        sql, parameters
            With ``?`` for every value.
        purpose
            For the history here and the query tag there.
        progress
            Gets the number of rows so far, on the calling thread.

        Raises
        ------
        SnowflakeError
            No answer; the sentence says why and what to do next.
        CancelledError
            ``cancel`` was set, or the session was closed meanwhile.
        """
        with self._lock:
            deadline = self._deadline(cancel)
            try:
                return self._read(sql, parameters, purpose, deadline, progress)
            except SnowflakeError as error:
                if not error.may_pass or self._in_transaction:
                    raise
            self._connection.drop()
            progress(0)
            return self._read(sql, parameters, purpose, deadline, progress)

    def execute(
        self,
        sql: str,
        parameters: Sequence[object] = (),
        *,
        purpose: str,
        cancel: threading.Event | None = None,
        file: BinaryIO | None = None,
        many: bool = False,
    ) -> WriteResult:
        """Run a small statement, one that changes something, or a PUT.

        Repeated only when the server refused it because the session had expired, which means
        that it never ran; and never inside a transaction.

        Parameters
        ----------
        parameters
            One value per ``?``; with ``many`` one sequence of values per row.
        file
            Bytes that a PUT uploads in place of the file it names.

        Raises
        ------
        SnowflakeError, CancelledError
            As for :meth:`run`.
        """
        with self._lock:
            deadline = self._deadline(cancel or threading.Event())
            try:
                return self._write(sql, parameters, purpose, deadline, file=file, many=many)
            except SnowflakeError as error:
                if error.kind is not FaultKind.EXPIRED or self._in_transaction:
                    raise
            self._connection.drop()
            return self._write(sql, parameters, purpose, deadline, file=file, many=many)

    @contextmanager
    def transaction(self, purpose: str, cancel: threading.Event | None = None) -> Iterator[None]:
        """Make the statements inside happen together or not at all.

        Raises
        ------
        SnowflakeError
            The transaction could not begin or end; then nothing of it has happened, unless the
            connection broke while the server was committing.
        """
        self.execute("BEGIN", purpose=purpose, cancel=cancel)
        self._in_transaction = True
        try:
            yield
            self.execute("COMMIT", purpose=purpose, cancel=cancel)
        except BaseException:
            if self.is_open:
                try:
                    self.execute("ROLLBACK", purpose=purpose)
                except SnowflakeError:
                    # Closing the connection rolls back, too.
                    self._connection.drop()
            raise
        finally:
            self._in_transaction = False

    def close_if_idle(self) -> bool:
        """Close a connection that has not been used for a while; for a timer of the owner.

        Returns
        -------
        closed
            True when there was one to close.
        """
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if not self._connection.is_stale:
                return False
            self._connection.drop()
            return True
        finally:
            self._lock.release()

    def close(self) -> None:
        """End what is running and close the connection, within about two seconds.

        The next statement would open a new one.
        """
        self._closing.set()
        got = self._lock.acquire(timeout=2 * self.limits.leave_s)
        try:
            self._connection.drop()
        finally:
            self._closing.clear()
            if got:
                self._lock.release()

    def _deadline(self, cancel: threading.Event) -> Deadline:
        return Deadline(self.limits.job_s, cancel, self._closing)

    def _connected(self, deadline: Deadline) -> Any:  # noqa: ANN401 - the connector's
        if self._in_transaction and not self._connection.is_open:
            # Another connection knows nothing of what this transaction has done.
            raise fault(FaultKind.EXPIRED)
        if self._connection.is_stale and not self._in_transaction:
            self._connection.drop()
        return self._connection.open(deadline)

    def _read(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        deadline: Deadline,
        progress: RowProgress,
    ) -> QueryResult:
        connection = self._connected(deadline)
        statement = Statement(connection, sql, parameters, tag(purpose), self.limits.query_s)
        answer = QueryResult("", ())
        with recorded(self.history, purpose, statement, answer):
            deadline.allow(self.limits.request_s)
            call = AbandonableCall(statement.work)
            try:
                for item in call.follow(deadline):
                    if isinstance(item, Submitted):
                        deadline.allow(self.limits.query_s + self.limits.request_s)
                        continue
                    # Rows come in pieces that a slow line may take a while for, but not for ever.
                    deadline.allow(2 * self.limits.request_s)
                    if isinstance(item, ResultColumns):
                        answer.names = item.names
                    else:
                        answer.add(item)
                        progress(answer.rows)
            except BaseException:
                self._connection.withdraw(call, statement)
                raise
        self._connection.used()
        return answer

    def _write(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        deadline: Deadline,
        *,
        file: BinaryIO | None,
        many: bool,
    ) -> WriteResult:
        connection = self._connected(deadline)
        writing = Writing(connection, sql, parameters, tag(purpose), file=file, many=many)
        answer = QueryResult("", ())
        with recorded(self.history, purpose, writing, answer):
            deadline.allow_all()
            call = AbandonableCall(writing.work)
            try:
                for _ in call.follow(deadline):
                    pass
            except BaseException:
                self._connection.withdraw(call, writing)
                raise
            answer.rows = len(writing.done.rows)
        self._connection.used()
        return writing.done
