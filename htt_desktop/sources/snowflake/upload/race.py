"""One race on its way to the server: files to a stage, then everything in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_json import contents_from_text
from htt_desktop.sources.snowflake.columns import TableShape, shape_of
from htt_desktop.sources.snowflake.ddl import Objects, ddl_statements
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.queries import counts_query, shape_query
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.upload.plan import (
    UploadPlan,
    knowledge_to_upload,
    rows_to_upload,
)
from htt_desktop.sources.snowflake.years import YearSpan, condition_of, kind_and_year, one_year

_STAMP = "%Y-%m-%d %H:%M:%S.%f"
_ROWS, _KNOWLEDGE = "rows", "knowledge"
_LOAD = (
    "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE) "
    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT FORCE = TRUE"
)

_PURPOSE = "objects for uploads"
_NOT_OURS = frozenset({FaultKind.NOT_FOUND, FaultKind.NOT_PERMITTED})


class RaceUpload:
    """One pack on its way.

    Parameters
    ----------
    session
        Logged in with a role that may write.
    objects, shape
        What is there, and how the telemetry table spells its columns.
    tell
        Gets the stage and how many rows were sent, on this thread.
    """

    def __init__(
        self,
        session: SnowflakeSession,
        plan: UploadPlan,
        objects: Objects,
        shape: TableShape,
        cancel: threading.Event,
        tell: Callable[[str, int], None],
    ) -> None:
        self._session = session
        self._plan = plan
        self._objects = objects
        self._shape = shape
        self._cancel = cancel
        self._tell = tell
        self._now = datetime.now(UTC)
        self._replaced = 0
        self._span: YearSpan | None = None
        self._race = (plan.key.track_id, plan.key.race)
        self._purpose = f"upload of {plan.key}"

    def run(self) -> int:
        """Upload the race.

        Returns
        -------
        replaced
            Rows that were there before.

        Raises
        ------
        SnowflakeError, CancelledError
            The race is as it was, unless the sentence says otherwise.
        """
        self._send()
        self._tell("loading", self._plan.rows)
        try:
            self._replace()
        except SnowflakeError as error:
            # Did the commit arrive and only its answer was lost?
            if error.kind is FaultKind.CANCELLED or not self._arrived():
                raise
        self._cancel = threading.Event()
        self._tell("checking", self._plan.rows)
        self._demand_counts("is not what was uploaded; somebody else changed it meanwhile")
        self._tidy()
        return max(self._replaced, 0)

    def _send(self) -> None:
        done = 0
        for index, car in enumerate(self._plan.cars, 1):
            self._tell(f"sending car {car.car.entry_number}", done)
            self._put(_ROWS, f"{index:03}.parquet", rows_to_upload(self._plan, car))
            done += car.rows
        self._put(_KNOWLEDGE, "race.parquet", knowledge_to_upload(self._plan, self._now))

    def _put(self, folder: str, name: str, content: BinaryIO) -> None:
        self._execute(
            f"PUT 'file://{name}' {self._stage(folder)} AUTO_COMPRESS = FALSE OVERWRITE = TRUE",
            file=content,
        )

    def _replace(self) -> None:
        objects, shape = self._objects, self._shape
        # Older scripts spelt tracks in their own way; the race shall be there once.
        track, race = f"LOWER({shape.sql('TRACK_ID')})", shape.sql("RACE_NUM")
        # Neither its begin nor its end can be cancelled: either nothing has happened, or all of it.
        with self._session.transaction(self._purpose):
            self._take_turn()
            self._span = self._own_year(f"{track} = ? AND {race} = ?")
            of_year, years = condition_of(shape, self._span)
            self._replaced = self._execute(
                f"DELETE FROM {objects.telemetry} WHERE {track} = ? AND {race} = ?{of_year}",  # noqa: S608 - names, checked
                (*self._race, *years),
            )
            self._forget_knowledge()
            for table, folder in ((objects.telemetry, _ROWS), (objects.knowledge, _KNOWLEDGE)):
                self._execute(f"COPY INTO {table} FROM {self._stage(folder)} {_LOAD}")
            self._demand_counts(
                "did not arrive whole, so nothing was changed; upload the pack again"
            )

    def _own_year(self, race: str) -> YearSpan | None:
        """Return the year of this race if the table has it in others too, which stay."""
        stamp, number = self._shape.sql("TIMESTAMP"), self._shape.sql("RACE_NUM")
        # Grouped, so that a race that is not there yet answers with no row.
        stamps = self._rows(
            f"SELECT MIN({stamp}), MAX({stamp}) FROM {self._objects.telemetry} "  # noqa: S608 - names, checked
            f"WHERE {race} AND {stamp} IS NOT NULL GROUP BY {number}"
        )
        known = [kind_and_year(value) for row in stamps for value in row]
        year = self._plan.key.year
        if all(other == year for _, other in known):
            return None
        return one_year(known[0][0], year)

    def _forget_knowledge(self) -> None:
        """Delete what was known of this race, but not of other years."""
        knowledge = self._objects.knowledge
        delete = f"DELETE FROM {knowledge} WHERE TRACK_ID = ? AND RACE_NUM = ?"  # noqa: S608 - names, checked
        if self._span is None:
            self._execute(delete, self._race)
            return
        rows = self._rows(
            f"SELECT UPLOADED_AT, CONTENTS FROM {knowledge} WHERE TRACK_ID = ? AND RACE_NUM = ?"  # noqa: S608 - names, checked
        )
        for uploaded_at, text in rows:
            try:
                key = contents_from_text(str(text), "the knowledge on the server").timing.key
            except SourceError:
                continue  # nobody can read it, so nobody is misled by it
            if key == self._plan.key:
                self._execute(
                    f"{delete} AND UPLOADED_AT = CAST(? AS TIMESTAMP_NTZ)",
                    (*self._race, uploaded_at.strftime(_STAMP)),
                )

    def _rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """Return the rows of a question about this race."""
        return self._session.execute(
            sql, self._race, purpose=self._purpose, cancel=self._cancel
        ).rows

    def _take_turn(self) -> None:
        """Change the one row that every upload changes: others wait until this one ended."""
        changed = self._execute(
            f"UPDATE {self._objects.turn} SET TAKEN_AT = ?, TRACK_ID = ?, RACE_NUM = ?",  # noqa: S608 - names, checked
            (self._stamp, *self._race),
        )
        if changed != 1:
            raise SnowflakeError(
                FaultKind.NOT_FOUND,
                f"The table {self._objects.turn.name} must hold exactly one row; have an "
                "administrator empty it and run what 'htt snowflake ddl' prints.",
            )

    def _demand_counts(self, what_is_wrong: str) -> None:
        found, expected = self._counts(), self._plan.counts
        wrong = sorted(
            vehicle
            for vehicle in {*found, *expected}
            if found.get(vehicle, 0) != expected.get(vehicle, 0)
        )
        if wrong:
            car = wrong[0]
            more = f" and {len(wrong) - 1} other cars" if len(wrong) > 1 else ""
            raise SnowflakeError(
                FaultKind.SERVER_FAULT,
                f"The race on the server {what_is_wrong} (car {car}{more}: "
                f"{found.get(car, 0):,} rows instead of {expected.get(car, 0):,}).",
            )

    def _counts(self) -> dict[int, int]:
        query = counts_query(self._shape, *self._race, self._span)
        done = self._session.execute(
            query.sql, query.parameters, purpose=self._purpose, cancel=self._cancel
        )
        return {-1 if car is None else int(car): int(rows) for car, rows in done.rows}

    def _arrived(self) -> bool:
        """Return whether the server knows this very upload."""
        try:
            done = self._session.execute(
                f"SELECT UPLOADED_AT FROM {self._objects.knowledge} "  # noqa: S608 - names, checked
                "WHERE TRACK_ID = ? AND RACE_NUM = ?",
                self._race,
                purpose=self._purpose,
                cancel=self._cancel,
            )
        except SourceError:
            return False
        return (self._now.replace(tzinfo=None),) in done.rows

    def _tidy(self) -> None:
        """Remove the files from the stage; that they stay would harm nobody."""
        with suppress(SnowflakeError):
            self._execute(f"REMOVE {self._stage('')}")

    @property
    def _stamp(self) -> str:
        return self._now.strftime(_STAMP)

    def _stage(self, folder: str) -> str:
        return f"@{self._objects.stage}/{self._plan.token}/{folder}"

    def _execute(
        self, sql: str, parameters: tuple[object, ...] = (), file: BinaryIO | None = None
    ) -> int:
        """Run a statement and return how many rows it affected."""
        done = self._session.execute(
            sql, parameters, purpose=self._purpose, cancel=self._cancel, file=file
        )
        return done.affected


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
