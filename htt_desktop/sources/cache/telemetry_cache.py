"""Rows of one or two drivers kept on this computer, whatever happens to computer and disk."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.errors import DomainError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache import housekeeping
from htt_desktop.sources.cache.dating import dated_table
from htt_desktop.sources.cache.entries import (
    CacheEntry,
    fresh_entry,
    key_of,
    origin_of,
    read_contents,
    read_entry,
    read_rows,
    store_contents,
    store_rows,
    write_entry,
)
from htt_desktop.sources.cache.files import (
    DAMAGED,
    DamagedError,
    ProblemLog,
    contents_file,
    entries_below,
    entry_file,
    entry_files,
    race_folder,
    race_folders,
    rows_file,
)
from htt_desktop.sources.cache.listings import Listings
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackContents
from htt_desktop.sources.packs.race_rows import RaceRows
from htt_desktop.sources.whole_file import make_private_folder

_ATTEMPTS = 5
"""Readings of an entry that another instance replaces again and again."""

_REMEMBERED_CONTENTS = 4

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class TelemetryCache:
    """What was fetched before. Safe to use from several threads and several processes.

    Nothing here ever raises for want of space, rights or sound files: what cannot be read is
    absent, what cannot be written is not kept, and :meth:`problems` says why.

    Parameters
    ----------
    folder
        Where it lies; made when something is kept for the first time.
    limit_bytes
        What was used longest ago goes when the folder would become larger.
    table
        Identity of the table that rows come from; see :func:`table_identity`. Tables share
        the folder and its limit, not their entries.
    now
        Returns the time as ISO 8601 text.

    Attributes
    ----------
    lists
        Races, drivers and laps as the server listed them.
    """

    def __init__(
        self, folder: Path, limit_bytes: int, table: str = "", now: Callable[[], str] = _now
    ) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._now = now
        self._table = dated_table(folder, table)
        self._lock = threading.Lock()
        self._contents: dict[str, PackContents] = {}
        self._notes = ProblemLog()
        self.lists = Listings(self._table, self._notes, now)
        self._is_clean = False

    @property
    def table_folder(self) -> Path:
        """Where everything of this table lies."""
        return self._table

    @property
    def size_bytes(self) -> int:
        """Size of everything in the folder, of all tables."""
        return housekeeping.size_bytes(self.folder)

    def problems(self) -> tuple[str, ...]:
        """Return the latest sentences about what could not be kept or used."""
        return self._notes.sentences()

    def entry(self, key: RaceKey, number: str) -> CacheEntry | None:
        """Return what is known about the cached rows of a car, ``None`` without any."""
        entry = self._sound_entry(self._entry_path(key, number))
        mine = entry is not None and (key_of(entry), entry.number) == (key, number)
        return entry if mine else None

    def entries(self, key: RaceKey) -> tuple[CacheEntry, ...]:
        """Return the entries of a race, by number."""
        files = entry_files(race_folder(self._table, key))
        return tuple(entry for path in files if (entry := self._sound_entry(path)) is not None)

    def read(self, key: RaceKey, number: str) -> RaceRows | None:
        """Return the rows of a car with its race's contents, ``None`` when they are not here.

        Damaged rows are set aside, which :meth:`problems` says, and are not here any more.
        """
        began = time.perf_counter()
        path = self._entry_path(key, number)
        for _ in range(_ATTEMPTS):
            entry = self.entry(key, number)
            if entry is None:
                return None
            try:
                contents, rows = self.contents(entry), read_rows(path, entry)
            except FileNotFoundError:
                if self.entry(key, number) != entry:
                    continue  # another instance replaced or removed it meanwhile
                self._set_aside(path, entry, key, number)
                return None
            except DamagedError:
                self._set_aside(path, entry, key, number)
                return None
            housekeeping.mark_used(path)
            return RaceRows(
                contents, MappingProxyType({number: rows}), origin_of(entry, contents, rows, began)
            )
        return None

    def write(self, race: RaceRows, counted: Mapping[str, int] | None = None) -> tuple[str, ...]:
        """Keep the rows of every car of an answer.

        Parameters
        ----------
        counted
            Rows by number as the server counts them, where that is known.

        Returns
        -------
        tuple of str
            Numbers that were kept; :meth:`problems` says why others were not.
        """
        kept = []
        for number in race.rows:
            try:
                self.keep(race, number, (counted or {}).get(number))
            except SourceError as error:
                key = race.contents.timing.key
                self._notes.say(
                    str(self._entry_path(key, number)),
                    why_not_kept(key, number, error),
                )
            else:
                kept.append(number)
        return tuple(kept)

    def keep(self, race: RaceRows, number: str, counted: int | None = None) -> None:
        """Keep the rows of one car.

        Raises
        ------
        SourceError
            They were not kept, and nothing half-written is left.
        """
        if not self._is_clean:
            self.clean()
        key, now = race.contents.timing.key, self._now()
        path = self._entry_path(key, number)
        before = self._sound_entry(path)
        contents_sha256 = store_contents(self._table, race.contents)
        rows_sha256 = store_rows(self._table, race, number)
        entry = fresh_entry(
            key,
            number,
            (rows_sha256, contents_sha256),
            race.rows[number].clock_s.size,
            counted,
            now,
        )
        try:
            write_entry(path, entry)
        except SourceError:
            if before is None or before.rows_sha256 != rows_sha256:
                rows_file(path, rows_sha256).unlink(missing_ok=True)
            raise
        if before is not None and before.rows_sha256 != rows_sha256:
            with suppress(OSError):
                rows_file(path, before.rows_sha256).unlink(missing_ok=True)
        if not contents_file(path.parent, contents_sha256).exists():
            # Another instance made room just before the entry told it that these are needed.
            store_contents(self._table, race.contents)
        if housekeeping.make_room(self.folder, self.limit_bytes, keep=path) > self.limit_bytes:
            housekeeping.make_room(self.folder, self.limit_bytes)
            if self._sound_entry(path) is None:
                raise no_room(self.limit_bytes)
        self._notes.settle(str(path))

    def checked(self, key: RaceKey, number: str, counted: int) -> None:
        """Note that the server has just confirmed the number of rows."""
        entry = self.entry(key, number)
        if entry is not None:
            confirmed = replace(entry, counted=counted, checked_at=self._now())
            with suppress(SourceError):  # a folder that is read-only cannot be told
                write_entry(self._entry_path(key, number), confirmed)

    def contents(self, entry: CacheEntry) -> PackContents:
        """Return the contents of the race that an entry belongs to.

        Raises
        ------
        DamagedError
            They are not what was written.
        FileNotFoundError
            They are gone.
        """
        with self._lock:
            known = self._contents.get(entry.contents_sha256)
        if known is None:
            race = race_folder(self._table, key_of(entry))
            known = read_contents(race, entry.contents_sha256)
            with self._lock:
                while len(self._contents) >= _REMEMBERED_CONTENTS:
                    self._contents.pop(next(iter(self._contents)))
                self._contents[entry.contents_sha256] = known
        return known

    def races(self) -> tuple[RaceKey, ...]:
        """Return the races that the server offered last, then others with rows here."""
        kept = []
        for race in race_folders(self._table):
            entries = (self._sound_entry(path) for path in entry_files(race))
            first = next((entry for entry in entries if entry is not None), None)
            if first is not None:
                kept.append(key_of(first))
        return tuple(dict.fromkeys((*self.lists.offered(), *kept)))

    def clean(self) -> None:
        """Remove what a crash left behind; done before the first write: reading has no time."""
        housekeeping.clean(self.folder)
        self._is_clean = True

    def clear(self) -> None:
        """Remove everything, of all tables."""
        for entry in entries_below(self.folder):
            with suppress(OSError):
                entry.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)
        with self._lock:
            self._contents.clear()
        self._notes.clear()

    def _entry_path(self, key: RaceKey, number: str) -> Path:
        return entry_file(race_folder(self._table, key), number)

    def _sound_entry(self, path: Path) -> CacheEntry | None:
        try:
            return read_entry(path)
        except DamagedError as error:
            self._move_away(path)
            self._notes.say(str(path), f"{error} It was set aside.")
            return None

    def _set_aside(self, path: Path, entry: CacheEntry, key: RaceKey, number: str) -> None:
        self._move_away(path)
        self._move_away(rows_file(path, entry.rows_sha256))
        self._notes.say(
            str(path),
            f"The rows of number {number}, {key}, kept on this computer "
            "were damaged and set aside; they are fetched again when the server can be reached.",
        )

    def _move_away(self, path: Path) -> None:
        aside = self.folder / DAMAGED
        with suppress(OSError):  # a folder that is read-only keeps it; it is refused each time
            make_private_folder(aside)
            path.replace(aside / f"{path.parent.name}.{path.name}")


def why_not_kept(key: RaceKey, number: str, error: SourceError) -> str:
    """Return the sentence for rows that were not kept."""
    what = (
        f"The rows of number {number}, {key}, are on screen but could "
        "not be kept for use without the server"
    )
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in _FULL:
        return f"{what}, because the disk is full; free some space and fetch them again."
    return f"{what}: {error}"


def no_room(limit_bytes: int) -> SourceError:
    """Return the refusal of rows that are larger than the whole cache may be."""
    return SourceError(
        f"they are larger than the cache may be ({limit_bytes / 1e6:.1f} MB); "
        "raise its limit in the settings."
    )


def is_refusal(error: DomainError | SourceError) -> bool:
    """Tell whether rows must not be used, as against being absent from a source."""
    absent = NoTelemetryError, UnknownDriverError
    return isinstance(error, DomainError) and not isinstance(error, absent)
