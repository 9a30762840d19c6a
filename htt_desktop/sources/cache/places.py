"""Names of files and folders of the cache."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from htt_desktop.domain.race import RaceKey

DIGEST_LETTERS = 16
"""Of a digest in a file name; Windows allows paths of 260 characters and no more."""

RACES = "races.json"
INVENTORY = "inventory.json"
FIELD = "field-2.json"
"""How the whole field drives, as the server summarised it; the first ones had speed too late."""

OLD_FIELD = "field.json"

DAMAGED = "damaged"
"""Folder of what failed its checksum."""

_CAR = "car-"
_TABLE = "table-"
_CONTENTS = "contents"


def table_folder(folder: Path, table: str) -> Path:
    """Return where everything that came from one table lies."""
    return folder / f"{_TABLE}{hashlib.sha256(table.encode()).hexdigest()[:DIGEST_LETTERS]}"


def race_folder(table: Path, key: RaceKey) -> Path:
    """Return the folder of a race.

    Examples
    --------
    >>> race_folder(Path("t"), RaceKey(2025, "barber", 2)).as_posix()
    't/barber_r2_2025'
    """
    return table / f"{_plain(key.track_id)}_r{key.race}_{key.year}"


def entry_file(race: Path, number: str) -> Path:
    """Return the file that makes the rows of a car an entry."""
    return race / f"{_CAR}{_plain(number)}.json"


def rows_file(entry: Path, sha256: str) -> Path:
    """Return the pack of an entry; its name tells its bytes, so it never changes."""
    return entry.with_name(f"{stem(entry)}.{sha256[:DIGEST_LETTERS]}.parquet")


def contents_file(race: Path, sha256: str) -> Path:
    """Return the file with a race's contents, told apart by what is in it."""
    return race / f"{_CONTENTS}.{sha256[:DIGEST_LETTERS]}.json"


def entry_files(race: Path) -> list[Path]:
    """Return the entries of a race, in the order of their names."""
    return [path for path in listed(race, f"{_CAR}*.json") if path.is_file()]


def entries_below(folder: Path) -> list[Path]:
    """Return the entries of all races of all tables."""
    races = (race for table in table_folders(folder) for race in race_folders(table))
    return [entry for race in races for entry in entry_files(race)]


def race_folders(table: Path) -> list[Path]:
    """Return the folders of races of one table."""
    return [path for path in listed(table, "*_r*") if path.is_dir()]


def table_folders(folder: Path) -> list[Path]:
    """Return the folders of all tables."""
    return [path for path in listed(folder, f"{_TABLE}*") if path.is_dir()]


def listed(folder: Path, pattern: str = "*") -> list[Path]:
    """Return what lies in a folder, in the order of the names; nothing when it is gone.

    Another instance may clear the cache at any moment: ``Path.glob`` stops with an error when
    the folder goes while it reads.
    """
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if fnmatchcase(path.name, pattern))
    return []


def everything_below(folder: Path) -> Iterator[Path]:
    """Return all files of all folders below one; what goes meanwhile is left out."""
    for place, _folders, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def stem(path: Path) -> str:
    """Return what the files of an entry have in common.

    Examples
    --------
    >>> stem(rows_file(entry_file(Path("r"), "03"), "ab" * 32))
    'car-03'
    """
    return path.name.split(".", 1)[0]


def _plain(text: str) -> str:
    """Return a text as a part of a file name, on every system and with no way out."""
    return quote(text, safe="").replace(".", "%2E")
