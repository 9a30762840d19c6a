"""Wherever a result is shown, what speaks about it is shown with it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.season_charts.grid_finish import grid_finish_scene
from htt_desktop.ui.season_charts.points import points_scene
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, ColumnId
from htt_desktop.ui.tabs.dashboard.standings import standings_csv
from htt_desktop.ui.tabs.dashboard.standings_view import StandingsRows
from htt_desktop.ui.tabs.driver.compare import compare_rows, csv_headings, csv_rows
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.wording.result_texts import (
    note_mark,
    race_notes,
    result_notes,
    season_notes,
    tip_of,
)

ROAD_AMERICA = RaceKey(2025, "roadamerica", 2)
SONOMA = RaceKey(2025, "sonoma", 1)
PUT_BACK = "put back to P26 by the stewards, P2 on the road, no time penalty published"
NO_POINTS = "#78 Ethan Ayars finished P6 for 8 points but has 0 in "


@pytest.fixture(scope="module")
def season() -> Season:
    return read_season(Path(__file__).resolve().parents[3] / "data" / "season" / "2025")


def test_that_the_decision_comes_before_the_notes_of_the_sheets(season: Season) -> None:
    first, *others = result_notes(season, "Ethan Goulart", ROAD_AMERICA)
    assert first == f"Stewards: {PUT_BACK}"
    assert others
    assert all(note.startswith("#72 Ethan Goulart") for note in others)
    assert note_mark(season, "Ethan Goulart", ROAD_AMERICA) == "put back"
    assert note_mark(season, "Ethan Ayars", SONOMA) == "note"
    assert note_mark(season, "Westin Workman", SONOMA) == ""


@pytest.mark.parametrize(
    "driver, key, words",
    [("Ethan Goulart", ROAD_AMERICA, PUT_BACK), ("Ethan Ayars", SONOMA, NO_POINTS)],
)
def test_that_every_screen_and_export_of_a_result_tells_its_notes(
    season: Season, driver: str, key: RaceKey, words: str
) -> None:
    place = list(season.races).index(key)

    def one_line(text: str) -> str:
        return " ".join(text.split())

    assert any(words in note for note in race_notes(season, key))
    (row,) = [row for row in StandingsRows(season).rows() if row.payload == driver]
    for column in (ColumnId.POINTS, ColumnId.AVERAGE):
        assert words in one_line(row.cells[PLACE_OF[column]].tip)
    (line,) = csv.DictReader(io.StringIO(standings_csv(season, [driver])))
    assert words in line["notes"]
    assert line["notes"] == " | ".join(season_notes(season, driver))
    (series,) = [
        one for one in points_scene(season, [], driver, None).series if one.driver == driver
    ]
    assert words in one_line(series.tooltip_of(place))
    (series,) = grid_finish_scene(season, driver, None).series
    assert words in one_line(series.tooltip_of(list(series.races).index(key)))

    pair = Pair(season, driver, "Westin Workman")
    (compared,) = [row for row in compare_rows(pair) if row.payload == key]
    finish, rivals = compared.cells[1], compared.cells[2]
    assert finish.text.endswith("*")
    assert not rivals.text.endswith("*")
    assert words in one_line(finish.tip)
    exported = [
        dict(zip(csv_headings(), line, strict=True))
        for line in csv_rows(pair)
        if (line[0], line[1]) == (key.track_id, key.race)
    ]
    assert words in str(exported[0]["notes_own"])
    assert exported[0]["notes_rival"] == ""


def test_that_long_notes_do_not_make_a_tooltip_wider_than_a_screen(season: Season) -> None:
    for driver in season.drivers:
        assert all(len(line) <= 120 for line in tip_of(season_notes(season, driver)).splitlines())
