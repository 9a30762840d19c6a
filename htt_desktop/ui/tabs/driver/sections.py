"""The parts of the page and where they stand: side by side, or one at a time."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from htt_desktop.ui.season_charts.circuit import CircuitChart
from htt_desktop.ui.season_charts.grid_finish import GridFinishChart
from htt_desktop.ui.season_charts.pace import PaceChart
from htt_desktop.ui.tabs.driver.compare import CompareSection
from htt_desktop.ui.tabs.driver.factors import FactorPanel
from htt_desktop.ui.tabs.driver.laps import LapsSection
from htt_desktop.ui.tabs.driver.results import ResultsTree
from htt_desktop.ui.tabs.driver.similar import SimilarSection
from htt_desktop.ui.theme import Theme

_ROOMY = QSize(1480, 700)
"""From this size on, results, factors and one further section are seen at once."""

_COLUMN_SHARES = (56, 44)
_RESULTS_PX = 350
"""A whole season of results."""


class Sections(QWidget):
    """Results and factors stand still where there is room; the rest takes turns.

    Signals
    -------
    turned()
        Other parts are seen now.
    """

    turned = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = ResultsTree(theme, self)
        self.factors = FactorPanel(theme, self)
        self.grid_finish = GridFinishChart(theme, self)
        self.laps = LapsSection(theme, self)
        self.pace = PaceChart(theme, self)
        self.circuits = CircuitChart(theme, self)
        self.compare = CompareSection(theme, self)
        self.similar = SimilarSection(theme, self)
        self._titled: tuple[tuple[QWidget, str, str], ...] = (
            (self.grid_finish, "Grid to finish", "Grid and finish of every race"),
            (self.laps, "Laps", "Running order and lap times of one race"),
            (self.pace, "Pace", "Spread of the clean laps of every race"),
            (self.circuits, "Circuits", "Record per track against expectation"),
            (self.compare, "Compare", "Race by race against the rival"),
            (self.similar, "Similar", "Drivers with the nearest factors"),
        )
        self.drawer = QTabWidget(self)
        self.drawer.setDocumentMode(True)
        self.drawer.tabBar().setDrawBase(False)
        self.drawer.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part, title, tip in self._titled:
            self.drawer.setTabToolTip(self.drawer.addTab(part, title), tip)
        self._left = QSplitter(Qt.Orientation.Vertical, self)
        self._columns = QSplitter(Qt.Orientation.Horizontal, self)
        for splitter in (self._left, self._columns):
            splitter.setChildrenCollapsible(False)
        self._left.addWidget(self.drawer)
        self._columns.addWidget(self._left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._columns)
        self._order_focus()
        self._is_compact = True
        self._is_shared_out = False
        self._left.setStretchFactor(0, 1)
        self._columns.setStretchFactor(0, _COLUMN_SHARES[0])
        self.set_compact(False)
        self.drawer.currentChanged.connect(self._on_current_changed)

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """Every part, those that are hidden too."""
        return (self.results, self.factors, *(part for part, _, _ in self._titled))

    @property
    def is_compact(self) -> bool:
        """Whether only one part is seen at a time."""
        return self._is_compact

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in (
            self.results, self.factors, self.grid_finish, self.laps,
            self.pace, self.circuits, self.compare, self.similar,
        ):  # fmt: skip
            part.set_theme(theme)

    def bring_up(self, part: QWidget) -> None:
        """Make sure that a part is seen."""
        if self.drawer.indexOf(part) >= 0:
            self.drawer.setCurrentWidget(part)

    def fit(self, size: QSize) -> None:
        """Choose the arrangement for a size of the page."""
        self.set_compact(size.width() < _ROOMY.width() or size.height() < _ROOMY.height())

    def showEvent(self, event: QShowEvent) -> None:
        """Share out the room once its size is known; from then on the user's sizes stay."""
        super().showEvent(event)
        self._share_out()

    def set_compact(self, compact: bool) -> None:
        """Change between side by side and one at a time."""
        if compact == self._is_compact:
            return
        self._is_compact = compact
        self.factors.set_wide(compact)
        if compact:
            self.drawer.insertTab(0, self.results, "Results")
            self.drawer.insertTab(1, self.factors, "Factors")
            self.drawer.setCurrentIndex(0)
        else:
            self._left.insertWidget(0, self.results)
            self._columns.addWidget(self.factors)
            self.results.show()
            self.factors.show()
            self._share_out()
        self.turned.emit()

    def _order_focus(self) -> None:
        """Let Tab go from the results to the sections below, then to the factors."""
        laps, factors = self.laps, self.factors
        ordered: tuple[QWidget, ...] = (
            self.results,
            self.drawer.tabBar(),
            self.grid_finish,
            laps.choice.races,
            laps.choice.rivals,
            laps.order,
            laps.times,
            self.pace,
            self.circuits,
            self.compare.table,
            self.similar.table,
            *factors.strips.values(),
            factors.variables,
            factors.bars,
        )
        for first, second in pairwise(ordered):
            QWidget.setTabOrder(first, second)

    def _share_out(self) -> None:
        if self._is_compact or self._is_shared_out or not self.isVisible():
            return
        self._is_shared_out = True
        self._left.setSizes([_RESULTS_PX, max(_RESULTS_PX // 2, self.height() - _RESULTS_PX)])
        width = self.width()
        self._columns.setSizes([width * share // 100 for share in _COLUMN_SHARES])
        # More room later goes to the charts.
        self._left.setStretchFactor(0, 0)
        self._left.setStretchFactor(1, 1)
        for place, share in enumerate(_COLUMN_SHARES):
            self._columns.setStretchFactor(place, share)

    def _on_current_changed(self, place: int) -> None:
        self.turned.emit()
