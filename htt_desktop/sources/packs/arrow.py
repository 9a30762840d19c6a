"""Arrow columns as NumPy arrays and back, without pyarrow's own conversion.

``array``, ``to_numpy`` and ``fill_null`` of pyarrow import pandas the first time they are called,
which costs a second of the 1.5 s that the application has until the overlay is on screen; ``cast``
imports ``pyarrow.compute``, which takes 15 MB.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.abc import MetaPathFinder
from types import ModuleType
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


_VARIABLE = "ARROW_DEFAULT_MEMORY_POOL"
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of options in ``malloc.h``."""

_OPTIONS = {_TRIM_THRESHOLD: 128 * 1024, _MMAP_THRESHOLD: 64 * 1024, _ARENA_MAX: 1}


def use_system_memory() -> None:
    """Let Arrow use the system's allocator and little else of it.

    Call it before anything imports pyarrow.
    """
    os.environ.setdefault(_VARIABLE, "system")
    if _NO_CLOUDS not in sys.meta_path:
        sys.meta_path.insert(0, _NO_CLOUDS)
    if sys.platform == "linux":
        _return_early()


def _return_early() -> None:
    """Let glibc give large blocks back at once, and keep one heap for all threads.

    It learns from every large block it frees to keep the next ones for itself, up to 32 MB, and
    holds a heap for each thread that ever allocated.
    """
    with suppress(OSError, AttributeError):  # another library of C
        library = ctypes.CDLL(None)
        for option, value in _OPTIONS.items():
            library.mallopt(option, value)


def give_back() -> None:
    """Return memory that nothing uses any more to the system, where the system can do that."""
    if "pyarrow" not in sys.modules:
        return
    import pyarrow as pa  # noqa: PLC0415 - must not be what loads it

    pa.default_memory_pool().release_unused()


class _Absent(MetaPathFinder):
    """Says that some modules are not there."""

    def __init__(self, *names: str) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> None:
        if fullname in self._names:
            raise ModuleNotFoundError(name=fullname)


_NO_CLOUDS = _Absent("pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs", "pyarrow._hdfs")
"""Arrow loads what speaks to four clouds, where it finds it, to read a file of this computer."""


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hide pandas from whoever loads it where it finds it: nothing here ever asks for frames."""
    hidden = _Absent("pandas")
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


@cache
def spare_pandas() -> None:
    """Let Arrow find no pandas, before anything makes scalars or arrays of Python values.

    It looks for pandas once, at the first of them, and would spend a second and 35 MB on it.
    """
    with without_pandas():
        import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

        pa.scalar("")
