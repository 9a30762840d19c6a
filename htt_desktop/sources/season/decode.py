"""Season files from strict JSON to checked records, of the layout this version reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_records import (
    DashboardDriver,
    DriverFactors,
    ModelCard,
    Origin,
)
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.domain.season.race_records import RaceResult, SeasonStats
from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.season.track_records import SeasonTrack
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.agreement import check_index, check_season, check_season_laps
from htt_desktop.sources.season.faults import REMEDY, field_fault, member, wrong_field
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    FACTORS_FILE,
    LAPS_FILE,
    RESULTS_FILE,
    STATS_FILE,
    TRACKS_FILE,
)
from htt_desktop.sources.season.schema import FILES, INDEX, SCHEMA_VERSION
from htt_desktop.sources.strict_json import Node, parse
from htt_desktop.sources.tracks import read_track

_OUR_HEAD = {"schema_version", "season", "origin"}
"""One of these is in every file of ours but the tracks, however old or damaged."""

T = TypeVar("T")

_RACE_MARK = "_r"


def opened(content: bytes, shape: type[msgspec.Struct], file: str) -> Any:  # noqa: ANN401 - the shape
    """Return a file's content as its shape, every value within its limits.

    Raises
    ------
    SourceError
        The content is not strict JSON, is of another layout, or a value is wrong.
    """
    value = parse(content, file, REMEDY)
    _demand_version(value, file)
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise wrong_field(value, shape, file) from error


def is_of_web_application(value: object) -> bool:
    """Return whether a value is what the earlier web application kept under the same file name."""
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value)
    return isinstance(value, dict) and bool(value) and not _OUR_HEAD & value.keys()


def not_ours(file: str) -> SourceError:
    """Return the error for a file of the earlier web application."""
    return SourceError(
        f"{file} is a file of the earlier web application, whose figures this program does not "
        "show; build a season from the timing sheets with `htt season build` and choose its "
        "folder, or choose the bundled season."
    )


def _demand_version(value: object, file: str) -> None:
    """Refuse another layout before any field of it is called wrong."""
    if not file.endswith(TRACKS_FILE) and is_of_web_application(value):
        raise not_ours(file)
    if not isinstance(value, dict):
        raise field_fault(file, "", "is not an object")
    if "schema_version" not in value:
        raise field_fault(file, "schema_version", "is missing")
    version = value["schema_version"]
    if not isinstance(version, int) or isinstance(version, bool):
        raise field_fault(file, "schema_version", "is not a whole number")
    if version != SCHEMA_VERSION:
        age = "an older" if version < SCHEMA_VERSION else "a newer"
        raise field_fault(
            file,
            "schema_version",
            f"is {version}, this version reads {SCHEMA_VERSION}: {age} version wrote the file",
        )


def geometry_and_lines(
    content: bytes, file: str
) -> tuple[Mapping[str, Track], Mapping[str, TrackLine]]:
    """Return tracks and driven lines by track id.

    Raises
    ------
    SourceError
        A field is absent or absurd; the sentence names it.
    """
    checked = opened(content, FILES[TRACKS_FILE], file)
    # The reader of the track table looks at values as they stand in a file.
    plain = msgspec.json.decode(msgspec.json.encode(checked.tracks))
    root = Node(plain, file, "tracks", REMEDY)
    geometry = {track_id: read_track(track_id, node) for track_id, node in root.members().items()}
    lines = msgspec.convert(checked.lines, dict[str, TrackLine], from_attributes=True)
    for track_id, line in lines.items():
        path = member("lines", track_id)
        if len(line.x_m) != len(line.y_m):
            raise field_fault(
                file, f"{path}.y_m", f"has {len(line.y_m)} points, x_m {len(line.x_m)}"
            )
        if not line.x_m:
            raise field_fault(file, f"{path}.x_m", "is empty")
    return MappingProxyType(geometry), MappingProxyType(lines)


def race_text(key: RaceKey) -> str:
    """Return the name of a race inside ``laps.json``.

    Examples
    --------
    >>> race_text(RaceKey(2025, "barber", 2))
    'barber_r2'
    """
    return f"{key.track_id}{_RACE_MARK}{key.race}"


def decode_season(contents: Mapping[str, bytes], folder: str) -> Season:
    """Return the season of all files but the laps.

    Parameters
    ----------
    contents
        Bytes by file name.
    folder
        Name to put before a file name in an error.

    Raises
    ------
    SourceError
        Something is missing, wrong, absurd, or does not agree with another file; the
        sentence names file and field.
    """
    parts = {
        name: opened(contents[name], FILES[name], _path(folder, name))
        for name in (DASHBOARD_FILE, STATS_FILE, FACTORS_FILE, RESULTS_FILE)
    }
    board = parts[DASHBOARD_FILE]
    year = int(board.season)
    for name, part in parts.items():
        if part.season != year:
            raise field_fault(
                _path(folder, name), "season", f"is {part.season}, {DASHBOARD_FILE} has {year}"
            )
    drivers = _record(board.drivers, tuple[DashboardDriver, ...])
    tracks = _record(board.tracks, tuple[SeasonTrack, ...])
    geometry, lines = geometry_and_lines(contents[TRACKS_FILE], _path(folder, TRACKS_FILE))
    season = Season(
        year=year,
        drivers=MappingProxyType(_by("drivers", "driver", drivers, _path(folder, DASHBOARD_FILE))),
        stats=MappingProxyType(_record(parts[STATS_FILE].data, dict[str, SeasonStats])),
        results=MappingProxyType(
            _record(parts[RESULTS_FILE].data, dict[str, tuple[RaceResult, ...]])
        ),
        factors=MappingProxyType(_record(parts[FACTORS_FILE].data, dict[str, DriverFactors])),
        tracks=MappingProxyType(_by("tracks", "id", tracks, _path(folder, DASHBOARD_FILE))),
        model=_record(board.model, ModelCard),
        origin=_record(board.origin, Origin),
        geometry=geometry,
        lines=lines,
    )
    check_season(season, folder)
    for name, part in parts.items():
        # Older files have no index.
        if getattr(part, INDEX, None) is not None:
            check_index(part.by_number, season, _path(folder, name))
    _build_lookups(season)
    return season


def decode_laps(content: bytes, folder: str, season: Season | None = None) -> SeasonLaps:
    """Return every lap; with a season, also checked against it.

    Raises
    ------
    SourceError
        See :func:`decode_season`.
    """
    file = _path(folder, LAPS_FILE)
    part = opened(content, FILES[LAPS_FILE], file)
    if season is not None and part.season != season.year:
        raise field_fault(file, "season", f"is {part.season}, {DASHBOARD_FILE} has {season.year}")
    found = _record(part.data, dict[str, dict[str, CarLaps]])
    races = {}
    for text, cars in found.items():
        track_id, mark, race = text.rpartition(_RACE_MARK)
        if not (mark and track_id and race.isascii() and race.isdigit()):
            raise field_fault(file, member("data", text), "is not a race like barber_r1")
        key = RaceKey(int(part.season), track_id, int(race))
        races[key] = RaceLaps(key, MappingProxyType(cars))
    laps = SeasonLaps(MappingProxyType(races))
    check_season_laps(laps, season, file)
    return laps


def _build_lookups(season: Season) -> None:
    """Build what answers by key on the thread that reads, so that no screen waits for it."""
    nowhere = RaceKey(season.year, "", 0)
    season.classifications.get(nowhere)
    season.driver_of(nowhere, "")
    season.notes.get(nowhere)
    season.decisions.get(nowhere)


def _record(twin: object, kind: type[T]) -> T:
    """Return the records of the domain behind checked twins."""
    return msgspec.convert(twin, kind, from_attributes=True)


def _by(field: str, key: str, rows: tuple[T, ...], file: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for index, row in enumerate(rows):
        name = str(getattr(row, key))
        if name in found:
            raise field_fault(file, f"{field}[{index}].{key}", f"is {name!r} a second time")
        found[name] = row
    return found


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
