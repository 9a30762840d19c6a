"""Rows of real cars as the import would hand them to the domain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.raw.disk_buffer import DiskBuffer
from htt_desktop.pipeline.raw.pivot import pivot
from htt_desktop.pipeline.raw.readers import read_samples, recognise
from htt_desktop.pipeline.timing.reader import read_timing
from htt_desktop.sources.tracks import load_tracks


@dataclass(frozen=True, eq=False)
class RealRace:
    """Official timing and the track of one race."""

    timing: RaceTiming
    track: Track
    start_of_day_s: float


@cache
def real_race(shared_dir: Path, data_dir: Path, track_id: str, race: int) -> RealRace:
    reading = read_timing(shared_dir / "gr_cup" / "timing", RaceKey(2025, track_id, race))
    assert reading.start_of_day_s is not None
    return RealRace(reading.timing, load_tracks(data_dir)[track_id], reading.start_of_day_s)


def real_cars(
    shared_dir: Path, file: str, scratch: Path, vehicle: str = ""
) -> dict[str, LoggerRows]:
    raw = recognise(shared_dir / "gr_cup" / "telemetry" / file)
    with DiskBuffer(scratch / "rows") as buffer:
        for batch in read_samples(raw, vehicle, lambda position: None):
            buffer.add(batch, 0)
        return {
            name: pivot(name, name.rsplit("-", 1)[-1], buffer.read(name))[0]
            for name in buffer.vehicles
        }
