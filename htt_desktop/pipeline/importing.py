"""What goes into an import and what comes out of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import htt_desktop
from htt_desktop.domain.errors import IdentityError
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import CarResult, match_car, settle_duplicates
from htt_desktop.pipeline.matching import learn_alignment
from htt_desktop.pipeline.other_races import OtherRaces
from htt_desktop.pipeline.plausibility import (
    demand_on_track,
    demand_same_day,
    demand_session,
    demand_somebody,
    demand_track,
)
from htt_desktop.pipeline.raw.disk_buffer import DiskBuffer
from htt_desktop.pipeline.raw.pivot import pivot
from htt_desktop.pipeline.raw.readers import read_samples, recognise
from htt_desktop.pipeline.raw.samples import RawFile
from htt_desktop.pipeline.timing.lap_length import demand_lap_length
from htt_desktop.pipeline.timing.reader import TimingReading, read_timing
from htt_desktop.pipeline.timing.sheet_files import ANY_YEAR
from htt_desktop.pipeline.year_of_race import of_year, year_of_race
from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.sources.packs.contents import PackContents, SourceFile
from htt_desktop.sources.packs.writer import PackRows, demand_target, write_pack


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


_HASH_BLOCK = 1 << 20


def import_race(
    request: ImportRequest,
    progress: ProgressListener,
    cancel: threading.Event,
) -> ImportReport:
    """Read raw files and timing, match every car to official time, write the pack.

    Parameters
    ----------
    request
        Inputs and target.
    progress
        Called after every batch and every car.
    cancel
        Checked before every batch and every car.

    Raises
    ------
    SourceError
        An input cannot be read or the target cannot be written.
    TimingMismatchError
        Rows, timing and track are not of the same race.
    CancelledError
        ``cancel`` was set. Nothing is left behind, as after any other error.
    """
    demand_target(request.out)
    reading = read_timing(
        request.timing_dir,
        RaceKey(request.year or ANY_YEAR, request.track.track_id, request.race),
    )
    demand_lap_length(reading.length_m, request.track, reading.files[0])
    files = [recognise(path) for path in request.files]
    _demand_vehicles(files, request.vehicle)
    with DiskBuffer(request.out) as buffer:
        _fill(buffer, files, request, progress, cancel)
        demand_same_day(buffer.reception_span_ms, reading)
        demand_session(buffer.sessions, buffer.events, reading)
        reading = of_year(
            reading, year_of_race(request.year, reading, buffer.reception_span_ms, buffer.last_ms)
        )
        results = _match(buffer, request, reading, progress, cancel)
        counts = {
            "rows": buffer.rows_read,
            "without_vehicle": buffer.without_vehicle,
            "without_time": buffer.without_time,
            "unknown_channel": buffer.unknown_channel,
        }
        newest_ms = (buffer.reception_span_ms or (0, buffer.last_ms))[1]
    demand_on_track(results, request.track)
    others = OtherRaces(request.timing_dir, reading, request.track, request.tracks)
    results = [others.judged(result) for result in results]
    demand_somebody(results, reading)
    results = settle_duplicates(results)
    accepted = [result for result in results if result.car.refusal is None]
    demand_track(accepted, request.track, reading)
    stop_if_cancelled(cancel)
    progress(_closing("alignment", buffer))
    alignment = learn_alignment(accepted, reading.timing, request.track)
    progress(_closing("checksums", buffer))
    contents = PackContents(
        created=datetime.fromtimestamp(newest_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        importer=f"htt-desktop {htt_desktop.__version__}",
        telemetry_files=tuple(_source_file(path, cancel) for path in request.files),
        timing_files=tuple(_source_file(path, cancel) for path in reading.files),
        timing=reading.timing,
        timing_notes=reading.notes,
        cars=(
            *(result.car for result in accepted),
            *(result.car for result in results if result.car.refusal is not None),
        ),
        counts=counts,
        alignment=alignment,
    )
    stop_if_cancelled(cancel)
    progress(_closing("writing", buffer))
    write_pack(
        request.out,
        contents,
        [PackRows(result.car, result.rows, result.race_time_s) for result in accepted],
    )
    return ImportReport(
        contents,
        request.out,
        {r.car.vehicle_id: r.rows.clock_s.size for r in accepted},
    )


def _closing(stage: str, buffer: DiskBuffer) -> ImportProgress:
    return ImportProgress(stage, buffer.rows_read, 1, 1)


def _demand_vehicles(files: Sequence[RawFile], vehicle: str) -> None:
    anonymous = [file for file in files if not file.has_vehicle]
    if anonymous and not vehicle:
        raise SourceError(
            f"{anonymous[0].path} does not say which car it is of; give its number with --vehicle.",
        )
    if vehicle and not anonymous:
        raise SourceError(
            "--vehicle is only for files that do not say which car they are of, and all of "
            "these do; leave it out.",
        )


def _fill(
    buffer: DiskBuffer,
    files: Sequence[RawFile],
    request: ImportRequest,
    progress: ProgressListener,
    cancel: threading.Event,
) -> None:
    sizes = [file.path.stat().st_size for file in files]
    done = [0]
    before = 0
    # Files that name their cars come first, so that an anonymous one can join its car.
    for index in sorted(range(len(files)), key=lambda n: not files[n].has_vehicle):

        def note(position: int, before: int = before) -> None:
            done[0] = before + position

        vehicle = _known_vehicle(request.vehicle, buffer.vehicles)
        for batch in read_samples(files[index], vehicle, note):
            stop_if_cancelled(cancel)
            buffer.add(batch, index)
            progress(ImportProgress("reading", buffer.rows_read, done[0], sum(sizes)))
        before += sizes[index]
    if not buffer.vehicles:
        raise SourceError(
            f"{files[0].path} holds no sample with car, time and known channel; give the raw "
            "telemetry file of a race.",
        )


def _known_vehicle(vehicle: str, vehicles: Sequence[str]) -> str:
    """Return the vehicle id that ends in a number, or the number itself."""
    ending = [known for known in vehicles if known.rsplit("-", 1)[-1] == vehicle]
    return ending[0] if len(ending) == 1 else vehicle


def _match(
    buffer: DiskBuffer,
    request: ImportRequest,
    reading: TimingReading,
    progress: ProgressListener,
    cancel: threading.Event,
) -> list[CarResult]:
    results = []
    counted = []
    vehicles = sorted(buffer.vehicles)
    for done, vehicle in enumerate(vehicles):
        stop_if_cancelled(cancel)
        progress(ImportProgress(f"car {vehicle}", buffer.rows_read, done, len(vehicles)))
        rows, counts = pivot(vehicle, vehicle.rsplit("-", 1)[-1], buffer.read(vehicle))
        results.append(match_car(rows, counts, reading, request.track))
        counted.append(counts)
    # A car that fits two entries equally well may have only one left once all others are known.
    taken = {result.car.entry_number or "" for result in results if result.car.refusal is None}
    return [
        match_car(result.rows, counts, reading, request.track, taken)
        if result.car.refusal is not None and result.car.refusal.error is IdentityError
        else result
        for result, counts in zip(results, counted, strict=True)
    ]


def _source_file(path: Path, cancel: threading.Event) -> SourceFile:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            stop_if_cancelled(cancel)
            digest.update(block)
    return SourceFile(path.name, digest.hexdigest())
