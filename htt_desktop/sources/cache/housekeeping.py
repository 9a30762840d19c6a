"""Size, eviction and leftovers of the cache.

Several instances of the program may do this at once: removing what somebody else has removed
already is no error, and an entry goes before its rows, so that nobody finds an entry without.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.sources.cache.dating import date_entries
from htt_desktop.sources.cache.entries import read_entry
from htt_desktop.sources.cache.files import (
    DAMAGED,
    DIGEST_LETTERS,
    FIELD,
    INVENTORY,
    OLD_FIELD,
    DamagedError,
    entry_files,
    everything_below,
    listed,
    race_folders,
    stem,
    table_folders,
)

LEFTOVER_AGE_S = 600.0
"""A file that belongs to nothing may be somebody's unfinished work, but not for ten minutes."""


@dataclass(frozen=True)
class Held:
    """What goes together when something must go.

    Attributes
    ----------
    first
        The file that makes it count; it is removed first.
    rest
        The other files.
    size_bytes
        Of all of them.
    used
        When it was used last.
    """

    first: Path
    rest: tuple[Path, ...]
    size_bytes: int
    used: float


def size_bytes(folder: Path) -> int:
    """Return the size of everything in the cache, leftovers and damaged files included."""
    return sum(_size(path) for path in everything_below(folder))


def mark_used(entry: Path) -> None:
    """Let an entry count as used now."""
    with contextlib.suppress(OSError):  # a folder that is read-only can be read all the same
        os.utime(entry)


def make_room(folder: Path, limit_bytes: int, keep: Path | None = None) -> int:
    """Remove what was used longest ago until the cache is within its limit.

    Parameters
    ----------
    keep
        An entry that stays whatever happens, because it was just written.

    Returns
    -------
    int
        The size that is left.
    """
    total = size_bytes(folder)
    if total <= limit_bytes:
        return total
    for held in (*_damaged(folder), *sorted(_entries(folder), key=lambda held: held.used)):
        if total <= limit_bytes:
            break
        if held.first != keep:
            total -= remove(held)
    return total


def remove(held: Held) -> int:
    """Remove an entry with its files and what only it needed; return the bytes that frees."""
    freed = sum(_unlink(path) for path in (held.first, *held.rest))
    return freed + _drop_contents(held.first.parent, age_s=0.0)


def clean(folder: Path) -> None:
    """Remove what a crash left behind: unfinished files, rows and contents of no entry."""
    for table in table_folders(folder):
        date_entries(table)
    for race in (race for table in table_folders(folder) for race in race_folders(table)):
        files = _files(race)
        for path in (*(path for path in files if path.name.startswith(".")), *_unused(files)):
            if _is_old(path):
                _unlink(path)
        _drop_contents(race, LEFTOVER_AGE_S)
    for path in (path for table in table_folders(folder) for path in _files(table)):
        if path.name.startswith(".") and _is_old(path):
            _unlink(path)


def _entries(folder: Path) -> Iterator[Held]:
    for race in (race for table in table_folders(folder) for race in race_folders(table)):
        files = _files(race)
        entries = entry_files(race)
        for entry in entries:
            with contextlib.suppress(OSError):  # somebody else removes it, too
                rest = tuple(p for p in files if stem(p) == stem(entry) and p != entry)
                size = sum(_size(path) for path in (entry, *rest))
                yield Held(entry, rest, size, entry.stat().st_mtime)
        # A list of laps is worth its place only beside rows, and goes after them.
        for name in (FIELD, OLD_FIELD) if entries else (FIELD, OLD_FIELD, INVENTORY):
            with contextlib.suppress(OSError):
                file = race / name
                yield Held(file, (), file.stat().st_size, file.stat().st_mtime)


def _damaged(folder: Path) -> list[Held]:
    return [Held(path, (), _size(path), 0.0) for path in _files(folder / DAMAGED)]


def _drop_contents(race: Path, age_s: float) -> int:
    """Remove contents that no entry of a race needs; return the bytes that frees."""
    contents = [path for path in _files(race) if path.name.startswith("contents.")]
    if not any(_is_old(path, age_s) for path in contents):
        return 0
    if len(contents) == 1 and entry_files(race):
        return 0  # if no entry needs them any more, they go with the last one
    needed = set()
    for path in entry_files(race):
        with contextlib.suppress(DamagedError):
            entry = read_entry(path)
            needed.add("" if entry is None else entry.contents_sha256[:DIGEST_LETTERS])
    return sum(
        _unlink(path)
        for path in contents
        if path.name.split(".")[1] not in needed and _is_old(path, age_s)
    )


def _unused(files: Sequence[Path]) -> Iterator[Path]:
    """Return rows without an entry, and rows that their entry does not mean any more."""
    rows = [path for path in files if path.suffix == ".parquet" and not path.name.startswith(".")]
    names = {path.name for path in files}
    counts = Counter(stem(path) for path in rows)
    for path in rows:
        entry = f"{stem(path)}.json"
        # Of an only child nobody asks: reading a thousand entries would take its time.
        if entry not in names or (counts[stem(path)] > 1 and not _is_meant(path, entry)):
            yield path


def _is_meant(rows: Path, name: str) -> bool:
    with contextlib.suppress(DamagedError):
        entry = read_entry(rows.with_name(name))
        return entry is not None and rows.name.split(".")[1] == entry.rows_sha256[:DIGEST_LETTERS]
    return False


def _is_old(path: Path, age_s: float = LEFTOVER_AGE_S) -> bool:
    try:
        # A clock that was set back must not keep a leftover for years.
        return abs(time.time() - path.stat().st_mtime) >= age_s
    except OSError:
        return False


def _files(folder: Path) -> list[Path]:
    return [path for path in listed(folder) if path.is_file()]


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def _unlink(path: Path) -> int:
    """Remove a file and return its size, 0 when it stays or is gone already."""
    size = _size(path)
    with contextlib.suppress(OSError):  # absent already, open on Windows, or not ours
        path.unlink()
        return size
    return 0
