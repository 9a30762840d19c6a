"""What may be asked of the telemetry worker, and the ways in which a job can end."""

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


@dataclass(frozen=True)
class ListJob:
    """Find out what there is, without fetching rows.

    Attributes
    ----------
    key
        Race whose drivers and laps are wanted; ``None`` asks for the races only.
    """

    job_id: int
    key: RaceKey | None


@dataclass(frozen=True)
class CompareJob:
    """Lay two laps over one another.

    Attributes
    ----------
    fresh
        Fetch the rows again even though they are in memory.
    """

    job_id: int
    key: RaceKey
    reference: LapChoice
    compared: LapChoice
    fresh: bool = False


Job = ListJob | CompareJob
"""Every job ends in exactly one :data:`Outcome`."""


@dataclass(frozen=True)
class Progressed:
    """A job is under way and has this many rows so far."""

    job: Job
    rows: int


@dataclass(frozen=True)
class Catalogue:
    """What is on offer.

    Attributes
    ----------
    races
        Every race the source has, in calendar order.
    inventory
        Drivers and laps of the job's race, ``None`` while unknown.
    problems
        A sentence for everything that should be on offer but cannot be read.
    here
        Numbers of the job's race whose rows are on this computer; ``None`` where all of them are.
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
        told = self.inventory
        return self if told is None or told.key == key else replace(self, inventory=None)

    def can_give(self, *numbers: str) -> bool:
        """Tell whether rows of drivers are here, or may come from a server that answers."""
        return self.here is None or not self.is_offline or self.here.issuperset(numbers)


@dataclass(frozen=True)
class Listed:
    """A :class:`ListJob` succeeded."""

    job: ListJob
    catalogue: Catalogue


@dataclass(frozen=True, eq=False)
class Loaded:
    """A :class:`CompareJob` succeeded; its arrays are finished.

    Attributes
    ----------
    can_refresh
        There is a server to ask whether the rows are still the same.
    """

    job: CompareJob
    comparison: Comparison
    inventory: Inventory
    origin: TelemetryOrigin
    catalogue: Catalogue = Catalogue()
    can_refresh: bool = False


@dataclass(frozen=True)
class Failed:
    """A job found no answer.

    Attributes
    ----------
    reason
        One sentence for the user.
    is_bug
        The fault is ours: it was logged with its traceback.
    no_such_race
        Every place was asked and none has the race, as against a place that did not answer.
    catalogue
        What was known before the failure, so that another lap can be chosen.
    """

    job: Job
    reason: str
    is_bug: bool = False
    catalogue: Catalogue = Catalogue()
    no_such_race: bool = False


@dataclass(frozen=True)
class Cancelled:
    """A job was withdrawn by the user or superseded by a newer one."""

    job: Job


Outcome = Listed | Loaded | Failed | Cancelled
"""The four ends a job can have."""
