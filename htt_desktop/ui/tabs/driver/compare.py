"""Driver and rival race by race, and what differs in their factors."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.csv_text import csv_text
from htt_desktop.ui.factor_sentences import difference_sentences
from htt_desktop.ui.shell_style import small_label
from htt_desktop.ui.tables.rows_model import RowsModel
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.driver.compare_rows import (
    column_widths,
    compare_rows,
    csv_headings,
    csv_rows,
    headings,
    tally,
)
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme

_NOBODY = (
    "There is nobody to compare with yet: choose a rival at the top right, click a dot of the "
    "field, or take one of the similar drivers."
)


_WIDEST = 1.5
"""Further apart the figures of a row would be hard to follow."""


class CompareTable(RowsView):
    """One row per race; Enter or a click chooses the race.

    Signals
    -------
    race_chosen(RaceKey)
        The race of a row.
    """

    race_chosen = Signal(RaceKey)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows = RowsModel(theme)
        super().__init__(self.rows, parent)
        self.rows.setParent(self)
        self._pair: Pair | None = None
        self.setAccessibleName("Race by race against the rival")
        self.clicked.connect(self._on_index)

    def show_pair(self, pair: Pair) -> None:
        """Show a pair that has a rival."""
        had, self._pair = self._pair, pair
        self.rows.show_rows(headings(pair), compare_rows(pair))
        if had is None:
            self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        widths = column_widths()
        factor = min(_WIDEST, max(1.0, self.viewport().width() / sum(widths)))
        for column, width in enumerate(widths):
            self.setColumnWidth(column, int(width * factor))

    def csv(self) -> str:
        """Return the table with the figures of the records."""
        return csv_text(csv_headings(), [] if self._pair is None else csv_rows(self._pair))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter, copy with Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.csv())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_index(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.race_chosen.emit(self.rows.row(index.row()).payload)


class CompareSection(QWidget):
    """Sentences over the table, or what to do when there is no rival."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = CompareTable(theme, self)
        self.tally = QLabel(self)
        self.tally.setWordWrap(True)
        self.tally.setContentsMargins(8, 6, 8, 2)
        self.sentences = small_label("muted")
        self.sentences.setWordWrap(True)
        self.sentences.setContentsMargins(8, 0, 8, 6)
        self._nobody = QLabel(_NOBODY, self)
        self._nobody.setWordWrap(True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setProperty("role", "muted")
        filled = QWidget(self)
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tally)
        column.addWidget(self.sentences)
        column.addWidget(self.table, stretch=1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._nobody)
        self._pages.addWidget(filled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    @property
    def says(self) -> str:
        """The sentences on screen."""
        if not self._pages.currentIndex():
            return self._nobody.text()
        return f"{self.tally.text()}\n{self.sentences.text()}"

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.table.rows.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival side by side."""
        self._pages.setCurrentIndex(0 if pair.rival is None else 1)
        if pair.rival is not None:
            differences = difference_sentences(pair.season, pair.driver, pair.rival)
            self.tally.setText(tally(pair))
            self.sentences.setText("\n".join(differences))
            self.table.show_pair(pair)
