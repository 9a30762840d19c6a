"""Arrow columns as NumPy arrays and back, without pyarrow's own conversion.

``array``, ``to_numpy`` and ``fill_null`` of pyarrow import pandas the first time they are called,
which costs a second of the 1.5 s that the application has until the overlay is on screen; ``cast``
imports ``pyarrow.compute``, which takes 15 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_EXACT_UP_TO = 2**53
"""So far every whole number is a floating one, too."""

_EXACT_POWER = 22
"""Powers of ten are floating numbers up to this one."""


def to_array(column: Any, dtype: DTypeLike, missing: float | None = None) -> NDArray[Any]:  # noqa: ANN401
    """Return a column of numbers as an array.

    Parameters
    ----------
    column
        Arrow array or chunked array of a fixed-width type.
    dtype
        What one stored value is; must have the width of the Arrow type.
    missing
        Stands for nulls; ``None`` when the column has none.

    Returns
    -------
    array
        Shape ``(rows,)``; a copy that may be written to.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_array(pa.chunked_array([[1.0, None], [3.0]]), np.float64, np.nan)
    array([ 1., nan,  3.])
    """
    chunks = column.chunks if hasattr(column, "chunks") else [column]
    parts = [_chunk(chunk, np.dtype(dtype), missing) for chunk in chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)


def _chunk(chunk: Any, kind: np.dtype[Any], missing: float | None) -> NDArray[Any]:  # noqa: ANN401
    values = _stored(chunk, kind).copy()
    if missing is not None and chunk.null_count:
        values[_absent(chunk)] = missing
    return values


def _stored(chunk: Any, kind: np.dtype[Any]) -> NDArray[Any]:  # noqa: ANN401
    """Return what lies in Arrow's memory, not to be written to; anything where it is null."""
    data = chunk.buffers()[1]
    return np.frombuffer(data, kind, count=len(chunk), offset=chunk.offset * kind.itemsize)


def _absent(chunk: Any) -> NDArray[np.bool_]:  # noqa: ANN401
    """Return where an array that has nulls is null."""
    bits = np.unpackbits(np.frombuffer(chunk.buffers()[0], dtype=np.uint8), bitorder="little")
    return np.asarray(bits[chunk.offset : chunk.offset + len(chunk)] == 0)


def to_wide_array(
    column: Any,  # noqa: ANN401
    dtype: type[np.int64 | np.float64],
    missing: float,
) -> NDArray[Any] | None:
    """Return a column of numbers of any width as an array of wide ones.

    Parameters
    ----------
    column
        Arrow array.
    dtype
        What one value shall be.
    missing
        Stands for nulls, and of nothing else a column of any type may consist.

    Returns
    -------
    array or None
        Shape ``(rows,)``; ``None`` where only Arrow can tell whether the values fit: other types
        than numbers, fractions as whole numbers, values beyond ±2⁵³.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_wide_array(pa.array([1, None, 3], pa.int8()), np.float64, np.nan)
    array([ 1., nan,  3.])
    """
    if column.null_count == len(column):
        return np.full(len(column), missing, dtype)
    absent = _absent(column) if column.null_count else np.zeros(len(column), dtype=np.bool_)
    values = _numbers(column, absent)
    if values is None or not _fits(values, np.dtype(dtype)):
        return None
    wide = values.astype(dtype)
    wide[absent] = missing
    return wide


def _numbers(column: Any, absent: NDArray[np.bool_]) -> NDArray[Any] | None:  # noqa: ANN401
    """Return what an array stores as NumPy holds it, nought where it is null."""
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        values = _stored(column, np.dtype(kind.to_pandas_dtype()))
        return np.where(absent, values.dtype.type(0), values) if absent.any() else values
    if not pa.types.is_decimal128(kind) or not 0 <= kind.scale <= _EXACT_POWER:
        return None
    halves = _stored(column, np.dtype("<i8,<i8"))
    low, high = (np.where(absent, 0, halves[name]) for name in halves.dtype.names or ())
    if (high != low >> 63).any() or not _fits(low, np.dtype(np.float64)):
        return None
    return low / 10.0**kind.scale if kind.scale else low


def _fits(values: NDArray[Any], kind: np.dtype[Any]) -> bool:
    """Tell whether numbers become values of another kind exactly, without trying it."""
    if values.dtype == kind or (np.can_cast(values.dtype, kind, "safe") and values.itemsize < 8):
        return True
    low, high = values.min().item(), values.max().item()
    if not -_EXACT_UP_TO <= low <= high <= _EXACT_UP_TO:  # nor for NaN
        return False
    return values.dtype.kind != "f" or bool((values == np.trunc(values)).all())


def to_column(values: NDArray[Any], kind: Any, missing: NDArray[np.bool_] | None = None) -> Any:  # noqa: ANN401
    """Return an array of numbers as an Arrow array.

    Parameters
    ----------
    values
        Shape ``(rows,)``, of the width of the Arrow type.
    kind
        Arrow type.
    missing
        True where the Arrow array shall be null, same shape.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_column(np.array([1.0, 2.0]), pa.float64(), np.array([False, True])).to_pylist()
    [1.0, None]
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    data = pa.py_buffer(np.ascontiguousarray(values))
    if missing is None or not missing.any():
        return pa.Array.from_buffers(kind, values.size, [None, data])
    validity = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, values.size, [validity, data])
