"""What goes into an import and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.tracks import Track
from htt_desktop.sources.pack_contents import PackContents


@dataclass(frozen=True)
class ImportRequest:
    """What to import and where to.

    Attributes
    ----------
    files
        Raw logger files of one race; overlapping ones are merged.
    timing_dir
        Where official timing lies.
    track, race
        Which race.
    out
        The pack to write.
    vehicle
        Number of the car for files without a vehicle column, else empty.
    year
        Year of the season; ``None`` takes it from timing and rows.
    tracks
        All tracks by id, to name the race that rows of another one do fit.
    """

    files: tuple[Path, ...]
    timing_dir: Path
    track: Track
    race: int
    out: Path
    vehicle: str = ""
    year: int | None = None
    tracks: Mapping[str, Track] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is.

    Attributes
    ----------
    stage
        What is being done, for people.
    rows
        Rows of raw files read so far.
    bytes_done, bytes_total
        Bytes of raw files.
    """

    stage: str
    rows: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True)
class ImportReport:
    """What an import found.

    Attributes
    ----------
    contents
        As written into the pack.
    path
        The pack.
    rows
        Rows per accepted vehicle id.
    """

    contents: PackContents
    path: Path
    rows: Mapping[str, int]


ProgressListener = Callable[[ImportProgress], None]
"""Called whenever an import has come further."""
