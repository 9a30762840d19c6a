"""The track table against the laps: directions and bearings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.pipeline.track_survey import FEWEST_PASSAGES, demand_directions
from htt_desktop.pipeline.track_table import CALENDAR, LINE_BEARING_DEG
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import load_tracks
from tests.domain.synthetic_laps import corner, track

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


def test_that_every_track_says_which_way_its_line_is_crossed(data_dir: Path) -> None:
    tracks = load_tracks(data_dir)
    assert tuple(tracks) == CALENDAR
    assert {name: each.line_bearing_deg for name, each in tracks.items()} == LINE_BEARING_DEG


def test_that_turn_8_at_barber_bends_right(data_dir: Path) -> None:
    (eighth,) = (one for one in load_tracks(data_dir)["barber"].corners if one.number == "8")
    assert eighth.direction == "R"
