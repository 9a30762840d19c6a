"""Runs the connection's tasks on a thread of its own; only the lane talks to it."""

from __future__ import annotations

import logging
import traceback

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.errors import DomainError
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.workers.connection_jobs import (
    Cancelled,
    Control,
    Done,
    Failed,
    Outcome,
    Progress,
    Task,
)

_LOGGER = logging.getLogger(__name__)


class Ticket:
    """A task under way with its control."""

    def __init__(self, task: Task, worker: ConnectionWorker) -> None:
        self.task = task
        self.control = Control(self._tell)
        self._worker = worker

    def _tell(self, payload: object) -> None:
        self._worker.told.emit((self, payload))

    def progress(self, payload: object) -> Progress:
        """Return a payload with its task."""
        return Progress(self.task, payload)


class ConnectionWorker(QObject):
    """Turns tickets into outcomes, one at a time.

    Signals
    -------
    told((Ticket, object))
        The work handed something over.
    ended((Ticket, Outcome))
        Exactly once per ticket.
    """

    told = Signal(object)
    ended = Signal(object)

    @Slot(object)
    def _on_submitted(self, ticket: Ticket) -> None:
        self.ended.emit((ticket, _outcome(ticket)))


def _outcome(ticket: Ticket) -> Outcome:
    task = ticket.task
    try:
        ticket.control.check()
        return Done(task, task.work(ticket.control))
    except CancelledError:
        return Cancelled(task)
    except (DomainError, SourceError) as error:
        kind = error.kind if isinstance(error, SnowflakeError) else None
        return Failed(task, str(error), type(error).__name__, kind)
    except Exception as error:  # noqa: BLE001 - the thread's edge: a bug must not end it silently
        # The error's own text stays out: what the work was given may be in it.
        name = type(error).__name__
        place = "".join(traceback.format_tb(error.__traceback__))
        _LOGGER.error("task %s: %s\n%s", task.name, name, place)  # noqa: TRY400 - see above
        reason = f"An internal fault stopped this ({name}); the log tells where."
        return Failed(task, reason, name, is_bug=True)
