from __future__ import annotations

import csv
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.driver.pair import pair_of
from htt_desktop.ui.theme import LIGHT
from tests.made_up_season import made_up_laps, made_up_season
from tests.ui.tabs.driver.conftest import COMPACT, ROOMY, Stage, cells

BARBER_1 = RaceKey(2025, "barber", 1)


def shown_drivers(stage: Stage) -> tuple[str, str | None]:
    pair = stage.page.pair
    assert pair is not None
    return pair.driver, pair.rival


def test_that_without_a_season_the_page_says_that_it_is_being_read(empty: Stage) -> None:
    assert empty.tab.note.isVisible()
    assert empty.tab.note.text() == "The season is being read …"
    assert empty.page.pair is None
    assert empty.tab.palette_entries() == ()


def test_that_a_season_that_cannot_be_read_is_told_with_a_way_out(empty: Stage) -> None:
    wanted: list[str] = []
    empty.tab.tab_wanted.connect(wanted.append)
    empty.seasons.failed.emit("driver_factors.json is cut off; build it again.")
    assert empty.tab.note.text() == "driver_factors.json is cut off; build it again."
    button = empty.tab._way_out
    assert button.isVisible()
    button.click()
    assert wanted == ["Dashboard"]


def test_that_the_champion_is_shown_but_not_chosen(stage: Stage) -> None:
    assert shown_drivers(stage) == ("Anna Ace", None)
    assert stage.state.selection.driver is None
    assert stage.facts[-1].shown == "13  Anna Ace · Barber R2"
    assert stage.facts[-1].origin == "season 2025 · 4 races · official timing"
    assert stage.facts[-1].has_laps


def test_that_the_page_follows_the_selection(stage: Stage) -> None:
    stage.state.choose_driver("Di Dash")
    stage.state.choose_rival("Cy Calm")
    assert shown_drivers(stage) == ("Di Dash", "Cy Calm")
    assert cells(stage.results, 0)["no."] == "03"
    assert stage.facts[-1].shown.startswith("03  Di Dash against 3  Cy Calm")


def test_that_nothing_is_filled_again_for_a_change_that_does_not_concern_it(stage: Stage) -> None:
    before = len(stage.facts)
    stage.state.choose_race(BARBER_1)
    assert len(stage.facts) == before


def test_that_a_hidden_tab_waits_until_it_is_seen(stage: Stage) -> None:
    stage.tab.hide()
    stage.state.choose_driver("Bob Bold")
    assert shown_drivers(stage)[0] == "Anna Ace"
    stage.tab.show()
    assert shown_drivers(stage)[0] == "Bob Bold"


