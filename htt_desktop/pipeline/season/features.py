"""Sheets of a season → variables and finishes by race and driver, for the season's maths."""

from __future__ import annotations

from collections.abc import Mapping

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_features import race_features
from htt_desktop.domain.season.race_records import FINISHED
from htt_desktop.domain.season.stewards import Driven, put_back
from htt_desktop.pipeline.season.results import status_of
from htt_desktop.pipeline.season.sheets import RaceRecord, SeasonSheets


def season_features(
    sheets: SeasonSheets,
) -> Mapping[RaceKey, Mapping[str, Mapping[str, float | None]]]:
    """Return the variables of every starter by race, driver name and variable id.

    A driver without a lap did not start and is absent.
    """
    return {race.key: _features_of(race) for race in sheets.races}


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


def _features_of(race: RaceRecord) -> Mapping[str, Mapping[str, float | None]]:
    qualifying_s = {line.number: line.best_s for line in race.qualifying if line.best_s is not None}
    found = race_features(race.timing, qualifying_s)
    return {
        line.driver_name: found[line.number]
        for line in race.results
        if line.number in found and line.position is not None
    }
