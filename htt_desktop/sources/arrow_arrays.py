"""Arrow columns as NumPy arrays and back, without pyarrow's own conversion.

``array``, ``to_numpy`` and ``fill_null`` of pyarrow import pandas the first time they are called,
which costs a second of the 1.5 s that the application has until the overlay is on screen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


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
    validity, data = chunk.buffers()
    values = np.frombuffer(
        data,
        dtype=kind,
        count=len(chunk),
        offset=chunk.offset * kind.itemsize,
    ).copy()
    if missing is not None and chunk.null_count:
        bits = np.unpackbits(np.frombuffer(validity, dtype=np.uint8), bitorder="little")
        values[bits[chunk.offset : chunk.offset + len(chunk)] == 0] = missing
    return values


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
