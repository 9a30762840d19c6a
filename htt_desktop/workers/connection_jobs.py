"""What the connection's workers are asked, and the ways in which that can end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeCancelledError

PROGRESS_INTERVAL_S = 0.05


class Control:
    """What running work has in its hands: progress outwards, a withdrawal inwards.

    Attributes
    ----------
    cancel
        Set when nobody waits any more.
    pause
        While it is set, the work begins nothing further; only some work can pause.
    """

    def __init__(self, tell: Callable[[object], None]) -> None:
        self.cancel = threading.Event()
        self.pause = threading.Event()
        self._tell = tell
        self._told_at = 0.0
        self._news: object = None

    def tell(self, payload: object) -> None:
        """Hand over something that must not be missed, such as the result of a step."""
        self._tell(payload)

    def progress(self, payload: object, news: object = None) -> None:
        """Hand over how far it is, at most twenty times a second.

        Parameters
        ----------
        news
            When it differs from the one before, nothing is left out.
        """
        now = time.monotonic()
        if news != self._news or now - self._told_at >= PROGRESS_INTERVAL_S:
            self._told_at, self._news = now, news
            self._tell(payload)

    def check(self) -> None:
        """Return while somebody waits.

        Raises
        ------
        CancelledError
            The work was withdrawn.
        """
        if self.cancel.is_set():
            raise SnowflakeCancelledError


Work = Callable[[Control], object]
"""Runs on a worker's thread; what it returns becomes the value of :class:`Done`.

Raises SourceError or DomainError with a sentence, CancelledError when withdrawn.
"""


@dataclass(frozen=True, eq=False)
class Task:
    """One piece of work.

    Attributes
    ----------
    name
        For the log; never a secret.
    work
        Not shown: what was bound to it may be secret.
    """

    name: str
    work: Work = field(repr=False)


@dataclass(frozen=True, eq=False)
class Progress:
    """Running work has something to say."""

    task: Task
    payload: object


@dataclass(frozen=True, eq=False)
class Done:
    """The work returned."""

    task: Task
    value: object = field(repr=False, default=None)


@dataclass(frozen=True, eq=False)
class Failed:
    """The work raised.

    Attributes
    ----------
    reason
        One sentence for the user: what happened and what to do next.
    error
        Name of the error's class.
    kind
        Class of the fault, where Snowflake is at fault.
    is_bug
        The fault is ours; it was logged.
    """

    task: Task
    reason: str
    error: str = ""
    kind: FaultKind | None = None
    is_bug: bool = False


@dataclass(frozen=True, eq=False)
class Cancelled:
    """The work was withdrawn, or a newer one took its place."""

    task: Task


Outcome = Done | Failed | Cancelled
"""Every task ends in exactly one of them."""
