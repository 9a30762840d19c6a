"""Work that waits when it is told to, and ends when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from htt_desktop.sources.errors import CancelledError

_STEP_S = 0.1


def wait_while_paused(
    pause: threading.Event | None, cancel: threading.Event, tell: Callable[[], None]
) -> None:
    """Return at once, or when ``pause`` is cleared.

    Parameters
    ----------
    tell
        Called once when there is a wait.

    Raises
    ------
    CancelledError
        ``cancel`` is set, be it in the middle of a pause.
    """
    if pause is not None and pause.is_set():
        tell()
        while pause.is_set() and not cancel.wait(_STEP_S):
            pass
    if cancel.is_set():
        raise CancelledError("The download was cancelled.")
