"""The right column: map, readings, corners; a tabbed drawer where room is short."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from htt_desktop.ui.charts.track_map import TrackMap
from htt_desktop.ui.tables.corner_table import CornerTable
from htt_desktop.ui.tables.readings_table import ReadingsTable
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording.formats import UnitSystem

_TITLES = ("Map", "Cursor", "Corners")
_SHARES = (31, 33, 36)


class SideColumn(QWidget):
    """Holds the three parts and shows them one above the other or in a drawer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = TrackMap(theme, self)
        self.readings = ReadingsTable(theme, self)
        self.corners = CornerTable(theme, self)
        self._parts = (self.map, self.readings, self.corners)
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
        self._map_hidden = False
        self.set_drawer(False)

    @property
    def is_drawer(self) -> bool:
        """Whether only one part is seen at a time."""
        return self._is_drawer

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in self._parts:
            part.set_theme(theme)

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and distances in other units."""
        self.readings.set_units(units)
        self.corners.set_units(units)

    def set_drawer(self, drawer: bool) -> None:
        """Change between one above the other and one at a time."""
        if drawer == self._is_drawer:
            return
        self._is_drawer = drawer
        self._drawer.setVisible(drawer)
        self._splitter.setVisible(not drawer)
        if drawer:
            for part, title in zip(self._parts, _TITLES, strict=True):
                self._drawer.addTab(part, title)
            self._drawer.setCurrentWidget(self.corners)
        else:
            for part in self._parts:
                self._splitter.addWidget(part)
                part.show()
            self._splitter.setSizes([share * 10 for share in _SHARES])
            self.map.setVisible(not self._map_hidden)

    def toggle_map(self) -> None:
        """Hide or show the map; in the drawer, bring it to the front and back."""
        if self._is_drawer:
            at_front = self._drawer.currentWidget() is self.map
            self._drawer.setCurrentWidget(self.corners if at_front else self.map)
        else:
            self._map_hidden = not self._map_hidden
            self.map.setVisible(not self._map_hidden)
