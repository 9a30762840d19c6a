"""Tries a connection step by step and says where it ends."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from htt_desktop.domain.counted import counted
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.columns import FLAG, ROW_COLUMNS, TableShape, shape_of
from htt_desktop.sources.snowflake.diagnosis_steps import (
    NOT_TRIED,
    Step,
    StepResult,
    split_advice,
)
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError, fault
from htt_desktop.sources.snowflake.identifiers import TableName
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.network_check import look_up, reach
from htt_desktop.sources.snowflake.queries import shape_query
from htt_desktop.sources.snowflake.session import SnowflakeSession

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile

PURPOSE = "connection test"
LOOK_UP_S = 5.0
REACH_S = 8.0

_NO_ROLE, _NO_WAREHOUSE = 390189, 606


def diagnose(
    profile: ConnectionProfile,
    load_key: Callable[[], PrivateKey | None],
    cancel: threading.Event,
    history: QueryHistory | None = None,
    limits: TimeLimits | None = None,
    context: ssl.SSLContext | None = None,
) -> Iterator[StepResult]:
    """Try a connection, one result per :class:`Step`, each as soon as it is there.

    After the first failure the rest is not tried. The connection is closed at the end; it is
    not the one that comparisons use.

    Parameters
    ----------
    load_key
        Asked for the key at the login, on the calling thread.
    history
        Gets the test's queries.
    context
        What to trust in place of the system's certificates.

    Raises
    ------
    CancelledError
        ``cancel`` was set.
    """
    trial = _Trial(profile, load_key, cancel, history, limits, context)
    try:
        yield from _until_failure(trial)
    finally:
        trial.session.close()


def _until_failure(trial: _Trial) -> Iterator[StepResult]:
    failed = False
    for step, run in trial.steps():
        if failed:
            yield StepResult(step, None, NOT_TRIED)
            continue
        result = _tried(step, run)
        failed = not result.ok
        yield result


def _tried(step: Step, run: Callable[[], str]) -> StepResult:
    began = time.monotonic()
    try:
        sentence = run()
    except CancelledError:
        raise
    except SourceError as error:
        what, advice = split_advice(str(error))
        kind = error.kind if isinstance(error, SnowflakeError) else None
        return StepResult(
            step,
            ok=False,
            sentence=what,
            seconds=time.monotonic() - began,
            next_step=advice,
            kind=kind,
        )
    return StepResult(step, ok=True, sentence=sentence, seconds=time.monotonic() - began)


class _Trial:
    """The steps, each a call that returns a sentence or raises a SourceError."""

    def __init__(
        self,
        profile: ConnectionProfile,
        load_key: Callable[[], PrivateKey | None],
        cancel: threading.Event,
        history: QueryHistory | None,
        limits: TimeLimits | None,
        context: ssl.SSLContext | None,
    ) -> None:
        self.session = SnowflakeSession(
            profile, load_key, history or QueryHistory(), limits or TimeLimits()
        )
        self._profile = profile
        self._cancel = cancel
        self._context = context
        self._role_fault: SnowflakeError | None = None
        self._role = ""
        self._warehouse = ""
        self._table = TableName(profile.database, profile.schema, profile.table)
        self._columns: tuple[str, ...] = ()
        self._shape: TableShape | None = None

    def steps(self) -> tuple[tuple[Step, Callable[[], str]], ...]:
        """Return the steps in order."""
        return (
            (Step.NAME, self._name),
            (Step.LINE, self._line),
            (Step.KEY, self._key),
            (Step.ROLE, self._its_role),
            (Step.WAREHOUSE, self._its_warehouse),
            (Step.TABLE, self._its_table),
            (Step.COLUMNS, self._its_columns),
            (Step.ROWS, self._its_rows),
        )

    def _name(self) -> str:
        self._profile.demand_usable()
        return look_up(self._profile, LOOK_UP_S, self._cancel)

    def _line(self) -> str:
        return reach(self._profile, REACH_S, self._cancel, self._context)

    def _key(self) -> str:
        try:
            row = self._row("SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE()")
        except SnowflakeError as error:
            # The server looks at the key first: who is refused for the role has passed.
            if error.code != _NO_ROLE:
                raise
            self._role_fault = error
            return f"The key of {self._profile.user} was accepted."
        user, self._role, self._warehouse = (str(value or "") for value in row)
        return f"The key was accepted; logged in as {user}."

    def _its_role(self) -> str:
        if self._role_fault is not None:
            raise self._role_fault
        if _plain(self._role) != _plain(self._profile.role):
            raise fault(FaultKind.NOT_PERMITTED, _NO_ROLE)
        return f"{self._role} is granted. {self._profile.advice}".strip()

    def _its_warehouse(self) -> str:
        if not self._warehouse:
            raise fault(FaultKind.NOT_PERMITTED, _NO_WAREHOUSE)
        return f"{self._warehouse} may be used."

    def _its_table(self) -> str:
        sql = shape_query(self._table).sql
        self._columns = self.session.run(sql, (), PURPOSE, self._cancel).names
        return f"{self._table.name} in {self._table.database}.{self._table.schema} may be read."

    def _its_columns(self) -> str:
        shape = self._shape = shape_of(self._table, self._columns)
        lacking = [name for name in (*ROW_COLUMNS, FLAG) if not shape.has(name)]
        found = f"{len(self._columns)} columns, all required ones among them"
        return f"{found}; it lacks {', '.join(lacking)}." if lacking else f"{found}."

    def _its_rows(self) -> str:
        if self._shape is None:
            raise fault(FaultKind.SERVER_FAULT)
        track, race = self._shape.sql("TRACK_ID"), self._shape.sql("RACE_NUM")
        counts = self.session.run(
            f"SELECT COUNT(*) FROM {self._table} GROUP BY {track}, {race}",  # noqa: S608 - names
            (),
            PURPOSE,
            self._cancel,
        ).tuples()
        rows = sum(int(count) for (count,) in counts)
        if not rows:
            raise SnowflakeError(
                FaultKind.EMPTY, "The table is empty; upload race packs (File > Upload packs)."
            )
        return f"{rows:,} rows of {counted(len(counts), 'race')}."

    def _row(self, sql: str) -> tuple[object, ...]:
        return self.session.run(sql, (), PURPOSE, self._cancel).tuples()[0]


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.upper()
