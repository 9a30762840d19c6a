"""One car of an import: whether its speed can be, whose laps they are, and what its clock says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.clock.accelerometers import (
    AccelerometerCorrection,
    accelerometer_corrections,
)
from htt_desktop.domain.clock.car_clock import ClockFit, fit_clock
from htt_desktop.domain.clock.line_crossings import line_crossings
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import (
    DomainError,
    IdentityError,
    ImplausibleSpeedError,
    MissingChannelError,
    TimingMismatchError,
)
from htt_desktop.domain.identity.entry_match import Identity, identify
from htt_desktop.domain.lap_rules import TelemetryCover, lap_cover
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.raw.pivot import RowCounts
from htt_desktop.pipeline.timing.cells import same_value
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.sources.packs.contents import PackCar, Refusal

SHARES_OF_TRACK = (0.9, 1.1)
"""Integrated speed over a labelled lap against the length of the track: 0.989 to 1.009 for every
car of the published files, thinned and holey ones included; drivers at Sebring save 3 %."""

SHORTEST_LAP_SHARE = 0.6
"""A label kept for less than this share of a usual lap was cut, not driven around."""

UNITS = {"mph": 0.6214, "m/s": 0.2778, "knots": 0.5400}
"""Reading of 1 km/h in other units."""

UNIT_TOLERANCE = 0.03


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


def demand_speed(rows: LoggerRows, out_of_range: Mapping[str, int]) -> None:
    """Refuse a car whose speed was not recorded or is nonsense throughout.

    Parameters
    ----------
    rows
        The car's rows.
    out_of_range
        Values dropped as sensor faults, by column.

    Raises
    ------
    MissingChannelError
        No value of speed is left.
    """
    if rows.samples(Channel.SPEED)[0].size:
        return
    if not rows.clock_s.size:
        raise MissingChannelError(
            f"No sample of {rows.vehicle_id} holds a value; fetch the file again.",
        )
    spec = SPEC_OF[Channel.SPEED]
    dropped = out_of_range.get(spec.column, 0)
    if dropped:
        raise MissingChannelError(
            f"Every one of the {dropped:,} values of {spec.raw_name} of {rows.vehicle_id} lies "
            f"outside {spec.minimum:g} to {spec.maximum:g} {spec.unit}; export the file again "
            f"with speed in {spec.unit}.",
        )
    raise MissingChannelError(
        f"No {spec.raw_name} was recorded for {rows.vehicle_id}, without which no lap can be laid "
        "over the track; export the file again with all its channels.",
    )


def demand_kmh(rows: LoggerRows, timing: RaceTiming, track: Track) -> None:
    """Refuse a car that by its speed drove laps of another length than the track's.

    Raises
    ------
    ImplausibleSpeedError
        Laps by the labels are more than a tenth too short or too long. Without a whole
        labelled lap nothing is checked.
    """
    share = track_share(rows, timing, track)
    low, high = SHARES_OF_TRACK
    if not (share < low or share > high):
        return
    guess = f"as if speed were in {unit}" if (unit := _unit(share)) else "so speed is not in km/h"
    raise ImplausibleSpeedError(
        f"By its speed a lap of {rows.vehicle_id} is {share * track.length_m:,.0f} m long instead "
        f"of {track.length_m:,.0f} m, {guess}; export the file again with speed in km/h.",
    )


def unit_hint(rows: LoggerRows, timing: RaceTiming, track: Track) -> str:
    """Return a sentence for a car that fits nobody, if its speed looks like another unit."""
    share = track_share(rows, timing, track)
    if not (unit := _unit(share)):
        return ""
    return (
        f"By its speed a lap is {share * track.length_m:,.0f} m long instead of "
        f"{track.length_m:,.0f} m, as if speed were in {unit}."
    )


def _unit(share: float) -> str:
    """Return the unit in which readings of km/h would make this share of the track, if any."""
    fits = (name for name, factor in UNITS.items() if abs(share / factor - 1) < UNIT_TOLERANCE)
    return next(fits, "")


def track_share(rows: LoggerRows, timing: RaceTiming, track: Track) -> float:
    """Return the way of a labelled lap by its speed over the track's length; NaN when unknown."""
    way = travel(rows)
    crossings = line_crossings(rows, way, 0.0)
    usual_s = float(np.median([lap.lap_time_s for laps in timing.laps.values() for lap in laps]))
    whole = (np.diff(crossings.logger_lap) == 1) & (
        np.diff(crossings.trigger_s) > SHORTEST_LAP_SHARE * usual_s
    )
    metres = np.diff(way.at(crossings.trigger_s))[whole] if whole.any() else np.empty(0)
    metres = metres[np.isfinite(metres)]
    return float(np.median(metres)) / track.length_m if metres.size else float("nan")
