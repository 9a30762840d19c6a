"""A season as large as a real one, made up: 45 drivers, 14 races at 7 tracks, 22 laps each."""

from __future__ import annotations

import random
from dataclasses import replace

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.season.track_records import BestLap, CalendarRace, SeasonTrack
from tests.made_up_season import made_up_season

TRACK_IDS = ("sonoma", "cota", "sebring", "vir", "roadamerica", "barber", "indianapolis")
DRIVERS = 45
LAPS = 22
POINTS_OF_LINE = 400
BEST_S = 100.0


def whole_season() -> tuple[Season, SeasonLaps]:
    """Return the season and its laps, the same ones every time."""
    chance = random.Random(2025)
    small = made_up_season()
    names = [f"Driver Number {place:02d}" for place in range(1, DRIVERS + 1)]
    model_driver = "Bob Bold"
    tracks = {
        track_id: _track(small.tracks["barber"], track_id, number, names)
        for number, track_id in enumerate(TRACK_IDS)
    }
    season = replace(
        small,
        drivers={
            name: replace(
                small.drivers[model_driver],
                driver=name,
                name=name,
                driver_number=str(place),
                championship_position=place,
            )
            for place, name in enumerate(names, start=1)
        },
        stats={
            name: replace(
                small.stats[model_driver],
                name=name,
                driver_number=str(place),
                championship_position=place,
            )
            for place, name in enumerate(names, start=1)
        },
        factors={
            name: replace(
                small.factors[model_driver],
                name=name,
                driver_number=str(place),
                circuits=tuple(
                    replace(small.factors[model_driver].circuits[0], track_id=track_id)
                    for track_id in TRACK_IDS
                ),
            )
            for place, name in enumerate(names, start=1)
        },
        results={
            name: tuple(
                _result(small.results[model_driver][0], tracks, place, number, chance)
                for number in range(2 * len(TRACK_IDS))
            )
            for place, name in enumerate(names, start=1)
        },
        tracks=tracks,
        lines={track_id: _line(chance) for track_id in TRACK_IDS},
    )
    keys = [RaceKey(2025, track_id, race) for track_id in TRACK_IDS for race in (1, 2)]
    cars = {key: {str(n): _car(name, n, chance) for n, name in enumerate(names, 1)} for key in keys}
    return season, SeasonLaps({key: RaceLaps(key, cars[key]) for key in keys})


def _track(small: SeasonTrack, track_id: str, number: int, names: list[str]) -> SeasonTrack:
    def race(race: int, known: CalendarRace) -> CalendarRace:
        return replace(
            known, race=race, round=2 * number + race, winner=names[0], pole=names[0],
            fastest_lap=names[0],
        )  # fmt: skip

    laps = tuple(
        BestLap(driver=name, driver_number=str(n), race=1, lap_number=3, time_s=BEST_S + 0.1 * n)
        for n, name in enumerate(names, start=1)
    )
    return replace(
        small,
        id=track_id,
        races=(race(1, small.races[0]), race(2, small.races[1])),
        best_laps=laps,
        sector_bests=laps[:3],
    )


def _result(
    small: RaceResult,
    tracks: dict[str, SeasonTrack],
    place: int,
    number: int,
    chance: random.Random,
) -> RaceResult:
    track_id = TRACK_IDS[number // 2]
    return replace(
        small,
        round=number + 1,
        track_id=track_id,
        race=number % 2 + 1,
        date=tracks[track_id].races[number % 2].date,
        driver_number=str(place),
        finish=place,
        gap_s=round(chance.uniform(0, 90), 3),
        total_time_s=round(chance.uniform(2600, 2700), 3),
        best_lap_s=round(chance.uniform(BEST_S, BEST_S + 5), 3),
        clean_median_s=round(chance.uniform(BEST_S, BEST_S + 5), 3),
        clean_spread_s=round(chance.uniform(0, 1), 3),
    )


def _line(chance: random.Random) -> TrackLine:
    def metres() -> tuple[float, ...]:
        return tuple(round(chance.uniform(-900, 900), 1) for _ in range(POINTS_OF_LINE))

    return TrackLine(metres(), metres(), 10.0, is_measured=True)


def _car(name: str, place: int, chance: random.Random) -> CarLaps:
    def times(low_s: float, high_s: float) -> tuple[float, ...]:
        return tuple(round(chance.uniform(low_s, high_s), 3) for _ in range(LAPS))

    lap_s = times(BEST_S, BEST_S + 5)
    return CarLaps(
        driver=name,
        lap_number=tuple(range(1, LAPS + 1)),
        lap_time_s=lap_s,
        elapsed_s=tuple(round(sum(lap_s[: lap + 1]), 3) for lap in range(LAPS)),
        s1_s=times(26, 28),
        s2_s=times(42, 44),
        s3_s=times(28, 30),
        loops_s={
            loop: times(10 * n, 10 * n + 9)
            for n, loop in enumerate(("IM1a", "IM1", "IM2a", "IM2", "IM3a"), start=1)
        },
        flag=("GF",) * LAPS,
        in_pit=(False,) * LAPS,
        pit_time_s=(None,) * LAPS,
        top_speed_kmh=times(180, 210),
        position=(place,) * LAPS,
        why_not=("first lap",) + ("",) * (LAPS - 1),
    )
