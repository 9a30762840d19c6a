"""A server whose table is a folder of packs; it counts what it is asked and may be unplugged."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.contents import PackContents
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.race_rows import RaceRows
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
from htt_desktop.sources.snowflake.faults import FaultKind, fault
from htt_desktop.sources.telemetry_source import (
    Inventory,
    OriginKind,
    RowProgress,
    TelemetryRequest,
    no_progress,
)

BARBER = RaceKey(2025, "barber", 1)
INDIANAPOLIS = RaceKey(2025, "indianapolis", 1)
GO = threading.Event()
FETCHED = "2025-10-20T10:00:00+00:00"


class PackServer:
    """What a server says, from packs.

    Attributes
    ----------
    asked
        One word per question.
    is_unplugged
        It does not answer.
    is_empty
        Its table has no rows of any race.
    truncates
        It says that there were more rows than it may bring.
    """

    def __init__(self, packs: Path) -> None:
        self.asked: list[str] = []
        self.is_unplugged = False
        self.is_empty = False
        self.truncates = False
        self.packs = PackTelemetry(packs)

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        self._ask("races")
        return self.packs.races()

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        self._ask("inventory")
        return self.packs.inventory(key, cancel)

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
        *,
        paged: bool = False,
    ) -> RaceRows:
        self._ask(" ".join(("rows", *request.numbers)))
        race = self.packs.fetch_rows(request, progress, cancel)
        origin = replace(
            race.origin,
            label=str(OriginKind.SERVER),
            kind=OriginKind.SERVER,
            fetched_at=FETCHED,
            truncated=self.truncates and not paged,
        )
        return replace(race, origin=origin)

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        self._ask("counts")
        counts = {}
        for number in self.packs.inventory(key, cancel).with_telemetry():
            request = TelemetryRequest(key, (number,))
            counts[number] = self.packs.fetch_rows(request, no_progress, cancel).origin.rows
        return counts

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.is_unplugged:
            raise fault(FaultKind.UNREACHABLE)
        if self.is_empty:
            raise fault(FaultKind.EMPTY)


def rows_of(data_dir: Path, key: RaceKey, *numbers: str) -> RaceRows:
    """Return rows of the bundled pack as if they had come from the server."""
    server = PackServer(data_dir / "packs")
    return server.fetch_rows(TelemetryRequest(key, numbers), no_progress, threading.Event())


def with_other_timing(contents: PackContents) -> PackContents:
    """Return contents whose timekeepers have corrected a lap by a thousandth of a second."""
    timing = contents.timing
    number = next(iter(timing.laps))
    first, *others = timing.laps[number]
    corrected = replace(first, lap_time_s=first.lap_time_s + 0.001)
    return replace(
        contents, timing=replace(timing, laps={**timing.laps, number: (corrected, *others)})
    )


def changed_pack(
    source: Path,
    target: Path,
    *,
    drop_rows: Mapping[str, int] | None = None,
    timing: bool = False,
    without: str = "",
) -> None:
    """Write a pack again with fewer rows of some cars, corrected timing, or without a car."""
    pack = open_pack(source)
    contents = with_other_timing(pack.contents) if timing else pack.contents
    others = tuple(car for car in contents.cars if car.entry_number != without)
    contents = replace(contents, cars=others)
    cars = []
    for car in contents.cars:
        if car.refusal is None:
            rows = pack.read_rows(car)
            keep = slice(0, rows.clock_s.size - (drop_rows or {}).get(car.entry_number or "", 0))
            rows = replace(
                rows,
                clock_s=rows.clock_s[keep],
                logger_lap=rows.logger_lap[keep],
                channels={name: values[keep] for name, values in rows.channels.items()},
            )
            assert car.clock is not None
            cars.append(PackRows(car, rows, car.clock.race_time_s(rows.clock_s)))
    write_pack(target, contents, cars)
