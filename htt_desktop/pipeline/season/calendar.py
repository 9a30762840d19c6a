"""The weekends of a season: races, weather, best laps and what went with the finish."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.decisive import decided_by, demands
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_model import Finishes
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult
from htt_desktop.domain.season.track_records import BestLap, CalendarRace, SeasonTrack
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.season.circuits import circuit_of
from htt_desktop.pipeline.season.qualifying import pole_of
from htt_desktop.pipeline.season.sectors import sectors_of
from htt_desktop.pipeline.season.sheets import RaceRecord

Rows = Mapping[RaceKey, Mapping[str, RaceResult]]

SECTORS = 3


def season_tracks(
    races: Sequence[RaceRecord],
    rows: Rows,
    geometry: Mapping[str, Track],
    features: Features,
    finishes: Finishes,
) -> dict[str, SeasonTrack]:
    """Return the tracks in calendar order.

    Parameters
    ----------
    races
        In calendar order.
    rows
        Results by race and driver.
    geometry
        Track table; a track may be absent.
    features, finishes
        Variables and positions by race and driver.
    """
    track_ids = dict.fromkeys(race.key.track_id for race in races)
    drivers = frozenset(driver for race_rows in rows.values() for driver in race_rows)
    return {
        track_id: _track(
            [race for race in races if race.key.track_id == track_id],
            rows,
            drivers,
            geometry.get(track_id),
            {key: cars for key, cars in features.items() if key.track_id == track_id},
            {key: order for key, order in finishes.items() if key.track_id == track_id},
        )
        for track_id in track_ids
    }


def _track(
    races: Sequence[RaceRecord],
    rows: Rows,
    drivers: Container[str],
    track: Track | None,
    features: Features,
    finishes: Finishes,
) -> SeasonTrack:
    track_id = races[0].key.track_id
    circuit = circuit_of(track_id)
    return SeasonTrack(
        id=track_id,
        name=circuit.name if track is None else track.name,
        location=circuit.location,
        length_m=0.0 if track is None else track.length_m,
        corners=0 if track is None else len(track.numbered_corners),
        demands=demands(track, [race.timing for race in races]),
        races=tuple(_race(race, rows[race.key], drivers) for race in races),
        decided_by=decided_by(features, finishes),
        best_laps=_best_laps(rows[race.key] for race in races),
        sector_bests=_sector_bests(races),
    )


def _race(
    race: RaceRecord, rows: Mapping[str, RaceResult], drivers: Container[str]
) -> CalendarRace:
    winner = next((name for name, row in rows.items() if row.finish == 1), None)
    pole = pole_of(race, drivers)
    fastest = next((name for name, row in rows.items() if row.is_fastest_lap), None)
    winning = None if winner is None else rows[winner]
    winner_laps = () if winning is None else race.timing.laps.get(winning.driver_number, ())
    any_row = next(iter(rows.values()))
    return CalendarRace(
        race=race.key.race,
        round=any_row.round,
        date=race.date,
        starters=sum(row.status != NOT_STARTED for row in rows.values()),
        laps=max(row.laps for row in rows.values()),
        winner=winner,
        winning_time_s=None if winning is None else winning.total_time_s,
        pole=None if pole is None else pole.driver,
        pole_s=None if pole is None else pole.time_s,
        fastest_lap=fastest,
        fastest_lap_s=None if fastest is None else rows[fastest].best_lap_s,
        yellow_laps=sum(lap.flag == "FCY" for lap in winner_laps),
        passes=sum(row.passes_made or 0 for row in rows.values()),
        weather=race.weather,
    )


def _best_laps(rows: Iterable[Mapping[str, RaceResult]]) -> tuple[BestLap, ...]:
    """Return every driver's best lap of both races, the fastest first."""
    best: dict[str, BestLap] = {}
    for race in rows:
        for driver, row in race.items():
            if row.best_lap_s is None or row.best_lap_number is None:
                continue
            if driver not in best or row.best_lap_s < best[driver].time_s:
                best[driver] = BestLap(
                    driver=driver,
                    driver_number=row.driver_number,
                    race=row.race,
                    lap_number=row.best_lap_number,
                    time_s=row.best_lap_s,
                )
    return tuple(sorted(best.values(), key=lambda lap: (lap.time_s, lap.driver)))


def _sector_bests(races: Sequence[RaceRecord]) -> tuple[BestLap, ...]:
    """Return the fastest S1, S2 and S3; empty unless every sector was timed."""
    found = []
    for sector in range(SECTORS):
        laps = [
            BestLap(
                driver=line.driver_name,
                driver_number=line.number,
                race=race.key.race,
                lap_number=lap.lap_number,
                time_s=time_s,
            )
            for race in races
            for line in race.results
            for lap in race.timing.laps.get(line.number, ())
            if not lap.in_pit and (time_s := sectors_of(lap)[sector]) is not None
        ]
        if not laps:
            return ()
        found.append(min(laps, key=lambda lap: (lap.time_s, lap.race, lap.lap_number)))
    return tuple(found)
