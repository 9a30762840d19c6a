"""The table of drivers: keys and clicks become wishes, nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.tables.cell_painter import CellPainter
from htt_desktop.ui.tables.rows_model import Index, Row, RowsModel
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, STANDINGS_COLUMNS, ColumnId, widths
from htt_desktop.ui.theme import Theme

_ROW_PX = 24
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LETTERS = tuple(Qt.Key(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B)))
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_KEPT = (
    *_LETTERS, *_ENTER, *_STEPS, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Insert, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)  # fmt: skip
_RIVAL_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class StandingsView(RowsView):
    """Rows of drivers; the current row is the driver of the season tabs.

    Signals
    -------
    driver_chosen(str), driver_opened(str)
        The row moved to; the row of Enter or a double click.
    rival_wanted(str)
        Compare with this one, or no longer, with the present rival.
    rival_stepped(int)
        One row up (−1) or down (+1) from the rival.
    chart_toggled(str)
        Draw this one in the points chart, or no longer.
    typed(str)
        Letters that belong into the filter.
    copy_wanted()
    menu_wanted(str, QPoint)
        Driver, and where on the screen.
    """

    driver_chosen = Signal(str)
    driver_opened = Signal(str)
    rival_wanted = Signal(str)
    rival_stepped = Signal(int)
    chart_toggled = Signal(str)
    typed = Signal(str)
    copy_wanted = Signal()
    menu_wanted = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows = RowsModel(theme)
        super().__init__(self.rows, parent)
        self.rows.setParent(self)
        self.cells = CellPainter(self.rows, theme, self)
        self._follows = False
        self.setItemDelegate(self.cells)
        self.setAccessibleName("Standings")
        self.setProperty(KEPT_KEYS, _KEPT)
        self.setMouseTracking(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(min(column.least_px for column in STANDINGS_COLUMNS))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.sectionClicked.connect(self.sort_by)
        self.rows.sort(PLACE_OF[ColumnId.RANK], Qt.SortOrder.AscendingOrder)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.doubleClicked.connect(self._on_double_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.cells.set_theme(theme)
        self.rows.set_theme(theme)

    def show_rows(self, rows: Sequence[Row], driver: str | None) -> None:
        """Replace the rows; the driver's row is current if it is among them."""
        had = self.rows.columnCount()
        self._follows = True
        self.rows.show_rows([column.heading for column in STANDINGS_COLUMNS], rows)
        if had != self.rows.columnCount():
            self._share_width()
        self._follows = False
        self.follow(driver)

    def follow(self, driver: str | None) -> None:
        """Make the driver's row current, without telling anybody."""
        if driver is not None and driver == self.current_driver:
            return
        place = self._place(driver)
        self._follows = True
        if place is None:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()
        else:
            column = max(self.currentIndex().column(), PLACE_OF[ColumnId.NAME])
            self.setCurrentIndex(self.rows.index(place, column))
        self._follows = False

    def repaint_rows(self, drivers: AbstractSet[str | None]) -> None:
        """Draw the marks of some drivers again."""
        for place, row in enumerate(self.rows.rows):
            if row.payload in drivers:
                top = self.rowViewportPosition(place)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(place))

    @property
    def current_driver(self) -> str | None:
        """The driver of the current row."""
        return self._driver(self.currentIndex())

    @property
    def shown(self) -> list[str]:
        """The drivers on screen, in their order."""
        return [str(row.payload) for row in self.rows.rows]

    def neighbour(self, driver: str | None, step: int, skipped: str | None) -> str | None:
        """Return who stands some rows below a driver, passing over another one."""
        shown = [name for name in self.shown if name != skipped or name == driver]
        if driver not in shown:
            return None
        place = shown.index(driver) + step
        return shown[place] if 0 <= place < len(shown) else None

    def sort_by(self, column: int) -> None:
        """Sort by a column, its better end first; again for the other way round."""
        if STANDINGS_COLUMNS[column].id is ColumnId.CHART:
            return
        first = STANDINGS_COLUMNS[column].first
        falling, rising = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        other = rising if first == falling else falling
        self.rows.sort(column, other if self.rows.order == (column, first) else first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the keys of the table mean."""
        if not self._handle(event):
            super().keyPressEvent(event)

    def _handle(self, event: QKeyEvent) -> bool:
        key, driver = Qt.Key(event.key()), self.current_driver
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif key in _ENTER and driver is not None:
            self.driver_opened.emit(driver)
        elif key in _STEPS and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self.rival_stepped.emit(_STEPS[key])
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(key == Qt.Key.Key_End)
        elif plain and key == Qt.Key.Key_Insert and driver is not None:
            self.chart_toggled.emit(driver)
        elif plain and key == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.sort_by(self.currentIndex().column())
            self.scrollTo(self.currentIndex())
        elif _is_text(event):
            self.typed.emit(event.text())
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let a click with Shift or Ctrl mean the rival, one on the check mark the chart."""
        index = self.indexAt(event.position().toPoint())
        driver = self._driver(index)
        if event.button() != Qt.MouseButton.LeftButton or driver is None:
            super().mousePressEvent(event)
        elif event.modifiers() & _RIVAL_MODIFIERS:
            self.rival_wanted.emit(driver)
        elif STANDINGS_COLUMNS[index.column()].id is ColumnId.CHART:
            self.chart_toggled.emit(driver)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a row."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        driver = self._driver(index)
        if driver is not None:
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_wanted.emit(driver, corner if by_key else event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room among the columns."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        if self.rows.columnCount() == len(STANDINGS_COLUMNS):
            for column, width in enumerate(widths(self.viewport().width())):
                self.setColumnWidth(column, width)

    def _go_to_end(self, to_last: bool) -> None:
        row = self.rows.rowCount() - 1 if to_last else 0
        column = max(self.currentIndex().column(), PLACE_OF[ColumnId.NAME])
        self.setCurrentIndex(self.rows.index(row, column))

    def _place(self, driver: str | None) -> int | None:
        rows = self.rows.rows
        return next((at for at, row in enumerate(rows) if row.payload == driver), None)

    def _driver(self, index: Index) -> str | None:
        return str(self.rows.row(index.row()).payload) if index.isValid() else None

    def _on_current_row_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        driver = self._driver(current)
        if driver is not None and not self._follows:
            self.driver_chosen.emit(driver)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        driver = self._driver(index)
        if driver is not None and STANDINGS_COLUMNS[index.column()].id is not ColumnId.CHART:
            self.driver_opened.emit(driver)


def _is_text(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    text = event.text()
    return not modifiers and len(text) == 1 and text.isprintable() and not text.isspace()
