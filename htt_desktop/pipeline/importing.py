"""The import of a race: raw logger files and official timing in, a pack and a report out."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import htt_desktop
from htt_desktop.domain.errors import IdentityError, TimingMismatchError
from htt_desktop.domain.race import RaceKey, year_of
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
from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.sources.packs.contents import PackContents, SourceFile
from htt_desktop.sources.packs.writer import PackRows, demand_target, write_pack

_HASH_BLOCK = 1 << 20

FIRST_YEAR = 2000
"""A logger whose clock was never set counts from 1970 or 1980."""


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


def year_of_race(
    said: int | None,
    reading: TimingReading,
    reception_ms: tuple[int, int] | None,
    last_clock_ms: int,
) -> int:
    """Return the year of a race that is being imported.

    The weather sheet beside the official timing carries UTC and is believed first. Where it is
    missing, the time of reception counts: it comes from a server and is minutes late at most.
    The logger's own clock is the last resort. It is 23 to 64 hours off in every file known, which
    is nothing to a season that runs from March to October; but nothing keeps a logger from being
    off by years, so rows that carry no other time are believed only when they tell a year in
    which a logger could have been built. What the user says is never overruled in silence:
    a contradiction is an error.

    Parameters
    ----------
    said
        Year that the user gave, ``None`` if they gave none.
    reading
        Official timing.
    reception_ms
        First and last time of reception in UTC milliseconds, ``None`` without any.
    last_clock_ms
        Newest time of a logger's clock, in milliseconds.

    Raises
    ------
    TimingMismatchError
        Timing or reception tell another year than the user.
    SourceError
        Nobody tells the year.
    """
    told, source = None, ""
    if reading.session_utc_s is not None:
        told, source = year_of(reading.session_utc_s[0]), f"the timing in {reading.files[0].parent}"
    elif reception_ms is not None:
        told, source = year_of(reception_ms[1] / 1000.0), "the time at which the rows were received"
    if told is not None:
        if said not in {None, told}:
            raise TimingMismatchError(
                f"The race is of {told}, says {source}, and not of {said}; correct --season or "
                "give the files of that year."
            )
        return told
    if said is not None:
        return said
    year = year_of(last_clock_ms / 1000.0)
    if year < FIRST_YEAR:
        raise SourceError(
            f"Neither timing nor rows tell the year of the race (the logger's clock says {year}); "
            "say it with --season."
        )
    return year


def of_year(reading: TimingReading, year: int) -> TimingReading:
    """Return timing that was read as of any year as timing of a year."""
    key = reading.timing.key
    if key.year == year:
        return reading
    if key.year != ANY_YEAR:
        raise ValueError(f"{key} cannot become of {year}.")
    return replace(reading, timing=replace(reading.timing, key=replace(key, year=year)))
