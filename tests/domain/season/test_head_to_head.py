"""Two drivers race by race, and their best sectors, worked by hand."""

from __future__ import annotations

from dataclasses import replace

from htt_desktop.domain.season.head_to_head import races_met, results_of_both, won_and_lost
from htt_desktop.domain.season.race_records import NOT_STARTED
from htt_desktop.domain.season.season import best_sectors_of, ideal_lap_s
from tests.made_up_season import made_up_season

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
