"""Files that are read only when they are files, and not larger than they can honestly be.

A pipe blocks, a device never ends, and a file of the wrong kind can fill the memory before anybody
has looked at it. Every file that somebody names is looked at here, whoever reads or writes it.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path

from htt_desktop.sources.errors import SourceError

_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe would wait for a writer; the question whether it is one comes afterwards."""


_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotAFileError(OSError):
    """Something that can be opened but is no ordinary file: a folder, a pipe, a device."""


class TooLargeError(OSError):
    """A file that is larger than it can honestly be."""


def demand_no_device(path: Path) -> None:
    """Refuse a path that leads to anything but a file or a folder, before it is opened.

    For whoever writes there, or hands the path to a library that reads it. A path that leads
    nowhere passes: whoever opens it says so.

    Raises
    ------
    SourceError
        It is a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    kind = _kind_of(mode)
    if kind:
        raise SourceError(f"{path} is {kind}, not a file; give an ordinary file.")


def open_file(path: Path) -> BufferedReader:
    """Open an ordinary file for reading.

    Raises
    ------
    NotAFileError
        It is a folder, a pipe or a device; nothing was read, nobody waited.
    OSError
        It cannot be opened, or is not there.
    """
    try:
        state = path.stat()
    except ValueError as error:  # a path with a zero byte in it
        raise NotAFileError(0, "not a path") from error
    _demand_file(state)
    file = os.fdopen(os.open(path, os.O_RDONLY | _NEVER_WAIT), "rb")
    try:
        # What was opened counts: the name may have changed hands since.
        _demand_file(os.fstat(file.fileno()))
    except NotAFileError:
        file.close()
        raise
    return file


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
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        # A file in /proc has no size before it is read, and one that grows has no final one.
        data = file.read(most_bytes + 1) if size <= most_bytes else None
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
    if not stat.S_ISREG(state.st_mode):
        raise NotAFileError(0, f"{_kind_of(state.st_mode) or 'a folder'}, not a file")


def _kind_of(mode: int) -> str:
    """Return what blocks or never ends when it is read, in words; empty for files and folders."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "")
