"""Raw logger files of every kind: recognised before anything is read, then streamed as samples."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from htt_desktop.pipeline.raw.samples import (
    CHANNEL_CODE_OF_RAW_NAME,
    MISSING_MS,
    UNKNOWN_CHANNEL,
    RawFile,
    SampleBatch,
    codes_and_texts,
    lap_labels,
    milliseconds,
)
from htt_desktop.pipeline.raw.tables import BytesRead, batches
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.arrow import to_array

LONG_COLUMNS = ("lap", "telemetry_name", "telemetry_value", "timestamp")
"""Columns without which a long file cannot be read."""

WIDE_COLUMNS = ("lap", "timestamp")
"""Columns without which a wide file cannot be read."""

VEHICLE_COLUMNS = ("vehicle_id", "original_vehicle_id", "vehicle_number")
"""Columns that name the car, most telling first."""

_LONGEST_HEADER = 65_536

_ROW_COLUMNS = frozenset(
    {"lap", "timestamp", "meta_time", "meta_session", "meta_event", *VEHICLE_COLUMNS}
)


def recognise(path: Path) -> RawFile:
    """Return how a raw file is stored.

    Raises
    ------
    SourceError
        The file is unreadable, is no logger file, or lacks a column.
    """
    demand_no_device(path)
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path} cannot be read ({reason}); check the file name.") from error
    if not start:
        raise SourceError(f"{path} is empty; fetch the file again.")
    is_parquet = start == b"PAR1"
    is_gzip = start[:2] == b"\x1f\x8b"
    columns = _parquet_columns(path) if is_parquet else _csv_columns(path, is_gzip=is_gzip)
    plain = _lower(columns)
    if len(plain) < len(columns):
        twice = next(name for n, name in enumerate(columns) if name.lower() in _lower(columns[:n]))
        raise SourceError(
            f"{path} has two columns {twice.lower()}; leave one of them out of the file.",
        )
    is_long = "telemetry_name" in plain or "telemetry_value" in plain
    has_channels = any(name in CHANNEL_CODE_OF_RAW_NAME for name in plain)
    if not is_long and not has_channels:
        raise SourceError(
            f"{path} is not a logger file: its header has neither telemetry_name nor a channel "
            "such as speed; give the raw telemetry file.",
        )
    for name in LONG_COLUMNS if is_long else WIDE_COLUMNS:
        if name not in plain:
            raise SourceError(
                f"{path} has no column {name}; export the file again with all its columns.",
            )
    has_vehicle = any(name in plain for name in VEHICLE_COLUMNS)
    if is_long and not has_vehicle:
        raise SourceError(
            f"{path} has no column vehicle_id; export the file again with all its columns.",
        )
    return RawFile(path, columns, is_parquet, is_gzip, is_long, has_vehicle)


def _lower(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that only imports should pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} is a damaged Parquet file; fetch the file again.",
        ) from error


def _csv_columns(path: Path, *, is_gzip: bool) -> tuple[str, ...]:
    try:
        with gzip.open(path, "rb") if is_gzip else path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"{path} is a damaged gzip file; fetch the file again.",
        ) from error
    try:
        header = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not a text file, so it is not a logger file; give the raw telemetry file.",
        ) from error
    return tuple(next(csv.reader([header]), []))


def read_samples(file: RawFile, vehicle: str, bytes_read: BytesRead) -> Iterator[SampleBatch]:
    """Yield the samples of a file in file order.

    Parameters
    ----------
    file
        A recognised file.
    vehicle
        Number of the car, for a file without a vehicle column.
    bytes_read
        Called with the bytes read so far.

    Raises
    ------
    SourceError
        A row or cell cannot be read.
    """
    measured = (
        frozenset({"telemetry_name", "telemetry_value"})
        if file.is_long
        else frozenset(CHANNEL_CODE_OF_RAW_NAME)
    )
    for batch in batches(file, _ROW_COLUMNS | measured, bytes_read):
        by_name = {name.lower(): batch.column(n) for n, name in enumerate(batch.schema.names)}
        yield _long(by_name) if file.is_long else _wide(by_name, vehicle)


def _long(columns: dict[str, Any]) -> SampleBatch:
    name_codes, names = codes_and_texts(columns["telemetry_name"])
    channel_of = np.array(
        [CHANNEL_CODE_OF_RAW_NAME.get(name.lower(), UNKNOWN_CHANNEL) for name in names]
        + [UNKNOWN_CHANNEL],  # what code −1, a missing name, points to
        dtype=np.int8,
    )
    vehicle_codes, vehicles = _vehicles(columns, "")
    return SampleBatch(
        vehicles=vehicles,
        vehicle_code=vehicle_codes,
        channel_code=channel_of[name_codes],
        clock_ms=milliseconds(columns["timestamp"]),
        reception_ms=_reception(columns),
        lap=lap_labels(columns["lap"]),
        value=to_array(columns["telemetry_value"].cast("float64"), np.float64, np.nan),
        source_rows=len(name_codes),
        sessions=_marks(columns, "meta_session"),
        events=_marks(columns, "meta_event"),
    )


def _wide(columns: dict[str, Any], vehicle: str) -> SampleBatch:
    vehicle_codes, vehicles = _vehicles(columns, vehicle)
    clock_ms = milliseconds(columns["timestamp"])
    reception_ms = _reception(columns)
    laps = lap_labels(columns["lap"])
    rows, codes, values = [], [], []
    for name, code in CHANNEL_CODE_OF_RAW_NAME.items():
        if name not in columns:
            continue
        cells = to_array(columns[name].cast("float64"), np.float64, np.nan)
        filled = np.flatnonzero(~np.isnan(cells))
        rows.append(filled)
        codes.append(np.full(filled.size, code, dtype=np.int8))
        values.append(cells[filled])
    row = np.concatenate(rows)
    return SampleBatch(
        vehicles=vehicles,
        vehicle_code=vehicle_codes[row],
        channel_code=np.concatenate(codes),
        clock_ms=clock_ms[row],
        reception_ms=reception_ms[row],
        lap=laps[row],
        value=np.concatenate(values),
        source_rows=laps.size,
        sessions=_marks(columns, "meta_session"),
        events=_marks(columns, "meta_event"),
    )


def _vehicles(columns: dict[str, Any], vehicle: str) -> tuple[Any, tuple[str, ...]]:
    """Return vehicle codes and texts from the most telling column that is filled."""
    for name in VEHICLE_COLUMNS:
        column = columns.get(name)
        if column is not None and column.null_count < len(column):
            return codes_and_texts(column)
    return np.zeros(len(columns["timestamp"]), dtype=np.int32), (vehicle,)


def _reception(columns: dict[str, Any]) -> Any:  # noqa: ANN401 - an int64 array
    column = columns.get("meta_time")
    if column is None or column.null_count == len(column):
        return np.full(len(columns["timestamp"]), MISSING_MS, dtype=np.int64)
    return milliseconds(column)


def _marks(columns: dict[str, Any], name: str) -> frozenset[str]:
    column = columns.get(name)
    if column is None or column.null_count == len(column):
        return frozenset()
    return frozenset(text for text in codes_and_texts(column)[1] if text)
