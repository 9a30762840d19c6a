"""The track table against the laps: directions and bearings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.pipeline.track_survey import FEWEST_PASSAGES, demand_directions, measured_apexes
from htt_desktop.pipeline.track_table import CALENDAR, LINE_BEARING_DEG
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import load_tracks
from tests.domain.synthetic_laps import Driving, corner, make_lap, track

TRACK = track(1000.0, [corner("8", 100.0, 150.0, 200.0)])


def test_that_a_direction_that_most_laps_contradict_is_refused() -> None:
    bends = [False] * (FEWEST_PASSAGES - 2) + [True] * 2
    with pytest.raises(SourceError, match="turn 8: the table says L, but 4 of 6 laps bend"):
        demand_directions(TRACK, {"8": bends})


@pytest.mark.parametrize(
    "bends",
    [[False] * (FEWEST_PASSAGES - 1), [True, False] * 3, [True] * 9, []],
    ids=["few", "half", "all", "none"],
)
def test_that_few_laps_and_agreeing_laps_refuse_nothing(bends: list[bool]) -> None:
    demand_directions(replace(TRACK), {"8": bends})


DOUBLED = track(1000.0, [corner("1", 400.0, 430.0, 460.0), corner("2", 460.0, 490.0, 520.0)])
"""Two corners of one arc with one radius: the centres lie in the middles."""


def test_that_apexes_of_a_shared_arc_are_measured_one_by_one_however_far_off() -> None:
    laps = [make_lap(DOUBLED, Driving({}))] * FEWEST_PASSAGES
    first, second = DOUBLED.corners
    wrong = replace(DOUBLED, corners=(replace(first, apex_m=402.0), replace(second, apex_m=518.0)))
    measured = measured_apexes(wrong, laps)
    assert [each.apex_m for each in measured] == pytest.approx([430.0, 490.0], abs=3.0)
    assert [(each.apex_spread_m, each.apex_laps) for each in measured] == [(0.0, 6)] * 2
    assert [(each.start_m, each.end_m) for each in measured] == [(400.0, 460.0), (460.0, 520.0)]


def test_that_five_laps_move_no_apex() -> None:
    laps = [make_lap(DOUBLED, Driving({}))] * (FEWEST_PASSAGES - 1)
    assert measured_apexes(DOUBLED, laps) == DOUBLED.corners


def test_that_every_track_says_which_way_its_line_is_crossed(data_dir: Path) -> None:
    tracks = load_tracks(data_dir)
    assert tuple(tracks) == CALENDAR
    assert {name: each.line_bearing_deg for name, each in tracks.items()} == LINE_BEARING_DEG


def test_that_turn_8_at_barber_bends_right(data_dir: Path) -> None:
    (eighth,) = (one for one in load_tracks(data_dir)["barber"].corners if one.number == "8")
    assert eighth.direction == "R"
