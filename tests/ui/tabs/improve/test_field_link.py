from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.field_answer import NO_SERVER, FieldAnswer
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.state import Selection, Side
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY, OTHER_KEY
from tests.ui.charts.made_up_field import field as made_up_field
from tests.ui.desktop_stage import Stage, make_stage

PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 3))
FIELDS = {KEY: made_up_field(laps=61), OTHER_KEY: made_up_field(laps=62)}
WHY = "The line is dead."


@dataclass
class Place:
    """Answers for two races until it is told to be silent."""

    asked: list[tuple[RaceKey, bool]] = field(default_factory=list)
    is_silent: bool = False

    def answer(self, key: RaceKey, cancel: threading.Event, *, fresh: bool = False) -> FieldAnswer:
        """Return the answer at once."""
        self.asked.append((key, fresh))
        return FieldAnswer(None, WHY) if self.is_silent else FieldAnswer(FIELDS[key])

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, place: Place) -> Iterator[Stage]:
    stage = make_stage(qtbot, tmp_path, make_fields=lambda: place)
    yield stage
    stage.close()


def stack_of(stage: Stage) -> PlotStack:
    return stage.tab.page.stack


def laps_behind(stage: Stage) -> int:
    """Return how many laps the field on screen is made of, 0 without one."""
    data = stack_of(stage)._state.data
    return 0 if data is None or data.field is None else data.field.laps


def wait_for_field(stage: Stage, laps: int) -> None:
    stage.qtbot.waitUntil(lambda: laps_behind(stage) == laps)


def press_b(stage: Stage) -> None:
    window = stage.desktop.window
    window.activateWindow()
    stage.qtbot.waitActive(window)
    stage.qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_B)


def load(stage: Stage, side: Side, choice: LapChoice) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_lap(side, choice)


def test_that_the_field_comes_after_the_comparison(stage: Stage, place: Place) -> None:
    stage.open_loaded(PAIR)
    assert laps_behind(stage) == 0
    assert place.asked == []
    assert "being requested" in stack_of(stage).why_no_field
    wait_for_field(stage, 61)
    assert place.asked == [(KEY, False)]


def test_that_other_laps_of_the_race_ask_nothing_and_keep_the_field(
    stage: Stage, place: Place
) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    for number in (2, 6):
        load(stage, Side.COMPARED, LapChoice("47", number))
        assert laps_behind(stage) == 61
    load(stage, Side.COMPARED, LapChoice("03"))
    assert laps_behind(stage) == 61
    assert not stage.tab._field_link._quiet.isActive()
    assert place.asked == [(KEY, False)]


def test_that_another_race_never_shows_the_field_of_the_one_before(
    stage: Stage, place: Place
) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose_race(OTHER_KEY)
    assert laps_behind(stage) == 0
    wait_for_field(stage, 62)
    assert place.asked == [(KEY, False), (OTHER_KEY, False)]


def test_that_b_hides_and_shows_the_field(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    said = list(stage.said)
    press_b(stage)
    assert laps_behind(stage) == 0
    press_b(stage)
    assert laps_behind(stage) == 61
    assert stage.said == said


def test_that_b_says_why_there_is_no_field_and_it_comes_when_it_can(
    stage: Stage, place: Place
) -> None:
    place.is_silent = True
    stage.open_loaded(PAIR)
    stage.qtbot.waitUntil(lambda: stack_of(stage).why_no_field == WHY)
    assert WHY not in stage.said
    press_b(stage)
    assert stage.said[-1] == WHY
    assert stack_of(stage).field_shown
    place.is_silent = False
    load(stage, Side.COMPARED, LapChoice("47", 6))
    wait_for_field(stage, 61)


def test_that_loading_again_asks_anew(stage: Stage, place: Place) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.tab.page.bar.load.click()
    assert laps_behind(stage) == 61
    stage.qtbot.waitUntil(lambda: place.asked == [(KEY, False), (KEY, True)])


def test_that_another_profile_takes_its_field_along(stage: Stage, place: Place) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    stage.desktop.telemetry.reopen()
    assert laps_behind(stage) == 0
    load(stage, Side.COMPARED, LapChoice("47", 6))
    wait_for_field(stage, 61)
    assert len(place.asked) == 2


def test_that_another_profile_is_asked_for_the_field_of_the_race_on_screen(
    stage: Stage, place: Place
) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    stage.desktop.telemetry.reopen()
    wait_for_field(stage, 61)
    place.is_silent = True
    stage.desktop.telemetry.reopen()
    stage.qtbot.waitUntil(lambda: stack_of(stage).why_no_field == WHY)
    press_b(stage)
    assert stage.said[-1] == WHY
    assert place.asked == [(KEY, False)] * 3


def test_that_the_values_at_the_cursor_have_the_quartiles_in_their_tool_tip(stage: Stage) -> None:
    stage.open_loaded(PAIR)
    wait_for_field(stage, 61)
    model = stage.tab.page.side.readings.model
    tips = [
        str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) or "")
        for row in range(model.rowCount())
    ]
    assert sum(tip.startswith("field: median ") for tip in tips) == 3


def test_that_without_a_server_the_plots_are_as_ever(qtbot: QtBot, tmp_path: Path) -> None:
    stage = make_stage(qtbot, tmp_path)
    stage.open_loaded(PAIR)
    qtbot.waitUntil(lambda: stack_of(stage).why_no_field == NO_SERVER)
    assert laps_behind(stage) == 0
    assert NO_SERVER in stack_of(stage)._view.margin.tip_of("speed")
    assert NO_SERVER not in stack_of(stage)._view.margin.tip_of("delta")
    stage.close()
