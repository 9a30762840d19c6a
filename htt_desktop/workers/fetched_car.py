"""A car whose rows are in memory, with what its race knows about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from htt_desktop.domain.accuracy import BandModel
from htt_desktop.domain.car_alignment import CarAlignment
from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.race_alignment import RaceAlignment
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Origin, RaceTelemetry, joint_origin


@dataclass(frozen=True, eq=False)
class FetchedCar:
    """Rows of a car, ready to be laid over distance.

    Attributes
    ----------
    laps
        Official laps, and how much of each its rows cover.
    timing, learnt
        What it rests on.
    """

    alignment: CarAlignment
    band_model: BandModel
    origin: Origin
    laps: tuple[LapStatus, ...]
    timing: RaceTiming
    learnt: RaceAlignment

    @property
    def rows_bytes(self) -> int:
        """How much memory the rows take."""
        rows = self.alignment.recording
        columns = (rows.time_s, rows.logger_lap, *rows.channels.values())
        return sum(column.nbytes for column in columns)

    def agrees_with(self, other: FetchedCar) -> bool:
        """Return whether two cars rest on the same timing and alignment."""
        return self.timing == other.timing and self.learnt.agrees_with(other.learnt)


def fetched_car(track: Track, telemetry: RaceTelemetry, number: str) -> FetchedCar:
    """Return a car of an answer."""
    learnt, inventory = telemetry.alignment, telemetry.inventory
    alignment = CarAlignment(
        learnt.on(track),
        telemetry.recordings[number],
        inventory.entries[number],
        inventory.clean_laps(number),
        learnt.guide,
    )
    laps = inventory.laps.get(number, ())
    return FetchedCar(
        alignment, learnt.band_model, telemetry.origin, laps, telemetry.timing, learnt
    )


def origin_of_both(reference: FetchedCar, compared: FetchedCar) -> Origin:
    """Return where the rows of two cars came from."""
    first, second = reference.origin, compared.origin
    if first is second:
        return first
    return replace(
        joint_origin((first, second)),
        rows=first.rows + second.rows,
        seconds=first.seconds + second.seconds,
    )
