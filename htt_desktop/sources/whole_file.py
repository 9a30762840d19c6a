"""Files that are written whole or not at all: beside their target, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError

PARTIAL_SUFFIX = ".partial"
"""Ending of what is being written, and of what a killed program left behind."""

LEFTOVER_AGE_S = 3600.0
"""A partial file that did not change for so long has lost its writer."""

_OURS_ALONE = 0o600
_AS_THE_USER_LIKES = 0o666
_FOLDER_OURS_ALONE = 0o700


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text file in UTF-8 with line feeds as they are; see :func:`replacing`.

    Raises
    ------
    SourceError
        The file cannot be written; what was there before is untouched.
    """
    with replacing(path, private=private) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside the target and move it there when all went well.

    Parameters
    ----------
    private
        The file is for its owner's eyes alone, as everything in the program's own folders is.
        Other files get the rights that the user's umask gives.

    Raises
    ------
    SourceError
        The file cannot be written; what was there before is untouched.
    """
    demand_no_device(path)
    clean_leftovers(path)
    partial = partial_beside(path)
    try:
        mode = _OURS_ALONE if private else _AS_THE_USER_LIKES
        # The system takes the umask off; asking for the umask would change it for all threads.
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); choose a folder that exists and "
            "that you may write to.",
        ) from error
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); free some space or choose another "
            "folder.",
        ) from error
    finally:
        with suppress(OSError):  # as above: the first error is the one that counts
            partial.unlink(missing_ok=True)


def partial_beside(path: Path) -> Path:
    """Return a name in the same folder that nobody else writes to."""
    return path.with_name(f"{_beginning(path)}{secrets.token_hex(8)}{PARTIAL_SUFFIX}")


def clean_leftovers(path: Path) -> None:
    """Remove what killed programs left behind while they wrote this target."""
    beside: list[Path] = []
    with suppress(OSError):  # the folder may go while it is read, and has no leftovers then
        beside = list(path.parent.iterdir())
    for partial in beside:
        left = partial.name.startswith(_beginning(path)) and partial.suffix == PARTIAL_SUFFIX
        if left and _is_left_behind(partial):
            if partial.is_dir() and not partial.is_symlink():
                shutil.rmtree(partial, ignore_errors=True)
            else:
                with suppress(OSError):  # gone already, open on Windows, or not ours
                    partial.unlink()


def make_scratch_folder(target: Path) -> Path:
    """Make a folder beside a target for what is not ready yet: where that fits, this fits too.

    Whoever makes it removes it; what a killed program leaves goes the next time.

    Raises
    ------
    OSError
        It cannot be made.
    """
    clean_leftovers(target)
    return Path(
        tempfile.mkdtemp(prefix=_beginning(target), suffix=PARTIAL_SUFFIX, dir=target.parent)
    )


def make_private_folder(folder: Path) -> None:
    """Make a folder of the program's own, and what is missing above it, for its owner alone.

    Raises
    ------
    OSError
        It cannot be made.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=_FOLDER_OURS_ALONE, exist_ok=True)
    if not folder.is_dir():
        folder.mkdir()  # raises what is in the way


def touch_private(path: Path) -> None:
    """Make a file for its owner alone unless it is there already.

    Raises
    ------
    OSError
        It cannot be made.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, _OURS_ALONE))


def _beginning(path: Path) -> str:
    return f".{path.name}."


def _is_left_behind(partial: Path) -> bool:
    try:
        inside = list(partial.iterdir()) if partial.is_dir() else []
        changed = max(path.stat().st_mtime for path in (partial, *inside))
    except OSError:
        return False
    # A clock that was set back must not keep a leftover for years.
    return abs(time.time() - changed) > LEFTOVER_AGE_S
