"""Points, ranks and races against a rival, made up and bundled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.season.race_records import NOT_STARTED
from htt_desktop.domain.season.season import Season, best_sectors_of, ideal_lap_s
from htt_desktop.domain.season.standings import (
    FieldRank,
    best_figures,
    credited_points,
    cumulative_points,
    field_ranks,
    has_standings,
    points_ranks,
    positions_gained,
    races_met,
    results_of_both,
    won_and_lost,
)
from htt_desktop.sources.season.files import read_season
from tests.made_up_season import made_up_season


@pytest.fixture(name="season", scope="module")
def made_up() -> Season:
    return made_up_season()


def test_that_points_add_up_to_the_standings(season: Season) -> None:
    for name, stats in season.stats.items():
        total = cumulative_points(season, name)
        assert (total[-1] if total else 0) == stats.points


@pytest.mark.parametrize("year", [2024, 2025])
def test_that_the_points_of_a_real_season_end_at_the_official_ones(
    data_dir: Path, year: int
) -> None:
    season = read_season(data_dir / "season" / str(year))
    for name, stats in season.stats.items():
        total = cumulative_points(season, name)
        assert (total[-1] if total else 0) == stats.points, name


def test_that_a_race_without_the_driver_adds_nothing(season: Season) -> None:
    assert cumulative_points(season, "Ed Early") == [10, 10, 10, 10]


def test_that_points_can_be_taken_away(season: Season) -> None:
    rows = season.results["Di Dash"]
    fined = (replace(rows[0], points=-20), *rows[1:])
    season = replace(season, results={**season.results, "Di Dash": fined})
    assert cumulative_points(season, "Di Dash") == [-20, -8, 4, 16]


def test_that_a_guest_has_no_points_where_there_are_standings(season: Season) -> None:
    guest = season.drivers["Gus Guest"]
    assert has_standings(season.drivers.values())
    assert credited_points(guest, standings=True) is None
    assert credited_points(guest, standings=False) == guest.points
    assert not has_standings([guest])


def test_that_equal_figures_share_the_better_rank() -> None:
    found = field_ranks({"Ace": 3.0, "Bold": 5.0, "Calm": 3.0}, 1)
    assert found["Bold"] == FieldRank(1, 3, is_shared=False)
    assert found["Ace"] == found["Calm"] == FieldRank(2, 3, is_shared=True)
    assert field_ranks({"Ace": 3.0, "Bold": 5.0}, -1)["Ace"].rank == 1


def test_that_equal_points_keep_the_official_order(season: Season) -> None:
    same = replace(season.stats["Cy Calm"], points=season.stats["Bob Bold"].points)
    found = points_ranks({**season.stats, "Cy Calm": same})
    assert found["Bob Bold"] == FieldRank(2, 5, is_shared=False)
    assert found["Cy Calm"] == FieldRank(3, 5, is_shared=False)
    assert "Gus Guest" not in found


def test_that_a_mean_over_few_races_is_never_the_best(season: Season) -> None:
    best = best_figures(season)
    assert (best.points, best.wins, best.podiums, best.poles) == (100, 4, 4, 2)
    assert best.average_finish == 1.0
    newcomer = replace(season.drivers["Anna Ace"], races=2)
    without = replace(season, drivers={**season.drivers, "Anna Ace": newcomer})
    assert best_figures(without).average_finish == 2.0


def test_that_positions_gained_need_grid_and_finish(season: Season) -> None:
    row = season.results["Bob Bold"][0]
    rows = [replace(row, grid=5, finish=2), replace(row, grid=None), replace(row, finish=None)]
    assert positions_gained(rows) == [3]


SEASON = made_up_season()
RACES = [results_of_both(SEASON, "Bob Bold", "Anna Ace", key) for key in SEASON.races]


def test_that_the_smaller_figure_wins_and_equal_ones_count_for_neither() -> None:
    assert won_and_lost(RACES, lambda row: row.finish) == (0, 4)
    assert won_and_lost([(other, own) for own, other in RACES], lambda row: row.finish) == (4, 0)
    assert won_and_lost([(own, own) for own, _ in RACES], lambda row: row.finish) == (0, 0)


def test_that_a_race_without_one_of_them_counts_for_neither() -> None:
    own = RACES[0][0]
    assert own is not None
    lone = [(own, None), (None, own), (None, None), (replace(own, finish=None), own)]
    assert won_and_lost(lone, lambda row: row.finish) == (0, 0)
    assert races_met([*RACES, (own, None), (own, replace(own, status=NOT_STARTED))]) == 4


def test_that_the_best_sectors_of_a_race_are_those_of_the_field() -> None:
    for key, rows in SEASON.classifications.items():
        for place, best_s in enumerate(SEASON.best_sectors[key]):
            known = [value for _, row in rows if (value := best_sectors_of(row)[place]) is not None]
            assert best_s == (min(known) if known else None)


def test_that_an_ideal_lap_needs_all_three_sectors() -> None:
    row = RACES[0][0]
    assert row is not None
    bests = replace(row.sector_bests, s1_s=30.0, s2_s=40.5, s3_s=29.25)
    assert ideal_lap_s(replace(row, sector_bests=bests)) == 99.75
    assert ideal_lap_s(replace(row, sector_bests=replace(bests, s2_s=None))) is None
