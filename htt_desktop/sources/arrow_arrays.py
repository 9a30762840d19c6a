"""Arrow columns as NumPy arrays, without pyarrow's own conversion.

``to_numpy`` and ``fill_null`` of pyarrow import pandas the first time they are called, which
costs a second of the 1.5 s that the application has until the overlay is on screen.
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
        data, dtype=kind, count=len(chunk), offset=chunk.offset * kind.itemsize,
    ).copy()
    if missing is not None and chunk.null_count:
        bits = np.unpackbits(np.frombuffer(validity, dtype=np.uint8), bitorder="little")
        values[bits[chunk.offset : chunk.offset + len(chunk)] == 0] = missing
    return values
