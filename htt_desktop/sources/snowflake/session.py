"""One connection to the server: opened when needed, reused, closed when idle and at exit."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from htt_desktop.sources.query_history import DONE, QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.answer import Answer
from htt_desktop.sources.snowflake.errand import Errand, Watch
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError, fault
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.login import APPLICATION, demand_complete, log_in
from htt_desktop.sources.snowflake.statement import Heading, Statement, Submitted
from htt_desktop.sources.snowflake.writing import Done, Writing
from htt_desktop.sources.telemetry_source import Progress, no_progress

if TYPE_CHECKING:
    from htt_desktop.sources.connection_profile import ConnectionProfile
    from htt_desktop.sources.credentials.private_key import PrivateKey

_LONGEST_PURPOSE = 200


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
        self._load_key = load_key
        self._clock = clock
        self._connection: Any = None
        self._used_at = clock()
        self._in_transaction = False
        self._turn = threading.Lock()
        self._closing = threading.Event()

    @property
    def is_open(self) -> bool:
        """True while there is a connection."""
        return self._connection is not None

    def run(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        cancel: threading.Event,
        progress: Progress = no_progress,
    ) -> Answer:
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
        with self._turn:
            watch = self._watch(cancel)
            try:
                return self._read(sql, parameters, purpose, watch, progress)
            except SnowflakeError as error:
                if not error.may_pass or self._in_transaction:
                    raise
            self._drop()
            progress(0)
            return self._read(sql, parameters, purpose, watch, progress)

    def execute(
        self,
        sql: str,
        parameters: Sequence[object] = (),
        *,
        purpose: str,
        cancel: threading.Event | None = None,
        file: BinaryIO | None = None,
        many: bool = False,
    ) -> Done:
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
        with self._turn:
            watch = self._watch(cancel or threading.Event())
            try:
                return self._write(sql, parameters, purpose, watch, file=file, many=many)
            except SnowflakeError as error:
                if error.kind is not FaultKind.EXPIRED or self._in_transaction:
                    raise
            self._drop()
            return self._write(sql, parameters, purpose, watch, file=file, many=many)

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
                    self._drop()
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
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if self._connection is None or not self._is_stale():
                return False
            self._drop()
            return True
        finally:
            self._turn.release()

    def close(self) -> None:
        """End what is running and close the connection, within about two seconds.

        The next statement would open a new one.
        """
        self._closing.set()
        got = self._turn.acquire(timeout=2 * self.limits.leave_s)
        try:
            self._drop()
        finally:
            self._closing.clear()
            if got:
                self._turn.release()

    def _watch(self, cancel: threading.Event) -> Watch:
        return Watch(self.limits.job_s, cancel, self._closing)

    def _is_stale(self) -> bool:
        return self._clock() - self._used_at >= self.limits.idle_s

    def _drop(self) -> None:
        """Close the connection on a thread of its own: a dead line makes it slow."""
        connection, self._connection = self._connection, None
        if connection is not None:
            Errand(lambda _: connection.close(retry=False)).leave(self.limits.leave_s, lambda: None)

    def _connected(self, watch: Watch) -> Any:  # noqa: ANN401 - the connector's
        watch.check()
        if self._connection is not None and self._is_stale() and not self._in_transaction:
            self._drop()
        if self._connection is None:
            if self._in_transaction:
                raise fault(FaultKind.EXPIRED)
            key = demand_complete(self.profile, self._load_key())
            opened: list[Any] = []
            errand = Errand(lambda _: opened.append(log_in(self.profile, key, self.limits)))
            watch.allow(self.limits.login_s + 1)
            try:
                for _ in errand.follow(watch):
                    pass
            except SnowflakeError:
                errand.leave(0, lambda: _close_all(opened))
                raise
            self._connection = opened[0]
        self._used_at = self._clock()
        return self._connection

    def _read(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        watch: Watch,
        progress: Progress,
    ) -> Answer:
        connection = self._connected(watch)
        statement = Statement(connection, sql, parameters, _tag(purpose), self.limits.query_s)
        answer = Answer("", ())
        with self._recorded(purpose, statement, answer):
            watch.allow(self.limits.request_s)
            errand = Errand(statement.work)
            try:
                for item in errand.follow(watch):
                    if isinstance(item, Submitted):
                        watch.allow(self.limits.query_s + self.limits.request_s)
                    elif isinstance(item, Heading):
                        watch.allow_all()
                        answer.names = item.names
                    else:
                        answer.add(item)
                        progress(answer.rows)
            except SnowflakeError:
                self._withdraw(errand, statement)
                raise
        return answer

    def _write(
        self,
        sql: str,
        parameters: Sequence[object],
        purpose: str,
        watch: Watch,
        *,
        file: BinaryIO | None,
        many: bool,
    ) -> Done:
        connection = self._connected(watch)
        writing = Writing(connection, sql, parameters, _tag(purpose), file=file, many=many)
        answer = Answer("", ())
        with self._recorded(purpose, writing, answer):
            watch.allow_all()
            errand = Errand(writing.work)
            try:
                for _ in errand.follow(watch):
                    pass
            except SnowflakeError:
                self._withdraw(errand, writing)
                raise
            answer.rows = len(writing.done.rows)
        return writing.done

    def _withdraw(self, errand: Errand, statement: Statement | Writing) -> None:
        """Abort a statement, and give the connection up when it does not answer in time."""
        connection = self._connection
        errand.stop.set()
        abort = Errand(lambda _: statement.abort())
        both = abort.leave(self.limits.leave_s, lambda: None)
        if not errand.leave(
            self.limits.leave_s if both else 0.0, lambda: connection.close(retry=False)
        ):
            self._connection = None

    @contextmanager
    def _recorded(
        self, purpose: str, statement: Statement | Writing, answer: Answer
    ) -> Iterator[None]:
        started, began = datetime.now(UTC), time.monotonic()
        outcome = DONE
        try:
            yield
        except SnowflakeError as error:
            outcome = error.kind.value
            raise
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            answer.query_id = statement.query_id
            answer.server_s = statement.server_s
            answer.client_s = time.monotonic() - began
            self._used_at = self._clock()
            self.history.add(
                QueryRecord(
                    answer.query_id,
                    purpose,
                    started,
                    answer.rows,
                    answer.bytes,
                    answer.server_s,
                    answer.client_s,
                    outcome,
                )
            )


def _close_all(connections: Sequence[Any]) -> None:
    for connection in connections:
        connection.close(retry=False)


def _tag(purpose: str) -> str:
    return json.dumps({"application": APPLICATION, "purpose": purpose[:_LONGEST_PURPOSE]})
