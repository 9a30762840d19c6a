from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.domain.lap_rules import Exclusion, LapStatus
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.lap_row import ChipTexts, chip_texts
from htt_desktop.ui.tabs.improve.page import LapStrip
from htt_desktop.ui.theme import DARK, LIGHT, Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import lap_line, lap_tip
from htt_desktop.workers.telemetry_requests import LapChoice
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


def long_race(laps: int) -> tuple[LapStatus, ...]:
    """Return laps as in a race: one slow by 131 s, one by 75 s, the rest within 1.5 s."""
    first = statuses("7")[1]
    times_s = [100.0 + 0.047 * (number * 7 % 29) for number in range(laps)]
    times_s[0], times_s[5] = 231.0, 175.4
    return tuple(
        replace(first, lap=replace(first.lap, lap_number=number, lap_time_s=time_s))
        for number, time_s in enumerate(times_s, start=1)
    )


@pytest.mark.parametrize("width_px", [815, 1024, 1200, 1900])
@pytest.mark.parametrize("laps", [11, 26, 28])
def test_that_every_chip_shows_a_whole_time_at_any_width(
    strip: LapStrip, width_px: int, laps: int
) -> None:
    row = strip.rows[Side.REFERENCE]
    row.resize(width_px, 36)
    many = long_race(laps)
    row.show_laps("━ 7", many, 3)
    texts, metrics = row.chip_texts(), row.fontMetrics()
    best_s = min(lap.lap.lap_time_s for lap in many)
    assert row.chip_rect(laps - 1).right() <= row.width()
    for place, text in enumerate(texts.lines):
        room = row.chip_rect(place).adjusted(1, 1, -1, -1)
        assert metrics.horizontalAdvance(text) <= room.width()
        assert metrics.horizontalAdvance(str(place + 1)) <= room.width()
        # What is written is the time, rounded: not a shortened text.
        shown_s = seconds(text) + (best_s if texts.are_gaps else 0.0)
        half = 30.0 if text.endswith("m") else 0.5 if "." not in text else 0.05
        assert shown_s == pytest.approx(many[place].lap.lap_time_s, abs=half + 1e-6)
    if laps == 11 or width_px == 815:
        assert texts.are_gaps == (laps > 11)


def seconds(text: str) -> float:
    """Return what a text of a chip says, in seconds."""
    if text.endswith("m"):
        return 60.0 * float(text.rstrip("m").lstrip("+"))
    minutes, _, rest = text.rpartition(":")
    return 60.0 * float(minutes or 0) + float(rest)


def test_that_times_are_rounded_not_cut_off(strip: LapStrip) -> None:
    metrics = strip.rows[Side.REFERENCE].fontMetrics()
    first = statuses("7")[1]
    lap = replace(first, lap=replace(first.lap, lap_time_s=100.367))
    forms = ("1:40.367", "1:40.37", "1:40.4")
    for text in forms:
        room = metrics.horizontalAdvance(text)
        assert chip_texts([lap], room, metrics) == ChipTexts((text,), are_gaps=False)


def test_that_gaps_count_from_the_fastest_clean_lap(strip: LapStrip) -> None:
    metrics = strip.rows[Side.REFERENCE].fontMetrics()
    clean = long_race(9)[1:5]
    cut = replace(clean[0], exclusions=(Exclusion.CHEQUERED,))
    quick = replace(cut, lap=replace(cut.lap, lap_time_s=99.0))
    room = metrics.horizontalAdvance("−0.0") + 4
    best_s = min(lap.lap.lap_time_s for lap in clean)
    expected = [f"{lap.lap.lap_time_s - best_s:.1f}" for lap in clean]
    found = chip_texts([*clean, quick], room, metrics)
    assert [text.lstrip("+") for text in found.lines[:-1]] == expected
    assert found.lines[-1] == formats.number(99.0 - best_s, 1)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_clean_yellow_and_unrecorded_laps_look_different(
    strip: LapStrip, theme: Theme
) -> None:
    row = strip.rows[Side.REFERENCE]
    strip.set_theme(theme)
    laps = list(statuses("7"))
    laps[4] = replace(laps[4], cover=None, exclusions=(Exclusion.NO_TELEMETRY,))
    row.show_laps("━ 7", laps, 3)
    picture = row.grab().toImage()

    def grounds(place: int) -> set[str]:
        """Return the colours of the ground in a strip below the text."""
        chip = row.chip_rect(place).adjusted(6, 0, -6, -4)
        return {
            picture.pixelColor(x, y).name().upper()
            for x in range(chip.left(), chip.right())
            for y in (chip.bottom() - 1, chip.bottom())
        }

    assert grounds(1) == {theme.raised}
    bare = grounds(4)
    assert len(bare) == 1
    assert bare.isdisjoint({theme.raised, theme.yellow_phase})
    assert theme.yellow_phase in grounds(YELLOW_LAP - 1)
    assert theme.yellow_phase not in grounds(0)
    for hatched in (0, YELLOW_LAP - 1):
        assert len(grounds(hatched)) > 2


@pytest.mark.parametrize("marked", [CLEAN_LAP, 3], ids=["another", "the chosen lap"])
def test_that_the_focus_of_the_strip_is_seen(qtbot: QtBot, strip: LapStrip, marked: int) -> None:
    row = strip.rows[Side.REFERENCE]
    qtbot.addWidget(strip)
    strip.activateWindow()
    row.setFocus()
    qtbot.waitUntil(row.hasFocus)
    for _ in range(3):
        qtbot.keyClick(row, Qt.Key.Key_Right if marked != 3 else Qt.Key.Key_End)
    focused = row.grab().toImage()
    row.clearFocus()
    plain = row.grab().toImage()
    chip = row.chip_rect(marked - 1)
    changed = sum(
        focused.pixelColor(x, y) != plain.pixelColor(x, y)
        for x in range(chip.left(), chip.right())
        for y in range(chip.top(), chip.bottom())
    )
    assert changed > 40


def test_that_lists_of_laps_say_time_flag_and_reason() -> None:
    line = lap_line(statuses("7")[YELLOW_LAP - 1])
    assert line.startswith(f"L{YELLOW_LAP}  1:")
    assert "FCY · full-course yellow, over 107 % of own best" in line
    assert lap_tip(statuses("7")[CLEAN_LAP - 1]).endswith(": clean")
