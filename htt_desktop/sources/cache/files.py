"""Files of the cache: their names and folders, and JSON that is read only if its checksum fits."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.bounded_file import open_file, read_bounded, reason_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.strict_json import MOST_BYTES, Node, parse, render
from htt_desktop.sources.whole_file import write_whole

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

LAYOUT = 1
"""Layout of the files that this version reads and writes; others count as absent."""

_REMEDY = "it is fetched again when the server can be reached"

_LOGGER = logging.getLogger(__name__)

_MOST = 5


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
    for parent, _folders, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


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


class DamagedError(SourceError):
    """A file of the cache is not what was written."""


def write_checksummed(path: Path, body: dict[str, Any]) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    SourceError
        It cannot be written; what was there before is untouched.
    """
    write_whole(
        path, render({"layout": LAYOUT, "sha256": _checksum(body), "body": body}), private=True
    )


def read_checksummed(path: Path) -> Node | None:
    """Return the body of a file, ``None`` when it is absent or of another layout.

    Raises
    ------
    DamagedError
        It is not what was written.
    """
    try:
        text = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(f"{path} cannot be read ({reason_of(error)}).") from error
    try:
        root = Node(parse(text, str(path), _REMEDY), str(path), "", _REMEDY)
        if root.field("layout").integer() != LAYOUT:
            return None
        body = root.field("body")
        sound = root.field("sha256").text() == _checksum(body.value)
    except SourceError as error:
        raise DamagedError(str(error)) from error
    if not sound:
        raise DamagedError(f"{path} is damaged; {_REMEDY}.")
    return body


def sha256_of(path: Path) -> str:
    """Return the digest of a file.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checksum(body: object) -> str:
    return hashlib.sha256(render(body).encode()).hexdigest()


def table_identity(profile: ConnectionProfile) -> str:
    """Return the identity of the table that a profile reads.

    Two profiles of one table, such as for two roles, share what was fetched. Names without
    quotes are the same in small and capital letters. Rows of green laps alone are kept apart from
    whole races, for which they must never pass.

    Examples
    --------
    >>> here = table_identity(ConnectionProfile("a", account="org-racing", user="anne"))
    >>> here == table_identity(ConnectionProfile("b", account="ORG-RACING", user="bert"))
    True
    >>> here == table_identity(ConnectionProfile("a", account="org-other", user="anne"))
    False
    >>> green = ConnectionProfile("a", account="org-racing", green_laps_only=True)
    >>> here == table_identity(green)
    False
    """
    server = (profile.account, profile.host, str(profile.port or ""))
    names = (profile.database, profile.schema, profile.table)
    what = ("green laps",) if profile.green_laps_only else ()
    return "/".join((*(part.upper() for part in server), *map(_folded, names), *what))


def _folded(name: str) -> str:
    return name if name.startswith('"') else name.upper()


class ProblemLog:
    """The latest sentences for the user, one per subject. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sentences: dict[str, str] = {}

    def say(self, about: str, sentence: str) -> None:
        """Log a sentence and remember it as the newest, in place of others about its subject."""
        _LOGGER.warning("%s", sentence)
        with self._lock:
            self._sentences.pop(about, None)
            self._sentences[about] = sentence
            while len(self._sentences) > _MOST:
                del self._sentences[next(iter(self._sentences))]

    def settle(self, about: str) -> None:
        """Forget what was said about a subject that is in order again."""
        with self._lock:
            self._sentences.pop(about, None)

    def sentences(self) -> tuple[str, ...]:
        """Return what was said, oldest first."""
        with self._lock:
            return tuple(self._sentences.values())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sentences.clear()
