"""One program at a time: a lock that ends with the program that holds it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from htt_desktop.sources.credentials.key_places import KeyPlaceError
from htt_desktop.sources.whole_file import make_private_folder

PATIENCE_S = 20.0
"""How long another program may take: it may be waiting for its user to unlock the keyring."""

_PAUSE_S = 0.02
_THREADS = threading.Lock()


@contextmanager
def our_turn(path: Path) -> Iterator[None]:
    """Hold the lock of a file while the block runs; the file itself stays, empty.

    Raises
    ------
    KeyPlaceError
        Another program held it for too long, or the file cannot be made.
    """
    deadline = time.monotonic() + PATIENCE_S
    if not _THREADS.acquire(timeout=PATIENCE_S):
        raise _busy()
    try:
        handle = _opened(path)
        try:
            while not _locked(handle):
                if time.monotonic() > deadline:
                    raise _busy()
                time.sleep(_PAUSE_S)
            yield
        finally:
            # Closing gives the lock back.
            os.close(handle)
    finally:
        _THREADS.release()


def _busy() -> KeyPlaceError:
    return KeyPlaceError(
        "Another window of this program is busy with the keyring; answer its prompt or close it, "
        "then try again."
    )


def _opened(path: Path) -> int:
    try:
        make_private_folder(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise KeyPlaceError(
            f"{path} cannot be made ({error.strerror}), so no key can be changed; check that the "
            "folder exists and that you may write to it."
        ) from None


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
