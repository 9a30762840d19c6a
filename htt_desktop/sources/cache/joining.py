"""Rows and lists of one race from several places, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.agreement import race_digest
from htt_desktop.sources.pack_contents import PackCar, PackContents
from htt_desktop.sources.race_rows import RaceRows, car_of
from htt_desktop.sources.telemetry_source import Inventory, joint_origin


def belong_together(parts: Iterable[RaceRows]) -> bool:
    """Tell whether rows rest on the same timing and alignment, so that laps compare honestly."""
    different = {id(part.contents): part.contents for part in parts}.values()
    return len(different) <= 1 or len({race_digest(contents) for contents in different}) == 1


def joined(parts: Mapping[str, RaceRows], seconds: float) -> RaceRows:
    """Return the rows of cars from several places as one answer.

    Parameters
    ----------
    parts
        By number; they belong together.
    seconds
        How long it all took.
    """
    contents = with_cars(
        next(iter(parts.values())).contents,
        {number: car_of(part.contents, number) for number, part in parts.items()},
    )
    rows = MappingProxyType({number: part.rows[number] for number, part in parts.items()})
    total = sum(values.clock_s.size for values in rows.values())
    origins = list({id(part.origin): part.origin for part in parts.values()}.values())
    return RaceRows(contents, rows, replace(joint_origin(origins), rows=total, seconds=seconds))


def with_cars(contents: PackContents, cars: Mapping[str, PackCar | None]) -> PackContents:
    """Return contents in which what is known about some cars replaces what was."""
    changed = {number: car for number, car in cars.items() if car is not None}
    if all(car_of(contents, number) == car for number, car in changed.items()):
        return contents
    others = [car for car in contents.cars if car.entry_number not in changed]
    everybody = sorted((*others, *changed.values()), key=lambda car: car.refusal is not None)
    return replace(contents, cars=tuple(everybody))


def joined_inventory(first: Inventory, others: Sequence[Inventory]) -> Inventory:
    """Return an inventory with the cars that only another place has rows of.

    Parameters
    ----------
    first
        Counts wherever it knows rows or a refusal.
    """
    laps, refused = dict(first.laps), dict(first.refused)
    have = set(first.with_telemetry())
    for other in others:
        for number in other.with_telemetry():
            if number in first.entries and number not in have and number not in first.refused:
                laps[number] = other.laps[number]
                have.add(number)
        for number, sentence in other.refused.items():
            if number in first.entries and number not in have:
                refused.setdefault(number, sentence)
    return replace(first, laps=MappingProxyType(laps), refused=MappingProxyType(refused))


def in_order(races: Sequence[RaceKey], others: Sequence[RaceKey]) -> tuple[RaceKey, ...]:
    """Return the races of two lists, each in its own order as far as the other allows.

    Examples
    --------
    >>> a, b, c, d = (RaceKey(2025, track, 1) for track in "abcd")
    >>> [key.track_id for key in in_order([a, c, d], [a, b, c])]
    ['a', 'b', 'c', 'd']
    """
    merged = list(races)
    place = 0
    for key in others:
        if key in merged:
            place = merged.index(key) + 1
        else:
            merged.insert(place, key)
            place += 1
    return tuple(merged)
