"""Seeded random actions of somebody who tries everything the window offers."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTabBar,
    QTableView,
    QWidget,
)

from htt_desktop.ui.charts.margin import PanelMargin
from htt_desktop.ui.charts.pointer_layer import PointerLayer
from htt_desktop.ui.charts.track_map import TrackMap
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.tabs.improve.lap_row import LapRow
from htt_desktop.ui.window.desktop import Desktop

NEVER = {CommandId.QUIT}
RARE = {CommandId.THEME, CommandId.RELOAD_SEASON, CommandId.SETTINGS, CommandId.SEASON_FOLDER}
"""Commands that take long or only open a dialog: one in ten is carried out."""

WORDS = ("7", "bell", "lap 5", "ref", "ring", "barber", "t3", "zoom", "wrokman", "R2", "é", "")
KEYS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageDown,
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
)  # fmt: skip
LEFT = Qt.MouseButton.LeftButton


class Monkey:
    """Does one thing after another; what it does follows from its seed and the window alone.

    Attributes
    ----------
    trail
        What was done so far, in words.
    """

    def __init__(self, desktop: Desktop, seed: int) -> None:
        self._desktop = desktop
        self._window: QMainWindow = desktop.window
        self._dice = random.Random(seed)
        self.trail: list[str] = []
        self._doings: tuple[tuple[int, Callable[[], str]], ...] = (
            (10, self._give_command),
            (8, self._choose_in_list),
            (6, self._click_lap),
            (4, self._click_table),
            (3, self._press_keys),
            (4, self._point_at_plots),
            (2, self._drag_legend),
            (1, self._click_map),
            (2, self._press_button),
            (2, self._change_tab),
            (2, self._search),
            (1, self._open_menu),
        )

    def act(self) -> None:
        """Do the next thing; an open dialog comes first."""
        dialog = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if dialog is not None:
            self.trail.append(self._use_dialog(dialog))
            return
        weights = [weight for weight, _ in self._doings]
        doing = self._dice.choices([doing for _, doing in self._doings], weights)[0]
        self.trail.append(doing())

    def _seen(self, kind: type[QWidget]) -> list[QWidget]:
        """Return the usable widgets of a kind, in the order of the window's tree."""
        return [
            widget
            for widget in self._window.findChildren(kind)
            if widget.isVisible() and widget.isEnabled() and not widget.size().isEmpty()
        ]

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(
            self._dice.randrange(max(widget.width(), 1)),
            self._dice.randrange(max(widget.height(), 1)),
        )

    def _give_command(self) -> str:
        table = self._desktop.window.actions_table
        commands = [command.id for command in table.bound() if command.id not in NEVER]
        chosen = self._dice.choice(commands)
        if chosen in RARE and self._dice.random() > 0.1:
            return f"not {chosen.name}"
        table.action(chosen).trigger()
        return chosen.name

    def _choose_in_list(self) -> str:
        boxes = [box for box in self._seen(QComboBox) if isinstance(box, QComboBox)]
        boxes = [box for box in boxes if box.count()]
        if not boxes:
            return "no list"
        box = self._dice.choice(boxes)
        row = self._dice.randrange(box.count())
        if not box.model().flags(box.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled:
            return f"{box.accessibleName()}: line {row} cannot be chosen"
        box.setCurrentIndex(row)
        box.activated.emit(row)
        return f"{box.accessibleName()}: line {row}"

    def _click_lap(self) -> str:
        rows = [row for row in self._seen(LapRow) if isinstance(row, LapRow)]
        if not rows:
            return "no laps"
        row = self._dice.choice(rows)
        shift = self._dice.random() < 0.3
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        at = self._place(row)
        QTest.mouseClick(row, LEFT, modifier, at)
        return f"{row.accessibleName()} at {at.x()}{' with Shift' if shift else ''}"

    def _click_table(self) -> str:
        tables = [one for one in self._seen(QTableView) if isinstance(one, QTableView)]
        heads = [one for one in self._seen(QHeaderView) if isinstance(one, QHeaderView)]
        if not tables:
            return "no table"
        part = self._dice.choice([table.viewport() for table in tables]
                                 + [head.viewport() for head in heads])  # fmt: skip
        at = self._place(part)
        QTest.mouseClick(part, LEFT, Qt.KeyboardModifier.NoModifier, at)
        return f"{type(part.parent()).__name__} at {at.x()}, {at.y()}"

    def _press_keys(self) -> str:
        focus = QApplication.focusWidget() or self._window
        keys = self._dice.choices(KEYS, k=3)
        for key in keys:
            QTest.keyClick(focus, key)
        return f"keys {[key.name for key in keys]} in {type(focus).__name__}"

    def _point_at_plots(self) -> str:
        layers = self._seen(PointerLayer)
        if not layers:
            return "no plots"
        layer = layers[0]
        at, to = self._place(layer), self._place(layer)
        what = self._dice.choice(("click", "box", "wheel", "hover"))
        if what == "click":
            QTest.mouseClick(layer, LEFT, Qt.KeyboardModifier.NoModifier, at)
        elif what == "box":
            self._drag(layer, at, to)
        elif what == "wheel":
            turn = QPoint(0, self._dice.choice((-240, -120, 120, 240)))
            here = QPointF(at)
            event = QWheelEvent(
                here, QPointF(layer.mapToGlobal(at)), QPoint(), turn, Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(layer, event)
        else:
            self._move(layer, at, Qt.MouseButton.NoButton)
        return f"plots: {what} at {at.x()}, {at.y()}"

    def _drag_legend(self) -> str:
        margins = self._seen(PanelMargin)
        if not margins:
            return "no legends"
        at, to = self._place(margins[0]), self._place(margins[0])
        hides = self._dice.random() < 0.3
        self._drag(margins[0], at, to, hides=hides)
        return f"legend from {at.y()} to {to.y()}{', hidden meanwhile' if hides else ''}"

    def _drag(self, widget: QWidget, at: QPoint, to: QPoint, *, hides: bool = False) -> None:
        QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, at)
        self._move(widget, to, LEFT)
        if hides:
            table = self._desktop.window.actions_table
            if CommandId.HIDE_PANEL in {command.id for command in table.bound()}:
                table.action(CommandId.HIDE_PANEL).trigger()
            self._move(widget, to, LEFT)
        QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, to)

    def _move(self, widget: QWidget, at: QPoint, button: Qt.MouseButton) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)),
            Qt.MouseButton.NoButton, button, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _click_map(self) -> str:
        maps = self._seen(TrackMap)
        if not maps:
            return "no map"
        at = self._place(maps[0])
        QTest.mouseClick(maps[0], LEFT, Qt.KeyboardModifier.NoModifier, at)
        return f"map at {at.x()}, {at.y()}"

    def _press_button(self) -> str:
        buttons = [one for one in self._seen(QAbstractButton) if isinstance(one, QAbstractButton)]
        # A button with a menu waits for a person.
        buttons = [one for one in buttons if not getattr(one, "menu", lambda: None)()]
        if not buttons:
            return "no button"
        button = self._dice.choice(buttons)
        name = button.accessibleName() or button.text()
        if name.startswith(("Dark", "Open season", "Reload")) and self._dice.random() > 0.1:
            return f"not button {name}"
        button.click()
        return f"button {name}"

    def _change_tab(self) -> str:
        bars = [bar for bar in self._seen(QTabBar) if isinstance(bar, QTabBar) and bar.count()]
        if not bars:
            return "no tabs"
        bar = self._dice.choice(bars)
        bar.setCurrentIndex(self._dice.randrange(bar.count()))
        return f"tab {bar.tabText(bar.currentIndex())}"

    def _search(self) -> str:
        lines = [line for line in self._seen(QLineEdit) if isinstance(line, QLineEdit)]
        if not lines:
            self._desktop.window.actions_table.action(CommandId.PALETTE).trigger()
            return "palette"
        line = self._dice.choice(lines)
        text = self._dice.choice(WORDS)
        line.setText(text)
        key = self._dice.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down))
        QTest.keyClick(line, key)
        return f"search {text!r}, {key.name}"

    def _open_menu(self) -> str:
        self._desktop.window.header._menu.aboutToShow.emit()
        return "menu"

    def _use_dialog(self, dialog: QWidget) -> str:
        name = type(dialog).__name__
        if isinstance(dialog, QMenu):
            chosen = [action for action in dialog.actions() if action.isEnabled()]
            if chosen:
                self._dice.choice(chosen).trigger()
            dialog.close()
            return f"{name}: an action"
        boxes = dialog.findChildren(QCheckBox) + dialog.findChildren(QComboBox)
        if boxes and not isinstance(dialog, QFileDialog) and self._dice.random() < 0.5:
            box = self._dice.choice(boxes)
            if isinstance(box, QCheckBox):
                box.click()
            elif box.count():
                box.setCurrentIndex(self._dice.randrange(box.count()))
                box.activated.emit(box.currentIndex())
            return f"{name}: {type(box).__name__}"
        if isinstance(dialog, QDialog):
            dialog.reject()
        return f"{name}: closed"
