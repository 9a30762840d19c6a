"""A small table of facts in which cells can stand for drivers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.tables.rows_model import Heading, Row, RowsModel
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import Theme

_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FactTable(RowsView):
    """The table; a click or Enter on a cell that stands for a driver chooses him.

    Signals
    -------
    driver_chosen(str)
        Key of the driver.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        self._rows = RowsModel(theme)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self.setAccessibleName(name)
        self.setProperty(
            KEPT_KEYS,
            (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, *_CHOOSING),
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.clicked.connect(self._on_index)

    @property
    def rows(self) -> RowsModel:
        """What is shown."""
        return self._rows

    def show_rows(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        """Replace the contents and go back to the top."""
        self._rows.show_rows(headings, rows)
        self.scrollToTop()

    def fit_rows(self) -> None:
        """Be exactly as high as the rows, so that nothing scrolls."""
        count = self._rows.rowCount()
        height = self.horizontalHeader().sizeHint().height() + 2
        self.setFixedHeight(height + count * self.verticalHeader().defaultSectionSize())

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._rows.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter choose the driver of the current cell; leave Escape to the page."""
        if event.key() in _CHOOSING:
            self._on_index(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_index(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        drivers = self._rows.row(index.row()).payload
        driver = drivers[index.column()] if isinstance(drivers, tuple) else None
        if driver is not None:
            self.driver_chosen.emit(driver)
