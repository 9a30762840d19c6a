"""Errors of the layer that reads files and servers; one of them says that nobody waits any more."""

from __future__ import annotations

import threading


class SourceError(Exception):
    """There is no data to work on.

    ``str()`` is fit for the user: what happened and what to do next.
    """


class CancelledError(SourceError):
    """The user cancelled the request; nothing went wrong."""

    def __init__(self, sentence: str = "The request was cancelled; nothing was written.") -> None:
        super().__init__(sentence)


def stop_if_cancelled(cancel: threading.Event) -> None:
    """Return while somebody waits for the answer.

    Raises
    ------
    CancelledError
        ``cancel`` is set.
    """
    if cancel.is_set():
        raise CancelledError


class UnknownRaceError(SourceError):
    """Every source was asked, every source answered, and none of them has the race."""
