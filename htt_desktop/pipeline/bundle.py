"""Build the bundled data: track table, six packs and the README that says where they come from."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from htt_desktop.pipeline.importing import ImportProgress, ImportReport, ImportRequest, import_race
from htt_desktop.pipeline.track_survey import survey_corners, survey_loops
from htt_desktop.pipeline.track_table import move_marks, write_track_table
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import TRACKS_FILE, load_tracks
from htt_desktop.sources.whole_file import write_whole

PACKS_FOLDER = "packs"
"""Name of the folder of packs inside the data folder."""

Say = Callable[[str], None]
"""Receives one line for people."""


@dataclass(frozen=True)
class BundledRace:
    """One bundled pack and the published files it is made from.

    Attributes
    ----------
    vehicle
        Number of the car in files that do not say.
    """

    track_id: str
    race: int
    files: tuple[str, ...]
    vehicle: str = ""

    @property
    def pack_name(self) -> str:
        """Return the file name of the pack."""
        return f"{self.track_id}_r{self.race}.parquet"


BUNDLED = (
    BundledRace(
        "cota",
        1,
        ("cota_r1_one_lap_30_cars.parquet", "cota_r1_best_laps.parquet"),
    ),
    BundledRace("cota", 2, ("cota_r2_best_laps.parquet",)),
    BundledRace(
        "barber",
        1,
        (
            "barber_r1_one_lap_17_cars.parquet",
            "barber_r1_car_13_best_laps.parquet",
            "barber_r1_car_000_wide_decimated.csv",
        ),
        vehicle="000",
    ),
    BundledRace("barber", 2, ("barber_r2_car_13_best_laps.parquet",)),
    BundledRace(
        "indianapolis",
        1,
        ("indianapolis_r1_cars_47_7.parquet", "indianapolis_r1_best_laps.parquet"),
    ),
    BundledRace("indianapolis", 2, ("indianapolis_r2_best_laps.parquet",)),
)
"""Every bundled race, in calendar order."""


def build_bundle(
    shared: Path,
    out: Path,
    cancel: threading.Event,
    say: Say,
    races: Sequence[BundledRace] = BUNDLED,
) -> None:
    """Rebuild everything in the data folder from the published files.

    Parameters
    ----------
    shared
        Folder that holds ``gr_cup``.
    out
        Data folder; the same input gives the same bytes.
    cancel
        Ends the work between two batches.
    say
        Receives a line per pack.
    races
        Which packs to build.

    Raises
    ------
    SourceError
        A published file is missing or the data folder cannot be written to.
    """
    published = shared / "gr_cup"
    if not published.is_dir():
        raise SourceError(f"{shared} holds no folder gr_cup; give the folder that does.")
    packs = out / PACKS_FOLDER
    packs.mkdir(parents=True, exist_ok=True)
    maps = published / "tracks"
    write_track_table(maps / "track_figures.json", maps / "track_corners.json", out / TRACKS_FILE)
    # The first round is there to measure loops and corners, the second is built on them.
    _import_all(races, published, out, cancel)
    for track_id in sorted({race.track_id for race in races}):
        surveyed = [packs / race.pack_name for race in races if race.track_id == track_id]
        track = load_tracks(out)[track_id]
        track = replace(track, loops=survey_loops(track, surveyed, cancel))
        move_marks(
            out / TRACKS_FILE, replace(track, corners=survey_corners(track, surveyed, cancel))
        )
    reports = _import_all(races, published, out, cancel)
    for report in reports:
        say(
            f"{report.path.name}: {len(report.rows)} cars, {sum(report.rows.values()):,} rows, "
            f"{report.path.stat().st_size / 1e3:,.0f} kB",
        )
    write_whole(out / "README.md", _readme(out, reports))
    total = sum(report.path.stat().st_size for report in reports)
    say(f"{len(reports)} packs, {total / 1e6:.2f} MB together")


def _import_all(
    races: Sequence[BundledRace],
    published: Path,
    out: Path,
    cancel: threading.Event,
) -> list[ImportReport]:
    tracks = load_tracks(out)
    reports = []
    for race in races:
        request = ImportRequest(
            files=tuple(published / "telemetry" / name for name in race.files),
            timing_dir=published / "timing",
            track=tracks[race.track_id],
            race=race.race,
            out=out / PACKS_FOLDER / race.pack_name,
            vehicle=race.vehicle,
        )
        reports.append(import_race(request, _silent, cancel))
    return reports


def _silent(_: ImportProgress) -> None:
    """Take no notice: building the bundle says one line per pack."""


def _readme(out: Path, reports: Sequence[ImportReport]) -> str:
    packs = [
        f"| `{PACKS_FOLDER}/{report.path.name}` | {len(report.rows)} | "
        f"{sum(report.rows.values()):,} | {report.path.stat().st_size:,} | "
        f"`{_sha256(report.path)}` |"
        for report in reports
    ]
    sources = [
        f"| `{report.path.name}` | `{file.file}` | `{file.sha256}` |"
        for report in reports
        for file in (*report.contents.telemetry_files, *report.contents.timing_files)
    ]
    refused = [
        f"- {report.path.name}: {car.refusal.sentence}"
        for report in reports
        for car in report.contents.cars
        if car.refusal is not None
    ]
    return "\n".join(
        [
            _ORIGIN,
            "## Packs",
            "",
            "| file | cars | rows | bytes | SHA-256 |",
            "| --- | --- | --- | --- | --- |",
            *packs,
            _row_of_tracks(out / TRACKS_FILE),
            "",
            "## Cars that were refused",
            "",
            *(refused or ["None."]),
            "",
            "## Inputs",
            "",
            "| pack | published file | SHA-256 |",
            "| --- | --- | --- |",
            *sources,
            "",
        ]
    )


def _row_of_tracks(path: Path) -> str:
    return f"| `{path.name}` | | | {path.stat().st_size:,} | `{_sha256(path)}` |"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_ORIGIN = """\
# Bundled data

Made by `make data` (`htt data build`) with the program's own importer; do not edit by hand. The
same published files give the same bytes.

## Origin

Measurements of the 2025 Toyota GR Cup North America (GR86 Cup cars), published for a data
challenge: logger rows, official timing sheets and track maps; and the timing sheets of 2024. The
published files are not part of this project; what lies here is computed from them.

## Method

- `tracks.json`: lengths and sector ends from the printed track maps; corners and first estimates
  of the loop places from a survey of driven laps, all moved to count from the finish line. At
  the tracks that have packs the loops are then moved to where their full laps crossed them, and
  the corners to where their laps turned, with the lateness of the speed channel taken out; every
  apex is the median of the laps' centres of curvature, with spread and number of laps.
- `packs/`: one Parquet file per race with one row per car and time stamp, in the columns of the
  season's telemetry table plus official entry, lap, flag and time since the line. Values are
  stored as delivered. Cars are told apart by their lap times, and each car's logger clock is
  tied to official race time by one offset. Samples stamped alike go into the empty slot before
  their stamp; samples that two files deliver are taken once. What was found and dropped, the
  official timing of the race, and the inputs' checksums are in the file's own metadata
  (key `htt_pack`, JSON).
- `season/`: one folder of strict JSON per year, made from official timing alone (`htt season
  build`), that of 2025 from both folders of published sheets;
  [season/README.md](season/README.md) says how. Inputs with checksums, and every
  contradiction between the sheets with what was believed, are in `dashboardData.json` under
  `origin`.
"""
