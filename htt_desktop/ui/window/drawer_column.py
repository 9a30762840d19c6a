"""A column of parts, one above the other where there is room, else one at a time."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget


class DrawerColumn(QWidget):
    """Shows its parts in a splitter, or as the tabs of a drawer."""

    def hold(self, parts: Mapping[str, QWidget]) -> None:
        """Take the parts, from the top, by their titles in the drawer; called once."""
        self._parts = parts
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setChildrenCollapsible(False)
        self._drawer = QTabWidget(self)
        self._drawer.setDocumentMode(True)
        self._drawer.tabBar().setDrawBase(False)
        self._drawer.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        layout.addWidget(self._drawer)
        self._is_drawer = True
        self.set_drawer(False)

    @property
    def is_drawer(self) -> bool:
        """Whether only one part is seen at a time."""
        return self._is_drawer

    def set_drawer(self, drawer: bool) -> None:
        """Change between one above the other and one at a time."""
        if drawer == self._is_drawer:
            return
        self._is_drawer = drawer
        self._drawer.setVisible(drawer)
        self._splitter.setVisible(not drawer)
        for title, part in self._parts.items():
            if drawer:
                self._drawer.addTab(part, title)
            else:
                self._splitter.addWidget(part)
                part.show()
        self.arrange_parts()

    def arrange_parts(self) -> None:
        """Arrange the parts after a change; subclasses know how."""
