from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.sources.snowflake.columns import INDISPENSABLE, ROW_COLUMNS, TableShape, shape_of
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.identifiers import TableName, exactly, identifier
from htt_desktop.sources.snowflake.queries import ROW_CAP, RowsRequest, rows_query

TABLE = TableName("HACKTHETRACK", "TELEMETRY", "TELEMETRY_DATA_ALL")


@pytest.fixture(scope="module")
def shape() -> TableShape:
    return shape_of(TABLE, ["TRACK_ID", "RACE_NUM", *ROW_COLUMNS, "FLAG_AT_FL"])


def test_that_a_plain_request_is_the_query_the_system_is_built_on(shape: TableShape) -> None:
    query = rows_query(shape, RowsRequest("barber", 1, (2, 13)))
    assert (
        'FROM "HACKTHETRACK"."TELEMETRY"."TELEMETRY_DATA_ALL" WHERE "TRACK_ID" = ? '
        'AND "RACE_NUM" = ? AND "VEHICLE_NUMBER" IN (?, ?) AND "FLAG_AT_FL" = ? '
        'ORDER BY "VEHICLE_NUMBER", "LAP", "LAPTRIGGER_LAPDIST_DLS" '
        f"LIMIT {ROW_CAP + 1}"
    ) in query.sql
    assert query.parameters == ("barber", 1, 2, 13, "GF")
    assert query.sql.count("?") == len(query.parameters)


def test_that_flags_and_laps_are_bound_like_everything_else(shape: TableShape) -> None:
    request = RowsRequest("barber", 1, (13,), flags=("GF", "FF"), laps=(3, 7))
    query = rows_query(shape, request)
    assert '"FLAG_AT_FL" IN (?, ?) AND "LAP" BETWEEN ? AND ?' in query.sql
    assert query.parameters == ("barber", 1, 13, "GF", "FF", 3, 7)


def test_that_a_table_without_flags_is_not_asked_for_them() -> None:
    query = rows_query(shape_of(TABLE, INDISPENSABLE), RowsRequest("barber", 1, (13,)))
    assert "FLAG_AT_FL" not in query.sql
    assert query.parameters == ("barber", 1, 13)
    assert query.sql.startswith('SELECT "VEHICLE_NUMBER" AS "VEHICLE_NUMBER", "LAP"')
    assert sum(spec.column in query.sql for spec in CHANNELS) == 1
    assert 'ORDER BY "VEHICLE_NUMBER", "LAP", "TIMESTAMP"' in query.sql


@pytest.mark.parametrize(
    "request_",
    [
        ("", 1, (13,)),
        ("barber", 0, (13,)),
        ("barber", 1, ()),
        ("barber", 1, (1, 2, 3)),
        ("barber", 1, (1,), ()),
        ("barber", 1, (1,), None, None, 0),
        ("barber", 1, (1,), None, None, ROW_CAP + 1),
    ],
)
def test_that_a_query_for_everything_cannot_be_built(request_: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="asked for"):
        RowsRequest(*request_)  # type: ignore[arg-type]


@given(st.text(min_size=1), st.integers(1, 9), st.integers(0, 10**6))
def test_that_no_value_ever_reaches_the_sql(track_id: str, race: int, vehicle: int) -> None:
    shape = shape_of(TABLE, [*ROW_COLUMNS, *INDISPENSABLE])
    plain = rows_query(shape, RowsRequest("x", 1, (1,)))
    query = rows_query(shape, RowsRequest(track_id, race, (vehicle,)))
    assert query.sql == plain.sql
    assert query.parameters == (track_id, race, vehicle)


@pytest.mark.parametrize(
    "name", ["", "a b", 'x"; DROP TABLE t; --', '"', '"a"b"', "1a", "é", "a;b"]
)
def test_that_a_name_that_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        identifier(name)
    assert caught.value.kind is FaultKind.NOT_CONFIGURED


@given(st.text())
def test_that_a_name_of_the_server_stays_one_identifier(name: str) -> None:
    quoted = exactly(name)
    assert quoted[0] == quoted[-1] == '"'
    assert '"' not in quoted[1:-1].replace('""', "")


def test_that_of_two_spellings_the_one_in_capitals_counts() -> None:
    names = ["speed", *INDISPENSABLE, "Speed"]
    assert shape_of(TABLE, names).sql("SPEED") == '"SPEED"'
    assert shape_of(TABLE, names[::-1]).sql("SPEED") == '"SPEED"'
