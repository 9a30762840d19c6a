"""What a download or upload is told, what it says on the way, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from htt_desktop.domain.race import RaceKey


@dataclass(frozen=True)
class DriverOffer:
    """A car that can be downloaded, or not.

    Attributes
    ----------
    rows
        Rows on the server, ``None`` when it did not say.
    refusal
        Why its rows must not be used; empty when they may.
    """

    number: str
    name: str
    rows: int | None = None
    refusal: str = ""


@dataclass(frozen=True)
class RaceOrder:
    """One race pack to write.

    Attributes
    ----------
    numbers
        Printed numbers; empty for everyone with telemetry.
    may_replace
        Somebody agreed that a file of that name goes.
    """

    key: RaceKey
    numbers: tuple[str, ...]
    out: Path
    may_replace: bool = False


@dataclass(frozen=True)
class TransferProgress:
    """How far a download or upload is.

    Attributes
    ----------
    title
        Race or file under way.
    stage
        What is being done, such as ``car 13``.
    cars_done, cars_total
        Of this race; both 0 when nobody counts them.
    is_paused
        It waits to be let on.
    """

    title: str
    stage: str
    rows: int
    rows_total: int
    cars_done: int = 0
    cars_total: int = 0
    is_paused: bool = False


@dataclass(frozen=True)
class Transferred:
    """One pack has arrived.

    Attributes
    ----------
    rows
        By printed number.
    notes
        What else is to be known, a sentence each.
    """

    title: str
    place: str
    rows: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        cars = f"{len(self.rows)} car{'' if len(self.rows) == 1 else 's'}"
        return f"{self.title}: {sum(self.rows.values()):,} rows of {cars} in {self.place}."


def title_of(key: RaceKey) -> str:
    """Return a race for people.

    Examples
    --------
    >>> title_of(RaceKey(2025, "barber", 1))
    'barber R1 2025'
    """
    return str(key)
