"""The season 2024, whose sheets carry less and print points and grid themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import FINISHED, NOT_RUNNING, NOT_STARTED
from htt_desktop.pipeline.season.build import BuiltSeason, build_season
from htt_desktop.pipeline.season.job import bundled_sheets
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.sheets import SeasonSheets
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.tracks import load_tracks


@cache
def sheets_2024(shared: Path) -> SeasonSheets:
    return read_sheets(bundled_sheets(shared, 2024), 2024)


@cache
def built_2024(shared: Path) -> BuiltSeason:
    return build_season(sheets_2024(shared), load_tracks(data_dir()), {})


def test_that_points_are_those_the_sheets_print_and_add_up(shared_dir: Path) -> None:
    season = built_2024(shared_dir).season
    printed = 0
    for race in sheets_2024(shared_dir).races:
        for line in race.results:
            row = season.result(line.driver_name, race.key)
            assert row is not None
            if line.points is not None:
                assert row.points == line.points
                printed += 1
    assert printed > 200
    for driver, rows in season.results.items():
        assert season.stats[driver].points == sum(row.points or 0 for row in rows)
    totals = [season.stats[driver].points for driver in season.drivers]
    assert totals == sorted(totals, reverse=True)


def test_that_nobody_has_a_championship_position_without_standings(shared_dir: Path) -> None:
    season = built_2024(shared_dir).season
    assert {stats.championship_position for stats in season.stats.values()} == {None}
    assert any(note.startswith("no championship file of drivers: points are those the result "
                               "sheets print") for note in season.origin.notes)  # fmt: skip


def test_that_the_printed_grid_stands_before_the_position_in_qualifying(shared_dir: Path) -> None:
    season = built_2024(shared_dir).season
    differ = 0
    for race in sheets_2024(shared_dir).races:
        qualified = {line.number: line.position for line in race.qualifying}
        for line in race.results:
            row = season.result(line.driver_name, race.key)
            assert row is not None
            if line.start_position is None:
                assert row.grid == qualified.get(line.number)
            else:
                assert row.grid == line.start_position
                differ += line.start_position != qualified.get(line.number)
    assert differ > 0


def test_that_who_is_not_classified_has_no_finish_but_a_start(shared_dir: Path) -> None:
    season = built_2024(shared_dir).season
    rows = dict(season.classifications[RaceKey(2024, "cota", 1)])
    unplaced = {row.driver_number: row.status for row in rows.values() if row.finish is None}
    assert unplaced == dict.fromkeys(("57", "34", "44"), NOT_RUNNING)
    road_america = dict(season.classifications[RaceKey(2024, "roadamerica", 1)])
    absent = {row.driver_number for row in road_america.values() if row.status == NOT_STARTED}
    assert absent == {"25", "47"}
    assert next(iter(rows.values())).status == FINISHED


def test_that_every_timed_lap_is_one_lap_of_one_row(shared_dir: Path) -> None:
    built = built_2024(shared_dir)
    for race in sheets_2024(shared_dir).races:
        cars = built.laps.races[race.key].cars
        assert {number: len(car.lap_number) for number, car in cars.items()} == {
            number: len(laps) for number, laps in race.timing.laps.items()
        }


def test_that_a_race_without_result_sheet_is_ordered_by_its_laps(shared_dir: Path) -> None:
    sheets = sheets_2024(shared_dir)
    race = replace(sheets.races[0], results=(), qualifying=())
    season = build_season(replace(sheets, races=(race,)), load_tracks(data_dir()), {}).season
    [winner, *_] = season.classifications[race.key]
    most = max(race.timing.laps.values(), key=lambda laps: (len(laps), -laps[-1].elapsed_s))
    assert winner[1].laps == len(most)
    assert winner[1].total_time_s == most[-1].elapsed_s
    assert season.stats[winner[0]].wins == 1
