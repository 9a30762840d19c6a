"""A piece of background work: what is asked, what it may report, the ways in which it can end."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from htt_desktop.domain.errors import DomainError
from htt_desktop.sources.errors import CancelledError, SourceError, stop_if_cancelled
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError

_LOGGER = logging.getLogger(__name__)
_REPORT_INTERVAL_S = 0.05

_Value = TypeVar("_Value")
_Value_co = TypeVar("_Value_co", covariant=True)


def _nobody(_payload: object) -> None:
    """Take what nobody listens to."""


class Control:
    """What running work has in its hands: reports outwards, a cancellation inwards.

    Parameters
    ----------
    report
        Called with every report, on the thread of the work.
    cancel
        Shared with another task; a new one by default.

    Attributes
    ----------
    cancel
        Set when nobody waits any more.
    pause
        While it is set, the work begins nothing further; only some work can pause.
    context
        What the work knows so far, for whoever hears of its failure.
    """

    def __init__(
        self,
        report: Callable[[object], None] = _nobody,
        cancel: threading.Event | None = None,
    ) -> None:
        self.cancel = cancel or threading.Event()
        self.pause = threading.Event()
        self.context: object = None
        self._report = report
        self._reported_at = 0.0
        self._news: object = None

    def report(self, payload: object) -> None:
        """Hand over something that must not be missed, such as the result of a step."""
        self._report(payload)

    def progress(self, payload: object, news: object = None) -> None:
        """Hand over how far it is, at most twenty times a second.

        Parameters
        ----------
        news
            When it differs from the one before, nothing is left out.
        """
        now = time.monotonic()
        if news != self._news or now - self._reported_at >= _REPORT_INTERVAL_S:
            self._reported_at, self._news = now, news
            self._report(payload)


@dataclass(frozen=True, eq=False)
class Task(Generic[_Value_co]):
    """One piece of work.

    Attributes
    ----------
    request
        What is asked: a record or a member of an enumeration. It goes into the log, so it never
        shows a secret.
    work
        Runs on the queue's thread; what it returns becomes the value of :class:`Done`. It raises
        SourceError or DomainError with a sentence, CancelledError when cancelled. Not shown: what
        was bound to it may be secret.
    doing
        What a fault of ours interrupts, where the error's own words may be shown and logged.
        Empty where they may hold a secret.
    """

    request: object
    work: Callable[[Control], _Value_co] = field(repr=False)
    doing: str = ""


@dataclass(frozen=True)
class Report:
    """A running task has something to say."""

    task: Task[object]
    payload: object


@dataclass(frozen=True, eq=False)
class Done(Generic[_Value_co]):
    """The work returned."""

    task: Task[_Value_co]
    value: _Value_co = field(repr=False)


@dataclass(frozen=True, eq=False)
class Failed:
    """The work raised.

    Attributes
    ----------
    reason
        One sentence for the user: what happened and what to do next.
    error
        Class of the error.
    kind
        Class of the fault, where Snowflake is at fault.
    is_bug
        The fault is ours; it was logged.
    context
        See :class:`Control`.
    """

    task: Task[object]
    reason: str
    error: type[Exception] = SourceError
    kind: FaultKind | None = None
    is_bug: bool = False
    context: object = field(repr=False, default=None)


@dataclass(frozen=True)
class Cancelled:
    """The user cancelled the task, or a newer one took its place."""

    task: Task[object]


Outcome = Done[_Value] | Failed | Cancelled
"""Every task ends in exactly one of them."""


def outcome_of(task: Task[_Value], control: Control) -> Outcome[_Value]:
    """Run a task on the calling thread and return how it ended."""
    try:
        stop_if_cancelled(control.cancel)
        return Done(task, task.work(control))
    except CancelledError:
        return Cancelled(task)
    except (DomainError, SourceError) as error:
        kind = error.kind if isinstance(error, SnowflakeError) else None
        return Failed(task, str(error), type(error), kind, context=control.context)
    except Exception as error:  # the thread's edge: a bug must not end it silently
        name = type(error).__name__
        if task.doing:
            _LOGGER.exception("task %s", task.request)
            reason = f"An internal fault stopped {task.doing} ({name}: {error})."
        else:
            # The error's own text stays out: what the work was given may be in it.
            place = "".join(traceback.format_tb(error.__traceback__))
            _LOGGER.error("task %s: %s\n%s", task.request, name, place)  # noqa: TRY400 - see above
            reason = f"An internal fault stopped this ({name}); the log tells where."
        return Failed(task, reason, type(error), is_bug=True, context=control.context)
