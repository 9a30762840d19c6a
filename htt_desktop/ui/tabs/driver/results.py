"""The results table: races in calendar order, each of them unfolds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.tables.rows_model import Index
from htt_desktop.ui.tables.rows_view import RowDelegate
from htt_desktop.ui.tabs.driver.driver_facts import race_code
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.result_columns import (
    CSV_COLUMNS,
    RESULT_COLUMNS,
    ResultColumn,
    RowContext,
    Shown,
)
from htt_desktop.ui.tabs.driver.result_details import detail_lines
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_INDENT_PX = 18
_ROW_PX = 22
_CELL_MARGINS_PX, _HEAD_MARGINS_PX = 8, 12
_UNFOLDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_KEPT = (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return)

_TOP = 0
_ALIGNMENTS = [
    (Qt.AlignmentFlag.AlignLeft if column.is_text else Qt.AlignmentFlag.AlignRight)
    | Qt.AlignmentFlag.AlignVCenter
    for column in RESULT_COLUMNS
]


class _DenseRows(RowDelegate):
    """Rows as high as those of every other table."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
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
            copy_text(self.csv())
        elif event.key() in _UNFOLDING and index.isValid():
            top = index.parent() if index.parent().isValid() else index.siblingAtColumn(0)
            self.setCurrentIndex(top)
            self.setExpanded(top, not self.isExpanded(top))
        else:
            super().keyPressEvent(event)

    def currentChanged(
        self,
        current: Index,
        previous: Index,
    ) -> None:
        """Tell which race is looked at."""
        super().currentChanged(current, previous)
        key = self.results.key(current)
        if key is not None and key != self.results.key(previous):
            self.race_chosen.emit(key)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
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
            "track_id": [race_code(pair.season, row) for row in rows],
            "team": [row.team for row in rows],
        }
        for at, column in enumerate(RESULT_COLUMNS):
            texts = {column.sample, *own.get(column.field, ())}
            cells = max(text.horizontalAdvance(one) for one in texts) + _CELL_MARGINS_PX
            cells += _INDENT_PX * (at == 0)
            heading = head.horizontalAdvance(column.heading) + _HEAD_MARGINS_PX
            self.setColumnWidth(at, max(cells, heading))


class ResultsModel(QAbstractItemModel):
    """Cells are written when the driver changes, details when a row is unfolded."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair: Pair | None = None
        self._context: RowContext | None = None
        self.rows: tuple[RaceResult, ...] = ()
        self._cells: list[list[Shown]] = []
        self._details: dict[int, tuple[str, ...]] = {}

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        if self.rows:
            last = self.index(len(self.rows) - 1, len(RESULT_COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def show_pair(self, pair: Pair) -> None:
        """Show the results of a driver."""
        self.beginResetModel()
        self._pair = pair
        self.rows = pair.season.results.get(pair.driver, ())
        self._context = RowContext(pair.season, pair.driver)
        self._cells = [
            [column.cell(self._context, row) for column in RESULT_COLUMNS] for row in self.rows
        ]
        self._details = {}
        self.endResetModel()

    def values(self, columns: Sequence[ResultColumn]) -> list[list[object]]:
        """Return the figures of all rows as in the records."""
        context = self._context
        if context is None:
            return []
        return [[column.value(context, row) for column in columns] for row in self.rows]

    def key(self, index: Index) -> RaceKey | None:
        """Return the race a row or one of its details belongs to."""
        if not index.isValid():
            return None
        place = index.row() if index.internalId() == _TOP else index.internalId() - 1
        row = self.rows[place]
        return None if self._pair is None else self._pair.season.key_of(row)

    def index_of(self, key: RaceKey) -> QModelIndex:
        """Return the row of a race, an invalid index where there is none."""
        if self._pair is not None:
            for place, row in enumerate(self.rows):
                if self._pair.season.key_of(row) == key:
                    return self.index(place, 0)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return a cell, or a detail below a race."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the race of a detail."""
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return that every race has details."""
        if not parent.isValid():
            return bool(self.rows)
        return parent.internalId() == _TOP and parent.column() == 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of races, or of details of one."""
        if not parent.isValid():
            return len(self.rows)
        if parent.internalId() != _TOP or parent.column() != 0:
            return 0
        return len(self._lines(parent.row()))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns; details have as many, and use the first."""
        return len(RESULT_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return text, colour, alignment or tool tip of a cell."""
        place = index.internalId()
        if place != _TOP:
            return self._detail(place - 1, index, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()].text
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(self._cells[index.row()][index.column()].tone)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._cells[index.row()][index.column()].tip or None
        return None

    def headerData(  # noqa: D102 - Qt's contract
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401
        if orientation != Qt.Orientation.Horizontal or section >= len(RESULT_COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return RESULT_COLUMNS[section].heading
        if role == Qt.ItemDataRole.ToolTipRole:
            return RESULT_COLUMNS[section].tip
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color("muted")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[section]
        return None

    def _detail(self, place: int, index: Index, role: int) -> Any:  # noqa: ANN401 - as data
        if index.column() != 0:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._lines(place)[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole:
            is_rival = self._lines(place)[index.row()].startswith("╍")
            return self._theme.color("compared" if is_rival else "text")
        return None

    def _lines(self, place: int) -> tuple[str, ...]:
        if place not in self._details:
            if self._pair is None:
                return ()
            self._details[place] = detail_lines(self._pair, self.rows[place])
        return self._details[place]
