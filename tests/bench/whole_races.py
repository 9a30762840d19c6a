"""Bundled races as the measurements want them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from htt_desktop.domain.alignment.field_alignment import Field, FieldLap
from htt_desktop.domain.alignment.race_alignment import NOTHING_LEARNT, RaceAlignment, race_field
from htt_desktop.domain.race import OfficialLap, RaceKey
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.wiring.telemetry import known_tracks

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "data" / "packs"
INDIANAPOLIS = RaceKey(2025, "indianapolis", 1)
COTA = RaceKey(2025, "cota", 1)


@dataclass(frozen=True, eq=False)
class BundledRace:
    """Recordings and clean laps of a bundled race, and what its pack learnt from all of them."""

    track: Track
    learnt: RaceAlignment
    recordings: Mapping[str, Recording]
    clean: Mapping[str, Sequence[OfficialLap]]

    @cached_property
    def field(self) -> Field:
        """All clean laps, not yet placed, the loops where this race crossed them."""
        cars = [(self.recordings[number], self.clean[number]) for number in self.recordings]
        return race_field(self.track, cars)


def pack_of(key: RaceKey) -> Path:
    """Return the bundled pack of a race."""
    return PACKS / f"{key.track_id}_r{key.race}.parquet"


def bundled_race(key: RaceKey, numbers: Sequence[str] = ()) -> BundledRace:
    """Read the named cars of a bundled race, every usable one by default."""
    source, never = PackTelemetry(pack_of(key)), threading.Event()
    inventory = source.inventory(key, never)
    recordings, clean, learnt = {}, {}, NOTHING_LEARNT
    for number in numbers or inventory.with_telemetry():
        laps = [status.lap for status in inventory.laps[number] if status.is_clean]
        if laps and number not in inventory.refused:
            fetched = source.fetch(TelemetryRequest(key, (number,)), no_progress, never)
            recordings[number], clean[number] = fetched.recordings[number], laps
            learnt = fetched.alignment
    return BundledRace(known_tracks()[key.track_id], learnt, recordings, clean)


def crowd(field: Field, cars: int, laps: int) -> Field:
    """Repeat the laps of a race until it has as many cars and laps as a full one."""
    by_car: dict[str, list[FieldLap]] = {}
    for lap in field.laps:
        by_car.setdefault(lap.number, []).append(lap)
    found, fixes = [], {}
    for car, number in zip(range(cars), itertools.cycle(by_car), strict=False):
        name = f"{number}.{car}"
        fixes[name] = field.fixes[number]
        for lap_number, lap in zip(range(1, laps + 1), itertools.cycle(by_car[number]),
                                   strict=False):  # fmt: skip
            official = replace(lap.signals.lap, lap_number=lap_number)
            found.append(FieldLap(name, replace(lap.signals, lap=official), lap.clock))
    return Field(field.track, tuple(found), fixes)
