"""One car of one race on disk: its rows as a pack, its race's contents, and how old they are."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.alignment.race_alignment import NOTHING_LEARNT
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.sources.bounded_file import read_bounded, reason_of
from htt_desktop.sources.cache.files import (
    DamagedError,
    contents_file,
    entry_file,
    race_folder,
    read_checksummed,
    rows_file,
    sha256_of,
    write_checksummed,
)
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackCar, PackContents
from htt_desktop.sources.packs.pack_json import contents_from_text, contents_to_text
from htt_desktop.sources.packs.race_json import alignment_to_json, timing_to_json
from htt_desktop.sources.packs.race_rows import RaceRows, usable_car
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
from htt_desktop.sources.records import record_from_json, record_to_json
from htt_desktop.sources.strict_json import MOST_BYTES, render
from htt_desktop.sources.telemetry_source import OriginKind, TelemetryOrigin
from htt_desktop.sources.whole_file import make_private_folder, write_whole


@dataclass(frozen=True)
class CacheEntry:
    """What is known about the cached rows of a car.

    Attributes
    ----------
    year, track_id, race, number
        Whose rows these are.
    rows_sha256, contents_sha256
        Digests of the pack with the rows and of the race's contents.
    rows
        How many.
    counted
        How many the server counted at that time, ``None`` when it was not asked.
    fetched_at, checked_at
        ISO 8601 times at which the rows came from the server and at which the server last
        confirmed their number.
    """

    year: int
    track_id: str
    race: int
    number: str
    rows_sha256: str
    contents_sha256: str
    rows: int
    counted: int | None
    fetched_at: str
    checked_at: str


def fresh_entry(
    key: RaceKey,
    number: str,
    digests: tuple[str, str],
    rows: int,
    counted: int | None,
    now: str,
) -> CacheEntry:
    """Return an entry of rows that have just come; the digests are those of rows and contents."""
    return CacheEntry(key.year, key.track_id, key.race, number, *digests, rows, counted, now, now)


def read_entry(path: Path) -> CacheEntry | None:
    """Return an entry, ``None`` when there is none.

    Raises
    ------
    DamagedError
        The file is not what was written.
    """
    body = read_checksummed(path)
    if body is None:
        return None
    try:
        return record_from_json(CacheEntry, body)
    except SourceError as error:
        raise DamagedError(str(error)) from error


def write_entry(path: Path, entry: CacheEntry) -> None:
    """Make rows and contents that lie there already an entry, or replace one, in one step.

    Raises
    ------
    SourceError
        The file cannot be written.
    """
    write_checksummed(path, record_to_json(entry))


def read_rows(path: Path, entry: CacheEntry) -> LoggerRows:
    """Return the rows of an entry.

    Raises
    ------
    DamagedError
        They are not what was written.
    FileNotFoundError
        They are gone: somebody else replaced or removed the entry.
    """
    file = rows_file(path, entry.rows_sha256)
    if _digest(file) != entry.rows_sha256:
        raise DamagedError(f"{file} is damaged.")
    try:
        pack = open_pack(file)
        return pack.read_rows(usable_car(pack.contents, entry.number, str(file)))
    except SourceError as error:
        if not file.exists():
            raise FileNotFoundError(file) from error
        raise DamagedError(str(error)) from error


def read_contents(race: Path, sha256: str) -> PackContents:
    """Return the contents of a race.

    Raises
    ------
    DamagedError
        They are not what was written.
    FileNotFoundError
        They are gone.
    """
    file = contents_file(race, sha256)
    try:
        text = read_bounded(file, MOST_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedError(f"{file} cannot be read ({reason_of(error)}).") from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise DamagedError(f"{file} is damaged.")
    try:
        return contents_from_text(text, str(file))
    except SourceError as error:
        raise DamagedError(str(error)) from error


def store_contents(table: Path, contents: PackContents) -> str:
    """Keep the contents of a race and return their digest.

    Raises
    ------
    SourceError
        They cannot be written.
    """
    text = contents_to_text(contents)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    race = race_folder(table, contents.timing.key)
    file = contents_file(race, sha256)
    try:
        make_private_folder(race)
        there = file.exists() and sha256_of(file) == sha256
    except OSError as error:
        raise SourceError(f"{race} cannot be used ({error.strerror}).") from error
    if not there:
        write_whole(file, text, private=True)
    return sha256


def store_rows(table: Path, race: RaceRows, number: str) -> str:
    """Keep the rows of a car as a pack and return the digest of its file.

    Raises
    ------
    SourceError
        They cannot be written; nothing half-written is left.
    """
    key, car = race.contents.timing.key, usable_car(race.contents, number, "The answer")
    path = entry_file(race_folder(table, key), number)
    new = path.with_name(f".new.{secrets.token_hex(8)}.parquet")
    try:
        write_pack(
            new, _only(race.contents, car, number), [_matched(car, race.rows[number])], private=True
        )
        sha256 = sha256_of(new)
        new.replace(rows_file(path, sha256))
    except OSError as error:
        raise SourceError(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        new.unlink(missing_ok=True)
    return sha256


def key_of(entry: CacheEntry) -> RaceKey:
    """Return the race of an entry."""
    return RaceKey(entry.year, entry.track_id, entry.race)


def origin_of(
    entry: CacheEntry, contents: PackContents, rows: LoggerRows, began: float
) -> TelemetryOrigin:
    """Return where rows come from that were read since a moment of the performance counter."""
    return TelemetryOrigin(
        label=str(OriginKind.CACHE),
        created=contents.created,
        rows=rows.clock_s.size,
        seconds=time.perf_counter() - began,
        kind=OriginKind.CACHE,
        fetched_at=entry.fetched_at,
    )


def _only(contents: PackContents, car: PackCar, number: str) -> PackContents:
    """Return contents about one car; those of the race are kept once beside its entries."""
    timing = contents.timing
    return replace(
        contents,
        timing=RaceTiming(
            timing.key,
            MappingProxyType({number: timing.entries[number]}),
            MappingProxyType({number: timing.laps[number]}),
        ),
        cars=(car,),
        alignment=NOTHING_LEARNT,
    )


def _matched(car: PackCar, rows: LoggerRows) -> PackRows:
    if car.clock is None:
        raise SourceError(f"The clock of {car.vehicle_id} is not known.")
    return PackRows(car, rows, car.clock.race_time_s(rows.clock_s))


def _digest(file: Path) -> str:
    try:
        return sha256_of(file)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedError(f"{file} cannot be read ({error.strerror}).") from error


def timing_digest(contents: PackContents) -> str:
    """Return what tells one version of a race's official timing from another."""
    return _knowledge_digest(timing_to_json(contents.timing))


