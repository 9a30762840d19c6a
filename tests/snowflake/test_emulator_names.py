"""What the emulator refuses, and what it tells about itself and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import ProgrammingError

from tests.snowflake.emulator import COLUMNS, TABLE, Emulator

Arguments = dict[str, Any]
Opened = Any
"""A connection; the connector types too much of it as perhaps ``None``."""


@pytest.fixture
def connection(arguments: Arguments, telemetry_table: int) -> Iterator[Opened]:
    with snowflake.connector.connect(**arguments) as opened:
        yield opened


@pytest.mark.parametrize(
    "sql,number",
    [
        ("SELECT * FROM NOTHING", 2003),
        (f"SELECT NOTHING FROM {TABLE}", 904),  # noqa: S608
        ("SELEC 1 FROM", 1003),
        ("CREATE TABLE MINE (A NUMBER)", 3001),
        (f"DELETE FROM {TABLE}", 3001),  # noqa: S608
        ("USE WAREHOUSE NOWHERE", 2003),
        ("SELECT NO_SUCH_FUNCTION(1)", 2141),
    ],
)
def test_that_a_refused_statement_has_its_number(connection: Opened, sql: str, number: int) -> None:
    with pytest.raises(ProgrammingError) as caught:
        connection.cursor().execute(sql)
    assert caught.value.errno == number
    cursor = connection.cursor()
    cursor.execute_async(sql)
    while connection.is_still_running(connection.get_query_status(cursor.sfqid)):
        pass
    assert connection.get_query_status(cursor.sfqid) is QueryStatus.FAILED_WITH_ERROR
    with pytest.raises(ProgrammingError) as later:
        connection.get_query_status_throw_if_error(cursor.sfqid)
    assert later.value.errno == number


def test_that_a_role_without_rights_sees_no_table(
    arguments: Arguments, telemetry_table: int, snowflake_server: Emulator
) -> None:
    snowflake_server.set_role("BLIND", read=False)
    with snowflake.connector.connect(**{**arguments, "role": "BLIND"}) as connection:
        with pytest.raises(ProgrammingError) as caught:
            connection.cursor().execute(f"SELECT LAP FROM {TABLE}")  # noqa: S608
        assert caught.value.errno == 2003
        assert "not authorized" in str(caught.value)


def test_that_the_session_knows_itself(connection: Opened) -> None:
    sql = "SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_USER(), CURRENT_DATABASE()"
    row = connection.cursor().execute(sql).fetchone()
    assert row == ("HTT_READER", "COMPUTE_WH", "ENGINEER", "HACKTHETRACK")


def test_that_columns_can_be_probed(connection: Opened) -> None:
    cursor = connection.cursor()
    described = {row[0]: row[1] for row in cursor.execute(f"DESC TABLE {TABLE}").fetchall()}
    assert list(described) == list(COLUMNS)
    assert described["LAP"] == "NUMBER(38,0)"
    assert described["TIMESTAMP"].startswith("TIMESTAMP_NTZ")
    sql = (
        "SELECT COLUMN_NAME FROM HACKTHETRACK.INFORMATION_SCHEMA.COLUMNS "
        "WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION"
    )
    rows = cursor.execute(sql, ("TELEMETRY", "TELEMETRY_DATA_ALL")).fetchall()
    assert [row[0] for row in rows] == list(COLUMNS)


def test_that_upper_and_lower_case_are_different_names(
    connection: Opened, snowflake_server: Emulator
) -> None:
    snowflake_server.load("SELECT 'barber' AS track_id, 1.5 AS SPEED", f"{TABLE}_OLD")
    cursor = connection.cursor()
    columns = cursor.execute(f"DESC TABLE {TABLE}_OLD").fetchall()
    assert [row[0] for row in columns] == ["track_id", "SPEED"]
    with pytest.raises(ProgrammingError) as caught:
        cursor.execute(f"SELECT TRACK_ID FROM {TABLE}_OLD")  # noqa: S608
    assert caught.value.errno == 904
    cursor.execute(f'SELECT "track_id", speed FROM {TABLE}_OLD')  # noqa: S608
    assert cursor.fetchall()[0][0] == "barber"
    assert [column.name for column in cursor.description] == ["track_id", "SPEED"]
