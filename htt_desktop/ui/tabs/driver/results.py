"""The results table: races in calendar order, each of them unfolds."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.csv_text import csv_text
from htt_desktop.ui.tables.row_delegate import RowDelegate
from htt_desktop.ui.tabs.driver.driver_facts import race_name
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.result_columns import COLUMNS, CSV_COLUMNS
from htt_desktop.ui.tabs.driver.results_model import ResultsModel
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_INDENT_PX = 18
_ROW_PX = 22
_CELL_MARGINS_PX, _HEAD_MARGINS_PX = 8, 12
_UNFOLDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_KEPT = (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return)


class _DenseRows(RowDelegate):
    """Rows as high as those of every other table."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the size of the text in a row of fixed height."""
        return QSize(super().sizeHint(option, index).width(), _ROW_PX)


class ResultsTree(QTreeView):
    """Enter, Space or the arrow unfolds a race; Ctrl+C copies all races as CSV.

    Signals
    -------
    race_chosen(RaceKey)
        Another row is the current one.
    """

    race_chosen = Signal(RaceKey)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.results = ResultsModel(theme, self)
        self.setModel(self.results)
        self.setFont(font())
        self.setAccessibleName("Results")
        self.setProperty(KEPT_KEYS, _KEPT)
        self.setItemDelegate(_DenseRows(self))
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        header = self.header()
        header.setFont(font(LABEL_PX))
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._measured: object = None
        self.expanded.connect(self._on_expanded)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.results.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show the results of a driver; the race and what is unfolded stay."""
        chosen, unfolded = self.race, self.unfolded()
        # The chosen race is told by whoever changed the driver, not by the reset.
        with QSignalBlocker(self):
            self.results.show_pair(pair)
            for key in unfolded:
                self.expand(self.results.index_of(key))
            if chosen is not None and self.results.index_of(chosen).isValid():
                self.setCurrentIndex(self.results.index_of(chosen))
        for key in unfolded:
            self._span(self.results.index_of(key))
        self._fit_columns(pair)

    @property
    def race(self) -> RaceKey | None:
        """The race of the current row."""
        return self.results.key(self.currentIndex())

    def show_race(self, key: RaceKey) -> None:
        """Make a race the current row without telling anyone."""
        index = self.results.index_of(key)
        if index.isValid() and key != self.race:
            with QSignalBlocker(self):
                self.setCurrentIndex(index)
            self.viewport().update()

    def unfolded(self) -> list[RaceKey]:
        """Return the races whose details are seen."""
        places = [self.results.index(row, 0) for row in range(self.results.rowCount())]
        found = [self.results.key(index) for index in places if self.isExpanded(index)]
        return [key for key in found if key is not None]

    def csv(self) -> str:
        """Return every figure of every race, as in the records."""
        headings = [column.field for column in CSV_COLUMNS]
        return csv_text(headings, self.results.values(CSV_COLUMNS))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Unfold with Enter and Space, copy with Ctrl+C."""
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.csv())
        elif event.key() in _UNFOLDING and index.isValid():
            top = index.parent() if index.parent().isValid() else index.siblingAtColumn(0)
            self.setCurrentIndex(top)
            self.setExpanded(top, not self.isExpanded(top))
        else:
            super().keyPressEvent(event)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Tell which race is looked at."""
        super().currentChanged(current, previous)
        key = self.results.key(current)
        if key is not None and key != self.results.key(previous):
            self.race_chosen.emit(key)

    def drawBranches(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the arrow in the colour of the theme."""
        if index.parent().isValid():
            return
        painter.setPen(self._theme.color("muted"))
        arrow = "▾" if self.isExpanded(index) else "▸"
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, arrow)

    def _on_expanded(self, index: QModelIndex) -> None:
        self._span(index)
        last = self.results.index(self.results.rowCount(index) - 1, 0, index)
        self.scrollTo(last)
        self.scrollTo(index)

    def _span(self, index: QModelIndex) -> None:
        for row in range(self.results.rowCount(index)):
            self.setFirstColumnSpanned(row, index, True)

    def _fit_columns(self, pair: Pair) -> None:
        if self._measured is pair.season:
            return
        self._measured = pair.season
        text, head = QFontMetrics(self.font()), QFontMetrics(self.header().font())
        rows = [row for rows in pair.season.results.values() for row in rows]
        own = {
            "track_id": [race_name(pair.season, row) for row in rows],
            "team": [row.team for row in rows],
        }
        for at, column in enumerate(COLUMNS):
            texts = {column.sample, *own.get(column.field, ())}
            cells = max(text.horizontalAdvance(one) for one in texts) + _CELL_MARGINS_PX
            cells += _INDENT_PX * (at == 0)
            heading = head.horizontalAdvance(column.heading) + _HEAD_MARGINS_PX
            self.setColumnWidth(at, max(cells, heading))
