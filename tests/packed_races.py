"""Whole races of the bundled packs, read once for all tests that look at them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.field_alignment import Field
from htt_desktop.domain.alignment.race_alignment import race_field, validate_field
from htt_desktop.domain.alignment.validation import LoopValidation
from htt_desktop.domain.comparison import AlignedLap, Comparison
from htt_desktop.domain.driving.compare_laps import compare_laps
from htt_desktop.domain.error_band import BandModel
from htt_desktop.domain.race import OfficialLap, RaceKey
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import Inventory, TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks

Cars = Mapping[str, tuple[Recording, tuple[OfficialLap, ...]]]


@dataclass(frozen=True, eq=False)
class PackedRace:
    """One bundled race: recordings with their clean laps, and the means to align them."""

    key: RaceKey
    track: Track
    inventory: Inventory
    cars: Cars
    alignments: Mapping[str, CarAlignment]
    band_model: BandModel

    def lap(self, number: str, lap_number: int) -> AlignedLap:
        return _aligned(self, number, lap_number)

    def comparison(self, reference: tuple[str, int], compared: tuple[str, int]) -> Comparison:
        track = self.alignments[reference[0]].track
        laps = self.lap(*reference), self.lap(*compared)
        return compare_laps(track, self.key, *laps, self.band_model)


@cache
def packed_race(data_dir: Path, track_id: str, race: int) -> PackedRace:
    key, never = RaceKey(2025, track_id, race), threading.Event()
    source, table = PackTelemetry(data_dir / "packs"), load_tracks(data_dir)[track_id]
    inventory = source.inventory(key, never)
    cars, alignments, band_model = {}, {}, BandModel({}, {})
    for number in inventory.with_telemetry():
        fetched = source.fetch(TelemetryRequest(key, (number,)), no_progress, never)
        recording, learnt = fetched.recordings[number], fetched.alignment
        clean = tuple(status.lap for status in inventory.laps[number] if status.is_clean)
        cars[number] = recording, clean
        alignments[number] = CarAlignment(
            learnt.on(table), recording, inventory.entries[number], clean, learnt.reference_heading
        )
        band_model = learnt.band_model
    return PackedRace(key, table, inventory, cars, alignments, band_model)


@cache
def field_of(race: PackedRace) -> Field:
    """Return the laps that ``htt validate`` looks at."""
    return race_field(race.track, [car for car in race.cars.values() if car[1]])


@cache
def validation_of(race: PackedRace) -> LoopValidation:
    result = validate_field(field_of(race))
    assert result is not None
    return result


@cache
def _aligned(race: PackedRace, number: str, lap_number: int) -> AlignedLap:
    laps = [status.lap for status in race.inventory.laps[number]]
    return race.alignments[number].align(next(lap for lap in laps if lap.lap_number == lap_number))
