"""Long commands that stop in good order when the user asks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cancelled_by_signal() -> Iterator[threading.Event]:
    """Let the first Ctrl+C or SIGTERM cancel in good order and the second interrupt at once."""
    cancel = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
