"""What the exit code of ``htt`` says: one number per reason, for scripts."""

from __future__ import annotations

from htt_desktop.domain import errors
from htt_desktop.sources.errors import CancelledError, SourceError

OK = 0
BUG = 1
"""An error of the program itself, with a traceback."""

USAGE = 2
"""The command line was wrong; typer says how."""

SOURCE = 30
"""A file or server could not be read or written."""

CANCELLED = 130
"""Interrupted by the user; 128 + SIGINT as in every shell."""

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (errors.UnknownTrackError, 10),
    (errors.UnknownDriverError, 11),
    (errors.UnknownLapError, 12),
    (errors.NoTelemetryError, 13),
    (errors.DeadClockError, 14),
    (errors.InterleavedCarsError, 15),
    (errors.MissingChannelError, 16),
    (errors.NoCleanLapError, 17),
    (errors.AlignmentError, 18),
    (errors.IdentityError, 19),
    (errors.TimingMismatchError, 20),
    (errors.ImplausibleSpeedError, 21),
    (errors.DomainError, 29),
    (CancelledError, CANCELLED),
    (SourceError, SOURCE),
    (KeyboardInterrupt, CANCELLED),
)
"""Exit code by class of error; the first class that fits decides."""


def exit_code_for(error: BaseException) -> int:
    """Return the exit code for an error.

    Examples
    --------
    >>> exit_code_for(errors.DeadClockError("the clock stands still"))
    14
    >>> exit_code_for(ValueError("a bug"))
    1
    """
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), BUG)
