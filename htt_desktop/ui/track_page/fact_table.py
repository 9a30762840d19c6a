"""A small table of facts in which cells can stand for drivers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.tables.cell_painter import PAD_PX, CellPainter
from htt_desktop.ui.tables.rows_model import Heading, Row, RowsModel
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
_AIR_PX = 2 * PAD_PX + 2
_NARROWEST_PX = 60
_HEAD_PX = 26


class FactTable(RowsView):
    """The table; a click or Enter on a cell that stands for a driver chooses them.

    Columns are as wide as their texts; the flexible ones share what is left, or give way.

    Signals
    -------
    driver_chosen(str)
        Key of the driver.
    """

    driver_chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, flexible: Sequence[int], parent: QWidget | None = None
    ) -> None:
        self._rows = RowsModel(theme)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self._cells = CellPainter(self._rows, theme, self)
        self.setItemDelegate(self._cells)
        self._flexible = tuple(flexible)
        self._needed: list[int] = []
        self.setAccessibleName(name)
        self.setProperty(KEPT_KEYS, (*_ARROWS, *_CHOOSING, Qt.Key.Key_Escape))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Known before the style is, so that the first picture has its final size.
        self.horizontalHeader().setFixedHeight(_HEAD_PX)
        self.clicked.connect(self._on_index)

    @property
    def rows(self) -> RowsModel:
        """What is shown."""
        return self._rows

    def show_rows(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        """Replace the contents and go back to the top."""
        self._rows.show_rows(headings, rows)
        head = QFontMetrics(font(LABEL_PX))
        metrics = {False: QFontMetrics(font()), True: QFontMetrics(font(bold=True))}
        self._needed = []
        for column, heading in enumerate(headings):
            texts = {(row.cells[column].text, row.cells[column].is_best) for row in rows}
            sizes = (metrics[is_best].horizontalAdvance(text) for text, is_best in texts)
            widest = max(sizes, default=0)
            self._needed.append(max(widest, head.horizontalAdvance(heading.text)) + _AIR_PX)
        self._share_width()
        self.scrollToTop()

    def fit_rows(self) -> None:
        """Be exactly as high as the rows, so that only the page scrolls."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows_px = self._rows.rowCount() * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(_HEAD_PX + rows_px + 2)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._cells.set_theme(theme)
        self._rows.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter choose the driver of the current cell; leave Escape to the page."""
        if event.key() in _CHOOSING:
            self._on_index(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _share_width(self) -> None:
        if not self._needed:
            return
        flexible = [column for column in self._flexible if column < len(self._needed)]
        spare = self.viewport().width() - sum(self._needed)
        each = spare // len(flexible) if flexible else 0
        header = self.horizontalHeader()
        for column, needed in enumerate(self._needed):
            wide = max(needed + each, min(needed, _NARROWEST_PX)) if column in flexible else needed
            if header.sectionSize(column) != wide:
                header.resizeSection(column, wide)

    def _on_index(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        drivers = self._rows.row(index.row()).payload
        driver = drivers[index.column()] if isinstance(drivers, tuple) and drivers else None
        if driver is not None:
            self.driver_chosen.emit(driver)
