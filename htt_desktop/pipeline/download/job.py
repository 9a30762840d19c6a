"""What goes into a download, what it says on the way, and what comes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.race_rows import RaceRows
from htt_desktop.sources.telemetry_source import Inventory, Progress, TelemetryRequest


class DownloadSource(Protocol):
    """A server of telemetry; see :class:`TelemetrySource` for what raises when."""

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race."""
        ...

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: Progress,
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
