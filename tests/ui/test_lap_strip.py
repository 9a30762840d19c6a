from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.ui.lap_texts import lap_line, lap_tip
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.lap_row import chip_text
from htt_desktop.ui.tabs.improve.lap_strip import LapStrip
from htt_desktop.ui.theme import DARK
from htt_desktop.workers.jobs import LapChoice
from tests.made_up_race import KEY, OTHER_KEY, YELLOW_LAP, inventory, statuses

SELECTION = Selection(KEY, LapChoice("7", 3), LapChoice("47", 2))
CLEAN_LAP = 6


@pytest.fixture
def strip(qtbot: QtBot) -> LapStrip:
    strip = LapStrip(DARK)
    qtbot.addWidget(strip)
    strip.resize(700, 80)
    strip.show_selection(SELECTION, inventory())
    strip.show()
    return strip


def click(
    qtbot: QtBot,
    strip: LapStrip,
    side: Side,
    lap_number: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> list[object]:
    heard: list[object] = []
    strip.lap_chosen.connect(lambda side, choice: heard.append((side, choice)))
    strip.refused.connect(heard.append)
    row = strip.rows[side]
    place = row.chip_rect(lap_number - 1).center()
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, modifier, place)
    return heard


def test_that_a_click_chooses_a_clean_lap(qtbot: QtBot, strip: LapStrip) -> None:
    heard = click(qtbot, strip, Side.COMPARED, CLEAN_LAP)
    assert heard == [(Side.COMPARED, LapChoice("47", CLEAN_LAP))]


def test_that_an_excluded_lap_needs_shift_and_a_plain_click_says_why(
    qtbot: QtBot, strip: LapStrip
) -> None:
    (why,) = click(qtbot, strip, Side.REFERENCE, YELLOW_LAP)
    assert "full-course yellow" in str(why)
    forced = click(qtbot, strip, Side.REFERENCE, YELLOW_LAP, Qt.KeyboardModifier.ShiftModifier)
    assert forced == [(Side.REFERENCE, LapChoice("7", YELLOW_LAP))]


def test_that_a_lap_on_a_dead_clock_cannot_be_forced(qtbot: QtBot, strip: LapStrip) -> None:
    strip.show_selection(Selection(KEY, LapChoice("80"), LapChoice("47")), inventory())
    (why,) = click(qtbot, strip, Side.REFERENCE, 2, Qt.KeyboardModifier.ShiftModifier)
    assert "nothing to show" in str(why)


def test_that_the_keyboard_walks_along_the_chips_and_chooses(qtbot: QtBot, strip: LapStrip) -> None:
    heard: list[LapChoice] = []
    strip.lap_chosen.connect(lambda _side, choice: heard.append(choice))
    row = strip.rows[Side.REFERENCE]
    row.setFocus()
    for _ in range(3):
        qtbot.keyClick(row, Qt.Key.Key_Right)
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert heard == [LapChoice("7", CLEAN_LAP)]


def test_that_laps_of_another_race_are_not_shown(qtbot: QtBot, strip: LapStrip) -> None:
    strip.show_selection(SELECTION, inventory(OTHER_KEY))
    assert click(qtbot, strip, Side.REFERENCE, CLEAN_LAP) == []


def test_that_chips_of_a_long_race_stay_inside_and_keep_their_number(
    qtbot: QtBot, strip: LapStrip
) -> None:
    row = strip.rows[Side.REFERENCE]
    many = statuses("7") * 6
    row.show_laps("7", many, 3)
    assert row.chip_rect(len(many) - 1).right() <= row.width()
    metrics = row.fontMetrics()
    room = row.chip_rect(0).width() - 6
    for status in many:
        text = chip_text(status, room, metrics)
        assert text.split("\n")[0] == str(status.lap.lap_number)
        assert metrics.horizontalAdvance(text.split("\n")[0]) <= room


def test_that_a_chip_shows_as_much_of_the_time_as_fits(strip: LapStrip) -> None:
    metrics = strip.rows[Side.REFERENCE].fontMetrics()
    lap = statuses("7")[2]
    full = chip_text(lap, 500, metrics)
    narrow = metrics.horizontalAdvance(full.split("\n")[1]) - 1
    assert full.startswith("3\n1:")
    assert len(chip_text(lap, narrow, metrics)) == len(full) - 1
    assert chip_text(lap, 1, metrics) == "3"


def test_that_lists_of_laps_say_time_flag_and_reason() -> None:
    line = lap_line(statuses("7")[YELLOW_LAP - 1])
    assert line.startswith(f"L{YELLOW_LAP}  1:")
    assert "FCY · full-course yellow, over 107 % of own best" in line
    assert lap_tip(statuses("7")[CLEAN_LAP - 1]).endswith(": clean")
