"""The right column: points by race over the factor map; a tabbed drawer where room is short."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.season_charts.factor_map import FactorMap
from htt_desktop.ui.season_charts.points import PointsChart
from htt_desktop.ui.theme import GRID_PX, Theme

_LEAST_PX = 240
_TITLES = ("Points", "Factor map")


class SeasonChartsColumn(QWidget):
    """Holds both charts and shows them one above the other or one at a time.

    Signals
    -------
    driver_chosen(str)
        The driver of a line or a dot.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = PointsChart(theme, self)
        self.map = FactorMap(theme, self)
        self._parts = (_framed(self.points, self), _framed(self.map, self))
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
        self.points.driver_chosen.connect(self.driver_chosen)
        self.map.driver_chosen.connect(self.driver_chosen)

    @property
    def is_drawer(self) -> bool:
        """Whether only one chart is seen at a time."""
        return self._is_drawer

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.points.set_theme(theme)
        self.map.set_theme(theme)

    def show_season(
        self, season: Season, charted: Sequence[str], driver: str | None, rival: str | None
    ) -> None:
        """Show both charts; the first one draws these drivers besides the two."""
        self.points.show_season(season, charted, driver, rival)
        self.map.show_season(season, driver, rival)

    def set_drawer(self, drawer: bool) -> None:
        """Change between one above the other and one at a time."""
        if drawer == self._is_drawer:
            return
        self._is_drawer = drawer
        self._drawer.setVisible(drawer)
        self._splitter.setVisible(not drawer)
        for part, title in zip(self._parts, _TITLES, strict=True):
            if drawer:
                self._drawer.addTab(part, title)
            else:
                self._splitter.addWidget(part)
                part.show()


def _framed(chart: QWidget, parent: QWidget) -> QWidget:
    frame = QWidget(parent)
    # Less than the charts would like: in a small window the table needs the room more.
    frame.setMinimumWidth(_LEAST_PX)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(GRID_PX, GRID_PX // 2, GRID_PX, GRID_PX // 2)
    layout.addWidget(chart)
    return frame
