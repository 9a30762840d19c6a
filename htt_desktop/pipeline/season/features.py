"""Sheets of a season → variables and finishes by race and driver, for the season's maths."""

from __future__ import annotations

from collections.abc import Container, Mapping

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_features import QUALIFYING_GAP, race_features
from htt_desktop.domain.season.race_records import FINISHED
from htt_desktop.domain.season.stewards import Driven, put_back
from htt_desktop.pipeline.season.qualifying import qualifying_times_s
from htt_desktop.pipeline.season.results import status_of
from htt_desktop.pipeline.season.sheets import RaceRecord, SeasonSheets


def season_features(
    sheets: SeasonSheets,
) -> Mapping[RaceKey, Mapping[str, Mapping[str, float | None]]]:
    """Return the variables of every classified starter by race, driver name and variable id.

    Who set a time in qualifying and did not start, or has no position, has the qualifying gap
    alone, as in every other figure of qualifying.
    """
    drivers = {line.driver_name for race in sheets.races for line in race.results}
    return {race.key: _features_of(race, drivers) for race in sheets.races}


def season_finishes(sheets: SeasonSheets) -> Mapping[RaceKey, Mapping[str, int]]:
    """Return the official position of every classified starter by race and driver name."""
    return {
        race.key: {
            line.driver_name: line.position for line in race.results if line.position is not None
        }
        for race in sheets.races
    }


def counting_finishes(sheets: SeasonSheets) -> Mapping[RaceKey, Mapping[str, int]]:
    """Return the official positions that tell of driver and track.

    Left out are cars that did not take the chequered flag, and those that the stewards put
    behind cars which drove less.
    """
    return {race.key: _counting(race) for race in sheets.races}


def _counting(race: RaceRecord) -> Mapping[str, int]:
    demoted = put_back(
        {
            line.driver_name: Driven(line.position, line.laps, line.total_time_s)
            for line in race.results
            if line.position is not None
        }
    )
    return {
        line.driver_name: line.position
        for line in race.results
        if line.position is not None
        and line.driver_name not in demoted
        and status_of(line, race.timing) == FINISHED
    }


def _features_of(
    race: RaceRecord, drivers: Container[str]
) -> Mapping[str, Mapping[str, float | None]]:
    """Return the variables of a race by driver, see :func:`season_features`."""
    numbers = {line.driver_name: line.number for line in race.results}
    qualifying_s = {
        numbers.get(driver, driver): time_s for driver, time_s in qualifying_times_s(race).items()
    }
    found = race_features(race.timing, qualifying_s)
    classified = {line.number for line in race.results if line.position is not None}
    without_row = {name: name for name in qualifying_s if name in drivers}
    keys = {**without_row, **numbers}
    return {
        driver: found[key] if key in classified else _only_qualifying(found[key])
        for driver, key in keys.items()
        if key in found and (key in classified or key in qualifying_s)
    }


def _only_qualifying(variables: Mapping[str, float | None]) -> Mapping[str, float | None]:
    return {id_: value if id_ == QUALIFYING_GAP else None for id_, value in variables.items()}
