"""What a telemetry pack says about itself beside its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain import errors
from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import AccelerometerCorrection
from htt_desktop.domain.clock.car_clock import ClockFit
from htt_desktop.domain.identity.entry_match import Identity
from htt_desktop.domain.lap_rules import TelemetryCover
from htt_desktop.domain.race import RaceTiming

SCHEMA_VERSION = 1
"""Layout of packs that this version reads and writes."""


@dataclass(frozen=True)
class SourceFile:
    """An input of the import, told apart for good by its checksum."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Refusal:
    """Why the rows of a car must not be used.

    Attributes
    ----------
    kind
        Name of the error's class, as files keep it; programs ask for :attr:`error`.
    sentence
        Its sentence for the user.
    """

    kind: str
    sentence: str

    @classmethod
    def by(cls, error: type[errors.DomainError], sentence: str) -> Refusal:
        """Return a refusal with an error of a class."""
        return cls(error.__name__, sentence)

    @property
    def error(self) -> type[errors.DomainError]:
        """Class of the error; the general one where a newer program named another."""
        kinds = {kind.__name__: kind for kind in errors.DomainError.__subclasses__()}
        return kinds.get(self.kind, errors.DomainError)


def error_of(refusal: Refusal) -> errors.DomainError:
    """Return the error with which a car was refused.

    Examples
    --------
    >>> error_of(Refusal("DeadClockError", "The clock stands still."))
    DeadClockError('The clock stands still.')
    """
    return refusal.error(refusal.sentence)


@dataclass(frozen=True)
class PackCar:
    """One vehicle of the import.

    Attributes
    ----------
    vehicle_id, printed_number
        As delivered.
    entry_number
        Whose laps they are. For a refused car the entry that it claims to be;
        ``None`` when no entry has that number.
    identity, clock
        Findings; ``None`` where the import did not get so far.
    corrections
        By accelerometer axis. Rows are stored as delivered; readers apply these.
    counts
        Samples and rows read, kept and dropped, by reason.
    covers
        Telemetry cover by official lap number; laps without rows are absent.
    refusal
        ``None`` for a car whose rows are in the pack.
    """

    vehicle_id: str
    printed_number: str
    entry_number: str | None
    identity: Identity | None
    clock: ClockFit | None
    corrections: Mapping[Channel, AccelerometerCorrection]
    counts: Mapping[str, int]
    covers: Mapping[int, TelemetryCover]
    refusal: Refusal | None


@dataclass(frozen=True)
class PackContents:
    """Everything in a pack except its rows.

    Attributes
    ----------
    created
        ISO 8601 time of the newest input row, so that the same input gives the same bytes.
    importer
        Program and version that made the pack.
    telemetry_files, timing_files
        Inputs.
    timing
        Official timing of the whole race.
    timing_notes
        What was dropped while reading the timing.
    cars
        Accepted cars in the order of their row groups, then refused ones.
    counts
        Samples of the whole import, by fate.
    alignment
        What all cars of the race teach about laying one lap over another.
    """

    created: str
    importer: str
    telemetry_files: tuple[SourceFile, ...]
    timing_files: tuple[SourceFile, ...]
    timing: RaceTiming
    timing_notes: tuple[str, ...]
    cars: tuple[PackCar, ...]
    counts: Mapping[str, int]
    alignment: RaceAlignment
