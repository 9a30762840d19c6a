"""Binds the command table to what a window can really do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMenu, QWidget

from htt_desktop.ui.commands import COMMAND_OF, COMMANDS, EXPAND, Command, CommandId

Handlers = Mapping[CommandId, Callable[[], object]]
"""What each command does; commands without a handler do not appear anywhere."""

KEPT_KEYS = "kept_keys"
"""Dynamic property of a widget: keys it wants for itself, unmodified, while it has the focus."""

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""The two keys that choose what is current."""

_OPENING = (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Up)
"""Keys that open a combo box's list or walk through it, with Alt or without."""


class Actions(QObject):
    """The actions of a window, made from the command table.

    Parameters
    ----------
    window
        Widget in which the keys are valid.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[CommandId, QAction] = {}
        self._handlers: dict[CommandId, Callable[[], object]] = {}
        self._of_tab: Handlers = {}
        self._has_laps = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def bind(self, handlers: Handlers) -> None:
        """Give commands something to do on every tab."""
        self._handlers.update(handlers)
        self._make_missing(handlers)
        self._enable()

    def bind_tab(self, handlers: Handlers) -> None:
        """Give commands something to do on the tab in front; the one before lets go of them."""
        self._of_tab = handlers
        self._make_missing(handlers)
        self._enable()

    def action(self, command: CommandId) -> QAction:
        """Return the action of a bound command."""
        return self._actions[command]

    def bound(self) -> tuple[Command, ...]:
        """Return the commands that do something here, in table order."""
        return tuple(command for command in COMMANDS if self._handler(command.id) is not None)

    def set_has_laps(self, has_laps: bool) -> None:
        """Enable or disable the commands that need something on screen to work on."""
        self._has_laps = has_laps
        self._enable()

    def _make_missing(self, handlers: Handlers) -> None:
        for command in COMMANDS:
            if command.id in handlers and command.id not in self._actions:
                self._actions[command.id] = self._make(command)

    def _handler(self, command: CommandId) -> Callable[[], object] | None:
        return self._of_tab.get(command) or self._handlers.get(command)

    def _enable(self) -> None:
        for command_id, action in self._actions.items():
            can_work = self._has_laps or not COMMAND_OF[command_id].needs_laps
            action.setEnabled(can_work and self._handler(command_id) is not None)

    def fill_menu(self, menu: QMenu) -> None:
        """Put one submenu per group into a menu, using again what it has of them."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        known = {group.title(): group for group in menu.findChildren(QMenu, options=direct)}
        menu.clear()
        for group in known.values():
            group.clear()
        for command in self.bound():
            if command.id in EXPAND:
                continue
            title = str(command.group)
            if title not in known:
                known[title] = QMenu(title, menu)
            if known[title].isEmpty():
                menu.addMenu(known[title])
            known[title].addAction(self._actions[command.id])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the focused widget keep the keys it cannot live without."""
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        if isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            kept = _keeps(watched, event)
            event.setAccepted(kept)
            return kept
        return False

    def _make(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(command.repeats)
        action.setToolTip(command.tool_tip)
        action.setData(command.id)
        action.triggered.connect(self._on_triggered)
        self._window.addAction(action)
        return action

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # Watching only the focused widget spares every other event a trip through Python.
        if old is not None:
            old.removeEventFilter(self)
        if new is not None and self._window.isAncestorOf(new):
            new.installEventFilter(self)

    def _on_triggered(self) -> None:
        action = self.sender()
        handler = self._handler(action.data()) if isinstance(action, QAction) else None
        if handler is not None:
            handler()


def _keeps(focus: QWidget, event: QKeyEvent) -> bool:
    plain = event.modifiers() in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )
    if isinstance(focus, QAbstractButton) and plain and event.key() == Qt.Key.Key_Space:
        return True
    if isinstance(focus, QComboBox) and event.key() in _OPENING:
        return True
    return plain and event.key() in (focus.property(KEPT_KEYS) or ())
