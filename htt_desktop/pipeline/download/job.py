"""What goes into a download, what it says on the way, and what comes out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, overload

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import CacheEntry, timing_digest
from htt_desktop.sources.cache.files import DamagedError
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackCar, PackContents
from htt_desktop.sources.packs.race_rows import RaceRows
from htt_desktop.sources.packs.writer import PackRows
from htt_desktop.sources.telemetry_source import Inventory, RowProgress, TelemetryRequest


class DownloadSource(Protocol):
    """A server of telemetry; see :class:`TelemetrySource` for what raises when."""

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race."""
        ...

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
        *,
        paged: bool = False,
    ) -> RaceRows:
        """Return the rows of one or two cars; in pages, when they exceed one answer."""
        ...

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        """Return how many rows each car of a race has, by number."""
        ...


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is.

    Attributes
    ----------
    stage
        What is being done, for people.
    cars_done, cars_total
        Cars that are on this computer, and all that are wanted.
    rows, rows_total
        Rows likewise; those of the car under way are counted as they come.
    paused
        It waits to be let on.
    """

    stage: str
    cars_done: int
    cars_total: int
    rows: int
    rows_total: int
    paused: bool = False


DownloadListener = Callable[[DownloadProgress], None]
"""Called whenever a download has come further."""


@dataclass(frozen=True)
class DownloadReport:
    """What a download brought.

    Attributes
    ----------
    path
        The pack.
    rows
        By number, in the order of the entries.
    resumed
        Numbers that an earlier, unfinished download had brought.
    refused
        Sentence by number of every car that is not in the pack.
    """

    key: RaceKey
    path: Path
    rows: Mapping[str, int]
    resumed: tuple[str, ...]
    refused: Mapping[str, str]


class DownloadStoppedError(SourceError):
    """A download broke off; what has come is kept.

    Parameters
    ----------
    reason
        Why, in one sentence.
    kept
        Cars that need not be fetched again.
    parts
        Where they lie.
    """

    def __init__(self, reason: str, kept: int, total: int, parts: Path) -> None:
        super().__init__(f"{reason} {kept_sentence(kept, total, parts)}")
        self.kept = kept
        self.parts = parts


def kept_sentence(kept: int, total: int, parts: Path) -> str:
    """Return the sentence that says how to go on.

    Examples
    --------
    >>> kept_sentence(2, 5, Path("race.parquet.parts"))
    'Of 5 cars, 2 are kept in race.parquet.parts; start the same download again to go on.'
    """
    if not kept:
        return "No car had come yet; start the same download again."
    return f"Of {total} cars, {kept} are kept in {parts}; start the same download again to go on."


def parts_folder(out: Path) -> Path:
    """Return where an unfinished download keeps its cars.

    Examples
    --------
    >>> parts_folder(Path("race.parquet")).name
    'race.parquet.parts'
    """
    return out.with_name(f"{out.name}.parts")


class Parts:
    """The cars of an unfinished download: a cache without limit, checked when it is read.

    Parameters
    ----------
    out
        The pack to be.
    key
        Its race.
    table
        Identity of the table that rows come from; cars of another table are left alone.
    """

    def __init__(self, out: Path, key: RaceKey, table: str = "") -> None:
        self.folder = parts_folder(out)
        self._key = key
        self._cache = TelemetryCache(self.folder, sys.maxsize, table)

    def held(self, number: str, counted: int | None) -> int | None:
        """Return the rows of a car that need not be fetched again, ``None`` if it must be.

        Parameters
        ----------
        counted
            How many rows the server has of it; ``None`` when it does not say.
        """
        entry = self._cache.entry(self._key, number)
        if entry is None or (counted is not None and entry.counted != counted):
            return None
        return None if self._cache.read(self._key, number) is None else entry.rows

    def keep(self, race: RaceRows, number: str, counted: int | None) -> None:
        """Keep the rows of a car.

        Raises
        ------
        SourceError
            They cannot be written.
        """
        self._cache.keep(race, number, counted)

    def read(self, number: str) -> RaceRows:
        """Return the rows of a car.

        Raises
        ------
        SourceError
            They are not there any more, or damaged.
        """
        race = self._cache.read(self._key, number)
        if race is None:
            raise SourceError(
                f"The rows of number {number} in {self.folder} are gone or damaged; start the "
                "same download again."
            )
        return race

    def contents(self, number: str) -> PackContents:
        """Return what was known about the race when a car came.

        Raises
        ------
        SourceError
            It is not there any more, or damaged.
        """
        entry = self._cache.entry(self._key, number)
        with suppress(FileNotFoundError, DamagedError):
            if entry is not None:
                return self._cache.contents(entry)
        return self.read(number).contents

    def newest(self, numbers: Sequence[str]) -> str:
        """Return the number of the car that came last."""
        entries = [self._cache.entry(self._key, number) for number in numbers]
        return max((entry for entry in entries if entry is not None), key=_age).number

    def of_other_timing(self, numbers: Sequence[str]) -> list[str]:
        """Return the cars that rest on another timing than the one that came last."""
        valid = timing_digest(self.contents(self.newest(numbers)))
        return [number for number in numbers if timing_digest(self.contents(number)) != valid]


class RowsInTurn(Sequence[PackRows]):
    """Rows of cars for the writer of packs, read one car at a time: a field fills no memory."""

    def __init__(self, parts: Parts, cars: Sequence[PackCar]) -> None:
        self._parts = parts
        self._cars = cars

    def __len__(self) -> int:
        return len(self._cars)

    @overload
    def __getitem__(self, index: int) -> PackRows: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PackRows]: ...
    def __getitem__(self, index: int | slice) -> PackRows | Sequence[PackRows]:
        if isinstance(index, slice):
            return RowsInTurn(self._parts, self._cars[index])
        return self._matched(self._cars[index])

    def __iter__(self) -> Iterator[PackRows]:
        return (self._matched(car) for car in self._cars)

    def _matched(self, car: PackCar) -> PackRows:
        number = car.entry_number or ""
        rows = self._parts.read(number).rows[number]
        if car.clock is None:
            raise SourceError(f"The clock of number {number} is not known; leave it out.")
        return PackRows(car, rows, car.clock.race_time_s(rows.clock_s))


def _age(entry: CacheEntry) -> tuple[str, str]:
    return entry.fetched_at, entry.number
