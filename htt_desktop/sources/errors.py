"""Errors of the layer that reads files and servers."""


class SourceError(Exception):
    """There is no data to work on.

    ``str()`` is fit for the user: what happened and what to do next.
    """


class CancelledError(SourceError):
    """The user withdrew the request; nothing went wrong."""


class UnknownRaceError(SourceError):
    """Every source was asked, every source answered, and none of them has the race."""