def race_digest(contents: PackContents) -> str:
    """Return what tells one state of knowledge about a race from another.

    Cars of equal digests have the same official timing and the same alignment, so that they may
    come from different sources. What is known about single cars does not count: it travels with
    the car.
    """
    return _knowledge_digest(
        [timing_to_json(contents.timing), alignment_to_json(contents.alignment)]
    )


def _knowledge_digest(value: object) -> str:
    return hashlib.sha256(render(value).encode()).hexdigest()


@dataclass(frozen=True)
class RowAge:
    """How old the rows of a car on this computer are.

    Attributes
    ----------
    kind
        Where they lie.
    rows
        How many.
    fetched_at, checked_at
        ISO 8601 times at which they came from the server and at which it last confirmed their
        number; empty for rows of a pack, which never came from the server.
    """

    number: str
    kind: OriginKind
    rows: int
    fetched_at: str
    checked_at: str


@dataclass(frozen=True)
class CheckedCar:
    """A car whose rows were compared with the server's.

    Attributes
    ----------
    here
        Rows that the server had when these were fetched; ``None`` when nothing was here.
    there
        Rows that it has now; ``None`` when it has none of this car.
    fetched
        They were fetched again.
    """

    number: str
    here: int | None
    there: int | None
    fetched: bool

    @property
    def changed(self) -> bool:
        """True when the rows on this computer were not those of the server."""
        return self.here != self.there
