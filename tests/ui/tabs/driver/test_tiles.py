from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.race_records import CupStanding, EntrySpan
from htt_desktop.ui.tabs.driver.driver_facts import (
    entries_text,
    facts_line,
    missing_lines,
)
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.tiles import MEASURES, FieldFigures, StatTiles
from htt_desktop.ui.theme import DARK
from tests.made_up_season import made_up_season
from tests.ui.tabs.driver.conftest import Stage

TITLES = [measure.title for measure in MEASURES]


def shown(driver: str) -> dict[str, tuple[str, str]]:
    figures = FieldFigures(made_up_season()).figures(driver)
    return {title: (one.text, one.place) for title, one in zip(TITLES, figures, strict=True)}


def test_that_there_are_eight_tiles_with_value_and_field_rank() -> None:
    assert shown("Bob Bold") == {
        "points": ("72", "2nd of 5"),
        "wins": ("0", "=2nd of 6"),
        "podiums": ("4", "=1st of 6"),
        "poles": ("0", "=2nd of 6"),
        "mean finish": ("2.0", "2nd of 6, 4 races"),
        "mean qualifying": ("2.0", "2nd of 5, 4 races"),
        "places gained": ("0.0", "=1st of 5, 4 races"),
        "fastest laps": ("0", "=2nd of 6"),
    }


def test_that_a_guest_has_no_points_rather_than_none_scored() -> None:
    assert shown("Gus Guest")["points"] == ("–", "not in the standings")
    assert shown("Ed Early")["points"][0] == "10"


def test_that_a_mean_that_does_not_exist_has_no_place() -> None:
    assert shown("Ed Early")["mean qualifying"] == ("–", "no figure")


def test_that_a_mean_over_few_races_carries_their_number() -> None:
    assert shown("Ed Early")["mean finish"] == ("5.0", "5th of 6, 1 race")


def test_that_equal_points_keep_the_official_order() -> None:
    season = made_up_season()
    same = replace(season.stats["Cy Calm"], points=season.stats["Bob Bold"].points)
    field = FieldFigures(replace(season, stats={**season.stats, "Cy Calm": same}))
    assert field.figures("Bob Bold")[0].place == "2nd of 5"
    assert field.figures("Cy Calm")[0].place == "3rd of 5"


def test_that_both_drivers_stand_in_every_tile_and_the_tool_tip_names_the_best(
    qtbot: QtBot,
) -> None:
    tiles = StatTiles(DARK)
    qtbot.addWidget(tiles)
    tiles.resize(1280, 68)
    tiles.show_pair(Pair(made_up_season(), "Bob Bold", "Anna Ace"))
    assert [one.text for one in tiles.figures[0]][:2] == ["72", "0"]
    assert [one.text for one in tiles.figures[1]][:2] == ["100", "4"]
    tip = tiles.tip_at(tiles.tile_rect(1).center().x())
    assert "Bob Bold: 0, =2nd of 6, from 4 races. Best of the field: 4, Anna Ace." in tip
    assert "Anna Ace: 4, 1st of 6" in tip
    assert "points: 72, 2nd of 5 against 100, 1st of 5" in tiles.accessibleDescription()


def test_that_the_header_tells_team_class_championship_and_cups() -> None:
    season = made_up_season()
    assert facts_line(season, "Anna Ace") == "Ace Racing · Am · champion · 4 races"
    assert facts_line(season, "Gus Guest").endswith("Am · outside the standings · 4 races")
    cup = CupStanding(cup="Legends Cup", position=2, points=61)
    with_cup = replace(season.stats["Bob Bold"], cups=(cup,))
    season = replace(season, stats={**season.stats, "Bob Bold": with_cup})
    assert "Am · 2nd · Legends Cup 2nd, 61 points · 4 races" in facts_line(season, "Bob Bold")


