"""Rows of the table as the logger's rows that a pack would hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS, Channel
from htt_desktop.domain.clock_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.sources.arrow_arrays import to_array
from htt_desktop.sources.snowflake.answer import Answer
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.stamps import clock_seconds

_NO_VEHICLE = -1


@dataclass(frozen=True, eq=False)
class CarRows:
    """Rows of one vehicle number, strictly increasing in logger time.

    Attributes
    ----------
    repeats
        Rows that were dropped because their stamp came twice.
    """

    clock_s: FloatArray
    logger_lap: IntArray
    channels: Mapping[Channel, FloatArray]
    repeats: int

    def of(self, vehicle_id: str, printed_number: str) -> LoggerRows:
        """Return them as rows of a logger."""
        return LoggerRows(vehicle_id, printed_number, self.clock_s, self.logger_lap, self.channels)


def cars_of(answers: list[Answer]) -> Mapping[int, CarRows]:
    """Return the rows of each vehicle number; the answers are used up.

    Raises
    ------
    SnowflakeError
        A column holds something that is no number or no time.
    """
    columns: dict[str, list[NDArray[Any]]] = {}
    for answer in answers:
        for batch in answer.batches():
            for name, values in _arrays(answer.names, batch).items():
                columns.setdefault(name, []).append(values)
    whole = {name: np.concatenate(columns.pop(name)) for name in list(columns)}
    if not whole:
        return {}
    vehicles = whole.pop("VEHICLE_NUMBER")
    return {
        int(vehicle): _car(whole, np.flatnonzero(vehicles == vehicle))
        for vehicle in np.unique(vehicles)
        if vehicle != _NO_VEHICLE
    }


def _arrays(names: tuple[str, ...], batch: Any) -> dict[str, NDArray[Any]]:  # noqa: ANN401
    by_name = dict(zip((name.upper() for name in names), batch.columns, strict=True))
    arrays: dict[str, NDArray[Any]] = {
        "VEHICLE_NUMBER": whole_numbers("VEHICLE_NUMBER", by_name["VEHICLE_NUMBER"], _NO_VEHICLE),
        "LAP": whole_numbers("LAP", by_name["LAP"], COUNTER_NOT_WORKING),
        "TIMESTAMP": clock_seconds(by_name["TIMESTAMP"]),
    }
    for spec in CHANNELS:
        if spec.column in by_name:
            arrays[spec.column] = numbers(spec.column, by_name[spec.column])
    return arrays


def _car(columns: Mapping[str, NDArray[Any]], rows: NDArray[np.intp]) -> CarRows:
    stamps = columns["TIMESTAMP"][rows]
    order = np.argsort(stamps, kind="stable")
    # A row whose time nobody knows (NaN sorts last) belongs nowhere.
    order = order[: int(np.isfinite(stamps).sum())]
    stamps, rows = stamps[order], rows[order]
    first = np.concatenate(([True], np.diff(stamps) > 0)) if stamps.size else np.zeros(0, bool)
    starts = np.flatnonzero(first)
    channels = {}
    for spec in CHANNELS:
        if spec.column not in columns:
            continue
        values = _one_per_stamp(columns[spec.column][rows], starts)
        values[(values < spec.minimum) | (values > spec.maximum)] = np.nan
        if np.isfinite(values).any():
            channels[spec.channel] = values
    return CarRows(
        clock_s=stamps[starts],
        logger_lap=columns["LAP"][rows][starts],
        channels=MappingProxyType(channels),
        repeats=int(stamps.size - starts.size),
    )


def _one_per_stamp(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Return for each stamp the first value that there is among its rows."""
    if starts.size == values.size:
        return values
    known = np.isfinite(values)
    # The index of the next known value at or after each row; the size when there is none.
    index = np.where(known, np.arange(values.size), values.size)
    following = np.minimum.accumulate(index[::-1])[::-1]
    ends = np.concatenate((starts[1:], [values.size]))
    found = following[starts]
    inside = found < ends
    return np.where(inside, values[np.where(inside, found, 0)], np.nan)


def whole_numbers(name: str, column: Any, missing: int) -> IntArray:  # noqa: ANN401 - pyarrow
    """Return a column of whole numbers of any Arrow type."""
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    return to_array(_cast(name, column, pa.int64()), np.int64, missing)


def numbers(name: str, column: Any) -> FloatArray:  # noqa: ANN401 - pyarrow has no types
    """Return a column of numbers of any Arrow type, NaN where there is none.

    Raises
    ------
    SnowflakeError
        The column holds something else.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above

    return to_array(_cast(name, column, pa.float64()), np.float64, np.nan)


def _cast(name: str, column: Any, kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - see above

    if column.type.equals(kind):
        return column
    try:
        return column.cast(kind)
    except pa.ArrowException:
        raise SnowflakeError(
            FaultKind.MISSING_COLUMN,
            f"The column {name} of the table holds something that is not a number; upload the race "
            "again or name another table in Connection.",
        ) from None
