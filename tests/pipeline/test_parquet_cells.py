"""A Parquet file of any types is read like the CSV file with the same cells, or refused like it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from htt_desktop.domain.errors import DomainError, ImplausibleSpeedError, MissingChannelError
from htt_desktop.pipeline.raw.columns import CellError, as_demanded
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.reader import open_pack
from tests.pipeline.conftest import RawRace, imported
from tests.pipeline.test_import import assert_same_rows

pytestmark = pytest.mark.slow

Change = Callable[[pa.Table], pa.Table]

TIMES = ("timestamp", "meta_time")


def table_of(race: RawRace) -> pa.Table:
    """Return the small race with every column as text, as it stands in the CSV file."""
    names = csv.read_csv(race.csv).column_names
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
    )
    return csv.read_csv(race.csv, convert_options=options)


def put(table: pa.Table, name: str, column: pa.ChunkedArray | pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def stamps(table: pa.Table, name: str, unit: str, zone: str | None) -> pa.Table:
    column = table[name].cast(pa.timestamp("ms", "UTC"))
    if zone is None:
        column = column.cast(pa.timestamp("ms"))
    return put(table, name, column.cast(pa.timestamp(unit, zone), safe=False))


def each_time(change: Callable[[pa.Table, str], pa.Table]) -> Change:
    def changed(table: pa.Table) -> pa.Table:
        for name in TIMES:
            table = change(table, name)
        return table

    return changed


SAME: dict[str, Change] = {
    "all text": lambda table: table,
    "times without a zone": each_time(
        lambda table, name: put(table, name, pc.replace_substring(table[name], "Z", ""))
    ),
    "an empty time of reception": lambda table: put(
        table,
        "meta_time",
        pa.chunked_array([pa.array(["", *table["meta_time"].to_pylist()[1:]])]),
    ),
    "stamps in microseconds": each_time(lambda table, name: stamps(table, name, "us", "UTC")),
    "stamps in nanoseconds, no zone": each_time(
        lambda table, name: stamps(table, name, "ns", None)
    ),
    "stamps in another zone": each_time(
        lambda table, name: stamps(table, name, "ms", "America/Chicago")
    ),
    "text as dictionaries": lambda table: pa.table(
        {name: table[name].dictionary_encode() for name in table.column_names}
    ),
    "large text": lambda table: pa.table(
        {name: table[name].cast(pa.large_string()) for name in table.column_names}
    ),
    "whole numbers for laps and cars": lambda table: put(
        put(table, "lap", table["lap"].cast(pa.int16())),
        "vehicle_number",
        table["vehicle_number"].cast(pa.int64()),
    ),
    "decimals": lambda table: put(
        table,
        "telemetry_value",
        pa.array([Decimal(text) for text in table["telemetry_value"].to_pylist()]),
    ),
    "headings in capitals": lambda table: table.rename_columns(
        [name.upper() for name in table.column_names]
    ),
    "a column of nothing": lambda table: put(
        table, "meta_session", pa.nulls(table.num_rows, pa.null())
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_that_another_type_of_column_holds_the_same_race(
    raw_race: RawRace, tmp_path: Path, what: str
) -> None:
    pq.write_table(SAME[what](table_of(raw_race)), tmp_path / "raw.parquet")
    report = imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "raw.parquet"))
    found = open_pack(report.path)
    for number in ("13", "98"):
        car, before = found.car(number), raw_race.bundled.car(number)
        assert car is not None
        assert before is not None
        assert_same_rows(found.read_rows(car), raw_race.bundled.read_rows(before))


def test_that_empty_row_groups_are_passed_over(raw_race: RawRace, tmp_path: Path) -> None:
    table = table_of(raw_race)
    with pq.ParquetWriter(tmp_path / "raw.parquet", table.schema) as writer:
        writer.write_table(table.slice(0, 0))
        writer.write_table(table)
        writer.write_table(table.slice(0, 0))
    report = imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "raw.parquet"))
    assert report.rows == imported(raw_race.request(tmp_path / "p.parquet")).rows


def cell(name: str, row: int, text: str) -> Change:
    return lambda table: put(
        table,
        name,
        pa.array([text if n == row - 1 else one for n, one in enumerate(table[name].to_pylist())]),
    )


REFUSED: dict[str, tuple[Change, str]] = {
    "a word for a number": (
        cell("telemetry_value", 150, "fast"),
        "row 150, column telemetry_value: 'fast' is not a number",
    ),
    "a word for a time": (
        cell("timestamp", 77, "noon"),
        "row 77, column timestamp: 'noon' is not a time",
    ),
    "a time without its zone among others": (
        cell("timestamp", 9, "2025-10-15T20:00:00.000"),
        "row 9, column timestamp: '2025-10-15T20:00:00.000' is not a time",
    ),
    "bare numbers for times": (
        lambda table: put(table, "meta_time", pa.array(range(table.num_rows))),
        "row 1, column meta_time: '0' is not a time",
    ),
    "a time before 1970": (
        cell("timestamp", 3, "1899-12-31T00:00:00.000Z"),
        "row 3, column timestamp: '1899-12-31.*' is not a time between 1970 and 2100",
    ),
    "a time after 2100": (
        cell("meta_time", 4, "2525-01-01T00:00:00.000Z"),
        "row 4, column meta_time: '2525-01-01.*' is not a time between 1970 and 2100",
    ),
    "a time beyond all calendars": (
        lambda table: put(
            table, "timestamp", pa.array([2**62] * table.num_rows, pa.timestamp("ms", "UTC"))
        ),
        "row 1, column timestamp: .* is not a time between 1970 and 2100",
    ),
    "lists": (
        lambda table: put(table, "telemetry_value", pa.array([[1.0, 2.0]] * table.num_rows)),
        r"row 1, column telemetry_value: '\[1.0, 2.0\]' is not a single value",
    ),
    "nested records": (
        lambda table: put(table, "timestamp", pa.array([{"a": 1}] * table.num_rows)),
        "column timestamp: .* is not a single value",
    ),
    "yes and no for numbers": (
        lambda table: put(table, "telemetry_value", pa.array([True] * table.num_rows)),
        "column telemetry_value: 'True' is not a number",
    ),
    "bytes that are no text": (
        lambda table: put(table, "vehicle_id", pa.array([b"\xff\xfe"] * table.num_rows)),
        "row 1, column vehicle_id: .* is not text",
    ),
    "a heading twice": (
        lambda table: table.append_column("SPEED", table["lap"]).append_column(
            "speed", table["lap"]
        ),
        "two columns speed",
    ),
    "no column of times": (lambda table: table.drop_columns(["timestamp"]), "no column timestamp"),
    "no rows": (lambda table: table.slice(0, 0), "no sample"),
    "no value": (
        lambda table: put(table, "telemetry_name", pa.nulls(table.num_rows, pa.string())),
        "no sample",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_that_an_unreadable_cell_is_named_with_row_and_column(
    raw_race: RawRace, tmp_path: Path, what: str
) -> None:
    change, sentence = REFUSED[what]
    bad = tmp_path / "raw.parquet"
    pq.write_table(change(table_of(raw_race)), bad)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(SourceError, match=sentence) as caught:
        imported(raw_race.request(out / "o.parquet", bad))
    assert str(bad) in str(caught.value)
    assert list(out.iterdir()) == []


def test_that_a_time_outside_all_races_in_a_csv_file_is_named(
    raw_race: RawRace, tmp_path: Path
) -> None:
    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    cells = lines[6].split(",")
    cells[lines[0].split(",").index("timestamp")] = "2525-01-01T00:00:00.000Z"
    bad = tmp_path / "late.csv"
    bad.write_text("\n".join([*lines[:6], ",".join(cells), *lines[7:]]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"row 7, column timestamp: '2525.*between 1970 and 2100"):
        imported(raw_race.request(tmp_path / "o.parquet", bad))


def speeds(table: pa.Table, factor: float) -> pa.Table:
    """Return the race with speed multiplied."""
    values = np.array([float(text) for text in table["telemetry_value"].to_pylist()])
    is_speed = np.array([name == "speed" for name in table["telemetry_name"].to_pylist()])
    return put(table, "telemetry_value", pa.array(np.where(is_speed, values * factor, values)))


SPOILT_SPEED: dict[str, tuple[Change, type[DomainError], str]] = {
    "miles per hour": (
        lambda table: speeds(table, 0.621371),
        ImplausibleSpeedError,
        r"a lap of GR86-022-13 is 2,4\d\d m long instead of 3,925 m, as if speed were in mph",
    ),
    "metres per second": (
        lambda table: speeds(table, 1 / 3.6),
        ImplausibleSpeedError,
        "as if speed were in m/s",
    ),
    "half of it": (
        lambda table: speeds(table, 0.8),
        ImplausibleSpeedError,
        "so speed is not in km/h",
    ),
    "millimetres per second": (
        lambda table: speeds(table, 1e6),
        MissingChannelError,
        "values of speed of GR86-022-13 lies outside 0 to 350 km/h",
    ),
    "no speed": (
        lambda table: table.filter(pc.not_equal(table["telemetry_name"], "speed")),
        MissingChannelError,
        "No speed was recorded for GR86-022-13",
    ),
    "nothing but gaps": (
        lambda table: put(table, "telemetry_value", pa.array([np.nan] * table.num_rows)),
        MissingChannelError,
        "No sample of GR86-022-13 holds a value",
    ),
}


@pytest.mark.parametrize("what", SPOILT_SPEED)
def test_that_a_speed_that_cannot_be_is_said_at_import(
    raw_race: RawRace, tmp_path: Path, what: str
) -> None:
    change, kind, sentence = SPOILT_SPEED[what]
    table = table_of(raw_race)
    table = table.filter(pc.equal(table["vehicle_id"], "GR86-022-13"))
    pq.write_table(change(table), tmp_path / "raw.parquet")
    with pytest.raises(kind, match=sentence):
        imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "raw.parquet"))


@pytest.mark.parametrize(
    "column,expected",
    [
        (pa.array([1, None], pa.int8()), [1.0, None]),
        (pa.array([" 1.5 ", ""], pa.string()), [1.5, None]),
        (pa.array([1.5, None], pa.float32()), [1.5, None]),
        (pa.array([np.float16(1.5)], pa.float16()), [1.5]),
        (pa.nulls(2), [None, None]),
        (pa.array([2**63], pa.uint64()), [9.223372036854776e18]),
    ],
)
def test_that_numbers_are_read_from_any_type(column: pa.Array, expected: list[float]) -> None:
    assert as_demanded("speed", column).to_pylist() == expected


def test_that_car_numbers_in_a_column_with_gaps_stay_whole() -> None:
    assert as_demanded("vehicle_number", pa.array([7.0, None])).to_pylist() == ["7", None]
    with pytest.raises(CellError) as caught:
        as_demanded("vehicle_number", pa.array([7.0, 7.5]))
    assert (caught.value.row, caught.value.text) == (1, "7.5")


def test_that_stamps_in_seconds_are_stamps() -> None:
    moment = datetime.fromisoformat("2025-10-18T17:00:00+00:00")
    column = pa.array([int(moment.timestamp())], pa.timestamp("s"))
    assert as_demanded("timestamp", column).to_pylist() == [moment]
