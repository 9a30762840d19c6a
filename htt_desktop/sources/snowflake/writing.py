"""A statement that changes something, or a small question: run and waited for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from htt_desktop.sources.snowflake.errand import Errand


@dataclass(frozen=True)
class Done:
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
    """A statement of an open connection, run by an errand; see :class:`Statement`."""

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
        self.done = Done()
        self._connection = connection
        self._sql = sql
        self._parameters = parameters
        self._tag = tag
        self._file = file
        self._many = many
        self._over = False

    def work(self, errand: Errand) -> None:
        """Run the statement and keep its answer."""
        try:
            self._run(errand)
        finally:
            self._over = True

    def abort(self) -> None:
        """End the session if the statement still runs, which ends it on the server, too.

        It has no id before it has ended, so it cannot be aborted by itself.
        """
        if not self._over:
            self._connection.close(retry=False)

    def _run(self, errand: Errand) -> None:
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
        if errand.stop.is_set():
            return
        names = tuple(column.name for column in cursor.description or ())
        rows = tuple(tuple(row) for row in cursor.fetchall()) if names else ()
        affected = cursor.rowcount
        self.done = Done(self.query_id, names, rows, -1 if affected is None else int(affected))
        cursor.close()
