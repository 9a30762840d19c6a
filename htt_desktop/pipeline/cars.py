"""One car of an import: whose laps they are, what its clock says, how much is covered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import (
    AccelerometerCorrection,
    accelerometer_corrections,
)
from htt_desktop.domain.clock.car_clock import ClockFit, fit_clock
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.errors import DomainError, IdentityError, TimingMismatchError
from htt_desktop.domain.identity.entry_match import Identity, identify
from htt_desktop.domain.lap_rules import TelemetryCover, lap_cover
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.raw.pivot import RowCounts
from htt_desktop.pipeline.speed_check import demand_kmh, demand_speed, unit_hint
from htt_desktop.pipeline.timing.cells import same_value
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.sources.packs.contents import PackCar, Refusal


@dataclass(frozen=True, eq=False)
class CarResult:
    """A vehicle after the import has looked at it.

    Attributes
    ----------
    car
        What goes into the pack's contents.
    rows
        As pivoted.
    race_time_s
        Official race time of each row; empty for a refused car.
    """

    car: PackCar
    rows: LoggerRows
    race_time_s: FloatArray


def match_car(
    rows: LoggerRows,
    counts: RowCounts,
    reading: TimingReading,
    track: Track,
    taken: Collection[str] = (),
) -> CarResult:
    """Identify a car, fit its clock and measure its laps; refuse it with a reason otherwise.

    Parameters
    ----------
    rows, counts
        The car's rows and what was counted while they were pivoted.
    reading, track
        Official timing and circuit.
    taken
        Entries that other vehicles have proved to be theirs.
    """
    timing = reading.timing
    identity: Identity | None = None
    clock: ClockFit | None = None
    refusal: Refusal | None = None
    covers: Mapping[int, TelemetryCover] = {}
    corrections: Mapping[Channel, AccelerometerCorrection] = {}
    race_time_s: FloatArray = np.empty(0)
    try:
        demand_speed(rows, counts.out_of_range)
        identity = identify(rows, timing, track, start_of_day_s=reading.start_of_day_s, taken=taken)
        laps = timing.laps[identity.entry_number]
        clock = fit_clock(
            rows,
            laps,
            track,
            identity.lap_offset,
            start_of_day_s=reading.start_of_day_s,
            near_s=identity.offset_s,
        )
        demand_kmh(rows, timing, track)
    except TimingMismatchError as error:
        hint = unit_hint(rows, timing, track)
        refusal = Refusal.by(type(error), f"{error} {hint}".strip())
    except DomainError as error:
        refusal = Refusal.by(type(error), str(error))
    else:
        race_time_s = clock.race_time_s(rows.clock_s)
        covers = _covers(race_time_s, laps)
        corrections = accelerometer_corrections(rows)
    return CarResult(
        PackCar(
            vehicle_id=rows.vehicle_id,
            printed_number=rows.printed_number,
            entry_number=identity.entry_number
            if identity
            else _claimed(rows.printed_number, timing),
            identity=identity,
            clock=clock,
            corrections=MappingProxyType(dict(corrections)),
            counts=MappingProxyType(_flat(counts)),
            covers=MappingProxyType(dict(covers)),
            refusal=refusal,
        ),
        rows,
        race_time_s,
    )


def settle_duplicates(results: Sequence[CarResult]) -> list[CarResult]:
    """Refuse all but the best of several vehicles that turned out to be one entry.

    Rows of a refused car stay out of the pack, so a claim by printed number that another
    vehicle proved to be its own is withdrawn.
    """
    best: dict[str, CarResult] = {}
    for result in results:
        number = result.car.entry_number
        if result.car.refusal is None and number is not None:
            rival = best.get(number)
            if rival is None or _crossings(result) > _crossings(rival):
                best[number] = result
    settled = []
    for result in results:
        winner = best.get(result.car.entry_number or "")
        if winner is None or winner is result:
            settled.append(result)
        elif result.car.refusal is not None:
            settled.append(replace(result, car=replace(result.car, entry_number=None)))
        else:
            settled.append(_refused_twin(result, winner))
    return settled


def _crossings(result: CarResult) -> int:
    return 0 if result.car.clock is None else result.car.clock.crossings


def _refused_twin(result: CarResult, winner: CarResult) -> CarResult:
    sentence = (
        f"The laps of {result.car.vehicle_id} are those of #{result.car.entry_number}, whose rows "
        f"{winner.car.vehicle_id} already supplies; leave out one of the two."
    )
    return refused(result, IdentityError(sentence))


def refused(result: CarResult, reason: DomainError) -> CarResult:
    """Return a car that must not be used after all; it makes no claim to an entry."""
    refusal = Refusal.by(type(reason), str(reason))
    return CarResult(
        replace(result.car, entry_number=None, covers={}, refusal=refusal),
        result.rows,
        np.empty(0),
    )


def _covers(
    race_time_s: FloatArray,
    laps: Sequence[OfficialLap],
) -> dict[int, TelemetryCover]:
    covers = {lap.lap_number: lap_cover(race_time_s, lap) for lap in laps}
    return {number: cover for number, cover in covers.items() if cover is not None}


def _claimed(printed_number: str, timing: RaceTiming) -> str | None:
    """Return the entry a refused car claims to be, if only one can be meant."""
    if printed_number in timing.entries:
        return printed_number
    alike = [number for number in timing.entries if same_value(number, printed_number)]
    return alike[0] if len(alike) == 1 else None


def _flat(counts: RowCounts) -> dict[str, int]:
    flat = {
        "samples": counts.read,
        "values": counts.kept,
        "rows": counts.rows,
        "overlapping": counts.overlapping,
        "moved": counts.moved,
        "repeated": counts.repeated,
        "empty": counts.empty,
        "backward": counts.backward,
        "without_lap": counts.without_lap,
    }
    return flat | {f"out_of_range {name}": n for name, n in counts.out_of_range.items()}
