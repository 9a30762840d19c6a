"""Blocking calls of the connector on threads of their own, so that nobody has to wait for them.

The connector cannot be interrupted while it waits for the network. A withdrawn call is therefore
left behind: its owner goes on at once, and the thread tidies up when the connector lets go of it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from htt_desktop.sources.snowflake.faults import (
    FaultKind,
    SnowflakeCancelledError,
    fault,
    translated,
)

_GLANCE_S = 0.02
"""How long a set ``cancel`` may go unnoticed."""

_ENDED = object()


class Deadline:
    """When to stop waiting.

    Parameters
    ----------
    seconds
        Time limit from now.
    cancels
        Each of them withdraws the call.
    """

    def __init__(self, seconds: float, *cancels: threading.Event) -> None:
        self._last = self._end = time.monotonic() + seconds
        self._cancels = cancels

    def check(self) -> None:
        """Return while there is reason to wait.

        Raises
        ------
        SnowflakeError
            Cancelled, or out of time.
        """
        if any(cancel.is_set() for cancel in self._cancels):
            raise SnowflakeCancelledError
        if time.monotonic() > self._end:
            raise fault(FaultKind.TIMED_OUT)

    def allow(self, seconds: float) -> None:
        """Set a limit for what comes next, within the limit for everything."""
        self._end = min(self._last, time.monotonic() + seconds)

    def allow_all(self) -> None:
        """Leave only the limit for everything."""
        self._end = self._last


class AbandonableCall:
    """Work under way on a thread of its own.

    Parameters
    ----------
    work
        Called with the call on that thread. It hands over what it has with :meth:`report` and
        looks at :attr:`stop` between blocking calls.

    Attributes
    ----------
    stop
        Set when nobody waits any more.
    """

    def __init__(self, work: Callable[[AbandonableCall], None]) -> None:
        self.stop = threading.Event()
        self._reported: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._error: BaseException | None = None
        self._after: Callable[[], None] | None = None
        self._over = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self._run, args=(work,), name="snowflake", daemon=True
        )
        self._thread.start()

    def report(self, item: object) -> None:
        """Hand something over, from the call's thread."""
        self._reported.put(item)

    def follow(self, deadline: Deadline) -> Iterator[Any]:
        """Return what the work hands over, until it ends.

        Raises
        ------
        SnowflakeError
            What stopped the work, in our words; or cancelled; or out of time.
        """
        while True:
            deadline.check()
            try:
                item = self._reported.get(timeout=_GLANCE_S)
            except queue.Empty:
                continue
            if item is _ENDED:
                break
            yield item
        if self._error is not None:
            # Not chained: the connector's own words stay here.
            raise translated(self._error) from None

    def leave(self, seconds: float, after: Callable[[], None]) -> bool:
        """Stop waiting for the work.

        Parameters
        ----------
        seconds
            How long it may take to end in good order.
        after
            Called on its thread when it ends later than that.

        Returns
        -------
        ended
            True when it is over and ``after`` will not be called.
        """
        self.stop.set()
        self._thread.join(seconds)
        with self._lock:
            if not self._over:
                self._after = after
            return self._over

    def _run(self, work: Callable[[AbandonableCall], None]) -> None:
        try:
            work(self)
        except BaseException as error:  # noqa: BLE001 - the thread's edge; the follower gets it
            self._error = error
        with self._lock:
            self._over = True
            after = self._after
        self._reported.put(_ENDED)
        if after is not None:
            after()
