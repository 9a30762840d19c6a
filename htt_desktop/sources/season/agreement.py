"""Where the season files must agree with one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.laps import CarLaps, SeasonLaps
from htt_desktop.domain.season.race_records import FINISHED, NOT_STARTED, RaceResult
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import CalendarRace
from htt_desktop.sources.season.faults import field_fault, member
from htt_desktop.sources.season.folders import (
    DASHBOARD_FILE,
    FACTORS_FILE,
    RESULTS_FILE,
    STATS_FILE,
    TRACKS_FILE,
)
from htt_desktop.sources.season.schema import INDEX

_FACTOR_IDS = [factor.id for factor in FACTORS]
_VARIABLE_IDS = {factor.id: [v.id for v in factor.variables] for factor in FACTORS}


def check_season(season: Season, folder: str) -> None:
    """Refuse a season whose files contradict one another.

    Raises
    ------
    SourceError
        The sentence names file and field.
    """
    file = {
        name: f"{folder}/{name}" if folder else name
        for name in (DASHBOARD_FILE, FACTORS_FILE, STATS_FILE, RESULTS_FILE, TRACKS_FILE)
    }
    for name, data in (
        (STATS_FILE, season.stats),
        (FACTORS_FILE, season.factors),
        (RESULTS_FILE, season.results),
    ):
        _same_drivers(data, season.drivers, file[name])
    _check_calendar(season, file[DASHBOARD_FILE])
    _check_drivers(season, file[DASHBOARD_FILE])
    _check_factors(season, file[FACTORS_FILE])
    _check_results(season, file[RESULTS_FILE])
    for field, known in (("tracks", season.geometry), ("lines", season.lines)):
        for track_id in known:
            _demand_track(season, track_id, file[TRACKS_FILE], member(field, track_id))


def check_index(index: Mapping[str, tuple[str, ...]], season: Season, file: str) -> None:
    """Refuse an index of printed numbers that the drivers' results do not bear out.

    Raises
    ------
    SourceError
        The sentence names file and number.
    """
    for number, drivers in season.by_number.items():
        path = member(INDEX, number)
        if number not in index:
            raise field_fault(file, path, f"is missing, {_listed(drivers)} raced it")
        if sorted(index[number]) != sorted(drivers):
            raced = f"in {RESULTS_FILE} it was raced by {_listed(drivers)}"
            raise field_fault(file, path, f"is {_listed(index[number])}, {raced}")
    for number in index:
        if number not in season.by_number:
            raise field_fault(file, member(INDEX, number), f"is no number in {RESULTS_FILE}")


def _listed(drivers: Iterable[str]) -> str:
    return ", ".join(drivers) or "nobody"


def check_season_laps(laps: SeasonLaps, season: Season | None, file: str) -> None:
    """Refuse laps whose columns differ in length, or that the season does not know.

    Raises
    ------
    SourceError
        The sentence names race, car and column.
    """
    for key, race in laps.races.items():
        path = member("data", f"{key.track_id}_r{key.race}")
        if season is not None and key not in season.races:
            raise field_fault(file, path, f"is not a race of the {season.year} calendar")
        for number, car in race.cars.items():
            own = member(path, number)
            _check_car(car, own, file)
            if season is None:
                continue
            _demand_driver(season, car.driver, file, f"{own}.driver")
            entered = season.driver_of(key, number)
            if entered not in {None, car.driver}:
                raise field_fault(
                    file, f"{own}.driver", f"is {car.driver!r}, the results say {entered}"
                )


def _check_car(car: CarLaps, path: str, file: str) -> None:
    laps = len(car.lap_number)
    for field in fields(car):
        column = getattr(car, field.name)
        columns = {"": column} if isinstance(column, tuple) else column
        for name, values in columns.items() if isinstance(columns, dict) else ():
            if len(values) != laps:
                where = member(f"{path}.{field.name}", name) if name else f"{path}.{field.name}"
                raise field_fault(file, where, f"has {len(values)} laps, lap_number has {laps}")
    if any(
        after <= before for before, after in zip(car.lap_number, car.lap_number[1:], strict=False)
    ):
        raise field_fault(file, f"{path}.lap_number", "does not rise")


def _same_drivers(data: Mapping[str, object], drivers: Iterable[str], file: str) -> None:
    for driver in drivers:
        if driver not in data:
            raise field_fault(
                file, member("data", driver), f"is missing, {DASHBOARD_FILE} has this driver"
            )
    known = set(drivers)
    for driver in data:
        if driver not in known:
            raise field_fault(file, member("data", driver), f"is not in {DASHBOARD_FILE}")


def _check_calendar(season: Season, file: str) -> None:
    seen: dict[int, str] = {}
    for n, track in enumerate(season.tracks.values()):
        for m, race in enumerate(track.races):
            path = f"tracks[{n}].races[{m}]"
            if race.round in seen:
                raise field_fault(
                    file, f"{path}.round", f"is {race.round}, as is {seen[race.round]}"
                )
            seen[race.round] = path
            if race.race in {other.race for other in track.races[:m]}:
                raise field_fault(file, f"{path}.race", f"is {race.race} a second time")
            _demand_date(race.date, file, path)
            for field in ("winner", "pole", "fastest_lap"):
                _demand_driver(season, getattr(race, field), file, f"{path}.{field}")
        for field in ("best_laps", "sector_bests"):
            for m, lap in enumerate(getattr(track, field)):
                _demand_driver(season, lap.driver, file, f"tracks[{n}].{field}[{m}].driver")
        if len(track.sector_bests) not in {0, 3}:
            count = len(track.sector_bests)
            raise field_fault(
                file, f"tracks[{n}].sector_bests", f"has {count} sectors, not 3 or none"
            )


def _check_drivers(season: Season, file: str) -> None:
    for n, (key, driver) in enumerate(season.drivers.items()):
        path = f"drivers[{n}]"
        _demand_keys(driver.factors, _FACTOR_IDS, file, f"{path}.factors")
        stats, scored = season.stats[key], season.factors[key]
        for field in ("driver_number", "championship_position", "points", "races"):
            ours, theirs = getattr(driver, field), getattr(stats, field)
            if ours != theirs:
                raise field_fault(file, f"{path}.{field}", f"is {ours}, {STATS_FILE} has {theirs}")
        for factor in _FACTOR_IDS:
            if factor not in scored.factors:
                continue
            ours, theirs = driver.factors[factor], scored.factors[factor].score
            if ours != theirs:
                raise field_fault(
                    file, f"{path}.factors.{factor}", f"is {ours}, {FACTORS_FILE} has {theirs}"
                )


def _check_factors(season: Season, file: str) -> None:
    calendar = list(season.tracks)
    for key, driver in season.factors.items():
        path = member("data", key)
        _demand_keys(driver.factors, _FACTOR_IDS, file, f"{path}.factors")
        for factor, score in driver.factors.items():
            where = f"{path}.factors.{factor}.variables"
            _demand_keys(score.variables, _VARIABLE_IDS[factor], file, where)
        if [circuit.track_id for circuit in driver.circuits] != calendar:
            raise field_fault(file, f"{path}.circuits", "does not list the tracks of the calendar")


def _check_results(season: Season, file: str) -> None:
    taken: dict[tuple[str, int, object], str] = {}
    for driver, rows in season.results.items():
        before, own = 0, member("data", driver)
        for n, row in enumerate(rows):
            path = f"{own}[{n}]"
            race = _race_of(season, row, file, path)
            if row.round != race.round:
                raise field_fault(
                    file, f"{path}.round", f"is {row.round}, the calendar has {race.round}"
                )
            if row.round <= before:
                raise field_fault(file, f"{path}.round", f"is {row.round}, out of calendar order")
            before = row.round
            _demand_date(row.date, file, path)
            if (row.finish is None and row.status == FINISHED) or (
                row.finish is not None and row.status == NOT_STARTED
            ):
                raise field_fault(file, f"{path}.finish", f"is {row.finish} for a car {row.status}")
            for field in ("finish", "driver_number"):
                value = getattr(row, field)
                holder = taken.setdefault((field, row.round, value), driver)
                if holder != driver and value is not None:
                    raise field_fault(
                        file, f"{path}.{field}", f"is {value}, which {holder} has too"
                    )


def _race_of(season: Season, row: RaceResult, file: str, path: str) -> CalendarRace:
    _demand_track(season, row.track_id, file, f"{path}.track_id")
    race = season.races.get(season.key_of(row))
    if race is None:
        raise field_fault(file, f"{path}.race", f"is {row.race}, which {row.track_id} did not have")
    return race


def _demand_track(season: Season, track_id: str, file: str, path: str) -> None:
    if track_id not in season.tracks:
        raise field_fault(file, path, f"names {track_id!r}, which is not in the calendar")


def _demand_driver(season: Season, driver: str | None, file: str, path: str) -> None:
    if driver is not None and driver not in season.drivers:
        raise field_fault(file, path, f"is {driver!r}, who is unknown")


def _demand_keys(found: Mapping[str, object], wanted: list[str], file: str, path: str) -> None:
    for key in wanted:
        if key not in found:
            raise field_fault(file, member(path, key), "is missing")
    for key in found:
        if key not in wanted:
            raise field_fault(file, member(path, key), "is unknown to this version")


def _demand_date(text: str | None, file: str, path: str) -> None:
    if text is None:
        return
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise field_fault(file, f"{path}.date", f"is {text}, which is not a date") from error
