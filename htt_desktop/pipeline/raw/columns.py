"""Columns of any Arrow type → text, times and numbers, as a CSV file would give them.

A Parquet file says itself what its columns hold: times as text or as stamps of any unit and zone,
numbers as text, decimals or integers, texts as dictionaries. What a CSV cell may say is read, and
what it may not is refused with the cell, in the same words.
"""

from __future__ import annotations

from typing import Any

from htt_desktop.pipeline.raw.samples import EARLIEST_MS, LATEST_MS

TEXTS = frozenset(
    {
        "telemetry_name",
        "vehicle_id",
        "original_vehicle_id",
        "vehicle_number",
        "meta_session",
        "meta_event",
    },
)
"""Columns of text; every other column that is read holds times or numbers."""

TIMES = frozenset({"timestamp", "meta_time"})
"""Columns of times."""

LONGEST_SHOWN = 60
"""Letters of a bad cell that are worth repeating."""


class CellError(Exception):
    """A cell is not what its column demands.

    Attributes
    ----------
    row
        Position in the column, from 0.
    text
        The cell.
    demand
        What it should be, such as ``"a time"``.
    """

    def __init__(self, row: int, text: str, demand: str) -> None:
        """Remember the cell."""
        super().__init__(text)
        self.row, self.text, self.demand = row, text, demand


def as_demanded(name: str, column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return a column as text, as UTC time stamps in ms or as 64-bit numbers.

    Parameters
    ----------
    name
        Lower-case name, which tells what the column shall hold.
    column
        Arrow array of any type.

    Raises
    ------
    CellError
        The first cell that cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that only imports should pay

    kind = column.type
    if pa.types.is_dictionary(kind):
        if name in TEXTS and pa.types.is_string(kind.value_type):
            return column
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.string())
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        column = _cast(column, pa.string(), "text")
    if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
        raise _first(column, "a single value")
    if name in TEXTS:
        return _texts(column)
    return within_reach(_times(column)) if name in TIMES else _numbers(column)


def within_reach(stamps: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return time stamps of a CSV or Parquet column if a calendar has them.

    Raises
    ------
    CellError
        A stamp lies before 1970 or after 2100.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.compute as pc  # noqa: PLC0415

    if stamps.null_count == len(stamps):
        return stamps
    span = pc.min_max(stamps.cast(pa.int64()))
    if span["min"].as_py() >= EARLIEST_MS and span["max"].as_py() <= LATEST_MS:
        return stamps
    values = stamps.cast(pa.int64()).to_pylist()
    row = next(
        n for n, ms in enumerate(values) if ms is not None and not EARLIEST_MS <= ms <= LATEST_MS
    )
    try:
        text = str(stamps[row].as_py())
    except (ValueError, OverflowError):
        text = f"{values[row]} ms since 1970"
    raise CellError(row, text, "a time between 1970 and 2100")


def _texts(column: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        # A number column with a gap is delivered as 7.0, and nobody's number is that.
        column = _cast(_numbers(column), pa.int64(), "a whole number")
    return _cast(column, pa.string(), "text")


def _times(column: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    kind, wanted = column.type, pa.timestamp("ms", "UTC")
    if pa.types.is_string(kind):
        return _times_of_text(column)
    if pa.types.is_null(kind):
        return column.cast(wanted)
    if not pa.types.is_timestamp(kind):
        raise _first(column, "a time")
    if kind.tz is None:
        column = column.cast(pa.timestamp(kind.unit, "UTC"))
    if kind.unit == "s":
        return _cast(column, wanted, "a time between 1970 and 2100")
    return column.cast(wanted, safe=False)


def _times_of_text(column: Any) -> Any:  # noqa: ANN401
    """Return times from text that carries an offset in every cell, or in none."""
    import pyarrow as pa  # noqa: PLC0415 - see above

    filled = _empty_as_missing(column)
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.timestamp("ns", "UTC")):
        try:
            stamps = filled.cast(kind)
        except pa.ArrowException:
            continue
        return stamps.cast(pa.timestamp("us", "UTC"), safe=False).cast(
            pa.timestamp("ms", "UTC"), safe=False
        )
    first = next(text for text in filled.to_pylist() if text is not None)
    zone = "UTC" if _reads(first, pa.timestamp("us", "UTC")) else None
    raise _first_unreadable(filled, pa.timestamp("us", zone), "a time")


def _numbers(column: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    kind, wanted = column.type, pa.float64()
    if pa.types.is_string(kind):
        return _cast(_empty_as_missing(column), wanted, "a number")
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not numeric and not pa.types.is_null(kind):
        raise _first(column, "a number")
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_decimal(kind):
        # Arrow's own way from decimals misses the nearest float by its last bit.
        column = column.cast(pa.string())
    return column.cast(wanted, safe=False)


def _empty_as_missing(column: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.compute as pc  # noqa: PLC0415

    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _cast(column: Any, kind: Any, demand: str) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    try:
        return column.cast(kind)
    except pa.ArrowException as error:
        raise _first_unreadable(column, kind, demand) from error


def _first_unreadable(column: Any, kind: Any, demand: str) -> CellError:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            column.slice(low, middle - low).cast(kind)
        except pa.ArrowException:
            high = middle
        else:
            low = middle
    return CellError(low, _shown(column, low), demand)


def _first(column: Any, demand: str) -> CellError:  # noqa: ANN401
    row = next((n for n in range(len(column)) if column[n].is_valid), 0)
    return CellError(row, _shown(column, row), demand)


def _shown(column: Any, row: int) -> str:  # noqa: ANN401
    if row >= len(column):
        return str(column.type)
    try:
        text = str(column[row].as_py())
    except (ValueError, OverflowError, ImportError):
        text = str(column[row])
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _reads(text: str, kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415 - see above

    try:
        pa.scalar(text).cast(kind)
    except pa.ArrowException:
        return False
    return True
