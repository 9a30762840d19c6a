"""Bring packs to the server, so that a race is there once, whole, or as it was before.

The files go to a stage first. Then one transaction takes the turn, deletes the race, loads it
again, counts, and commits; whatever happens before the commit leaves the race as it was. Files
that a crash leaves behind lie where the next upload of the same pack overwrites them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.domain.race import RaceKey, number_order
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.snowflake.ddl import objects_of
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.upload.plan import plan_upload
from htt_desktop.sources.snowflake.upload.race import RaceUpload, demand_objects

UPLOAD_LIMITS = TimeLimits(query_s=900.0, job_s=1800.0, request_s=300.0)
"""Patience of a session that uploads: another upload may have to be waited for."""


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

    def tell(stage: str, rows: int) -> None:
        progress(UploadProgress(stage, rows, plan.rows))

    replaced = RaceUpload(session, plan, objects, shape, cancel, tell).run()
    return UploadReport(
        key=plan.key,
        pack=pack_path,
        rows={car.car.entry_number or "": car.rows for car in plan.cars},
        replaced=replaced,
        table=str(objects.telemetry).replace('"', ""),
        seconds=time.monotonic() - began,
        left_out=tuple(sorted(without, key=number_order)),
    )
