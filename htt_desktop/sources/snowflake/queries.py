"""Every question that is put to the server. Values are always bound, never written into SQL.

Rows can only be asked for by :class:`RowsRequest`, which demands track, race and one or two cars
and carries a cap, so a query for the whole table cannot be built. Other questions are grouped and
answer with some hundred rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.sources.snowflake.columns import DISTANCE, FLAG, ROW_COLUMNS, TableShape
from htt_desktop.sources.snowflake.identifiers import TableName
from htt_desktop.sources.snowflake.years import YearSpan, condition_of, race_words

GREEN = ("GF",)
"""Flag of laps under green."""

ROW_CAP = 250_000
"""Two cars of a long race have 90,000 rows; far more is a surprise and shown as truncated."""

GROUP_CAP = 20_000
"""Forty cars with five hundred laps."""

KNOWLEDGE_CAP = 20
"""Years of one race; each is a text of some hundred kilobytes."""

KNOWLEDGE_TABLE = "RACE_KNOWLEDGE"
"""Our second table: what is known about whole races."""


@dataclass(frozen=True)
class Query:
    """A statement with its values.

    Attributes
    ----------
    sql
        With ``?`` for every value.
    parameters
        The values in order.
    purpose
        What it is for, for the history.
    """

    sql: str
    parameters: tuple[object, ...]
    purpose: str


@dataclass(frozen=True)
class RowsRequest:
    """Rows wanted: one race, one or two cars, and never more than a cap.

    Attributes
    ----------
    track_id
        As the table spells it.
    race
        From 1.
    vehicles
        One or two vehicle numbers.
    flags
        Only laps with these flags, where the table has the column; ``None`` for all laps.
    laps
        First and last logger lap, ``None`` for all.
    cap
        Most rows; one more is asked for, which tells that there were more.
    span
        Only rows of these years; ``None`` where the table has no other of the race.
    """

    track_id: str
    race: int
    vehicles: tuple[int, ...]
    flags: tuple[str, ...] | None = GREEN
    laps: tuple[int, int] | None = None
    cap: int = ROW_CAP
    span: YearSpan | None = None

    def __post_init__(self) -> None:
        """Refuse what could grow to the whole table."""
        if not self.track_id or self.race < 1:
            message = "Rows are asked for by track and race."
            raise ValueError(message)
        if not 1 <= len(self.vehicles) <= 2:
            message = "Rows are asked for by one or two cars."
            raise ValueError(message)
        if not 1 <= self.cap <= ROW_CAP or self.flags == ():
            message = f"Rows are asked for with a cap of 1 to {ROW_CAP}, and flags if any."
            raise ValueError(message)


def rows_query(shape: TableShape, request: RowsRequest) -> Query:
    """Return the question for rows of one or two cars, by our column names."""
    placeholders = ", ".join("?" for _ in request.vehicles)
    conditions = [
        f"{shape.sql('TRACK_ID')} = ?",
        f"{shape.sql('RACE_NUM')} = ?",
        f"{shape.sql('VEHICLE_NUMBER')} IN ({placeholders})",
    ]
    values: list[object] = [request.track_id, request.race, *request.vehicles]
    if request.flags is not None and shape.has(FLAG):
        conditions.append(_flag_condition(shape, request.flags))
        values += request.flags
    if request.laps is not None:
        conditions.append(f"{shape.sql('LAP')} BETWEEN ? AND ?")
        values += request.laps
    of_years, years = condition_of(shape, request.span)
    values += years
    order = ", ".join(
        shape.sql(column)
        for column in ("VEHICLE_NUMBER", "LAP", DISTANCE if shape.has(DISTANCE) else "TIMESTAMP")
    )
    cars = " and ".join(str(vehicle) for vehicle in request.vehicles)
    laps = "" if request.laps is None else f" laps {request.laps[0]} to {request.laps[1]}"
    laps += _flagged(shape, request.flags)
    return Query(
        f"SELECT {shape.named(ROW_COLUMNS)} FROM {shape.table} "  # noqa: S608 - names, checked
        f"WHERE {' AND '.join(conditions)}{of_years} "
        f"ORDER BY {order} LIMIT {request.cap + 1}",
        tuple(values),
        f"rows of {race_words(request.track_id, request.race, request.span)} car {cars}{laps}",
    )


def shape_query(table: TableName) -> Query:
    """Return the question for the columns of a table; it reads no row."""
    return Query(f"SELECT * FROM {table} LIMIT 0", (), f"columns of {table.name}")  # noqa: S608 - names, checked


def races_query(shape: TableShape, span: YearSpan | None = None) -> Query:
    """Return the question which races there are, oldest first.

    Its answer has TRACK_ID, RACE_NUM, FIRST_AT, LAST_AT.
    """
    track, race, stamp = (shape.sql(name) for name in ("TRACK_ID", "RACE_NUM", "TIMESTAMP"))
    condition, values = condition_of(shape, span)
    where = condition.replace(" AND ", "WHERE ", 1) + " " if condition else ""
    return Query(
        f"SELECT {track} AS TRACK_ID, {race} AS RACE_NUM, "  # noqa: S608 - names, checked
        f"MIN({stamp}) AS FIRST_AT, MAX({stamp}) AS LAST_AT FROM {shape.table} "
        f"{where}GROUP BY {track}, {race} ORDER BY MIN({stamp}) LIMIT {GROUP_CAP}",
        values,
        "races",
    )


def laps_query(
    shape: TableShape,
    track_id: str,
    race: int,
    flags: tuple[str, ...] | None = None,
    span: YearSpan | None = None,
) -> Query:
    """Return the question for laps: VEHICLE_NUMBER, LAP, ROWS_TOTAL, FIRST_AT, LAST_AT.

    Parameters
    ----------
    flags
        As for :class:`RowsRequest`, so that laps that would not be fetched are not offered.
    span
        Only rows of these years.
    """
    of_years, years = condition_of(shape, span)
    if flags is None or not shape.has(FLAG):
        flags = ()
    flagged = f" AND {_flag_condition(shape, flags)}" if flags else ""
    vehicle, lap, stamp = (shape.sql(name) for name in ("VEHICLE_NUMBER", "LAP", "TIMESTAMP"))
    return Query(
        f"SELECT {vehicle} AS VEHICLE_NUMBER, {lap} AS LAP, COUNT(*) AS ROWS_TOTAL, "  # noqa: S608 - names, checked
        f"MIN({stamp}) AS FIRST_AT, MAX({stamp}) AS LAST_AT FROM {shape.table} "
        f"WHERE {shape.sql('TRACK_ID')} = ? AND {shape.sql('RACE_NUM')} = ?{flagged}{of_years} "
        f"GROUP BY {vehicle}, {lap} ORDER BY {vehicle}, {lap} LIMIT {GROUP_CAP}",
        (track_id, race, *flags, *years),
        f"laps of {race_words(track_id, race, span)}{_flagged(shape, flags)}",
    )


def counts_query(
    shape: TableShape, track_id: str, race: int, span: YearSpan | None = None
) -> Query:
    """Return the question how many rows each car has: VEHICLE_NUMBER, ROWS_TOTAL."""
    of_years, years = condition_of(shape, span)
    vehicle = shape.sql("VEHICLE_NUMBER")
    return Query(
        f"SELECT {vehicle} AS VEHICLE_NUMBER, COUNT(*) AS ROWS_TOTAL FROM {shape.table} "  # noqa: S608 - names, checked
        f"WHERE {shape.sql('TRACK_ID')} = ? AND {shape.sql('RACE_NUM')} = ?{of_years} "
        f"GROUP BY {vehicle} ORDER BY {vehicle} LIMIT {GROUP_CAP}",
        (track_id, race, *years),
        f"row counts of {race_words(track_id, race, span)}",
    )


def knowledge_query(table: TableName, track_id: str, race: int) -> Query:
    """Return the question what is known about a race, in whichever years it was driven.

    Its answer has CONTENTS, ROWS_TOTAL, SCHEMA_VERSION, the latest upload first.
    """
    return Query(
        f"SELECT CONTENTS, ROWS_TOTAL, SCHEMA_VERSION FROM {table.beside(KNOWLEDGE_TABLE)} "  # noqa: S608 - names, checked
        f"WHERE TRACK_ID = ? AND RACE_NUM = ? ORDER BY UPLOADED_AT DESC LIMIT {KNOWLEDGE_CAP}",
        (track_id, race),
        f"knowledge of {race_words(track_id, race, None)}",
    )


def _flag_condition(shape: TableShape, flags: tuple[str, ...]) -> str:
    if len(flags) == 1:
        return f"{shape.sql(FLAG)} = ?"
    return f"{shape.sql(FLAG)} IN ({', '.join('?' for _ in flags)})"


def _flagged(shape: TableShape, flags: tuple[str, ...] | None) -> str:
    """Return what the purpose of a query says about its flags."""
    if not flags or not shape.has(FLAG):
        return ""
    return ", green laps only" if flags == GREEN else f", flags {' and '.join(flags)} only"
