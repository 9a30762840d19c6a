from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.ui.actions import KEPT_KEYS, Actions
from htt_desktop.ui.commands import COMMAND_OF, COMMANDS, EXPAND, CommandId, Group
from htt_desktop.ui.window.overlays import sheet_rows

PROMISED = {
    CommandId.DELTA_PANEL: {"F3"},
    CommandId.CURSOR_LEFT: {"Left"},
    CommandId.CURSOR_RIGHT_FAR: {"Shift+Right"},
    CommandId.NEXT_CORNER: {"Ctrl+Right"},
    CommandId.PREVIOUS_LAP: {"P"},
    CommandId.NEXT_REFERENCE_LAP: {"Shift+N"},
    CommandId.FASTEST_LAP: {"F"},
    CommandId.FASTEST_OF_BOTH: {"Shift+F"},
    CommandId.FIND_DRIVER: {"Ctrl+F"},
    CommandId.ZOOM_LAP: {"L"},
    CommandId.ZOOM_ALL: {"A"},
    CommandId.ZOOM_BACK: {"Ctrl+Z"},
    CommandId.ZOOM_FORWARD: {"Ctrl+Y"},
    CommandId.SECOND_CURSOR: {"Space", "R"},
    CommandId.OVERLAP: {"X"},
    CommandId.AXIS: {"K"},
    CommandId.REZERO: {"0"},
    CommandId.SWAP: {"S"},
    CommandId.DIFFERENCE: {"D"},
    CommandId.MAP: {"M"},
    CommandId.GRID: {"G"},
    CommandId.FIELD_BAND: {"B"},
    CommandId.NUDGE: {"F4"},
    CommandId.PALETTE: {"Ctrl+K"},
    CommandId.EXPORT: {"Ctrl+E"},
    CommandId.SETTINGS: {"F5"},
    CommandId.FULL_PAGE: {"F11"},
    CommandId.KEYS: {"F1", "?"},
}
"""Keys that users of the other tools already know."""


class Window(QWidget):
    """A window with a button and a line, and a note of what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[CommandId] = []
        self.actions_table = Actions(self)
        self.button = QPushButton("press", self)
        self.line = QLineEdit(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.button)
        layout.addWidget(self.line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def bind(self, *commands: CommandId) -> None:
        self.actions_table.bind(
            {command: partial(self.done.append, command) for command in commands}
        )


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.bind(CommandId.SECOND_CURSOR, CommandId.NEXT_LAP, CommandId.PALETTE)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    window.setFocus()
    return window


def test_that_every_command_stands_in_the_table_once_and_no_key_twice() -> None:
    assert Counter(command.id for command in COMMANDS) == Counter(CommandId)
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert {key for key, times in keys.items() if times > 1} == set()


@pytest.mark.parametrize("command", PROMISED, ids=lambda command: command.name)
def test_that_the_promised_keys_are_there(command: CommandId) -> None:
    assert PROMISED[command] <= set(COMMAND_OF[command].keys)


def test_that_every_key_is_one_qt_knows() -> None:
    for command in COMMANDS:
        for key in command.keys:
            assert not QKeySequence(key).isEmpty(), key
            assert QKeySequence(key).toString() == key, key


def test_that_the_key_sheet_shows_every_command_with_a_key() -> None:
    shown = {text for group in Group for _, text in sheet_rows(COMMANDS, group)}
    expected = {c.text for c in COMMANDS if c.keys and c.id not in EXPAND}
    assert shown == expected | {"Expand one panel, or back"}


def test_that_menu_and_tool_tips_come_from_the_table(window: Window, qtbot: QtBot) -> None:
    menu = QMenu(window)
    window.actions_table.fill_menu(menu)
    groups = [child for child in menu.findChildren(QMenu) if child is not menu]
    entries = {action.text() for group in groups for action in group.actions()}
    bound = (CommandId.SECOND_CURSOR, CommandId.NEXT_LAP, CommandId.PALETTE)
    assert entries == {COMMAND_OF[command].text for command in bound}
    tip = window.actions_table.action(CommandId.PALETTE).toolTip()
    assert tip.endswith("(Ctrl+K)")


def test_that_commands_without_laps_wait_until_there_are_some(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert window.done == []
    window.actions_table.set_has_laps(True)
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert window.done == [CommandId.NEXT_LAP]


def test_that_space_presses_a_focused_button_and_does_not_set_a_cursor(
    window: Window, qtbot: QtBot
) -> None:
    window.actions_table.set_has_laps(True)
    window.button.setFocus()
    with qtbot.waitSignal(window.button.clicked):
        qtbot.keyClick(window.button, Qt.Key.Key_Space)
    assert window.done == []
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.done == [CommandId.SECOND_CURSOR]


def test_that_letters_typed_into_a_line_stay_there(window: Window, qtbot: QtBot) -> None:
    window.actions_table.set_has_laps(True)
    window.line.setFocus()
    qtbot.keyClicks(window.line, "n r")
    assert (window.line.text(), window.done) == ("n r", [])


def test_that_a_widget_can_keep_keys_while_it_has_the_focus(window: Window, qtbot: QtBot) -> None:
    window.actions_table.set_has_laps(True)
    window.setFocus()
    window.button.setProperty(KEPT_KEYS, (Qt.Key.Key_N,))
    window.button.setFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_N)
    assert window.done == []
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert window.done == [CommandId.NEXT_LAP]


def test_that_a_kept_key_with_another_one_is_not_kept(window: Window, qtbot: QtBot) -> None:
    window.bind(CommandId.NEXT_REFERENCE_LAP)
    window.actions_table.set_has_laps(True)
    window.setFocus()
    window.button.setProperty(KEPT_KEYS, (Qt.Key.Key_N,))
    window.button.setFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert window.done == [CommandId.NEXT_REFERENCE_LAP]


def test_that_no_widget_makes_a_shortcut_of_its_own() -> None:
    ui = Path(__file__).resolve().parents[2] / "htt_desktop" / "ui"
    makers = re.compile(r"QShortcut\(|setShortcut\(")
    offenders = [p.name for p in ui.rglob("*.py") if makers.search(p.read_text("utf-8"))]
    assert offenders == []


def test_that_a_focused_list_can_be_opened_by_keys(window: Window, qtbot: QtBot) -> None:
    window.actions_table.set_has_laps(True)
    combo = QComboBox(window)
    combo.addItems(["one", "two"])
    combo.show()
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Space)
    assert combo.view().isVisible()
    combo.hidePopup()
    assert window.done == []
