"""Uploads that break off: killed at each step, cut off from the server, in each other's way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from tests.patience import PATIENCE_S
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.uploads import (
    KNOWLEDGE,
    Uploader,
    cut_pack,
    expected_rows,
    rows_of,
    runs,
    staged,
    until,
)

STEPS = (
    "PUT 'file://002",
    "PUT 'file://race",
    "BEGIN",
    "UPDATE ",
    'DELETE FROM "HACKTHETRACK"."TELEMETRY"."TELEMETRY_DATA_ALL"',
    'DELETE FROM "HACKTHETRACK"."TELEMETRY"."RACE_KNOWLEDGE"',
    'COPY INTO "HACKTHETRACK"."TELEMETRY"."TELEMETRY_DATA_ALL"',
    'COPY INTO "HACKTHETRACK"."TELEMETRY"."RACE_KNOWLEDGE"',
    'SELECT "VEHICLE_NUMBER"',
    "COMMIT",
)
"""Everything that an upload asks for, up to the last moment at which nothing has changed."""

OLD = {2: 11_963, 13: 12_787}


@pytest.fixture
def uploader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[Uploader]:
    made = Uploader(snowflake_server, key_pair)
    yield made
    made.close()


@pytest.fixture
def old(data_dir: Path, tmp_path: Path) -> Path:
    """Return a pack with two cars of the race."""
    return cut_pack(
        data_dir / "packs" / "barber_r1.parquet", tmp_path / "old.parquet", {"2": "2", "13": "13"}
    )


@pytest.fixture
def new(data_dir: Path, tmp_path: Path) -> Path:
    """Return a pack with three other cars of the same race."""
    return cut_pack(
        data_dir / "packs" / "barber_r1.parquet",
        tmp_path / "new.parquet",
        {"7": "7", "31": "31", "03": "03"},
    )


@pytest.mark.parametrize("step", STEPS)
def test_that_a_killed_upload_leaves_the_race_as_it_was_and_the_next_one_puts_it_right(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path, step: str
) -> None:
    uploader.upload(old)
    words = step.replace(".", r"\.").replace("(", r"\(")
    snowflake_server.fault("query", "slow", seconds=60, matching=f"^{words}")
    with uploader.started(new) as process:
        until(lambda: runs(snowflake_server, step), process)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert rows_of(snowflake_server) == OLD

    # What the dead process had begun stays open until the server gives its session up.
    snowflake_server._order("end-sessions")
    assert rows_of(snowflake_server) == OLD
    assert snowflake_server.sql(f"SELECT ROWS_TOTAL FROM {KNOWLEDGE}") == [["24750"]]  # noqa: S608

    again = Uploader(snowflake_server, uploader._keys)
    again.upload(new)
    again.session.close()
    assert rows_of(snowflake_server) == expected_rows(new)
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {KNOWLEDGE}") == [[1]]  # noqa: S608
    assert staged(snowflake_server) == []


def test_that_an_upload_killed_after_the_commit_has_happened(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)
    snowflake_server.fault("query", "slow", seconds=60, matching="^REMOVE")
    with uploader.started(new) as process:
        until(lambda: runs(snowflake_server, "REMOVE"), process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert rows_of(snowflake_server) == expected_rows(new)
    snowflake_server._order("end-sessions")


def test_that_a_lost_answer_to_the_commit_is_looked_up(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)

    def cut_the_next(_record: object) -> None:
        # The count inside the transaction is the last statement before the COMMIT.
        if snowflake_server.seen().sql[-1].startswith('SELECT "VEHICLE'):
            snowflake_server.fault("query", "cut", times=1)
            stop()

    stop = uploader.history.listen(cut_the_next)
    report = uploader.upload(new)
    assert rows_of(snowflake_server) == expected_rows(new)
    assert report.rows_total == sum(expected_rows(new).values())


@pytest.mark.parametrize("kind", ["cut", "garbage"])
@pytest.mark.parametrize("before", ["UPDATE ", 'DELETE FROM "HACKTHETRACK"."TELEMETRY"."RACE_K'])
def test_that_a_line_cut_in_the_transaction_never_mixes_races(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path, kind: str, before: str
) -> None:
    uploader.upload(old)

    def cut_the_next(_record: object) -> None:
        if snowflake_server.seen().sql[-1].startswith(before):
            snowflake_server.fault("query", kind, times=None)
            stop()

    stop = uploader.history.listen(cut_the_next)
    with pytest.raises(SourceError):
        uploader.upload(new)
    snowflake_server.clear_faults()
    uploader.close()
    assert rows_of(snowflake_server) == OLD

    again = Uploader(snowflake_server, uploader._keys)
    again.upload(new)
    again.session.close()
    assert rows_of(snowflake_server) == expected_rows(new)


def test_that_a_session_renewed_in_the_transaction_does_not_end_it(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)
    expire_in_the_transaction(snowflake_server, uploader, "session")
    uploader.upload(new)
    assert rows_of(snowflake_server) == expected_rows(new)


def test_that_a_session_expired_in_the_transaction_leaves_the_race_as_it_was(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)
    expire_in_the_transaction(snowflake_server, uploader, "master")
    with pytest.raises(SnowflakeError) as expired:
        uploader.upload(new)
    assert expired.value.kind is FaultKind.EXPIRED
    snowflake_server._order("end-sessions")
    assert rows_of(snowflake_server) == OLD
    uploader.session.close()
    uploader.upload(new)
    assert rows_of(snowflake_server) == expected_rows(new)


def expire_in_the_transaction(server: Emulator, uploader: Uploader, what: str) -> None:
    def expire(_record: object) -> None:
        if server.seen().sql[-1].startswith("DELETE FROM"):
            server.expire_sessions(what)
            stop()

    stop = uploader.history.listen(expire)


def test_that_a_stage_out_of_reach_changes_nothing(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)
    snowflake_server.fault("upload", "status", times=None, status=400)
    with pytest.raises(SourceError):
        uploader.upload(new)
    assert rows_of(snowflake_server) == OLD


def test_that_two_uploads_of_a_race_at_once_leave_it_there_once(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    # Onto an empty race: there are no rows yet over which the two could get into conflict.
    uploader.upload(old)
    for table in (TABLE, KNOWLEDGE):
        snowflake_server.sql(f"DELETE FROM {table}")  # noqa: S608
    snowflake_server.fault("query", "slow", seconds=60, matching="^COPY INTO .*TELEMETRY_DATA_ALL")
    other = Uploader(snowflake_server, uploader._keys)
    ended: list[str] = []
    cancel = threading.Event()

    def first() -> None:
        try:
            other.upload(new, cancel)
        except SourceError as error:
            ended.append(str(error))

    thread = threading.Thread(target=first)
    thread.start()
    until(lambda: runs(snowflake_server, "COPY INTO"), thread)
    # DuckDB refuses at once where Snowflake lets the second one wait.
    with pytest.raises(SourceError):
        uploader.upload(old)
    cancel.set()
    thread.join()
    assert len(ended) == 1
    assert rows_of(snowflake_server) == {}
    other.close()
    again = Uploader(snowflake_server, uploader._keys)
    again.upload(old)
    again.session.close()
    assert rows_of(snowflake_server) == OLD


def test_that_the_terminal_s_interrupt_ends_an_upload_in_good_order(
    snowflake_server: Emulator, uploader: Uploader, old: Path, new: Path
) -> None:
    uploader.upload(old)
    snowflake_server.fault("query", "slow", seconds=60, matching="^COPY INTO .*TELEMETRY_DATA_ALL")
    with uploader.started(new) as process:
        until(lambda: runs(snowflake_server, "COPY INTO"), process)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE_S)[1]
    assert process.returncode == 130, said
    assert "cancelled" in said
    snowflake_server._order("end-sessions")
    assert rows_of(snowflake_server) == OLD
