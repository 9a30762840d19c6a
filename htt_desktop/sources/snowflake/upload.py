"""Bring packs to the server, so that a race is there once, whole, or as it was before.

The files go to a stage first. Then one transaction takes the turn, deletes the race, loads it
anew, counts, and commits; whatever happens before the commit leaves the race as it was. Files
that a crash leaves behind lie where the next upload of the same pack overwrites them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.pack_reader import open_pack
from htt_desktop.sources.snowflake.columns import TableShape
from htt_desktop.sources.snowflake.ddl import Objects, objects_of
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.queries import counts_query
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.upload_files import (
    UploadPlan,
    knowledge_file,
    plan_upload,
    rows_file,
)
from htt_desktop.sources.snowflake.upload_objects import demand_objects

UPLOAD_LIMITS = TimeLimits(query_s=900.0, job_s=1800.0, request_s=300.0)
"""Patience of a session that uploads: another upload may have to be waited for."""

_ROWS, _KNOWLEDGE = "rows", "knowledge"
_LOAD = (
    "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE) "
    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT FORCE = TRUE"
)


@dataclass(frozen=True)
class UploadProgress:
    """How far an upload is.

    Attributes
    ----------
    stage
        What is being done, for people.
    rows
        Rows sent so far.
    rows_total
        Rows of the pack.
    """

    stage: str
    rows: int
    rows_total: int


@dataclass(frozen=True)
class UploadReport:
    """What an upload did.

    Attributes
    ----------
    key, pack
        The race and the file it came from.
    rows
        By printed number, as counted on the server.
    replaced
        Rows of the race that were there before.
    table
        Where they are.
    seconds
        How long it took.
    left_out
        Printed numbers that were left out.
    """

    key: RaceKey
    pack: Path
    rows: Mapping[str, int]
    replaced: int
    table: str
    seconds: float
    left_out: tuple[str, ...] = ()

    @property
    def rows_total(self) -> int:
        """Rows of all cars."""
        return sum(self.rows.values())


UploadListener = Callable[[UploadProgress], None]


def upload_pack(
    session: SnowflakeSession,
    pack_path: Path,
    progress: UploadListener,
    cancel: threading.Event,
    without: Collection[str] = (),
) -> UploadReport:
    """Put a race on the server in place of what was there of it.

    Running it again changes nothing but the time of the upload. When it ends with an error, by
    cancelling or by a crash, the race is as it was before, or as the pack has it, never mixed.

    Parameters
    ----------
    session
        Logged in with a role that may write; its limits should be :data:`UPLOAD_LIMITS`.
    progress
        Called on this thread.
    without
        Printed numbers of cars to leave out.

    Raises
    ------
    SourceError
        The pack cannot be read, or holds what the table cannot.
    SnowflakeError
        The server refused or did not answer; the sentence says what to do.
    CancelledError
        ``cancel`` was set.
    """
    began = time.monotonic()
    plan = plan_upload(open_pack(pack_path), without)
    progress(UploadProgress("preparing", 0, plan.rows))
    objects = objects_of(session.profile)
    shape = demand_objects(session, objects, cancel)
    upload = _Upload(session, plan, objects, shape, cancel, progress)
    replaced = upload.run()
    return UploadReport(
        key=plan.key,
        pack=pack_path,
        rows={car.car.entry_number or "": car.rows for car in plan.cars},
        replaced=replaced,
        table=str(objects.telemetry).replace('"', ""),
        seconds=time.monotonic() - began,
        left_out=tuple(sorted(without)),
    )


class _Upload:
    """One pack on its way."""

    def __init__(
        self,
        session: SnowflakeSession,
        plan: UploadPlan,
        objects: Objects,
        shape: TableShape,
        cancel: threading.Event,
        progress: UploadListener,
    ) -> None:
        self._session = session
        self._plan = plan
        self._objects = objects
        self._shape = shape
        self._cancel = cancel
        self._progress = progress
        self._now = datetime.now(UTC)
        self._race = (plan.key.track_id, plan.key.race)
        self._purpose = f"upload of {plan.key.track_id} race {plan.key.race}"

    def run(self) -> int:
        """Upload and return how many rows were there before."""
        self._send()
        self._tell("loading", self._plan.rows)
        try:
            replaced = self._replace()
        except SnowflakeError as error:
            # Did the commit arrive and only its answer was lost?
            if error.kind is FaultKind.CANCELLED or not self._arrived():
                raise
            replaced = -1
        self._tell("checking", self._plan.rows)
        self._demand_counts("is not what was uploaded; somebody else changed it meanwhile")
        self._tidy()
        return replaced

    def _send(self) -> None:
        done = 0
        for index, car in enumerate(self._plan.cars, 1):
            self._tell(f"sending car {car.car.entry_number}", done)
            self._put(_ROWS, f"{index:03}.parquet", rows_file(self._plan, car))
            done += car.rows
        self._put(_KNOWLEDGE, "race.parquet", knowledge_file(self._plan, self._now))

    def _put(self, folder: str, name: str, content: BinaryIO) -> None:
        self._execute(
            f"PUT 'file://{name}' {self._place(folder)} AUTO_COMPRESS = FALSE OVERWRITE = TRUE",
            file=content,
        )

    def _replace(self) -> int:
        """Return how many rows the race had before."""
        objects, shape = self._objects, self._shape
        # Older scripts spelt tracks in their own way; the race shall be there once.
        track, race = f"LOWER({shape.sql('TRACK_ID')})", shape.sql("RACE_NUM")
        with self._session.transaction(self._purpose, self._cancel):
            self._take_turn()
            replaced = self._execute(
                f"DELETE FROM {objects.telemetry} WHERE {track} = ? AND {race} = ?",  # noqa: S608 - names, checked
                self._race,
            )
            self._execute(
                f"DELETE FROM {objects.knowledge} WHERE TRACK_ID = ? AND RACE_NUM = ?",  # noqa: S608 - names, checked
                self._race,
            )
            for table, folder in ((objects.telemetry, _ROWS), (objects.knowledge, _KNOWLEDGE)):
                self._execute(f"COPY INTO {table} FROM {self._place(folder)} {_LOAD}")
            self._demand_counts(
                "did not arrive whole, so nothing was changed; upload the pack again"
            )
        return max(replaced, 0)

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
        query = counts_query(self._shape, *self._race)
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
        try:
            self._execute(f"REMOVE {self._place('')}")
        except SnowflakeError as error:
            if error.kind is FaultKind.CANCELLED:
                raise

    @property
    def _stamp(self) -> str:
        return self._now.strftime("%Y-%m-%d %H:%M:%S.%f")

    def _place(self, folder: str) -> str:
        return f"@{self._objects.stage}/{self._plan.token}/{folder}"

    def _execute(
        self, sql: str, parameters: tuple[object, ...] = (), file: BinaryIO | None = None
    ) -> int:
        """Run a statement and return how many rows it affected."""
        done = self._session.execute(
            sql, parameters, purpose=self._purpose, cancel=self._cancel, file=file
        )
        return done.affected

    def _tell(self, stage: str, rows: int) -> None:
        self._progress(UploadProgress(stage, rows, self._plan.rows))