def test_that_a_driver_of_another_season_is_named_and_comes_back(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    stage.seasons.show(_without(made_up_season(2024), "Bob Bold"))
    assert shown_drivers(stage)[0] == "Anna Ace"
    assert "Bob Bold is not in the season 2024" in stage.facts[-1].shown
    stage.seasons.show(made_up_season())
    assert shown_drivers(stage)[0] == "Bob Bold"


def _without(season: Season, driver: str) -> Season:
    drivers = {name: row for name, row in season.drivers.items() if name != driver}
    return replace(season, drivers=drivers)


def test_that_nobody_stands_beside_himself() -> None:
    season = made_up_season()
    pair = pair_of(season, Selection(driver="Unknown", rival="Anna Ace"))
    assert pair is not None
    assert pair.names == ("Anna Ace",)


def test_that_n_and_p_walk_through_the_standings(stage: Stage) -> None:
    stage.press(Qt.Key.Key_N)
    assert shown_drivers(stage)[0] == stage.state.selection.driver == "Bob Bold"
    stage.press(Qt.Key.Key_N, Qt.Key.Key_P, Qt.Key.Key_P)
    assert shown_drivers(stage)[0] == "Anna Ace"
    stage.press(Qt.Key.Key_P)
    assert shown_drivers(stage)[0] == "Anna Ace"
    assert stage.said[-1] == "Anna Ace is the first of the list."


def test_that_shift_n_and_shift_p_walk_the_rival_past_the_driver(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    shift = Qt.KeyboardModifier.ShiftModifier
    stage.qtbot.keyClick(stage.focused(), Qt.Key.Key_N, shift)
    assert shown_drivers(stage) == ("Bob Bold", "Cy Calm")
    stage.qtbot.keyClick(stage.focused(), Qt.Key.Key_P, shift)
    assert shown_drivers(stage) == ("Bob Bold", "Anna Ace")


def test_that_s_swaps_and_says_when_there_is_nobody(stage: Stage) -> None:
    stage.press(Qt.Key.Key_S)
    assert "no rival to swap with" in stage.said[-1]
    stage.state.choose_rival("Cy Calm")
    stage.press(Qt.Key.Key_S)
    assert shown_drivers(stage) == ("Cy Calm", "Anna Ace")
    stage.page.header.swap.click()
    assert shown_drivers(stage) == ("Anna Ace", "Cy Calm")


def test_that_choosing_the_driver_as_rival_swaps_and_never_pairs_him_with_himself(
    stage: Stage,
) -> None:
    stage.page.rival_chosen.emit("Anna Ace")
    assert shown_drivers(stage) == ("Anna Ace", None)
    stage.state.choose_rival("Cy Calm")
    stage.page.rival_chosen.emit("Anna Ace")
    assert shown_drivers(stage) == ("Cy Calm", "Anna Ace")


def test_that_a_dot_of_the_field_becomes_the_rival(stage: Stage) -> None:
    stage.sections.factors.strips["speed"].driver_chosen.emit("Di Dash")
    assert shown_drivers(stage) == ("Anna Ace", "Di Dash")
    stage.sections.factors.strips["speed"].driver_chosen.emit("Anna Ace")
    assert shown_drivers(stage) == ("Anna Ace", "Di Dash")


def test_that_the_palette_finds_the_races_of_the_driver(stage: Stage) -> None:
    entries = stage.tab.palette_entries()
    assert [entry.text for entry in entries][:2] == [
        "Sonoma R1: laps of Anna Ace, P1",
        "Sonoma R2: laps of Anna Ace, P1",
    ]
    entries[2].run()
    assert stage.page.race == BARBER_1
    assert stage.sections.laps.isVisible()


def test_that_sections_share_the_room_or_take_turns(stage: Stage) -> None:
    assert stage.results.isVisible()
    assert stage.sections.factors.isVisible()
    assert stage.sections.grid_finish.isVisible()
    stage.window.resize(*COMPACT)
    QApplication.processEvents()
    assert stage.sections.is_compact
    titles = [stage.sections.drawer.tabText(at) for at in range(stage.sections.drawer.count())]
    assert titles == [
        "Results", "Factors", "Grid to finish", "Laps", "Pace", "Circuits", "Compare", "Similar",
    ]  # fmt: skip
    assert stage.results.isVisible()
    assert not stage.sections.factors.isVisible()
    stage.window.resize(*ROOMY)
    QApplication.processEvents()
    assert stage.sections.factors.isVisible()
    assert stage.sections.grid_finish.isVisible()


@pytest.mark.parametrize("size", [ROOMY, (1500, 840), (1600, 836), COMPACT, (1920, 1010)])
def test_that_nothing_needs_more_room_than_there_is(stage: Stage, size: tuple[int, int]) -> None:
    stage.state.choose_rival("Bob Bold")
    stage.window.resize(*size)
    QApplication.processEvents()
    assert stage.window.size().toTuple() == size
    for place in range(stage.sections.drawer.count()):
        stage.sections.drawer.setCurrentIndex(place)
        QApplication.processEvents()
        part = stage.sections.drawer.currentWidget()
        needed, room = part.minimumSizeHint(), part.size()
        assert needed.expandedTo(room) == room, stage.sections.drawer.tabText(place)
    area = stage.sections.factors.area
    inner = area.widget()
    assert inner is not None
    assert inner.height() <= area.viewport().height()
    assert inner.width() <= area.viewport().width()
    panel = stage.sections.factors
    stage.sections.bring_up(panel)
    QApplication.processEvents()
    for label in (*panel.sentences.values(), panel.model_note):
        assert label.height() >= label.heightForWidth(label.width())
    parts = [*panel.strips.values(), *panel.sentences.values(), panel.variables, panel.bars]
    for one, other in combinations(parts, 2):
        assert not one.geometry().intersects(other.geometry())
    assert min(strip.height() for strip in panel.strips.values()) >= 60


def test_that_hidden_sections_are_filled_when_they_come_into_sight(stage: Stage) -> None:
    stage.state.choose_rival("Bob Bold")
    table = stage.sections.compare.table
    assert table.rows.rowCount() == 0
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    assert table.rows.rowCount() == 4
    stage.sections.drawer.setCurrentWidget(stage.sections.similar)
    stage.state.choose_driver("Ed Early")
    assert table.rows.rowCount() == 4
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    assert stage.sections.compare.says.startswith("Ed Early against Bob Bold in 1 race")


def test_that_a_new_season_replaces_everything(stage: Stage) -> None:
    season = made_up_season()
    other = replace(season.stats["Anna Ace"], team="Other Racing")
    stage.seasons.show(replace(season, stats={**season.stats, "Anna Ace": other}))
    assert "Other Racing" in stage.page.header.driver.facts.text()


def test_that_both_themes_reach_every_part(stage: Stage) -> None:
    dark = stage.tab.grab().toImage()
    stage.tab.set_theme(LIGHT)
    light = stage.tab.grab().toImage()
    assert light != dark
    inside_a_tile = stage.page.tiles.tile_rect(7).bottomRight() - QPoint(4, 4)
    charts = (stage.sections.grid_finish, stage.sections.factors.bars)
    places = [
        stage.page.tiles.mapTo(stage.tab, inside_a_tile),
        *(chart.mapTo(stage.tab, QPoint(1, 1)) for chart in charts),
    ]
    assert [light.pixelColor(at).name().upper() for at in places] == [LIGHT.panel] * 3


def test_that_export_writes_picture_and_results(stage: Stage, tmp_path: Path) -> None:
    stage.tab._exporter.write(tmp_path / "anna.png")
    assert not QImage(str(tmp_path / "anna.png")).isNull()
    with (tmp_path / "anna.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert [row["finish"] for row in rows] == ["1"] * 4
    assert stage.said[-1].startswith("Written:")


def test_that_export_into_nowhere_is_told(stage: Stage, tmp_path: Path) -> None:
    stage.tab._exporter.write(tmp_path / "absent" / "anna.png")
    assert "could not be written" in stage.said[-1]


def test_that_export_asks_for_a_place_named_after_the_drivers(stage: Stage) -> None:
    stage.state.choose_rival("Bob Bold")
    assert stage.tab._exporter._suggestion() == "2025_Anna_Ace-Bob_Bold.png"


def test_that_every_command_of_the_tab_does_something_without_a_season(empty: Stage) -> None:
    for command, run in empty.tab.handlers().items():
        if command is not CommandId.EXPORT:
            run()
    assert empty.state.selection.driver is None


def test_that_the_keyboard_alone_reaches_every_part(stage: Stage) -> None:
    stage.state.choose_rival("Bob Bold")
    header = stage.page.header
    header.driver.drivers.setFocus(Qt.FocusReason.TabFocusReason)
    seen = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        if focus in seen:
            break
        seen.append(focus)
        stage.press(Qt.Key.Key_Tab)
    wanted = [
        header.driver.drivers,
        header.swap,
        header.rival.drivers,
        stage.results,
        stage.sections.drawer.tabBar(),
        stage.sections.grid_finish,
        *stage.sections.factors.strips.values(),
        stage.sections.factors.variables,
        stage.sections.factors.bars,
    ]
    assert [widget for widget in wanted if widget not in seen] == []


def test_that_laps_of_a_race_are_reached_by_keys_alone(stage: Stage) -> None:
    assert stage.results.hasFocus()
    stage.press(Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Tab)
    assert stage.sections.drawer.tabBar().hasFocus()
    stage.press(Qt.Key.Key_Right)
    assert stage.sections.laps.isVisible()
    assert stage.sections.laps.choice.races.currentData() == RaceKey(2025, "sonoma", 2)


def test_that_laps_that_come_late_reach_the_charts(empty: Stage) -> None:
    season = made_up_season()
    empty.seasons.show(season)
    empty.sections.drawer.setCurrentWidget(empty.sections.laps)
    assert "being read" in empty.sections.laps.times.scene.message
    empty.seasons.laps = made_up_laps()
    empty.seasons.laps_changed.emit()
    assert empty.sections.laps.times.scene.message == ""


def test_that_laps_that_cannot_be_read_are_told_in_place(empty: Stage) -> None:
    empty.seasons.show(made_up_season())
    empty.sections.drawer.setCurrentWidget(empty.sections.laps)
    empty.seasons.failed.emit("laps.json is cut off; build the season again.")
    assert empty.sections.laps.says == "laps.json is cut off; build the season again."
    empty.seasons.show(made_up_season(), made_up_laps())
    assert empty.sections.laps.says == ""


def test_that_a_failure_of_something_else_leaves_the_laps_alone(empty: Stage) -> None:
    empty.seasons.show(made_up_season())
    empty.seasons.failed.emit("tracks.json is cut off; build the season again.")
    empty.sections.drawer.setCurrentWidget(empty.sections.laps)
    assert empty.sections.laps.says == ""


def test_that_laps_are_asked_for_when_they_are_first_needed(stage: Stage) -> None:
    asked: list[bool] = []
    stage.page.laps_wanted.connect(lambda: asked.append(True))
    stage.seasons.show(made_up_season())
    assert asked == []
    stage.sections.drawer.setCurrentWidget(stage.sections.pace)
    assert asked == [True]
