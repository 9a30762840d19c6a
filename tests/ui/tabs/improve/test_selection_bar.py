from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.domain.lap_rules import Exclusion
from htt_desktop.domain.race import Entry, RaceKey
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.selection_bar import SelectionBar
from htt_desktop.ui.theme import DARK
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.workers.telemetry_requests import Catalogue, LapChoice
from tests.made_up_race import KEY, OTHER_KEY, TRACKS, YELLOW_LAP, inventory, statuses

FAR_KEY = RaceKey(2025, "far", 1)
SELECTION = Selection(KEY, LapChoice("7", 3), LapChoice("47", 2))
CATALOGUE = Catalogue((KEY, OTHER_KEY, FAR_KEY), inventory())


ROW_OF_03, ROW_OF_47 = 0, 2


@pytest.fixture
def bar(qtbot: QtBot) -> SelectionBar:
    bar = SelectionBar(TRACKS, DARK)
    qtbot.addWidget(bar)
    bar.show_selection(SELECTION, CATALOGUE)
    bar.show()
    return bar


def lines(combo: WideCombo) -> list[str]:
    return [combo.itemText(row) for row in range(combo.count())]


def can_be_chosen(combo: WideCombo, row: int) -> bool:
    return bool(combo.model().flags(combo.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled)


def test_that_the_bar_shows_what_is_selected(bar: SelectionBar) -> None:
    assert (bar.track.currentText(), bar.race.currentText()) == ("Ring", "R1 2025")
    assert bar.boxes[Side.REFERENCE].drivers.currentText() == "7  Ada Swift"
    assert bar.boxes[Side.COMPARED].laps.currentText().startswith("L2  1:")


def test_that_the_track_has_a_short_name_and_its_full_one_behind_it(bar: SelectionBar) -> None:
    long = replace(TRACKS["ring"], name="Ring International Raceway")
    named = SelectionBar({"ring": long}, DARK)
    named.setParent(bar)
    named.show_selection(SELECTION, CATALOGUE)
    assert named.track.currentText() == "Ring"
    assert named.track.toolTip() == "Ring International Raceway"


def test_that_a_track_unknown_to_the_table_is_offered_by_its_id(bar: SelectionBar) -> None:
    assert lines(bar.track) == ["Ring", "far"]


def test_that_drivers_without_usable_telemetry_are_listed_last_and_cannot_be_chosen(
    bar: SelectionBar,
) -> None:
    drivers = bar.boxes[Side.COMPARED].drivers
    assert lines(drivers)[-1] == "80  Dee Clock · refused"
    assert [can_be_chosen(drivers, row) for row in range(4)] == [True, True, True, False]


def test_that_drivers_are_listed_by_their_numbers_not_by_their_letters(bar: SelectionBar) -> None:
    known = inventory()
    more = ("113", "13", "3", "2")
    entries = {
        **{number: Entry(number, "") for number in more},
        **dict(sorted(known.entries.items(), reverse=True)),
    }
    laps = {**known.laps, "113": statuses("7"), "13": statuses("7")}
    bar.show_selection(
        SELECTION, replace(CATALOGUE, inventory=replace(known, entries=entries, laps=laps))
    )
    numbers = [line.split()[0] for line in lines(bar.boxes[Side.REFERENCE].drivers)]
    # Those with telemetry first; "3" and "03" are two drivers.
    assert numbers == ["03", "7", "13", "47", "113", "2", "3", "80"]


def test_that_a_refused_car_says_that_and_why(bar: SelectionBar) -> None:
    drivers = bar.boxes[Side.COMPARED].drivers
    assert lines(drivers)[-1] == "80  Dee Clock · refused"
    tip = drivers.itemData(drivers.count() - 1, Qt.ItemDataRole.ToolTipRole)
    assert tip == inventory().refused["80"]


def test_that_laps_without_telemetry_cannot_be_chosen_and_excluded_ones_can(
    bar: SelectionBar,
) -> None:
    laps = list(statuses("7"))
    laps[1] = replace(laps[1], cover=None, exclusions=(Exclusion.NO_TELEMETRY,))
    known = replace(inventory(), laps={**inventory().laps, "7": tuple(laps)})
    bar.show_selection(SELECTION, replace(CATALOGUE, inventory=known))
    combo = bar.boxes[Side.REFERENCE].laps
    assert not can_be_chosen(combo, 1)
    assert can_be_chosen(combo, YELLOW_LAP - 1)


def test_that_choosing_a_lap_and_a_driver_is_reported(qtbot: QtBot, bar: SelectionBar) -> None:
    box = bar.boxes[Side.COMPARED]
    with qtbot.waitSignal(bar.lap_chosen) as heard:
        box.laps.activated.emit(YELLOW_LAP - 1)
    assert heard.args == [Side.COMPARED, LapChoice("47", YELLOW_LAP)]
    with qtbot.waitSignal(bar.lap_chosen) as heard:
        box.drivers.activated.emit(ROW_OF_03)
    assert heard.args == [Side.COMPARED, LapChoice("03")]


def test_that_choosing_the_same_driver_again_keeps_his_lap(qtbot: QtBot, bar: SelectionBar) -> None:
    with qtbot.assertNotEmitted(bar.lap_chosen):
        bar.boxes[Side.COMPARED].drivers.activated.emit(ROW_OF_47)


def test_that_another_race_and_another_track_are_reported(qtbot: QtBot, bar: SelectionBar) -> None:
    with qtbot.waitSignal(bar.race_chosen) as heard:
        bar.race.activated.emit(1)
    assert heard.args == [OTHER_KEY]
    with qtbot.waitSignal(bar.race_chosen) as heard:
        bar.track.activated.emit(1)
    assert heard.args == [FAR_KEY]


def test_that_drivers_of_another_race_are_not_offered(bar: SelectionBar) -> None:
    bar.show_selection(Selection(OTHER_KEY), CATALOGUE)
    assert lines(bar.boxes[Side.REFERENCE].drivers) == []
    assert not bar.load.isEnabled()


def test_that_showing_a_selection_reports_nothing(qtbot: QtBot, bar: SelectionBar) -> None:
    with qtbot.assertNotEmitted(bar.lap_chosen), qtbot.assertNotEmitted(bar.race_chosen):
        bar.show_selection(SELECTION.swapped(), CATALOGUE)


def test_that_a_number_typed_into_the_open_list_is_that_car(qtbot: QtBot) -> None:
    combo = WideCombo(8, "driver")
    qtbot.addWidget(combo)
    names = ("7  Ada Swift", "47  Ben Calm", "72  Cleo Long", "7x  Dee")
    combo.show_items([(name, name, True, "") for name in names], names[1])
    combo.show()
    combo.showPopup()
    # The next line after the present one that begins with 7 is 72.
    qtbot.keyClicks(combo.view(), "7")
    assert combo.view().currentIndex().data() == "7  Ada Swift"
    qtbot.keyClicks(combo.view(), "2")
    assert combo.view().currentIndex().data() == "72  Cleo Long"
    combo.hidePopup()
