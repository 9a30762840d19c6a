"""Every car of the published files as every race: who accepts whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import match_car
from htt_desktop.pipeline.other_races import OtherRaces
from htt_desktop.pipeline.plausibility import (
    demand_on_track,
    demand_same_day,
    demand_somebody,
    demand_track,
)
from htt_desktop.pipeline.raw.pivot import RowCounts
from htt_desktop.pipeline.timing.reader import TimingReading, read_timing
from htt_desktop.sources.tracks import load_tracks
from tests.domain.real_rows import real_cars

FILES = {
    "barber_r1_car_000_wide_decimated.csv": ("barber", 1),
    "barber_r1_car_13_best_laps.parquet": ("barber", 1),
    "barber_r1_one_lap_17_cars.parquet": ("barber", 1),
    "barber_r2_car_13_best_laps.parquet": ("barber", 2),
    "cota_r1_best_laps.parquet": ("cota", 1),
    "cota_r1_one_lap_30_cars.parquet": ("cota", 1),
    "cota_r2_best_laps.parquet": ("cota", 2),
    "indianapolis_r1_best_laps.parquet": ("indianapolis", 1),
    "indianapolis_r1_cars_47_7.parquet": ("indianapolis", 1),
    "indianapolis_r2_best_laps.parquet": ("indianapolis", 2),
    "fixtures/R1_barber_telemetry_data_first_10000_rows.csv": ("barber", 1),
    "fixtures/R1_cota_car_2_stuck_lap_counter.csv.gz": ("cota", 1),
    "fixtures/R2_barber_telemetry_data_first_9999_rows.csv": ("barber", 2),
}
"""Published telemetry and the race it is of."""

NO_VEHICLE = "000"
"""Number of the car in the file that does not say."""


@dataclass(frozen=True)
class Verdict:
    """What an import says to one car: the entry, or why it is refused."""

    entry_number: str | None
    sentence: str


class Paddock:
    """All official timing of the season, read once."""

    def __init__(self, shared_dir: Path, data_dir: Path) -> None:
        """Read timing and tracks."""
        self._telemetry = shared_dir
        self._timing_dir = shared_dir / "gr_cup" / "timing"
        self.tracks = load_tracks(data_dir)
        self.races = {
            (track_id, race): read_timing(self._timing_dir, RaceKey(2025, track_id, race))
            for track_id in self.tracks
            for race in (1, 2)
        }

    def cars(self, file: str, scratch: Path) -> dict[str, LoggerRows]:
        """Return the cars of a published file."""
        scratch.mkdir(exist_ok=True)
        vehicle = NO_VEHICLE if "wide" in file else ""
        return real_cars(self._telemetry, file, scratch, vehicle)

    def verdict(self, rows: LoggerRows, track_id: str, race: int) -> Verdict:
        """Return what an import of one car under the name of a race says."""
        reading, track = self.races[track_id, race], self.tracks[track_id]
        try:
            demand_same_day(_reception_ms(rows), reading)
            others = _KnownRaces(self, reading, track)
            result = others.judged(match_car(rows, RowCounts(), reading, track))
            demand_on_track([result], track)
            demand_somebody([result], reading)
            demand_track([result], track, reading)
        except DomainError as error:
            return Verdict(None, str(error))
        assert result.car.identity is not None
        return Verdict(result.car.entry_number, result.car.identity.evidence)


class _KnownRaces(OtherRaces):
    """The same readings for every car, instead of reading the sheets again."""

    def __init__(self, paddock: Paddock, here: TimingReading, track: Track) -> None:
        super().__init__(Path(), here, track, {})
        self._paddock = paddock

    def _reading(self, track_id: str, race: int) -> TimingReading | None:
        reading = self._paddock.races[track_id, race]
        return None if reading is self.here else reading


def with_and_without_reception(rows: LoggerRows) -> Iterator[tuple[str, LoggerRows]]:
    """Yield rows as they are, and as if nobody had noted when they were received."""
    if rows.reception_s is not None:
        yield "with reception", rows
    yield "without reception", replace(rows, reception_s=None)


def _reception_ms(rows: LoggerRows) -> tuple[int, int] | None:
    if rows.reception_s is None:
        return None
    return int(np.nanmin(rows.reception_s) * 1e3), int(np.nanmax(rows.reception_s) * 1e3)
