from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.settings import Settings, ThemeChoice
from htt_desktop.ui.state import Selection
from htt_desktop.ui.theme import DARK, LIGHT
from htt_desktop.ui.window.overlays import KeySheet
from htt_desktop.ui.window.palette import CommandPalette
from htt_desktop.ui.window.preferences import PreferencesDialog
from htt_desktop.ui.wording.formats import UnitSystem
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY, OTHER_KEY, YELLOW_LAP
from tests.ui.desktop_stage import Stage, make_stage

PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 3))


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(qtbot, tmp_path)
    try:
        stage.open_loaded(PAIR)
        stage.desktop.window.activateWindow()
        qtbot.waitActive(stage.desktop.window)
        yield stage
    finally:
        stage.close()


def trigger(stage: Stage, command: CommandId) -> None:
    stage.desktop.window.actions_table.action(command).trigger()


def opened_palette(stage: Stage) -> CommandPalette:
    trigger(stage, CommandId.PALETTE)
    palette = stage.desktop.window.findChild(CommandPalette)
    assert palette is not None
    assert palette.isVisible()
    return palette


def lines(shown: QListWidget) -> list[str]:
    return [shown.item(row).text() for row in range(shown.count())]


def test_that_only_tabs_with_content_are_shown(stage: Stage) -> None:
    tabs = stage.desktop.window.header.tabs
    assert [tabs.tabText(place) for place in range(tabs.count())] == ["Improve"]


def test_that_every_command_of_the_table_does_something_here(stage: Stage) -> None:
    bound = {command.id for command in stage.desktop.window.actions_table.bound()}
    of_season_tabs = {CommandId.DASHBOARD, CommandId.DRIVER}
    of_a_server = {
        CommandId.CONNECTION,
        CommandId.QUERY_HISTORY,
        CommandId.DOWNLOAD_PACK,
        CommandId.UPLOAD_PACKS,
    }
    assert bound == set(CommandId) - of_season_tabs - of_a_server


def test_that_the_palette_finds_drivers_races_corners_and_commands(stage: Stage) -> None:
    palette = opened_palette(stage)
    for query, expected in (
        ("cy zero", "03  Cy Zero   compare"),
        ("ring race 2", "Ring R2 2025, race 2   race"),
        ("bend 3", "Corner T3 Bend 3   corner"),
        ("swap", "Swap reference and compared, driver and rival   S"),
        ("hide gear", "Hide panel: gear   panel"),
    ):
        palette.line.setText(query)
        assert expected in lines(palette.list), query
    for query, expected in (
        ("swift ref", "7  Ada Swift   as reference"),
        ("lap 6 ref", "7  L6"),
        ("as", "7  Ada Swift   "),
        ("ada swfit", "7  Ada Swift   "),
        ("gaer", "gear"),
    ):
        palette.line.setText(query)
        assert any(expected in line for line in lines(palette.list)), (query, lines(palette.list))
    assert lines(palette.list)[0] == "nothing by that name; did you mean"
    palette.line.setText("ring zoom")
    assert lines(palette.list) == ["nothing by that name"]
    palette.disappear()


def test_that_the_palette_finds_excluded_laps_and_forces_them_in(stage: Stage) -> None:
    palette = opened_palette(stage)
    palette.line.setText(f"47 L{YELLOW_LAP}")
    assert "compare" in lines(palette.list)[0]
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert "forced in" in stage.desktop.window.status.left.text()


def test_that_the_palette_is_driven_by_keys_and_does_what_is_marked(stage: Stage) -> None:
    palette = opened_palette(stage)
    palette.line.setText("ring race")
    assert lines(palette.list) == ["Ring R1 2025, race 1   race", "Ring R2 2025, race 2   race"]
    stage.qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert stage.desktop.state.selection.key == OTHER_KEY


def test_that_escape_closes_the_palette_first_and_gives_the_focus_back(stage: Stage) -> None:
    stage.tab.page.bar.load.setFocus()
    palette = opened_palette(stage)
    assert QApplication.focusWidget() is palette.line
    stage.qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is stage.tab.page.bar.load


def test_that_the_key_sheet_opens_and_closes_with_the_same_key(stage: Stage) -> None:
    trigger(stage, CommandId.KEYS)
    sheet = stage.desktop.window.findChild(KeySheet)
    assert sheet is not None
    assert sheet.isVisible()
    assert stage.desktop.window.rect().contains(sheet.geometry())
    trigger(stage, CommandId.KEYS)
    assert not sheet.isVisible()


def test_that_the_theme_changes_everywhere_and_is_remembered(stage: Stage, tmp_path: Path) -> None:
    stage.desktop.settings.choose_theme(ThemeChoice.DARK)
    trigger(stage, CommandId.THEME)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert LIGHT.window in application.styleSheet()
    trigger(stage, CommandId.THEME)
    assert DARK.window in application.styleSheet()
    stage.desktop.window.close()
    stage.desktop.settings.save()
    assert Settings(tmp_path / "settings.json").preferences.theme is ThemeChoice.DARK


