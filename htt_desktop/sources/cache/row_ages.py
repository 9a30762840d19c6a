"""How old rows are, and what became of them when the server was asked again."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.sources.telemetry_source import OriginKind


@dataclass(frozen=True)
class RowAge:
    """How old the rows of a car on this computer are.

    Attributes
    ----------
    kind
        Where they lie.
    rows
        How many.
    fetched_at, checked_at
        ISO 8601 times at which they came from the server and at which it last confirmed their
        number; empty for rows of a pack, which never came from the server.
    """

    number: str
    kind: OriginKind
    rows: int
    fetched_at: str
    checked_at: str


@dataclass(frozen=True)
class CheckedCar:
    """A car whose rows were compared with the server's.

    Attributes
    ----------
    here
        Rows that the server had when these were fetched; ``None`` when nothing was here.
    there
        Rows that it has now; ``None`` when it has none of this car.
    fetched
        They were fetched again.
    """

    number: str
    here: int | None
    there: int | None
    fetched: bool

    @property
    def changed(self) -> bool:
        """True when the rows on this computer were not those of the server."""
        return self.here != self.there
