"""Files that are read only when they are files, and not larger than they can honestly be.

A device or a pipe never ends, and a file of the wrong kind can fill the memory before anybody has
looked at it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from htt_desktop.sources.errors import SourceError

_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe would wait for a writer; the question whether it is one comes afterwards."""


class NotAFileError(OSError):
    """Something that can be opened but is no ordinary file: a folder, a pipe, a device."""


class TooLargeError(OSError):
    """A file that is larger than it can honestly be."""


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Return the content of an ordinary file.

    Raises
    ------
    NotAFileError
        It is a folder, a pipe or a device; nothing was read.
    TooLargeError
        It has more than ``most_bytes``; nothing was read.
    OSError
        It cannot be read, or is not there. ``strerror`` is fit for a sentence in every case.
    """
    try:
        state = path.stat()
    except ValueError as error:  # a path with a zero byte in it
        raise NotAFileError(0, "not a path") from error
    _demand_file(state)
    with os.fdopen(os.open(path, os.O_RDONLY | _NEVER_WAIT), "rb") as file:
        # What was opened counts: the name may have changed hands since.
        state = os.fstat(file.fileno())
        _demand_file(state)
        # A file in /proc has no size before it is read, and one that grows has no final one.
        data = file.read(most_bytes + 1) if state.st_size <= most_bytes else None
    if data is None or len(data) > most_bytes:
        raise TooLargeError(0, f"larger than the {most_bytes / 1e6:g} MB that it may have")
    return data


def read_or_refuse(path: Path, most_bytes: int, remedy: str) -> bytes:
    """Return the content of an ordinary file; see :func:`read_bounded`.

    Raises
    ------
    SourceError
        It cannot be read; the sentence ends in ``remedy``.
    """
    try:
        return read_bounded(path, most_bytes)
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({reason_of(error)}); {remedy}.") from error


def reason_of(error: OSError) -> str:
    """Return why a file cannot be read, in a few words."""
    return error.strerror or type(error).__name__


def _demand_file(state: os.stat_result) -> None:
    if stat.S_ISREG(state.st_mode):
        return
    what = "a folder" if stat.S_ISDIR(state.st_mode) else "a device or a pipe"
    raise NotAFileError(0, f"{what}, not a file")
