"""Files into stages and from stages into tables, through connector 5."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import snowflake.connector
from snowflake.connector.errors import DatabaseError

from tests.snowflake.emulator import TABLE, Emulator, KeyPair

Opened = Any
"""A connection; the connector types too much of it as perhaps ``None``."""

STAGE = "HACKTHETRACK.TELEMETRY.LOADING"
COUNT = f"SELECT COUNT(*) FROM {TABLE}"  # noqa: S608
COPY = (
    f"COPY INTO {TABLE} FROM @{STAGE}/barber_1 FILE_FORMAT = (TYPE = PARQUET) "
    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE"
)


@pytest.fixture
def writer(snowflake_server: Emulator, loader_arguments: dict[str, Any]) -> Iterator[Opened]:
    """Return a connection of the loader, with the objects that an upload makes."""
    with snowflake.connector.connect(**loader_arguments) as connection:
        cursor = connection.cursor()
        for _ in range(2):
            cursor.execute("CREATE DATABASE IF NOT EXISTS HACKTHETRACK")
            cursor.execute("CREATE SCHEMA IF NOT EXISTS HACKTHETRACK.TELEMETRY")
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {TABLE} (TRACK_ID VARCHAR, RACE_NUM NUMBER(38,0), "
                "TIMESTAMP TIMESTAMP_NTZ, SPEED FLOAT) CLUSTER BY (TRACK_ID, RACE_NUM)"
            )
            cursor.execute(f"CREATE STAGE IF NOT EXISTS {STAGE}")
        yield connection


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    file = tmp_path / "rows.parquet"
    times = pa.array([0, 123], pa.timestamp("ms"))
    columns = {"track_id": ["barber", "barber"], "race_num": [1, 1], "timestamp": times}
    pq.write_table(pa.table({**columns, "speed": [1.5, None]}), file)
    return file


def put(connection: Opened, file: Path, options: str = "") -> tuple[Any, ...]:
    """Put a file and return what the connector says of it."""
    sql = f"PUT 'file://{file.as_posix()}' @{STAGE}/barber_1 {options}"
    row: tuple[Any, ...] = connection.cursor().execute(sql).fetchone()
    return row


def count(connection: Opened) -> int:
    rows: int = connection.cursor().execute(COUNT).fetchone()[0]
    return rows


def test_that_a_parquet_file_reaches_the_table(writer: Opened, parquet: Path) -> None:
    said = put(writer, parquet, "AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
    assert said[:2] == ("rows.parquet", "rows.parquet")
    assert said[6] == "UPLOADED"
    loaded = writer.cursor().execute(COPY).fetchone()
    assert loaded[:4] == ("loading/barber_1/rows.parquet", "LOADED", 2, 2)
    rows = writer.cursor().execute(f"SELECT * FROM {TABLE} ORDER BY SPEED").fetchall()  # noqa: S608
    assert [(row[0], row[1], row[3]) for row in rows] == [("barber", 1, 1.5), ("barber", 1, None)]
    assert rows[1][2].microsecond == 123_000


def test_that_a_compressed_text_file_reaches_the_table(writer: Opened, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("cota,2,2025-04-26 10:00:00.250,99.5\n", encoding="utf-8")
    assert put(writer, file)[1] == "rows.csv.gz"
    copy = f"COPY INTO {TABLE} FROM @{STAGE}/barber_1 FILE_FORMAT = (TYPE = CSV)"
    assert writer.cursor().execute(copy).fetchone()[1] == "LOADED"
    (row,) = writer.cursor().execute(f"SELECT * FROM {TABLE}").fetchall()  # noqa: S608
    assert (row[0], row[1], row[3]) == ("cota", 2, 99.5)


def test_that_the_same_file_is_neither_put_nor_loaded_twice(writer: Opened, parquet: Path) -> None:
    assert put(writer, parquet)[6] == "UPLOADED"
    assert put(writer, parquet)[6] == "SKIPPED"
    assert writer.cursor().execute(COPY).fetchone()[1] == "LOADED"
    writer.cursor().execute(COPY)
    assert count(writer) == 2
    writer.cursor().execute(f"{COPY} FORCE = TRUE")
    assert count(writer) == 4


def test_that_nobody_sees_a_transaction_before_it_is_committed(
    writer: Opened, arguments: dict[str, Any], parquet: Path
) -> None:
    put(writer, parquet)
    writer.cursor().execute(COPY)
    with snowflake.connector.connect(**arguments) as reader:
        for last, rows in (("ROLLBACK", 2), ("COMMIT", 0)):
            writer.cursor().execute("BEGIN")
            deleted = writer.cursor().execute(
                f"DELETE FROM {TABLE} WHERE TRACK_ID = ? AND RACE_NUM = ?",  # noqa: S608
                ("barber", 1),
            )
            assert deleted.rowcount == 2
            assert (count(writer), count(reader)) == (0, 2)
            writer.cursor().execute(last)
            assert (count(writer), count(reader)) == (rows, rows)


def test_that_a_session_that_ends_takes_its_transaction_back(
    writer: Opened, loader_arguments: dict[str, Any], parquet: Path
) -> None:
    put(writer, parquet)
    other = snowflake.connector.connect(**loader_arguments)
    other.cursor().execute("BEGIN")
    other.cursor().execute(COPY)
    assert count(other) == 2
    other.close()
    assert count(writer) == 0


def test_that_staged_files_are_listed_and_removed(writer: Opened, parquet: Path) -> None:
    put(writer, parquet)
    listed = writer.cursor().execute(f"LIST @{STAGE}").fetchall()
    assert [row[0] for row in listed] == ["loading/barber_1/rows.parquet"]
    removed = writer.cursor().execute(f"REMOVE @{STAGE}/barber_1").fetchall()
    assert removed == [("loading/barber_1/rows.parquet", "removed")]
    assert writer.cursor().execute(f"LIST @{STAGE}").fetchall() == []


def test_that_an_upload_that_breaks_off_is_an_error(
    writer: Opened, parquet: Path, snowflake_server: Emulator
) -> None:
    snowflake_server.fault("upload", "status", times=None, status=400)
    with pytest.raises(DatabaseError):
        put(writer, parquet, "OVERWRITE = TRUE")
    snowflake_server.clear_faults()
    assert put(writer, parquet, "OVERWRITE = TRUE")[6] == "UPLOADED"


def test_that_a_reader_puts_nothing(
    writer: Opened, arguments: dict[str, Any], parquet: Path
) -> None:
    with snowflake.connector.connect(**arguments) as reader:
        with pytest.raises(DatabaseError) as caught:
            put(reader, parquet)
        assert caught.value.errno == 3001


def test_that_a_public_key_can_be_set_in_sql(
    snowflake_server: Emulator, arguments: dict[str, Any], other_key_pair: KeyPair
) -> None:
    body = "".join(other_key_pair.public_pem.splitlines()[1:-1])
    owner = {**arguments, "role": "ACCOUNTADMIN"}
    with snowflake.connector.connect(**owner) as connection:
        cursor = connection.cursor()
        cursor.execute(f"ALTER USER NEWCOMER SET RSA_PUBLIC_KEY = '{body}'")
        told: dict[str, str] = dict(cursor.execute("DESC USER NEWCOMER").fetchall())
    assert told["RSA_PUBLIC_KEY_FP"].startswith("SHA256:")
    newcomer = {**arguments, "user": "newcomer", "private_key": other_key_pair.der}
    snowflake.connector.connect(**newcomer).close()
