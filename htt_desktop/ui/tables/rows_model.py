"""A table model of finished cells, sortable by value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from htt_desktop.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class Tone(StrEnum):
    """Colour of a cell's text; the values are tokens of the theme."""

    TEXT = "text"
    MUTED = "muted"
    GAIN = "gain"
    LOSS = "loss"
    REFERENCE = "reference"
    COMPARED = "compared"


class Look(Enum):
    """How a column is drawn where :class:`CellPainter` draws it."""

    TEXT = auto()
    BAR = auto()
    PLATE = auto()
    CHECK = auto()


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    value
        What the column is sorted by; NaN and ``None`` come last.
    share
        Length of the bar below the text, 0 to 1; ``None`` for no bar.
    is_best
        The best of the field.
    """

    text: str
    value: float | None = None
    tone: Tone = Tone.TEXT
    tip: str = ""
    share: float | None = None
    is_best: bool = False


@dataclass(frozen=True)
class Heading:
    """One column heading.

    Attributes
    ----------
    is_left
        Aligned left like the first column of a table, which always is.
    """

    text: str
    tip: str = ""
    tone: Tone = Tone.MUTED
    is_left: bool = False
    look: Look = Look.TEXT


@dataclass(frozen=True)
class Row:
    """Cells with whatever they stand for.

    Attributes
    ----------
    payload
        What whoever clicks the row gets.
    subject
        What the row is about: a mark on it stays with an equal subject when the contents
        are replaced. By default the payload, or the text of the first cell.
    """

    cells: tuple[Cell, ...]
    payload: object = None
    subject: object = None

    @property
    def is_about(self) -> object:
        """The subject, or what stands in for it."""
        if self.subject is not None:
            return self.subject
        if self.payload is None or isinstance(self.payload, tuple):
            return self.cells[0].text
        return self.payload


class RowsModel(QAbstractTableModel):
    """Rows of cells; equal shapes are updated in place, without a reset.

    Rows of equal value stay in the order in which they were given. Selected and current
    rows stay with what they are about, not with their places.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._headings: tuple[Heading, ...] = ()
        self._given: tuple[Row, ...] = ()
        self._rows: list[Row] = []
        self._order: tuple[int, Qt.SortOrder] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self._tell_all_changed()

    def show_rows(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        """Replace the contents, keeping the chosen order."""
        same_shape = tuple(headings) == self._headings and len(rows) == len(self._rows)
        if not same_shape:
            self.beginResetModel()
        self._headings = tuple(headings)
        self._given = tuple(rows)
        if same_shape:
            self._reorder()
            self._tell_all_changed()
        else:
            self._sort_rows()
            self.endResetModel()

    def place_of(self, subject: object) -> int | None:
        """Return the place on screen of the one row about something, ``None`` without one."""
        places = [place for place, row in enumerate(self._rows) if row.is_about == subject]
        return places[0] if len(places) == 1 else None

    @property
    def order(self) -> tuple[int, Qt.SortOrder] | None:
        """Column and direction the rows are sorted by."""
        return self._order

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The columns."""
        return self._headings

    @property
    def rows(self) -> Sequence[Row]:
        """All rows in the order on screen."""
        return self._rows

    def row(self, place: int) -> Row:
        """Return the row at a place on screen."""
        return self._rows[place]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return text, colour, alignment or tool tip of a cell."""
        cell = self._rows[index.row()].cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(cell.tone)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip or None
        return None

    def headerData(  # noqa: D102 - Qt's contract
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401
        if orientation != Qt.Orientation.Horizontal or section >= len(self._headings):
            return None
        heading = self._headings[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._arrow(section) + heading.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return heading.tip or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(heading.tone)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column and keep that order for later contents."""
        self._order = (column, order)
        self._reorder()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def _arrow(self, column: int) -> str:
        # Qt's own arrow is drawn across the text of narrow columns.
        if self._order is None or self._order[0] != column:
            return ""
        return "▴" if self._order[1] == Qt.SortOrder.AscendingOrder else "▾"

    def _sort_rows(self) -> None:
        self._rows = list(self._given)
        if self._order is None or self._order[0] >= len(self._headings):
            return
        column, order = self._order
        sign = 1 if order == Qt.SortOrder.AscendingOrder else -1
        self._rows.sort(key=lambda row: _sort_key(row.cells[column].value, sign))

    def _reorder(self) -> None:
        """Put the rows in order; whatever is marked moves along with its subject."""
        if not self.persistentIndexList():
            self._sort_rows()
            return
        # Selections turn into persistent indexes only now.
        self.layoutAboutToBeChanged.emit()
        before, known = list(self._rows), self.persistentIndexList()
        self._sort_rows()
        moved = []
        for at in known:
            place = self.place_of(before[at.row()].is_about)
            moved.append(QModelIndex() if place is None else self.index(place, at.column()))
        self.changePersistentIndexList(known, moved)
        self.layoutChanged.emit()

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_left = column == 0 or self._headings[column].is_left
        side = Qt.AlignmentFlag.AlignLeft if is_left else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def _tell_all_changed(self) -> None:
        if self._rows and self._headings:
            last = self.index(len(self._rows) - 1, len(self._headings) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _sort_key(value: float | None, sign: int) -> tuple[bool, float]:
    missing = value is None or not math.isfinite(value)
    return missing, 0.0 if value is None or missing else sign * value