class Restyled(QObject):
    """Counts how often a widget was given another style."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.StyleChange
        return False


def test_that_nothing_but_another_theme_restyles_the_window(stage: Stage, tmp_path: Path) -> None:
    restyled = Restyled(stage.desktop.window.pages)
    settings = stage.desktop.settings
    trigger(stage, CommandId.GRID)
    trigger(stage, CommandId.UNITS)
    settings.update(replace(settings.preferences, season_folder=str(tmp_path)))
    assert settings.preferences.units is UnitSystem.IMPERIAL
    assert restyled.count == 0
    trigger(stage, CommandId.THEME)
    assert restyled.count > 0


def test_that_opening_the_menu_again_and_again_leaves_nothing_behind(stage: Stage) -> None:
    window = stage.desktop.window
    menu = window.header._menu
    menu.aboutToShow.emit()
    groups = [action.text() for action in menu.actions()]
    before = len(window.findChildren(QObject))
    for _ in range(5):
        menu.aboutToShow.emit()
    assert len(window.findChildren(QObject)) == before
    assert [action.text() for action in menu.actions()] == groups


def test_that_another_race_leaves_nothing_behind(stage: Stage) -> None:
    window, state = stage.desktop.window, stage.desktop.state

    def held() -> tuple[int, int]:
        gc.collect()
        kinds = [type(thing).__name__ for thing in gc.get_objects()]
        items = sum(kind.startswith("QStandard") for kind in kinds)
        return len(window.findChildren(QObject)), items

    counted = []
    for key in (OTHER_KEY, KEY, OTHER_KEY, KEY, OTHER_KEY):
        with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
            state.choose_race(key)
        counted.append(held())
    # What fades out or waits for the event loop to be deleted is still there for a moment.
    stage.qtbot.waitUntil(lambda: held() <= min(counted[1:]))
    assert held()[1] == 0


def test_that_settings_open_without_blocking_and_take_effect_at_once(stage: Stage) -> None:
    trigger(stage, CommandId.SETTINGS)
    dialog = stage.desktop.window.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.grid.setChecked(not dialog.grid.isChecked())
    assert stage.tab.page.stack.grid_shown == dialog.grid.isChecked()
    dialog.theme.activated.emit(2)
    assert stage.desktop.settings.preferences.theme is ThemeChoice.LIGHT
    dialog.units.activated.emit(1)
    assert stage.tab.page.stack.units is UnitSystem.IMPERIAL
    dialog.close()


def test_that_export_asks_for_a_file_without_blocking(stage: Stage) -> None:
    trigger(stage, CommandId.EXPORT)
    dialog = stage.tab.page.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith("ring_r1_2025_7_lap3-47_lap3.png")
    dialog.close()


def test_that_full_page_goes_there_and_back(stage: Stage) -> None:
    trigger(stage, CommandId.FULL_PAGE)
    assert stage.desktop.window.isFullScreen()
    trigger(stage, CommandId.FULL_PAGE)
    assert not stage.desktop.window.isFullScreen()


def test_that_a_maximised_window_is_maximised_after_the_full_page(stage: Stage) -> None:
    stage.desktop.window.showMaximized()
    trigger(stage, CommandId.FULL_PAGE)
    assert stage.desktop.window.isFullScreen()
    trigger(stage, CommandId.FULL_PAGE)
    assert stage.desktop.window.isMaximized()
    assert not stage.desktop.window.isFullScreen()


@pytest.mark.parametrize("size", [(1280, 720), (960, 600), (1920, 1080)], ids=str)
def test_that_the_key_sheet_is_nowhere_clipped(stage: Stage, size: tuple[int, int]) -> None:
    window = stage.desktop.window
    window.resize(*size)
    trigger(stage, CommandId.KEYS)
    sheet = window.findChild(KeySheet)
    assert sheet is not None
    assert window.rect().contains(sheet.geometry())
    sheet.grab()
    assert sheet.height() > min(500, size[1] - 100)
    assert sheet._sheet.width() <= sheet.width()
    for label in sheet.findChildren(QLabel):
        if not label.wordWrap():
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
    trigger(stage, CommandId.KEYS)


def test_that_the_key_sheet_gives_way_to_a_dialog(stage: Stage) -> None:
    trigger(stage, CommandId.KEYS)
    sheet = stage.desktop.window.findChild(KeySheet)
    assert sheet is not None
    assert sheet.isVisible()
    trigger(stage, CommandId.SETTINGS)
    assert not sheet.isVisible()
    trigger(stage, CommandId.KEYS)
    assert not sheet.isVisible()
    dialog = stage.desktop.window.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.reject()


def test_that_window_and_panels_are_as_they_were_left(
    stage: Stage, qtbot: QtBot, tmp_path: Path
) -> None:
    stage.desktop.window.resize(1000, 711)
    stage.tab.page.stack.toggle_panel("gear")
    stage.desktop.window.close()
    stage.desktop.settings.save()
    again = make_stage(qtbot, tmp_path)
    again.open_loaded(PAIR)
    # The screen of the tests is narrower than the window, so only its height can return.
    height = again.desktop.window.height()
    gear_shown = again.tab.page.stack.is_panel_shown("gear")
    again.close()
    assert (height, gear_shown) == (711, False)
