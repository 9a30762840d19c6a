"""What lies on this computer: the cache first, then packs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import RowAge, race_digest
from htt_desktop.sources.cache.files import DamagedError
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.contents import PackCar, PackContents, error_of
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.race_rows import RaceRows, car_of, inventory_of
from htt_desktop.sources.telemetry_source import (
    Inventory,
    OriginKind,
    TelemetryRequest,
    joint_origin,
    no_progress,
)


class LocalSources:
    """Rows and lists that need no server.

    Parameters
    ----------
    cache
        Asked first.
    packs
        Asked for what the cache has not.
    """

    def __init__(self, cache: TelemetryCache, packs: PackTelemetry) -> None:
        self.cache = cache
        self.packs = packs

    def rows(
        self, key: RaceKey, number: str, cancel: threading.Event
    ) -> RaceRows | DomainError | SourceError:
        """Return the rows of a car, or why they are not on this computer.

        Raises
        ------
        CancelledError
            ``cancel`` was set.
        """
        return self.cache.read(key, number) or self.pack_rows(key, (number,), cancel)

    def pack_rows(
        self, key: RaceKey, numbers: Sequence[str], cancel: threading.Event
    ) -> RaceRows | DomainError | SourceError:
        """Return the rows of one or two cars from one pack, or why it has them not.

        Raises
        ------
        CancelledError
            ``cancel`` was set.
        """
        try:
            request = TelemetryRequest(key, tuple(numbers))
            race = self.packs.fetch_rows(request, no_progress, cancel)
        except CancelledError:
            raise
        except (DomainError, SourceError) as error:
            return self._refusal(key, numbers) or error
        bundled = race.origin.label == OriginKind.BUNDLED
        kind = OriginKind.BUNDLED if bundled else OriginKind.PACK
        return replace(race, origin=replace(race.origin, kind=kind))

    def inventory(
        self, key: RaceKey, listed: Inventory | None, cancel: threading.Event
    ) -> Inventory | None:
        """Return drivers and laps of a race, ``None`` when nothing of it is here.

        Parameters
        ----------
        listed
            The race as the server listed it, which counts before the cache and the packs.
        """
        lists = [] if listed is None else [listed]
        cached = self.cached_contents(key)
        if cached is not None:
            lists.append(inventory_of(cached))
        if key in self.packs.races():
            lists.append(self.packs.inventory(key, cancel))
        return joined_inventory(lists[0], lists[1:]) if lists else None

    def numbers(self, key: RaceKey) -> frozenset[str]:
        """Return the numbers of a race whose rows are here."""
        cached = {entry.number for entry in self.cache.entries(key)}
        contents = self.packs.contents(key)
        packed = () if contents is None else inventory_of(contents).with_telemetry()
        return frozenset(cached.union(packed))

    def cached_contents(self, key: RaceKey) -> PackContents | None:
        """Return the contents fetched last of a race, with what older ones know of their cars."""
        newest: PackContents | None = None
        for entry in sorted(self.cache.entries(key), key=lambda e: e.fetched_at, reverse=True):
            with suppress(DamagedError, FileNotFoundError):
                contents = self.cache.contents(entry)
                car = car_of(contents, entry.number)
                newest = contents if newest is None else with_cars(newest, {entry.number: car})
        return newest

    def counted(self, key: RaceKey, number: str) -> int | None:
        """Return how many rows the server had when those on this computer were fetched."""
        entry = self.cache.entry(key, number)
        if entry is not None:
            return entry.rows if entry.counted is None else entry.counted
        age = self.age(key, number)
        return None if age is None else age.rows

    def age(self, key: RaceKey, number: str) -> RowAge | None:
        """Return how old the rows of a car are, ``None`` when they are not here."""
        entry = self.cache.entry(key, number)
        if entry is not None:
            return RowAge(number, OriginKind.CACHE, entry.rows, entry.fetched_at, entry.checked_at)
        part = self.pack_rows(key, (number,), threading.Event())
        if not isinstance(part, RaceRows):
            return None
        return RowAge(number, part.origin.kind, part.origin.rows, "", "")

    def _refusal(self, key: RaceKey, numbers: Sequence[str]) -> DomainError | None:
        """Return why the server's answer of earlier says that a car must not be used."""
        contents = self.cached_contents(key)
        cars = () if contents is None else (car_of(contents, number) for number in numbers)
        refusals = (car.refusal for car in cars if car is not None and car.refusal is not None)
        return next((error_of(refusal) for refusal in refusals), None)


def belong_together(parts: Iterable[RaceRows]) -> bool:
    """Tell whether rows rest on the same timing and alignment, so that laps compare honestly."""
    different = {id(part.contents): part.contents for part in parts}.values()
    return len(different) <= 1 or len({race_digest(contents) for contents in different}) == 1


def as_one_answer(parts: Mapping[str, RaceRows], seconds: float) -> RaceRows:
    """Return the rows of cars from several sources as one answer.

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
    """Return an inventory with the cars that only another source has rows of.

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
    index = 0
    for key in others:
        if key in merged:
            index = merged.index(key) + 1
        else:
            merged.insert(index, key)
            index += 1
    return tuple(merged)
