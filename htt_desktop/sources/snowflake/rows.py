"""Rows of the table as the logger's rows that a pack would hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS, Channel
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.sources.packs.arrow import to_array, to_wide_array
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.statement import QueryResult

_NO_VEHICLE = -1

_MISSING = np.iinfo(np.int64).min
SECONDS_UP_TO = 1e11
"""As seconds this would be the year 5138, as milliseconds it is 1973."""

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_ZONE = r"\s*(?:Z|UTC|[+-]00:?00)$"


@dataclass(frozen=True, eq=False)
class VehicleRows:
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


def cars_of(answers: list[QueryResult]) -> Mapping[int, VehicleRows]:
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
    if not columns:
        return {}
    vehicles, stamps, laps = (
        np.concatenate(columns.pop(name)) for name in ("VEHICLE_NUMBER", "TIMESTAMP", "LAP")
    )
    indices = {
        int(vehicle): _Places.of(stamps, np.flatnonzero(vehicles == vehicle))
        for vehicle in np.unique(vehicles)
        if vehicle != _NO_VEHICLE
    }
    channels: dict[int, dict[Channel, FloatArray]] = {vehicle: {} for vehicle in indices}
    for spec in CHANNELS:
        if spec.column not in columns:
            continue
        # One column after the other, so that a race is never held twice.
        values = np.concatenate(columns.pop(spec.column))
        for vehicle, its in indices.items():
            found = _one_per_stamp(values[its.rows], its.starts)
            found[(found < spec.minimum) | (found > spec.maximum)] = np.nan
            if np.isfinite(found).any():
                channels[vehicle][spec.channel] = found
    return {
        vehicle: VehicleRows(
            clock_s=stamps[its.rows][its.starts],
            logger_lap=laps[its.rows][its.starts],
            channels=MappingProxyType(channels[vehicle]),
            repeats=int(its.rows.size - its.starts.size),
        )
        for vehicle, its in indices.items()
    }


@dataclass(frozen=True, eq=False)
class _Places:
    """Rows of one vehicle by time, and which of them are the first with their stamp."""

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, stamps: FloatArray, rows: NDArray[np.intp]) -> _Places:
        its = stamps[rows]
        order = np.argsort(its, kind="stable")
        # A row whose time nobody knows (NaN sorts last) belongs nowhere.
        order = order[: int(np.isfinite(its).sum())]
        its, rows = its[order], rows[order]
        first = np.concatenate(([True], np.diff(its) > 0)) if its.size else np.zeros(0, bool)
        return cls(rows, np.flatnonzero(first))


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
    return _wide(name, column, np.int64, missing)


def numbers(name: str, column: Any) -> FloatArray:  # noqa: ANN401 - pyarrow has no types
    """Return a column of numbers of any Arrow type, NaN where there is none.

    Raises
    ------
    SnowflakeError
        The column holds something else.
    """
    return _wide(name, column, np.float64, np.nan)


def _wide(
    name: str,
    column: Any,  # noqa: ANN401 - pyarrow has no types
    dtype: type[np.int64 | np.float64],
    missing: float,
) -> NDArray[Any]:
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    found = to_wide_array(column, dtype, missing)
    if found is not None:
        return found
    try:
        return to_array(column.cast(pa.from_numpy_dtype(dtype)), dtype, missing)
    except pa.ArrowException:
        raise SnowflakeError(
            FaultKind.MISSING_COLUMN,
            f"The column {name} of the table holds something that is not a number; upload the race "
            "again or name another table in Connection.",
        ) from None


def clock_seconds(column: Any) -> FloatArray:  # noqa: ANN401 - pyarrow has no types
    """Return stamps in seconds since 1970; a stamp without zone counts as UTC.

    Parameters
    ----------
    column
        Arrow array of time stamps, of ISO 8601 texts, or of seconds or milliseconds since 1970.

    Returns
    -------
    clock_s
        NaN where there is no stamp. Whole milliseconds come out as the packs hold them.

    Raises
    ------
    SnowflakeError
        It holds something that is no time.

    Examples
    --------
    >>> import pyarrow as pa
    >>> clock_seconds(pa.array(["1970-01-01 00:00:01.5", "1970-01-01T00:00:02Z", None]))
    array([1.5, 2. , nan])
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = _of_texts(column)
        kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_timestamp(kind):
        return _seconds(to_array(column, np.int64, _MISSING), _PER_SECOND[kind.unit])
    since = to_wide_array(column, np.float64, np.nan)
    if since is None:
        try:
            since = to_array(column.cast(pa.float64()), np.float64, np.nan)
        except pa.ArrowException:
            raise _no_time() from None
    finite = since[np.isfinite(since)]
    return since if not finite.size or np.abs(finite).max() < SECONDS_UP_TO else since / 1000.0


def _seconds(ticks: np.ndarray[Any, np.dtype[np.int64]], per_second: int) -> FloatArray:
    known = ticks != _MISSING
    per_ms = per_second // 1000
    if per_ms > 1 and not (ticks[known] % per_ms).any():
        ticks, per_second = np.where(known, ticks // per_ms, ticks), 1000
    return np.where(known, ticks / float(per_second), np.nan)


def _of_texts(column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.compute as pc  # noqa: PLC0415

    try:
        return pc.replace_substring_regex(column, _ZONE, "").cast(pa.timestamp("ns"))
    except pa.ArrowException:
        raise _no_time() from None


def _no_time() -> SnowflakeError:
    return SnowflakeError(
        FaultKind.MISSING_COLUMN,
        "The column TIMESTAMP of the table holds something that is not a time; upload the race "
        "again "
        "or name another table in Connection.",
    )