def test_that_a_season_without_standings_says_so() -> None:
    season = made_up_season()
    stats = {name: replace(one, championship_position=None) for name, one in season.stats.items()}
    season = replace(season, stats=stats)
    assert "no official standings of this season" in facts_line(season, "Gus Guest")
    assert "a guest outside the standings" not in missing_lines(season, "Gus Guest")
    field = FieldFigures(season)
    assert field.figures("Bob Bold")[0].place == "2nd of 6"
    assert (field.figures("Gus Guest")[0].text, field.figures("Gus Guest")[0].place) == (
        "0",
        "6th of 6",
    )


def test_that_two_figures_never_run_into_one_another(qtbot: QtBot) -> None:
    season = made_up_season()
    wide = replace(season.stats["Anna Ace"], avg_finish=27.7, avg_positions_gained=-12.5)
    season = replace(season, stats={**season.stats, "Anna Ace": wide})
    tiles = StatTiles(DARK)
    qtbot.addWidget(tiles)
    for width in (960, 1100, 1280, 1600):
        tiles.resize(width, 68)
        tiles.show_pair(Pair(season, "Anna Ace", "Bob Bold"))
        for place in range(len(TITLES)):
            room, text = tiles.figure_room(place), tiles.figures[0][place].text
            needed = QFontMetrics(tiles.figure_font(room)).horizontalAdvance(text)
            assert needed < room, (width, TITLES[place])


def test_that_several_entries_are_told_with_their_races() -> None:
    season = made_up_season()
    spans = (
        EntrySpan(driver_number="12", team="Bold Motorsports", races=3),
        EntrySpan(driver_number="21", team="Ace Racing", races=1),
    )
    both = replace(season.stats["Bob Bold"], entries=spans)
    season = replace(season, stats={**season.stats, "Bob Bold": both})
    assert entries_text(season, "Bob Bold") == (
        "#12 Bold Motorsports (3 races), #21 Ace Racing (1 race)"
    )
    assert entries_text(season, "Anna Ace") == "Ace Racing"


def test_that_what_the_sheets_do_not_say_is_said_in_words() -> None:
    season = made_up_season()
    assert missing_lines(season, "Ed Early") == (
        "1 start of 4 races only",
        "did not start Sonoma R2",
        "no qualifying time in any race",
        "no score for tyre management, so no overall score",
    )
    assert missing_lines(season, "Gus Guest")[0] == "a guest outside the standings"
    assert missing_lines(season, "Anna Ace") == ("no qualifying sheet of Barber R1 and Barber R2",)


def test_that_plates_and_lists_show_both_drivers(stage: Stage) -> None:
    stage.state.choose_driver("Cy Calm")
    stage.state.choose_rival("Di Dash")
    header = stage.page.header
    assert (header.driver.plate.number, header.rival.plate.number) == ("3", "03")
    assert header.driver.drivers.currentText() == "3  Cy Calm"
    assert header.rival.drivers.currentText() == "03  Di Dash"
    stage.state.choose_rival(None)
    assert header.rival.drivers.currentText() == "nobody"
    assert header.rival.plate.number == ""
    assert not header.swap.isEnabled()


@pytest.mark.parametrize("typed, found", [("calm", "Cy Calm"), ("ann", "Anna Ace")])
def test_that_typing_a_part_of_the_name_chooses_in_the_list(
    stage: Stage, typed: str, found: str
) -> None:
    stage.state.choose_driver("Di Dash")
    drivers = stage.page.header.driver.drivers
    drivers.setFocus(Qt.FocusReason.TabFocusReason)
    # N is a command wherever no letters are wanted.
    stage.qtbot.keyClicks(drivers, typed)
    assert stage.state.selection.driver == found
    assert drivers.currentText().endswith(found)


def test_that_typing_a_number_chooses_in_the_list(stage: Stage) -> None:
    rivals = stage.page.header.rival.drivers
    rivals.setFocus(Qt.FocusReason.TabFocusReason)
    stage.qtbot.keyClicks(rivals, "47")
    assert stage.state.selection.rival == "Ed Early"
