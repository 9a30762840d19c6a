"""Sheets of a season → the season as the screens know it, and its files."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import INNER_LOOPS
from htt_desktop.domain.season.factor_records import Origin
from htt_desktop.domain.season.finish_model import explain_finishes
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.domain.season.running_order import running_positions
from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.season.stewards import note_of_race
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.season.calendar import season_tracks
from htt_desktop.pipeline.season.features import (
    counting_finishes,
    season_features,
    season_finishes,
)
from htt_desktop.pipeline.season.official_points import season_points
from htt_desktop.pipeline.season.results import race_results, results_from_laps
from htt_desktop.pipeline.season.sectors import sectors_of
from htt_desktop.pipeline.season.sheets import RaceRecord, SeasonSheets
from htt_desktop.pipeline.season.stats import (
    championship_order,
    dashboard_drivers,
    driver_factors,
    season_stats,
)
from htt_desktop.pipeline.timing.lap_length import demand_lap_length
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.sources.season.files import write_season
from htt_desktop.sources.season.schema import SEASON_FILES
from htt_desktop.sources.whole_file import make_scratch_folder


@dataclass(frozen=True)
class BuiltSeason:
    """A season with its laps."""

    season: Season
    laps: SeasonLaps


def build_season(
    sheets: SeasonSheets, tracks: Mapping[str, Track], lines: Mapping[str, TrackLine]
) -> BuiltSeason:
    """Return the season that some sheets tell of.

    Parameters
    ----------
    sheets
        As read by :func:`~htt_desktop.pipeline.season.reading.read_season`.
    tracks, lines
        Geometry and driven lines by track id; tracks of other seasons are left out.

    Raises
    ------
    SourceError
        A race was driven on a track that the track table does not know.
    """
    sheets = replace(sheets, races=tuple(_with_results(race) for race in sheets.races))
    track_ids = list(dict.fromkeys(race.key.track_id for race in sheets.races))
    _demand_known(track_ids, tracks)
    for race in sheets.races:
        demand_lap_length(race.length_m, tracks[race.key.track_id], race.files[0])
    points = season_points(sheets)
    rows = {
        race.key: race_results(race, round_, points.by_race[race.key])
        for round_, race in enumerate(sheets.races, 1)
    }
    found: dict[str, list[RaceResult]] = {}
    for race_rows in rows.values():
        for driver, row in race_rows.items():
            found.setdefault(driver, []).append(row)
    results = {driver: tuple(found[driver]) for driver in championship_order(found, points)}
    stats = season_stats(sheets, results, points)
    features, finishes = season_features(sheets), season_finishes(sheets)
    factors = driver_factors(features, finishes, counting_finishes(sheets), stats, track_ids)
    geometry = {track_id: tracks[track_id] for track_id in track_ids}
    season = Season(
        year=sheets.year,
        drivers=dashboard_drivers(stats, factors),
        stats=stats,
        results=results,
        factors=factors,
        tracks=season_tracks(sheets.races, rows, geometry, features, finishes),
        model=explain_finishes(features, finishes),
        origin=_origin(sheets, points.notes),
        geometry=geometry,
        lines={track_id: lines[track_id] for track_id in track_ids if track_id in lines},
    )
    return BuiltSeason(season, SeasonLaps({race.key: race_laps(race) for race in sheets.races}))


def write_built(built: BuiltSeason, out: Path, cancel: threading.Event) -> None:
    """Write all files of a season, or none.

    Raises
    ------
    SourceError
        The folder cannot be written; what was there before is untouched.
    CancelledError
        The user withdrew the request before the files were in place.
    """
    demand_no_device(out)
    for file in SEASON_FILES:
        demand_no_device(out / file)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = make_scratch_folder(out)
        try:
            write_season(partial, built.season, built.laps)
            stop_if_cancelled(cancel)
            out.mkdir(exist_ok=True)
            for file in SEASON_FILES:
                (partial / file).replace(out / file)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise SourceError(
            f"{out} cannot be written ({error.strerror}); choose another folder for --out."
        ) from error


def _with_results(race: RaceRecord) -> RaceRecord:
    return race if race.results else replace(race, results=results_from_laps(race.timing))


def _demand_known(track_ids: Iterable[str], tracks: Mapping[str, Track]) -> None:
    for track_id in track_ids:
        if track_id not in tracks:
            message = (
                f"The folder {track_id} is not in the track table; rename it to one of "
                f"{', '.join(tracks)}, or move it away."
            )
            raise SourceError(message)


def _origin(sheets: SeasonSheets, points_notes: Iterable[str]) -> Origin:
    paths = [path for race in sheets.races for path in race.files]
    paths += [standings.path for standings in (sheets.drivers, *sheets.cups) if standings]
    names = {sheets.name_of(path): path for path in paths}
    return Origin(
        # No version: the same sheets give the same bytes until the rules change.
        built_by="htt season build",
        files={
            name: hashlib.sha256(names[name].read_bytes()).hexdigest() for name in sorted(names)
        },
        notes=(
            *(note_of_race(race.key, note) for race in sheets.races for note in race.notes),
            *sheets.notes,
            *points_notes,
        ),
    )


def race_laps(race: RaceRecord) -> RaceLaps:
    """Return the laps of all cars that are in the results, in published order."""
    positions = running_positions(race.timing)
    cars = {
        line.number: _car(race, line.number, line.driver_name, positions[line.number])
        for line in race.results
        if race.timing.laps.get(line.number)
    }
    return RaceLaps(race.key, cars)


def _car(race: RaceRecord, number: str, driver: str, positions: tuple[int, ...]) -> CarLaps:
    laps = race.timing.laps[number]
    s1_s, s2_s, s3_s = zip(*(sectors_of(lap) for lap in laps), strict=True)
    loops = {name: tuple(lap.loops_s.get(name) for lap in laps) for name in INNER_LOOPS}
    return CarLaps(
        driver=driver,
        lap_number=tuple(lap.lap_number for lap in laps),
        lap_time_s=tuple(lap.lap_time_s for lap in laps),
        elapsed_s=tuple(lap.elapsed_s for lap in laps),
        s1_s=s1_s,
        s2_s=s2_s,
        s3_s=s3_s,
        loops_s={
            name: times_s
            for name, times_s in loops.items()
            if any(time_s is not None for time_s in times_s)
        },
        flag=tuple(lap.flag for lap in laps),
        in_pit=tuple(lap.in_pit for lap in laps),
        pit_time_s=tuple(lap.pit_time_s for lap in laps),
        top_speed_kmh=tuple(lap.top_speed_kmh for lap in laps),
        position=positions,
        why_not=tuple("; ".join(why) for why in timing_reasons(laps)),
    )
