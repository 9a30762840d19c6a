"""Cars that have come, kept beside the pack that is to hold them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import overload

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.job import parts_folder
from htt_desktop.sources.cache.agreement import timing_digest
from htt_desktop.sources.cache.entries import Entry
from htt_desktop.sources.cache.sealed import DamagedError
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.pack_contents import PackCar, PackContents
from htt_desktop.sources.pack_writer import PackRows
from htt_desktop.sources.race_rows import RaceRows


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
        return self._tied(self._cars[index])

    def __iter__(self) -> Iterator[PackRows]:
        return (self._tied(car) for car in self._cars)

    def _tied(self, car: PackCar) -> PackRows:
        number = car.entry_number or ""
        rows = self._parts.read(number).rows[number]
        if car.clock is None:
            raise SourceError(f"The clock of number {number} is not known; leave it out.")
        return PackRows(car, rows, car.clock.race_time_s(rows.clock_s))


def _age(entry: Entry) -> tuple[str, str]:
    return entry.fetched_at, entry.number
