"""What is known about a race whose rows lie in the table, and where that comes from.

In this order: the knowledge that our upload left on the server beside the rows; the contents of a
pack of the same race; official timing alone, to which the rows are matched when they are fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from htt_desktop.domain.alignment.race_alignment import NOTHING_LEARNT, RaceAlignment
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.errors import InterleavedCarsError
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.contents import PackCar, PackContents, Refusal
from htt_desktop.sources.packs.race_rows import car_of
from htt_desktop.sources.snowflake.inventory import Holdings, likely_covers

Matcher = Callable[[LoggerRows, RaceTiming, Track], PackCar]
"""Finds out whose laps rows are and sets their clock; refuses them with a reason otherwise."""

Learn = Callable[[Sequence[tuple[PackCar, LoggerRows]], RaceTiming, Track], RaceAlignment]
"""Learns about alignment from the cars at hand."""


def _nothing(_key: RaceKey) -> None:
    return None


@dataclass(frozen=True)
class Knowledge:
    """Where to ask about a race that the server knows nothing about.

    Attributes
    ----------
    contents
        What a pack of the race says, ``None`` without one.
    timing
        Official timing of the race, ``None`` without one.
    match, learn
        Given by the layer above, which knows how an import does it. Without them, cars that no
        pack knows cannot be used.
    """

    contents: Callable[[RaceKey], PackContents | None] = _nothing
    timing: Callable[[RaceKey], RaceTiming | None] = _nothing
    match: Matcher | None = None
    learn: Learn | None = None


def contents_of_timing(timing: RaceTiming) -> PackContents:
    """Return what is known of a race of which there is nothing but official timing."""
    return PackContents(
        created="",
        importer="official timing",
        telemetry_files=(),
        timing_files=(),
        timing=timing,
        timing_notes=(),
        cars=(),
        counts=MappingProxyType({}),
        alignment=NOTHING_LEARNT,
    )


def vehicles_of(contents: PackContents, held: Holdings) -> Mapping[str, int]:
    """Return under which vehicle number the table holds each entry; entries without rows miss.

    Our upload writes the entry's number; older scripts wrote what the logger claimed. Rows that
    belong to a car that is known are not offered to entries of which nothing is known.
    """
    vehicles: dict[str, int] = {}
    for number in contents.timing.entries:
        car = car_of(contents, number)
        for claim in () if car is None else (number, car.printed_number):
            if claim.isdecimal() and int(claim) in held.rows:
                vehicles[number] = int(claim)
                break
    taken = set(vehicles.values())
    for number in contents.timing.entries:
        free = number.isdecimal() and int(number) in held.rows and int(number) not in taken
        if free and car_of(contents, number) is None:
            vehicles[number] = int(number)
    return MappingProxyType(vehicles)


def matched(contents: PackContents, held: Holdings) -> PackContents:
    """Return what is known of a race, brought in line with the rows that the table holds.

    - A car without rows in the table has no telemetry here.
    - A car of which the table holds other rows than were imported gets the cover that the groups
      of rows suggest.
    - A car that nobody has matched yet appears without a clock.
    - Entries that differ by leading zeros only, and of which both have telemetry, are mixed under
      one number and refused.
    """
    cars = []
    vehicles = vehicles_of(contents, held)
    for number in contents.timing.entries:
        car = car_of(contents, number)
        if car is not None and car.refusal is not None:
            cars.append(car)
        elif number in vehicles:
            cars.append(_car(contents, held, number, vehicles[number]))
    strangers = [car for car in contents.cars if car.entry_number not in contents.timing.entries]
    mixed = _mixed(cars)
    return replace(
        contents,
        cars=(*(_refused_if(car, mixed) for car in cars), *strangers),
    )


def _car(contents: PackContents, held: Holdings, number: str, vehicle: int) -> PackCar:
    car = car_of(contents, number)
    laps = contents.timing.laps.get(number, ())
    if car is None:
        return PackCar(
            vehicle_id=f"vehicle {vehicle}",
            printed_number=str(vehicle),
            entry_number=number,
            identity=None,
            clock=None,
            corrections=MappingProxyType({}),
            counts=MappingProxyType({}),
            covers=MappingProxyType(likely_covers(held.of(vehicle), None, laps)),
            refusal=None,
        )
    if is_whole(car, held.rows[vehicle]):
        return car
    return replace(car, covers=MappingProxyType(likely_covers(held.of(vehicle), car.clock, laps)))


def is_whole(car: PackCar, rows: int) -> bool:
    """Return whether so many rows are all that were imported of a car, neither more nor less."""
    return car.counts.get("rows") == rows


def _mixed(cars: Sequence[PackCar]) -> Mapping[str, tuple[str, ...]]:
    """Return the numbers that share one vehicle number, by each of them.

    Only where more than one of them is known to have telemetry: of two entries nobody has matched
    yet, the rows will tell whose they are.
    """
    matched = [
        car.entry_number
        for car in cars
        if car.refusal is None and car.clock is not None and car.entry_number is not None
    ]
    mixed = {}
    for number in matched:
        alike = tuple(
            other
            for other in matched
            if other.isdecimal() and number.isdecimal() and int(other) == int(number)
        )
        if len(alike) > 1:
            mixed[number] = alike
    return mixed


def _refused_if(car: PackCar, mixed: Mapping[str, tuple[str, ...]]) -> PackCar:
    alike = mixed.get(car.entry_number or "")
    if alike is None:
        return car
    sentence = (
        f"The table keeps numbers {' and '.join(alike)} under the one number {int(alike[0])}, so "
        "their rows are mixed; open this race from its pack."
    )
    return replace(car, refusal=Refusal.by(InterleavedCarsError, sentence))
