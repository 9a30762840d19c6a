"""Entries kept before a race had a year: put where the year of their rows says.

The contents of their race tell it, as those of an old pack do. Where they do not, official timing
had been taken from whichever season knew the track; nobody can say any more whether it was the
right one, so such rows are dropped and come from the server again. So are lists of races, drivers
and laps, which the server is asked for anyway.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from htt_desktop.sources.cache.entries import (
    CacheEntry,
    key_of,
    read_contents,
    store_contents,
    write_entry,
)
from htt_desktop.sources.cache.files import (
    entry_file,
    entry_files,
    race_folder,
    race_folders,
    read_checksummed,
    rows_file,
    table_folder,
)
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.records import record_from_json
from htt_desktop.sources.strict_json import Node

_UNDATED = re.compile(r".+_r\d+")


def dated_table(folder: Path, table: str) -> Path:
    """Return the folder of a table, with every entry in the folder of its year."""
    path = table_folder(folder, table)
    date_entries(path)
    return path


def date_entries(table: Path) -> None:
    """Move the entries of a table to the folders of their year; quick when there are none.

    Nothing is raised: an entry that cannot be moved is fetched again. Another instance may do
    the same at the same time; whoever comes second finds nothing left to move.
    """
    for folder in race_folders(table):
        if not _UNDATED.fullmatch(folder.name):
            continue
        for path in entry_files(folder):
            with suppress(SourceError, OSError):
                _date(table, path)
        shutil.rmtree(folder, ignore_errors=True)


def _date(table: Path, path: Path) -> None:
    body = read_checksummed(path)
    if body is None:
        return
    contents = read_contents(path.parent, body.field("contents_sha256").text())
    key = contents.timing.key
    dated = Node({**body.value, "year": key.year}, body.file, body.path, body.remedy)
    entry = record_from_json(CacheEntry, dated)
    target = entry_file(race_folder(table, key), entry.number)
    if key_of(entry) != key or target.exists():
        return
    used = path.stat()
    entry = replace(entry, contents_sha256=store_contents(table, contents))
    rows_file(path, entry.rows_sha256).replace(rows_file(target, entry.rows_sha256))
    write_entry(target, entry)
    os.utime(target, (used.st_atime, used.st_mtime))
