"""The table view of the application: selected rows keep the colours of their figures."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from htt_desktop.ui.actions import ENTER_KEYS
from htt_desktop.ui.exporting import copy_text, rows_csv
from htt_desktop.ui.tables.rows_model import Index, RowsModel
from htt_desktop.ui.theme import LABEL_PX, font

# As numbers: combining Qt's flags costs as much as drawing a cell.
_SELECTED = QStyle.StateFlag.State_Selected.value
_RULE_SHARE = 0.35

_ROW_PX = 22
_NARROWEST_PX = 28
_NO_MARK: tuple[object, int, bool] = (None, 0, False)
"""What the current row is about, its column, and whether it is selected."""


def rule_selected(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Rule a selected cell above and below: its ground alone is too pale to be found."""
    painter.fillRect(rect.left(), rect.top(), rect.width(), 1, color)
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color)


class RowDelegate(QStyledItemDelegate):
    """Draws what is a loss in the colour of a loss, whether the row is selected or not."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Let selected text have the colour of the cell."""
        super().initStyleOption(option, index)
        if option.state.value & _SELECTED:
            color = option.palette.color(QPalette.ColorRole.Text)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, color)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        """Draw the cell, and the rules of a selected one."""
        super().paint(painter, option, index)
        if option.state.value & _SELECTED:
            rule = option.palette.color(QPalette.ColorRole.WindowText)
            rule.setAlphaF(_RULE_SHARE)
            rule_selected(painter, option.rect, rule)


class RowsView(QTableView):
    """A dense table: whole rows are selected, columns are as wide as their text.

    Signals
    -------
    row_chosen(object)
        What a row stands for that was clicked or had Enter pressed on it, once
        :meth:`choose_rows` was called.
    """

    row_chosen = Signal(object)

    def __init__(self, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marked = _NO_MARK
        self._chooses = False
        model.modelAboutToBeReset.connect(self._remember_mark)
        self.setModel(model)
        # After the selection model's own reset, which forgets the mark.
        model.modelReset.connect(self._restore_mark)
        self.setFont(font())
        self.setItemDelegate(RowDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setFont(font(LABEL_PX))
        header.setMinimumSectionSize(_NARROWEST_PX)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)

    def _restore_mark(self) -> None:
        rows, (subject, column, was_selected) = self.model(), self._marked
        place = rows.place_of(subject) if isinstance(rows, RowsModel) else None
        if place is None or subject is None:
            return
        index = rows.index(place, min(column, rows.columnCount() - 1))
        flags = QItemSelectionModel.SelectionFlag
        how = flags.ClearAndSelect | flags.Rows if was_selected else flags.NoUpdate
        self.selectionModel().setCurrentIndex(index, how)

    def _remember_mark(self) -> None:
        rows, index = self.model(), self.currentIndex()
        if isinstance(rows, RowsModel) and index.isValid():
            selected = self.selectionModel().isSelected(index)
            self._marked = (rows.row(index.row()).is_about, index.column(), selected)
        else:
            self._marked = _NO_MARK

    def csv(self) -> str:
        """Return the rows on screen; tables with a form for machines return that."""
        rows = self.model()
        return rows_csv(rows) if isinstance(rows, RowsModel) else ""

    def choose_rows(self) -> None:
        """Let a click or Enter choose a row."""
        self._chooses = True
        self.clicked.connect(self._on_index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter choose the current row where rows are chosen."""
        if self._chooses and event.key() in ENTER_KEYS:
            self._on_index(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_index(self, index: QModelIndex) -> None:
        rows = self.model()
        if index.isValid() and isinstance(rows, RowsModel):
            self.row_chosen.emit(rows.row(index.row()).payload)

    def sort_on_click(self, column: int) -> None:
        """Let headings sort, largest first, beginning with a column.

        Qt's own sorting would reserve room for its arrow in every column.
        """
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(self._on_section_clicked)
        self.model().sort(column, Qt.SortOrder.DescendingOrder)

    def _on_section_clicked(self, column: int) -> None:
        rows = self.model()
        if isinstance(rows, RowsModel):
            largest_first = rows.order != (column, Qt.SortOrder.DescendingOrder)
            falling, rising = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
            rows.sort(column, falling if largest_first else rising)


def focused_table(page: QWidget) -> RowsView | None:
    """Return the table of a page that has the focus, ``None`` without one."""
    focus = QApplication.focusWidget()
    return focus if isinstance(focus, RowsView) and page.isAncestorOf(focus) else None


def copy_table(table: RowsView) -> str:
    """Copy a table as CSV and return the sentence that says so."""
    copy_text(table.csv())
    return f"Copied as CSV: {table.accessibleName().lower() or 'the table'}."
