"""Rows that could not be kept, and rows that must not be used."""

from __future__ import annotations

import errno

from htt_desktop.domain.errors import DomainError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def why_not_kept(key: RaceKey, number: str, error: SourceError) -> str:
    """Return the sentence for rows that were not kept."""
    what = (
        f"The rows of number {number}, {key}, are on screen but could "
        "not be kept for use without the server"
    )
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in _FULL:
        return f"{what}, because the disk is full; free some space and fetch them again."
    return f"{what}: {error}"


def no_room(limit_bytes: int) -> SourceError:
    """Return the refusal of rows that are larger than the whole cache may be."""
    return SourceError(
        f"they are larger than the cache may be ({limit_bytes / 1e6:.1f} MB); "
        "raise its limit in the settings."
    )


def is_refusal(error: DomainError | SourceError) -> bool:
    """Tell whether rows must not be used, as against being absent from a place."""
    absent = NoTelemetryError, UnknownDriverError
    return isinstance(error, DomainError) and not isinstance(error, absent)
