"""Where Arrow's memory comes from, and that it goes back.

Reading a race takes three times what is kept of it. Arrow's own allocator holds on to that, the
system's can be told to let go: measured with the bundled Indianapolis race, 179 MB became 122 MB
for the bare program with two cars loaded.
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
