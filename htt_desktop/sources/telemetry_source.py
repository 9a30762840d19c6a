"""The protocol every supplier of telemetry satisfies: packs, the cache, Snowflake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming, number_order
from htt_desktop.domain.recording import Recording

RowProgress = Callable[[int], None]
"""Receives the number of rows so far."""


def no_progress(rows: int) -> None:
    """Ignore the row count."""


class OriginKind(StrEnum):
    """The supplier that rows came from; the value is what people read."""

    BUNDLED = "bundled pack"
    PACK = "pack"
    CACHE = "cache"
    SERVER = "Snowflake"


@dataclass(frozen=True)
class TelemetryOrigin:
    """Where rows came from, for the badge on screen.

    Attributes
    ----------
    label
        ``"bundled pack"``, ``"pack race.parquet"`` …
    created
        ISO 8601 date and time at which the data were made, empty if unknown.
    rows
        Rows handed over.
    seconds
        How long it took.
    kind
        Which supplier; of two cars from two suppliers the one further away.
    fetched_at
        ISO 8601 time at which the rows came from the server, empty if they never did; of two
        cars the earlier one.
    notice
        What the user should know about this choice of supplier: why the server did not answer,
        which cached rows were damaged. Empty when all went as planned.
    truncated
        True when there were more rows than a request may bring, so that some are missing.
    """

    label: str
    created: str
    rows: int
    seconds: float
    kind: OriginKind = OriginKind.PACK
    fetched_at: str = ""
    notice: str = ""
    truncated: bool = False


_DISTANCE = (OriginKind.CACHE, OriginKind.BUNDLED, OriginKind.PACK, OriginKind.SERVER)


def joint_origin(origins: Sequence[TelemetryOrigin]) -> TelemetryOrigin:
    """Return what stands for several: the furthest source, the earliest time, all names.

    Rows and seconds are those of the furthest source; whoever joins them knows better.
    """
    furthest = max(origins, key=lambda origin: _DISTANCE.index(origin.kind))
    times = [origin.fetched_at for origin in origins if origin.fetched_at]
    return replace(
        furthest,
        label=" and ".join(dict.fromkeys(origin.label for origin in origins)),
        fetched_at=min(times, default=""),
        notice=" ".join(dict.fromkeys(origin.notice for origin in origins if origin.notice)),
        truncated=any(origin.truncated for origin in origins),
    )


@dataclass(frozen=True)
class Inventory:
    """What exists for a race, known without fetching rows.

    Attributes
    ----------
    entries
        Everyone in official timing, by printed number, in printed order.
    laps
        Status of every official lap by printed number.
    refused
        Sentence by printed number for cars whose telemetry must not be used.
    """

    key: RaceKey
    entries: Mapping[str, Entry]
    laps: Mapping[str, tuple[LapStatus, ...]]
    refused: Mapping[str, str]

    def clean_laps(self, number: str) -> list[OfficialLap]:
        """Return the laps of a driver that count for comparison."""
        return [status.lap for status in self.laps.get(number, ()) if status.is_clean]

    def listed(self) -> tuple[str, ...]:
        """Return everyone's number in the order in which people look for them."""
        return tuple(sorted(self.entries, key=number_order))

    def with_telemetry(self) -> tuple[str, ...]:
        """Return the numbers of cars that have at least one lap with rows."""
        return tuple(
            number
            for number in self.entries
            if any(status.cover is not None for status in self.laps.get(number, ()))
        )


@dataclass(frozen=True)
class TelemetryRequest:
    """Rows wanted: always one race and one or two drivers, never everything."""

    key: RaceKey
    numbers: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a request that could grow to the whole table."""
        if not 1 <= len(self.numbers) <= 2:
            message = "A telemetry request names one or two drivers."
            raise ValueError(message)


@dataclass(frozen=True, eq=False)
class RaceTelemetry:
    """Rows of one or two cars with the official timing they belong to."""

    key: RaceKey
    timing: RaceTiming
    inventory: Inventory
    recordings: Mapping[str, Recording]
    alignment: RaceAlignment
    origin: TelemetryOrigin


class TelemetrySource(Protocol):
    """A supplier of races, inventories and rows. All calls block."""

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return the races on offer, in calendar order.

        Raises
        ------
        CancelledError
            ``cancel`` was set; only what asks a server heeds it.
        """
        ...

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race without fetching rows."""
        ...

    def fetch(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceTelemetry:
        """Return the rows of one or two cars.

        Raises
        ------
        SourceError
            The rows cannot be had; the sentence says why and what to do next.
        CancelledError
            ``cancel`` was set.
        DomainError
            The rows exist but must not be used (dead clock, interleaved cars).
        """
        ...
