"""Pipes, sockets and devices are neither read nor written: they block, or never end."""

from __future__ import annotations

import stat
from pathlib import Path

from htt_desktop.sources.errors import SourceError

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def demand_no_device(path: Path) -> None:
    """Refuse a path that leads to anything but a file or a folder.

    A path that leads nowhere passes: whoever opens it says so.

    Raises
    ------
    SourceError
        It is a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    for is_kind, name in _KINDS:
        if is_kind(mode):
            raise SourceError(f"{path} is {name}, not a file; give an ordinary file.")


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    path
        The file.
    most
        Bytes that such a file can have; a larger one is not read.

    Raises
    ------
    SourceError
        The file cannot be read, is too large, or is no file.
    """
    demand_no_device(path)
    try:
        size = path.stat().st_size
        if size > most:
            raise SourceError(
                f"{path} has {size / 1e6:,.0f} MB, far more than such a file can have; check that "
                "it is the right one."
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path} cannot be read ({reason}); check that it is there.") from error
