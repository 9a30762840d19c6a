"""Rows of some cars with everything known about their race: what every supplier hands over.

Packs, the cache and Snowflake differ in where these come from; what becomes of them is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.matched_rows import matched_recording
from htt_desktop.domain.errors import DeadClockError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.lap_rules import lap_statuses
from htt_desktop.domain.recording import Recording
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackCar, PackContents, error_of
from htt_desktop.sources.telemetry_source import Inventory, RaceTelemetry, TelemetryOrigin


@dataclass(frozen=True, eq=False)
class RaceRows:
    """Rows of one or two cars, or of all.

    Attributes
    ----------
    contents
        What is known about the whole race.
    rows
        As the logger delivered them, by entry number.
    """

    contents: PackContents
    rows: Mapping[str, LoggerRows]
    origin: TelemetryOrigin


def inventory_of(contents: PackContents) -> Inventory:
    """Return drivers and laps of a race, and which of them have telemetry."""
    timing = contents.timing
    laps = {}
    refused = {}
    for number in timing.entries:
        car = car_of(contents, number)
        refusal = None if car is None else car.refusal
        laps[number] = lap_statuses(
            timing.laps.get(number, ()),
            {} if car is None else car.covers,
            dead_clock=refusal is not None and refusal.error is DeadClockError,
        )
        if refusal is not None:
            refused[number] = refusal.sentence
    return Inventory(
        key=timing.key,
        entries=timing.entries,
        laps=MappingProxyType(laps),
        refused=MappingProxyType(refused),
    )


def car_of(contents: PackContents, number: str) -> PackCar | None:
    """Return what is known about the car of an entry, ``None`` without telemetry.

    A car whose rows may be used outweighs one that was refused under the same number.
    """
    found = [car for car in contents.cars if car.entry_number == number]
    return min(found, key=lambda car: car.refusal is not None, default=None)


def usable_car(contents: PackContents, number: str, source_name: str) -> PackCar:
    """Return the car of an entry, if its rows may be used.

    Parameters
    ----------
    source_name
        Where the rows are looked for, as the sentence calls it.

    Raises
    ------
    DomainError
        The driver is unknown, has no rows, or rows that must not be used.
    """
    timing = contents.timing
    if number not in timing.entries:
        raise UnknownDriverError(
            f"Nobody in {timing.key} carries number {number}; "
            f"the numbers are {', '.join(timing.entries)}.",
        )
    car = car_of(contents, number)
    if car is not None and car.refusal is not None:
        raise error_of(car.refusal)
    if car is None:
        raise NoTelemetryError(
            f"{source_name} holds no telemetry of number {number}; choose another car or "
            "import its logger file.",
        )
    return car


def telemetry_of(race: RaceRows, source_name: str) -> RaceTelemetry:
    """Return rows as recordings in official race time.

    Parameters
    ----------
    source_name
        Where the rows came from, as the sentence of an error calls it.

    Raises
    ------
    DomainError
        The driver is unknown, has no rows, or rows that must not be used.
    SourceError
        What is known about a car is incomplete.
    """
    contents = race.contents
    return RaceTelemetry(
        key=contents.timing.key,
        timing=contents.timing,
        inventory=inventory_of(contents),
        recordings=MappingProxyType(
            {number: _recording(race, number, source_name) for number in race.rows}
        ),
        alignment=contents.alignment,
        origin=race.origin,
    )


def _recording(race: RaceRows, number: str, source_name: str) -> Recording:
    car = usable_car(race.contents, number, source_name)
    if car.clock is None:
        raise SourceError(
            f"{source_name} gives no clock for number {number}; import the race again."
        )
    return matched_recording(race.rows[number], number, car.clock, car.corrections)
