from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.telemetry_source import TelemetryOrigin
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.ui.tabs.improve.status_texts import origin_line, why_nothing
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY, OTHER_KEY, YELLOW_LAP, inventory, statuses
from tests.ui.desktop_stage import Stage, make_stage

PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 3))
NEXT_CLEAN_LAP = 6
PATIENCE_MS = 300
ROW_OF_7 = 1


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(qtbot, tmp_path)
    yield stage
    stage.close()


def shown(page: ImprovePage) -> tuple[str, int, str, int]:
    assert page.loaded is not None
    reference, compared = page.loaded.comparison.reference, page.loaded.comparison.compared
    return (
        reference.entry.number,
        reference.lap.lap_number,
        compared.entry.number,
        compared.lap.lap_number,
    )


def press(stage: Stage, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    window = stage.desktop.window
    window.activateWindow()
    stage.qtbot.waitActive(window)
    target = QApplication.focusWidget() or window
    stage.qtbot.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


# ------------------------------------------------------------------------- the four states


def test_that_laps_appear_in_plots_tables_strip_and_status_line(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    assert shown(page) == ("7", 3, "47", 3)
    assert not page.busy.isVisible()
    assert page.side.corners.model().rowCount() == 4
    assert page.side.readings.model.rowCount() > 5
    assert page.bar.badge.label.text().startswith("● made-up race · 21,896 rows")
    assert not page.bar.badge.refresh.isVisible()
    status = stage.desktop.window.status
    assert status.left.text().startswith("Ring R1 2025 · 47 L3 1:10.8")
    assert "21,896 rows" in status.right.text()


def test_that_loading_shows_rows_and_cancel_only_after_a_moment(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.gate.clear()
    stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    busy = stage.tab.page.busy
    assert not busy.isVisible()
    assert stage.tab._patience.interval() == PATIENCE_MS
    stage.qtbot.waitUntil(busy.isVisible)
    assert "1,000 rows so far" in busy.text.text()
    assert busy.button.text() == "Cancel"


def test_that_a_first_load_that_fails_says_why_and_can_be_retried(stage: Stage) -> None:
    stage.source.failure = SourceError("The pack is damaged; import it again.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.open(PAIR)
    page = stage.tab.page
    assert page._empty_text.text() == "The pack is damaged; import it again."
    stage.source.failure = None
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.mouseClick(page._empty_button, Qt.MouseButton.LeftButton)
    assert page.stack.isVisible()


def test_that_a_race_nobody_asked_for_gives_way_to_the_first_one_that_there_is(
    stage: Stage,
) -> None:
    stage.source.offered = (OTHER_KEY,)
    stage.source.missing = {KEY}
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.open(PAIR, is_suggestion=True)
    assert stage.desktop.state.selection.key == OTHER_KEY
    assert "No pack holds" in stage.said[0]


@pytest.mark.parametrize("laps", [PAIR, Selection(KEY)], ids=["two laps", "race only"])
def test_that_a_race_that_was_asked_for_stays_selected_until_the_user_chooses_another(
    stage: Stage, laps: Selection
) -> None:
    wanted = RaceKey(2024, "ring", 1)
    asked = laps.with_laps(wanted, laps.reference, laps.compared)
    stage.source.missing = {wanted}
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.open(asked)
    page = stage.tab.page
    bar = page.bar
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.qtbot.mouseClick(page._empty_button, Qt.MouseButton.LeftButton)
    assert stage.desktop.state.selection == asked
    assert stage.desktop.telemetry.current is None
    assert page.loaded is None
    assert (bar.race.currentText(), bar.race.currentData()) == ("R1 2024", wanted)
    said = page._empty_text.text()
    assert said.startswith("There is no telemetry of Ring R1 2024 here.")
    assert "Of Ring there is telemetry of R1 2025, R2 2025: choose above." in said
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        bar.race_chosen.emit(OTHER_KEY)
    assert stage.desktop.state.selection.key == OTHER_KEY
    assert page.stack.isVisible()


def test_that_a_driver_asked_for_alone_is_compared_with_the_fastest_other_one(
    stage: Stage,
) -> None:
    stage.open_loaded(Selection(KEY, compared=LapChoice("7")))
    assert (shown(stage.tab.page)[0], shown(stage.tab.page)[2]) == ("47", "7")


def test_that_an_unknown_driver_asked_for_alone_is_a_sentence(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.open(Selection(KEY, LapChoice("999")))
    assert stage.tab.page._empty_text.text().startswith("No driver 999 in this race")
    reference = stage.desktop.state.selection.reference
    assert reference == LapChoice("999")


def test_that_a_race_of_a_silent_server_stays_selected_with_reason_and_retry(
    stage: Stage,
) -> None:
    stage.source.offered = (OTHER_KEY,)
    stage.source.failure = SourceError("Snowflake cannot be reached.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.open(PAIR)
    page = stage.tab.page
    assert stage.desktop.state.selection == PAIR
    assert stage.desktop.telemetry.current is None
    assert page._empty_text.text() == "Snowflake cannot be reached."
    assert page._empty_button.text() == "Retry"
    assert (page.bar.track.currentData(), page.bar.race.currentData()) == (KEY.track_id, KEY)
    stage.source.failure = None
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.mouseClick(page._empty_button, Qt.MouseButton.LeftButton)
    assert shown(page) == ("7", 3, "47", 3)


def test_that_a_reload_that_fails_leaves_drivers_and_races_in_the_bar(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.desktop.telemetry.reopen()
    stage.source.failure = SourceError("Snowflake cannot be reached.")
    bar = stage.tab.page.bar
    drivers = bar.boxes[Side.REFERENCE].drivers.count()
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        bar.load.click()
    assert bar.boxes[Side.REFERENCE].drivers.count() == drivers > 0
    assert bar.track.count() > 0


def test_that_cancelling_the_first_load_leads_to_the_empty_page_and_on_from_there(
    stage: Stage,
) -> None:
    stage.source.gate.clear()
    stage.open(PAIR)
    button = stage.tab.page._empty_button
    stage.qtbot.waitUntil(button.isVisible)
    assert button.text() == "Cancel"
    stage.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.desktop.telemetry.current is None
    assert (button.isVisible(), button.text()) == (True, "Load")
    stage.source.gate.set()
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown(stage.tab.page) == ("7", 3, "47", 3)


def assert_that_all_say(stage: Stage, pair: Selection) -> None:
    """Fail unless picture, bar, strip, selection and status line name the same two laps."""
    page, state = stage.tab.page, stage.desktop.state.selection
    assert pair.key is not None
    assert pair.reference is not None
    assert pair.compared is not None
    assert page.loaded is not None
    assert (page.loaded.request.key, state.key) == (pair.key, pair.key)
    assert shown(page) == (
        pair.reference.number,
        pair.reference.lap_number,
        pair.compared.number,
        pair.compared.lap_number,
    )
    assert (state.reference, state.compared) == (pair.reference, pair.compared)
    assert page.bar.race.currentData() == pair.key
    for side, box in page.bar.boxes.items():
        choice = pair.of(side)
        assert choice is not None
        assert (box.drivers.currentData(), box.laps.currentData()) == (
            choice.number,
            choice.lap_number,
        )
        assert page.strip.rows[side].title.endswith(f" {choice.number}")
    assert page.bar.load.isEnabled()
    assert page.bar.load.property("role") == ""
    assert not page.busy.isVisible()
    first = f"{pair.key.titled('Ring')} · {pair.compared.number} L{pair.compared.lap_number} "
    assert stage.desktop.window.status._facts.shown.startswith(first)


def test_that_after_a_cancelled_load_everything_says_what_is_drawn(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.gate.clear()
    stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    stage.qtbot.waitUntil(stage.tab.page.busy.isVisible)
    press(stage, Qt.Key.Key_Escape)
    assert_that_all_say(stage, PAIR)
    assert stage.said[-1].startswith("Loading was cancelled")


def test_that_after_a_cancelled_list_of_another_race_everything_says_what_is_drawn(
    stage: Stage,
) -> None:
    stage.open_loaded(PAIR)
    stage.source.list_gate.clear()
    stage.tab.page.bar.race_chosen.emit(OTHER_KEY)
    stage.qtbot.waitUntil(stage.tab.page.busy.isVisible)
    press(stage, Qt.Key.Key_Escape)
    stage.source.list_gate.set()
    assert_that_all_say(stage, PAIR)


def test_that_after_a_cancelled_load_of_another_race_everything_says_what_is_drawn(
    stage: Stage,
) -> None:
    stage.open_loaded(PAIR)
    stage.source.gate.clear()
    with stage.qtbot.waitSignal(stage.desktop.telemetry.listed):
        stage.tab.page.bar.race_chosen.emit(OTHER_KEY)
    stage.qtbot.waitUntil(stage.tab.page.busy.isVisible)
    press(stage, Qt.Key.Key_Escape)
    assert_that_all_say(stage, PAIR)


def test_that_drivers_are_kept_by_the_names_of_the_race_that_is_drawn(stage: Stage) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7"), LapChoice("03")))
    stage.source.gate.clear()
    with stage.qtbot.waitSignal(stage.desktop.telemetry.listed):
        stage.desktop.state.choose_race(OTHER_KEY)
    # Another race was listed meanwhile, in which the numbers belong to other people.
    known = stage.tab._catalogue.inventory
    assert known is not None
    strangers = {number: replace(e, driver_name="Nobody") for number, e in known.entries.items()}
    stage.tab._catalogue = replace(
        stage.tab._catalogue, inventory=replace(known, entries=strangers)
    )
    stage.source.gate.set()
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_race(KEY)
    assert shown(stage.tab.page)[::2] == ("7", "03")


def test_that_a_failure_keeps_the_picture_dimmed_and_retry_loads(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.failure = SourceError("The pack is damaged; import it again.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    busy = stage.tab.page.busy
    assert (busy.isVisible(), busy.button.text()) == (True, "Retry")
    assert busy.text.text() == "The pack is damaged; import it again."
    assert shown(stage.tab.page) == ("7", 3, "47", 3)
    stage.source.failure = None
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.mouseClick(busy.button, Qt.MouseButton.LeftButton)
    assert shown(stage.tab.page)[2] == "03"
    assert not busy.isVisible()


def test_that_a_reload_that_fails_and_is_retried_undims_the_same_laps(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.failure = SourceError("The server is away.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        press(stage, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert stage.tab.page.busy.isVisible()
    stage.source.failure = None
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.mouseClick(stage.tab.page.busy.button, Qt.MouseButton.LeftButton)
    assert not stage.tab.page.busy.isVisible()
    assert len(stage.source.requests) == 3


def test_that_after_a_failure_the_laps_before_are_one_choice_away(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.failure = SourceError("The pack is damaged.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    stage.desktop.state.choose(PAIR)
    assert not stage.tab.page.busy.isVisible()
    assert stage.desktop.window.status.left.text().startswith("Ring R1 2025 · 47 L3")


def test_that_without_races_the_page_says_what_to_do_next(stage: Stage) -> None:
    stage.source.offered = ()
    with stage.qtbot.waitSignals(
        [stage.desktop.telemetry.cancelled, stage.desktop.telemetry.listed]
    ):
        stage.open(Selection())
    assert "htt telemetry import" in stage.tab.page._empty_text.text()
    assert stage.tab.page._empty_button.isVisible()
    label = stage.tab.page._empty_text
    assert label.height() >= label.heightForWidth(label.width())


def test_that_without_races_damaged_packs_are_named(qtbot: QtBot, tmp_path: Path) -> None:
    stage = make_stage(qtbot, tmp_path, "race.parquet is damaged.")
    stage.source.offered = ()
    with qtbot.waitSignals([stage.desktop.telemetry.cancelled, stage.desktop.telemetry.listed]):
        stage.open(Selection())
    assert stage.said == ["race.parquet is damaged."]
    stage.close()


def test_that_packs_that_cannot_be_read_are_named_once(qtbot: QtBot, tmp_path: Path) -> None:
    stage = make_stage(qtbot, tmp_path, "race.parquet is damaged.")
    stage.open_loaded(PAIR)
    with qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.swap()
    assert stage.said.count("race.parquet is damaged.") == 1
    stage.close()


def test_that_a_race_of_refused_cars_says_so_and_why() -> None:
    known = inventory()
    assert why_nothing(replace(known, refused={})) == "No lap of this race has telemetry."
    text = why_nothing(replace(known, refused={"13": "Clock stands still.", "7": "No speed."}))
    assert text.endswith("was refused. 7: No speed. 13: Clock stands still.")


# --------------------------------------------------------------------------- choosing laps


def test_that_a_race_without_a_wish_opens_with_its_two_fastest_drivers(stage: Stage) -> None:
    stage.open_loaded(Selection())
    assert stage.desktop.state.selection.key == KEY
    assert shown(stage.tab.page)[::2] == ("7", "47")


def test_that_another_race_keeps_the_drivers(stage: Stage) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7"), LapChoice("03")))
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_race(OTHER_KEY)
    assert stage.desktop.state.selection.key == OTHER_KEY
    assert shown(stage.tab.page)[::2] == ("7", "03")


def test_that_lap_keys_step_through_clean_laps_and_fetch_nothing(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    loader = stage.desktop.telemetry
    with stage.qtbot.waitSignal(loader.loaded):
        press(stage, Qt.Key.Key_N)
    assert shown(stage.tab.page) == ("7", 3, "47", NEXT_CLEAN_LAP)
    with stage.qtbot.waitSignal(loader.loaded):
        press(stage, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert shown(stage.tab.page) == ("7", NEXT_CLEAN_LAP, "47", NEXT_CLEAN_LAP)
    with stage.qtbot.assertNotEmitted(loader.started):
        press(stage, Qt.Key.Key_N)
    assert "no clean lap after" in stage.said[-1]
    assert len(stage.source.requests) == 1


def test_that_lap_keys_lead_on_from_a_fastest_lap_that_failed(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stage.source.failure = SourceError("Speed is missing.")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.failed):
        stage.desktop.state.choose_lap(Side.REFERENCE, LapChoice("03"))
    stage.source.failure = None
    before = len(stage.said)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        press(stage, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert shown(stage.tab.page)[0] == "03"
    assert len(stage.said) == before


def test_that_swapping_flips_every_sign(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    assert page.loaded is not None
    before_s = page.loaded.comparison.delta.delta_s
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        press(stage, Qt.Key.Key_S)
    assert shown(page) == ("47", 3, "7", 3)
    assert page.loaded.comparison.delta.delta_s == pytest.approx(-before_s, abs=1e-9)


def test_that_a_forced_lap_is_named_with_its_reason(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.page.strip.rows[Side.COMPARED].chosen.emit(YELLOW_LAP)
    status = stage.desktop.window.status.left.text()
    assert f"47 L{YELLOW_LAP} forced in: full-course yellow" in status


def test_that_a_costly_source_waits_for_load_when_drivers_change(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stage = make_stage(qtbot, tmp_path)
    with qtbot.waitSignal(stage.desktop.telemetry.listed, raising=False, timeout=1):
        stage.open(PAIR, loads_at_once=False)
    bar = stage.tab.page.bar
    assert bar.load.property("role") == "primary"
    with qtbot.waitSignal(stage.desktop.telemetry.loaded):
        qtbot.mouseClick(bar.load, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("47", NEXT_CLEAN_LAP))
    with qtbot.assertNotEmitted(stage.desktop.telemetry.started):
        stage.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    assert bar.load.property("role") == "primary"
    stage.close()


def test_that_choosing_the_driver_of_the_other_side_proposes_the_next_fastest_lap(
    stage: Stage,
) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7"), LapChoice("47")))
    fastest = shown(stage.tab.page)[1]
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.page.bar.boxes[Side.COMPARED].drivers.activated.emit(ROW_OF_7)
    clean = sorted(
        (status.lap.lap_time_s, status.lap.lap_number)
        for status in statuses("7")
        if status.is_clean
    )
    assert shown(stage.tab.page) == ("7", fastest, "7", clean[1][1])
    assert fastest == clean[0][1]


@pytest.mark.parametrize("over_strip", [True, False])
def test_that_any_lap_of_the_same_driver_can_be_chosen(stage: Stage, *, over_strip: bool) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7", 3), LapChoice("7", 2)))
    page = stage.tab.page
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        if over_strip:
            page.strip.rows[Side.COMPARED].chosen.emit(NEXT_CLEAN_LAP)
        else:
            page.bar.boxes[Side.COMPARED].laps.activated.emit(NEXT_CLEAN_LAP - 1)
    assert shown(page) == ("7", 3, "7", NEXT_CLEAN_LAP)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        press(stage, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert shown(page) == ("7", 2, "7", NEXT_CLEAN_LAP)


def test_that_two_laps_of_one_driver_are_told_apart_everywhere(
    stage: Stage, tmp_path: Path
) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7", 3), LapChoice("7", 6)))
    page = stage.tab.page
    headings = [page.side.corners.model().headerData(n, Qt.Orientation.Horizontal) for n in (3, 4)]
    assert headings == ["min\n━ L3", "km/h\n╍ L6"]
    readings = page.side.readings.model
    assert [readings.headings[n].text for n in (1, 2)] == ["━ L3", "╍ L6"]
    assert page.stack._view.top._names == ("L3", "L6")
    assert page.side.map.names == ("L3", "L6")
    assert [row.title for row in page.strip.rows.values()] == ["━ 7 L3", "╍ 7 L6"]
    stage.tab._exporter.write(tmp_path / "one.png")
    lines = (tmp_path / "one.csv").read_text("utf-8-sig").splitlines()
    first = next(line for line in lines if not line.startswith("#"))
    assert "delta s L6 - L3" in first
    assert "speed km/h L3,speed km/h L6" in first
    assert stage.tab._exporter._suggestion() == "ring_r1_2025_7_lap3-7_lap6.png"


def test_that_a_lap_against_itself_is_exactly_zero(stage: Stage) -> None:
    stage.open_loaded(Selection(KEY, LapChoice("7", 3), LapChoice("7", 3)))
    loaded = stage.tab.page.loaded
    assert loaded is not None
    delta = loaded.comparison.delta
    assert not delta.delta_s.any()
    assert not delta.band_s.any()
    assert {segment.band_s for segment in loaded.comparison.segments} == {0.0}
    model = stage.tab.page.side.corners.model()
    assert {model.index(row, 1).data() for row in range(model.rowCount())} == {"0.000"}


# ------------------------------------------------------------------- cursor, zoom and panels


def test_that_a_corner_of_the_table_zooms_everything_there(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    assert page.loaded is not None
    corner = page.loaded.comparison.corners[1]
    page.side.corners.corner_chosen.emit(corner)
    assert page.stack.visible_range() == pytest.approx((corner.start_m, corner.end_m), abs=1.0)
    assert page.stack.cursor_m == pytest.approx(corner.corner.apex_m)
    assert page.side.readings.heading.text() == "at the cursor, 1200 m"


def test_that_corner_keys_go_from_apex_to_apex_and_stop_at_the_last(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stack = stage.tab.page.stack
    stack.set_cursor(0.0)
    ctrl = Qt.KeyboardModifier.ControlModifier
    places = []
    for _ in range(5):
        press(stage, Qt.Key.Key_Right, ctrl)
        places.append(stack.cursor_m)
    assert places == pytest.approx([500, 1200, 1900, 2600, 2600])
    press(stage, Qt.Key.Key_Left, ctrl)
    assert stack.cursor_m == pytest.approx(1900)


def test_that_arrow_keys_move_the_cursor_and_shift_moves_it_further(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stack = stage.tab.page.stack
    stack.set_cursor(1000.0)
    press(stage, Qt.Key.Key_Right)
    one_step = (stack.cursor_m or 0) - 1000
    press(stage, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert one_step > 0
    assert (stack.cursor_m or 0) == pytest.approx(1000 - 9 * one_step, abs=0.6 * one_step)


def test_that_zoom_axis_delta_and_zero_keys_reach_the_stack(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    stack = stage.tab.page.stack
    whole = stack.visible_range()
    press(stage, Qt.Key.Key_Plus)
    zoomed = stack.visible_range()
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    press(stage, Qt.Key.Key_L)
    assert stack.visible_range() == pytest.approx(whole)
    press(stage, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert stack.visible_range() == pytest.approx(zoomed)
    press(stage, Qt.Key.Key_K)
    assert stack.axis is AxisMode.TIME
    press(stage, Qt.Key.Key_F3)
    assert not stack.is_panel_shown("delta")
    press(stage, Qt.Key.Key_0)
    assert stack.delta_zero_m == stack.cursor_m
    press(stage, Qt.Key.Key_0)
    assert stack.delta_zero_m is None


def test_that_a_second_cursor_turns_readings_into_statistics(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.stack.set_cursor(1000.0)
    press(stage, Qt.Key.Key_R)
    page.stack.set_cursor(1400.0)
    assert page.side.readings.heading.text().startswith("1000 m to 1400 m: 400 m, 47 loses")
    press(stage, Qt.Key.Key_R)
    assert page.side.readings.heading.text() == "at the cursor, 1400 m"


def test_that_statistics_stay_when_another_lap_comes(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.stack.set_cursor(1000.0)
    press(stage, Qt.Key.Key_R)
    page.stack.set_cursor(1400.0)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        press(stage, Qt.Key.Key_N)
    assert page.side.readings.heading.text().startswith("1000 m to 1400 m")


def test_that_readings_follow_another_zero_of_the_delta(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.stack.set_cursor(1400.0)
    model = page.side.readings.model
    before = model.index(0, 3).data()
    press(stage, Qt.Key.Key_0)
    assert (before == "0.000", model.index(0, 3).data()) == (False, "0.000")
    press(stage, Qt.Key.Key_0)
    assert model.index(0, 3).data() == before


def test_that_miles_and_feet_are_everywhere_and_remembered(stage: Stage, tmp_path: Path) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.stack.set_cursor(304.8)
    page.stack.nudge_compared(3.048)
    page.stack.nudge_compared(0.0)
    status = stage.desktop.window.status.left.text()
    press(stage, Qt.Key.Key_U)
    readings = page.side.readings
    assert readings.heading.text() == "at the cursor, 1000 ft"
    labels = [readings.model.index(row, 0).data() for row in range(readings.model.rowCount())]
    assert "speed mph" in labels
    page.nudge.offset.setValue(10.0)
    assert page.stack.nudge_m == pytest.approx(3.048)
    stage.tab._exporter.write(tmp_path / "miles.png")
    lines = (tmp_path / "miles.csv").read_text("utf-8-sig").splitlines()
    headings = next(line for line in lines if not line.startswith("#"))
    assert "lap distance ft" in headings
    assert "speed mph 7" in headings
    assert "km/h" not in headings
    assert stage.desktop.settings.preferences.units is UnitSystem.IMPERIAL
    press(stage, Qt.Key.Key_U)
    assert readings.heading.text() == "at the cursor, 305 m"
    assert page.nudge.offset.suffix() == " m"
    assert page.stack.nudge_m == pytest.approx(3.048)
    assert stage.said[-1].startswith("Written:")
    assert "1:10.8" in status


def test_that_all_brings_back_hidden_and_expanded_panels_and_the_lap_key_does_not(
    stage: Stage,
) -> None:
    stage.open_loaded(PAIR)
    stack = stage.tab.page.stack
    press(stage, Qt.Key.Key_F3)
    press(stage, Qt.Key.Key_2)
    press(stage, Qt.Key.Key_X)
    stack.zoom_to(100.0, 300.0)
    press(stage, Qt.Key.Key_L)
    assert (stack.is_panel_shown("delta"), stack.is_overlapped) == (False, True)
    whole = stack.visible_range()
    stack.zoom_to(100.0, 300.0)
    press(stage, Qt.Key.Key_A)
    assert (stack.is_panel_shown("delta"), stack.is_overlapped) == (True, False)
    assert stack.visible_range() == whole


def test_that_the_origin_says_how_old_the_rows_are() -> None:
    origin = TelemetryOrigin("cache", "2025-10-18T10:00:00+00:00", 92_114, 0.183)
    line = "telemetry: cache · made 2025-10-18, {} old · 92,114 rows · 0.18 s"
    made = datetime(2025, 10, 18, 10, tzinfo=UTC)
    assert origin_line(origin, made + timedelta(hours=3)) == line.format("3 h")
    assert origin_line(origin, made + timedelta(days=400)) == line.format("13 months")
    assert "old" not in origin_line(origin, made - timedelta(hours=3))
    assert "old" not in origin_line(replace(origin, created="some day"))


def test_that_the_nudge_line_shifts_the_compared_lap_and_undoes_it(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    press(stage, Qt.Key.Key_F4)
    assert page.nudge.isVisible()
    page.nudge.offset.setValue(4.5)
    assert page.stack.nudge_m == 4.5
    page.nudge.set_back()
    assert page.stack.nudge_m == 0.0


def test_that_closing_the_nudge_line_keeps_the_shift_and_gives_the_arrows_back(
    stage: Stage,
) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.stack.set_cursor(1000.0)
    for leave in (Qt.Key.Key_F4, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        page.nudge.hide()
        press(stage, Qt.Key.Key_F4)
        assert page.nudge.offset.hasFocus()
        page.nudge.offset.setValue(4.5)
        press(stage, leave)
        before = page.stack.cursor_m
        press(stage, Qt.Key.Key_Right)
        assert (page.stack.cursor_m or 0) > (before or 0)
        assert page.stack.nudge_m == 4.5
    assert page.stack._view.top.toolTip() == "nudged +4.5 m"


def lost_s(page: ImprovePage, start_m: float, end_m: float, nudge_m: float) -> float:
    """Return what the compared lap loses between two places when it is shifted."""
    assert page.loaded is not None
    reference, compared = page.loaded.comparison.reference, page.loaded.comparison.compared
    places = np.array([start_m, end_m])
    later_s = np.interp(places - nudge_m, compared.knot_m, compared.knot_s) - np.interp(
        places, reference.knot_m, reference.knot_s
    )
    return float(later_s[1] - later_s[0])


def lost_of(page: ImprovePage, corner: str) -> str:
    model = page.side.corners.model()
    rows = [model.index(row, 0).data() for row in range(model.rowCount())]
    return str(model.index(rows.index(corner), 1).data())


def test_that_a_nudge_is_the_same_in_bar_plot_ribbon_table_map_and_export(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    assert page.loaded is not None
    plain = page.loaded.comparison
    page.nudge.offset.setValue(7.0)
    assert page.stack.nudge_m == 7.0
    corner = plain.corners[1]
    expected_s = lost_s(page, corner.start_m, corner.end_m, 7.0)
    assert formats.delta(expected_s, corner.band_s) != formats.delta(corner.delta_s, corner.band_s)
    assert formats.delta(expected_s, corner.band_s) in lost_of(page, "T2")
    drawn = page.stack._state.data
    assert drawn is not None
    for mark in drawn.marks.segments[1:-1]:
        assert mark.delta_s == pytest.approx(lost_s(page, mark.start, mark.end, 7.0))
    at_7_s = float(np.interp(7.0, plain.reference.knot_m, plain.reference.knot_s))
    delta_s = lost_s(page, 7.0, 1000.0, 7.0) - at_7_s
    assert page.stack.readings_at(1000.0)[0].difference == pytest.approx(delta_s, abs=1e-6)
    table = page.stack.visible_rows()
    assert table is not None
    column = table.headings.index("delta s 47 - 7, nudged +7.0 m")
    exported_s = np.interp(1000.0, table.values[:, 0], table.values[:, column])
    assert exported_s == pytest.approx(delta_s, abs=1e-6)
    assert page.side.map._comparison is page.stack.comparison


@pytest.mark.parametrize(
    "other",
    [
        Selection(KEY, LapChoice("7", 3), LapChoice("47", 6)),
        Selection(KEY, LapChoice("7", 2), LapChoice("47", 3)),
        Selection(KEY, LapChoice("7", 3), LapChoice("03", 3)),
        Selection(OTHER_KEY, LapChoice("7", 3), LapChoice("47", 3)),
        Selection(KEY, LapChoice("47", 3), LapChoice("7", 3)),
    ],
    ids=["lap", "reference lap", "driver", "race", "swapped"],
)
def test_that_a_nudge_goes_with_its_pair_of_laps(stage: Stage, other: Selection) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.nudge.offset.setValue(7.0)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose(other)
    assert (page.nudge.offset.value(), page.stack.nudge_m) == (0.0, 0.0)
    assert page.stack._view.top.toolTip() == ""
    assert page.loaded is not None
    corner = page.loaded.comparison.corners[1]
    assert formats.delta(corner.delta_s, corner.band_s) in lost_of(page, "T2")


def test_that_a_nudge_stays_when_the_same_laps_are_read_again(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    page = stage.tab.page
    page.nudge.offset.setValue(7.0)
    before = lost_of(page, "T2")
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        press(stage, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert (page.nudge.offset.value(), page.stack.nudge_m) == (7.0, 7.0)
    assert lost_of(page, "T2") == before


def test_that_the_right_column_becomes_a_drawer_in_a_narrow_window(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    window, side = stage.desktop.window, stage.tab.page.side
    window.resize(1600, 900)
    stage.qtbot.waitUntil(lambda: not side.is_drawer)
    assert side.map.isVisible()
    assert side.corners.isVisible()
    window.resize(1280, 720)
    stage.qtbot.waitUntil(lambda: side.is_drawer)
    assert side.corners.isVisible()
    assert not side.map.isVisible()
    press(stage, Qt.Key.Key_M)
    assert side.map.isVisible()
    window.resize(1600, 900)
    stage.qtbot.waitUntil(lambda: not side.is_drawer)
    assert side.map.isVisible()
    assert side.corners.isVisible()


# ---------------------------------------------------------------------------------- export


def test_that_an_export_is_the_picture_and_the_visible_rows(stage: Stage, tmp_path: Path) -> None:
    stage.open_loaded(PAIR)
    stage.tab.page.stack.zoom_to(1000.0, 1400.0)
    stage.tab._exporter.write(tmp_path / "out.png")
    written = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    lines = [line for line in written if not line.startswith("#")]
    places = [float(line.split(",")[0]) for line in lines[1:]]
    assert places[0] >= 1000
    assert places[-1] <= 1400
    assert (tmp_path / "out.png").stat().st_size > 10_000
    assert stage.said[-1].startswith("Written:")


def test_that_an_export_that_fails_is_a_message(stage: Stage, tmp_path: Path) -> None:
    stage.open_loaded(PAIR)
    stage.tab._exporter.write(tmp_path / "absent" / "out.png")
    assert "choose a" in stage.said[-1]


def test_that_the_export_holds_the_corners_and_says_what_it_is(
    stage: Stage, tmp_path: Path
) -> None:
    stage.open_loaded(PAIR)
    stage.tab._exporter.write(tmp_path / "pair.png")
    assert {path.name for path in tmp_path.glob("pair*")} == {
        "pair.png", "pair.csv", "pair_corners.csv",
    }  # fmt: skip
    for name in ("pair.csv", "pair_corners.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8-sig")
        head = dict(line[2:].split(",", 1) for line in text.splitlines() if line.startswith("# "))
        assert (head["track"], head["year"], head["race"]) == ("Ring", "2025", "1")
        assert "7 Ada Swift, lap 3" in head["reference"]
        assert "47 Ben Quick, lap 3" in head["compared"]
    text = (tmp_path / "pair_corners.csv").read_text(encoding="utf-8-sig")
    corners = [line for line in text.splitlines() if not line.startswith("#")]
    assert corners[0].startswith("corner,name,lost s,band s")
    assert len(corners) == 1 + 4


def test_that_copying_takes_the_table_with_the_focus_else_the_corners(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    window = stage.desktop.window
    window.activateWindow()
    stage.qtbot.waitActive(window)
    copy = window.actions_table.action(CommandId.COPY)
    copy.trigger()
    corners = QApplication.clipboard().text().splitlines()
    assert corners[0].startswith("corner,name,lost s")
    assert {line.partition(",")[0] for line in corners[1:]} == {"T1", "T2", "T3", "T4"}
    stage.tab.page.side.readings.view.setFocus()
    copy.trigger()
    readings = QApplication.clipboard().text().splitlines()
    assert readings[0] == "channel,7,47,Δ"
    assert any(line.startswith("speed km/h,") for line in readings)
    assert "−" not in QApplication.clipboard().text()
