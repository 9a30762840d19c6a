"""The top line of the window: tabs, search, theme, keys, menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTabBar, QToolButton, QWidget

from htt_desktop.ui.actions import Actions
from htt_desktop.ui.commands import CommandId

_SEARCH_PX = 320


class Header(QWidget):
    """Assembled once; the actions decide what the buttons do."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        search = QPushButton("⌕  driver, track, command   Ctrl+K", self)
        search.setProperty("role", "search")
        search.setMinimumWidth(_SEARCH_PX)
        search.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        search.setToolTip(actions.action(CommandId.PALETTE).toolTip())
        search.clicked.connect(actions.action(CommandId.PALETTE).trigger)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.tabs)
        layout.addStretch()
        layout.addWidget(search)
        layout.addStretch()
        for sign, command in (("◐", CommandId.THEME), ("?", CommandId.KEYS)):
            button = self._button(sign, actions.action(command).toolTip())
            button.clicked.connect(actions.action(command).trigger)
            layout.addWidget(button)
        menu_button = self._button("☰", "Menu")
        self._actions = actions
        self._menu = QMenu(menu_button)
        self._menu.aboutToShow.connect(self._on_menu_about_to_show)
        menu_button.setMenu(self._menu)
        menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout.addWidget(menu_button)

    def _on_menu_about_to_show(self) -> None:
        # Tabs bind their commands after the header exists, hence so late.
        self._actions.fill_menu(self._menu)

    def _button(self, sign: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFixedSize(QSize(32, 28))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
