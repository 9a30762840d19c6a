"""What may be asked about the telemetry of a race, and the answers. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.telemetry_source import Inventory, TelemetryOrigin


@dataclass(frozen=True)
class LapChoice:
    """A driver and one of their laps.

    Attributes
    ----------
    number
        Printed driver number, as text.
    lap_number
        Official lap; ``None`` stands for the driver's fastest clean lap, or the second
        fastest when it is compared with that one.
    """

    number: str
    lap_number: int | None = None


@dataclass(frozen=True, eq=False)
class ListRequest:
    """Find out what there is, without fetching rows.

    Attributes
    ----------
    key
        Race whose drivers and laps are wanted; ``None`` asks for the races only.
    """

    key: RaceKey | None


@dataclass(frozen=True, eq=False)
class CompareRequest:
    """Lay two laps over one another.

    Attributes
    ----------
    fresh
        Fetch the rows again even though they are in memory.
    """

    key: RaceKey
    reference: LapChoice
    compared: LapChoice
    fresh: bool = False


@dataclass(frozen=True)
class Catalogue:
    """What is on offer.

    Attributes
    ----------
    races
        Every race the source has, in calendar order.
    inventory
        Drivers and laps of the race asked for, ``None`` while unknown.
    problems
        A sentence for everything that should be on offer but cannot be read.
    here
        Numbers of the race whose rows are on this computer; ``None`` where all of them are.
    is_offline
        The server did not answer when it was asked last.
    has_more
        There is a server that was never asked what it has, of this race or at all.
    """

    races: tuple[RaceKey, ...] = ()
    inventory: Inventory | None = None
    problems: tuple[str, ...] = ()
    here: frozenset[str] | None = None
    is_offline: bool = False
    has_more: bool = False

    def over(self, before: Catalogue) -> Catalogue:
        """Return this with what was known before in the place of what is not known now."""
        return replace(
            self, races=self.races or before.races, inventory=self.inventory or before.inventory
        )

    def about(self, key: RaceKey | None) -> Catalogue:
        """Return this without drivers and laps of another race."""
        known = self.inventory
        return self if known is None or known.key == key else replace(self, inventory=None)

    def can_give(self, *numbers: str) -> bool:
        """Return whether rows of drivers are here, or may come from a server that answers."""
        return self.here is None or not self.is_offline or self.here.issuperset(numbers)


@dataclass(frozen=True, eq=False)
class RaceList:
    """The answer to a :class:`ListRequest`."""

    request: ListRequest
    catalogue: Catalogue


@dataclass(frozen=True, eq=False)
class Loaded:
    """The answer to a :class:`CompareRequest`; its arrays are finished.

    Attributes
    ----------
    can_refresh
        There is a server to ask whether the rows are still the same.
    """

    request: CompareRequest
    comparison: Comparison
    inventory: Inventory
    origin: TelemetryOrigin
    catalogue: Catalogue = Catalogue()
    can_refresh: bool = False
