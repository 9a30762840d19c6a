"""A small race of real rows, written as raw files, for tests that run anywhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from htt_desktop.domain.race import Entry, RaceKey, RaceTiming
from htt_desktop.pipeline.importing import ImportReport, ImportRequest, import_race
from htt_desktop.sources.packs.reader import Pack, open_pack
from htt_desktop.sources.tracks import load_tracks
from tests.bench.tile_race import CarSamples, from_bundle, write_long
from tests.pipeline.timing_sheets import write_analysis

NUMBERS = ("13", "98")
"""Cars of Indianapolis race 1 with three and one recorded laps: small, and told apart."""


@dataclass(frozen=True)
class RawRace:
    """Where a small race lies.

    Attributes
    ----------
    csv
        Raw rows of two cars in the long format, interleaved by time of reception.
    timing
        Folder with the lap analysis of the whole field.
    cars
        What the rows were made of.
    bundled
        The pack that they come from.
    """

    csv: Path
    timing: Path
    cars: tuple[CarSamples, ...]
    bundled: Pack

    def request(self, out: Path, *files: Path, **changes: object) -> ImportRequest:
        """Return a request to import the race, or other files against its timing."""
        track = load_tracks(self.bundled.path.parent.parent)["indianapolis"]
        request = ImportRequest(files or (self.csv,), self.timing, track, 1, out)
        return replace(request, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def raw_race(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> RawRace:
    folder = tmp_path_factory.mktemp("raw_race")
    bundled = open_pack(data_dir / "packs" / "indianapolis_r1.parquet")
    cars = tuple(
        car for car in from_bundle(bundled.path) if car.vehicle_id.split("-")[-1] in NUMBERS
    )
    write_long(folder / "race.csv", list(cars))
    write_analysis(bundled.contents.timing, folder / "timing")
    return RawRace(folder / "race.csv", folder / "timing", cars, bundled)


def imported(request: ImportRequest) -> ImportReport:
    """Import without listening or cancelling."""
    return import_race(request, lambda _: None, threading.Event())


def made_up_timing(folder: Path, laps: int = 10, lap_time_s: float = 61.0) -> Path:
    """Write timing of a race nobody drove and return its folder."""
    from htt_desktop.domain.race import OfficialLap

    made_up = tuple(
        OfficialLap(n, lap_time_s + n, sum(lap_time_s + k for k in range(1, n + 1)), "GF")
        for n in range(1, laps + 1)
    )
    timing = RaceTiming(
        RaceKey(2025, "indianapolis", 1), {"1": Entry("1", "Nobody")}, {"1": made_up}
    )
    write_analysis(timing, folder)
    return folder
