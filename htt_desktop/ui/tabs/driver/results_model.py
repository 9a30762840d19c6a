"""Results as a tree: a race per row, its details below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.race_bests import RaceBests
from htt_desktop.ui.tabs.driver.result_columns import COLUMNS, Column, Scene, Shown
from htt_desktop.ui.tabs.driver.result_details import detail_lines
from htt_desktop.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_TOP = 0
_ALIGNMENTS = [
    (Qt.AlignmentFlag.AlignLeft if column.is_text else Qt.AlignmentFlag.AlignRight)
    | Qt.AlignmentFlag.AlignVCenter
    for column in COLUMNS
]


class ResultsModel(QAbstractItemModel):
    """Cells are written when the driver changes, details when a row is unfolded."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair: Pair | None = None
        self._bests: RaceBests | None = None
        self._season: object = None
        self._scene: Scene | None = None
        self.rows: tuple[RaceResult, ...] = ()
        self._cells: list[list[Shown]] = []
        self._details: dict[int, tuple[str, ...]] = {}

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        if self.rows:
            last = self.index(len(self.rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def show_pair(self, pair: Pair) -> None:
        """Show the results of a driver."""
        self.beginResetModel()
        if self._bests is None or self._season is not pair.season:
            self._season, self._bests = pair.season, RaceBests(pair.season)
        self._pair = pair
        self.rows = pair.season.results.get(pair.driver, ())
        self._scene = Scene(pair.season, self._bests, pair.driver)
        self._cells = [[column.cell(self._scene, row) for column in COLUMNS] for row in self.rows]
        self._details = {}
        self.endResetModel()

    def values(self, columns: Sequence[Column]) -> list[list[object]]:
        """Return the figures of all rows as in the records."""
        scene = self._scene
        if scene is None:
            return []
        return [[column.value(scene, row) for column in columns] for row in self.rows]

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
        return len(COLUMNS)

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
        if orientation != Qt.Orientation.Horizontal or section >= len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].heading
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].tip
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
            if self._pair is None or self._bests is None:
                return ()
            self._details[place] = detail_lines(self._pair, self._bests, self.rows[place])
        return self._details[place]
