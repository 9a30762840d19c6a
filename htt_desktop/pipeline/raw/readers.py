"""Long and wide files → one stream of sample batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from htt_desktop.pipeline.raw.recognise import VEHICLE_COLUMNS
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
from htt_desktop.sources.arrow_arrays import to_array

_ROW_COLUMNS = frozenset(
    {"lap", "timestamp", "meta_time", "meta_session", "meta_event", *VEHICLE_COLUMNS}
)


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
