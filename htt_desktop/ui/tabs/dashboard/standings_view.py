"""The table of drivers: its rows, sorted and filtered; keys and clicks become signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from htt_desktop.domain.race import number_order
from htt_desktop.domain.season.factor_records import DashboardDriver
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID
from htt_desktop.domain.season.race_records import SeasonStats
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import (
    FEWEST_RACES_FOR_BEST,
    average_finish,
    best_figures,
    credited_points,
    has_standings,
)
from htt_desktop.ui.actions import ENTER_KEYS, KEPT_KEYS
from htt_desktop.ui.tables.cell_painter import CellPainter
from htt_desktop.ui.tables.rows_model import Cell, Index, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.dashboard import cell_texts
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, STANDINGS_COLUMNS, ColumnId, widths
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import season_notes, tip_of

_ROW_PX = 24
_LETTERS = tuple(Qt.Key(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B)))
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_KEPT = (
    *_LETTERS, *ENTER_KEYS, *_STEPS, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Insert, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)  # fmt: skip
_RIVAL_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier

_GUEST = "guest: outside the standings, scores no points"
_NO_STANDINGS = "no official standings were published for this season"


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
        elif key in ENTER_KEYS and driver is not None:
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


_COUNTS: tuple[Callable[[SeasonStats], int], ...] = (
    lambda stats: stats.wins,
    lambda stats: stats.podiums,
    lambda stats: stats.poles,
)


class StandingsRows:
    """Makes the rows of one season; the payload of a row is the driver's key."""

    def __init__(self, season: Season) -> None:
        self._season = season
        drivers = season.drivers.values()
        self._has_standings = has_standings(drivers)
        self._name_order = _order(d.name for d in drivers)
        self._team_order = _order(d.team for d in drivers)
        self._class_order = _order(d.car_class for d in drivers)
        self._best = best_figures(season)

    def rows(self) -> list[Row]:
        """Return one row per driver, in the order of the season."""
        return [Row(self._cells(driver), driver.driver) for driver in self._season.drivers.values()]

    def _cells(self, driver: DashboardDriver) -> tuple[Cell, ...]:
        stats = self._season.stats.get(driver.driver)
        entries = cell_texts.entries_tip(driver, stats)
        number, key = driver.driver_number, driver.driver
        return (
            Cell("", tip="drawn in the points chart: click, or press Insert"),
            self._rank(driver),
            Cell(number, number_order(number), tip=entries),
            Cell(driver.name, self._name_order[driver.name], tip=entries),
            Cell(driver.team, self._team_order[driver.team], Tone.MUTED, entries),
            Cell(driver.car_class, self._class_order[driver.car_class], Tone.MUTED),
            self._points(driver),
            *(
                _count(None if stats is None else count(stats), best, driver.races)
                for count, best in zip(
                    _COUNTS, (self._best.wins, self._best.podiums, self._best.poles), strict=True
                )
            ),
            self._average_cell(driver),
            *(
                self._score(
                    driver,
                    driver.factors.get(factor.id),
                    self._best.scores[factor.id],
                    cell_texts.factor_tip(self._season, key, FACTORS_BY_ID[factor.id]),
                )
                for factor in FACTORS
            ),
            self._score(
                driver,
                driver.overall_score,
                self._best.overall_score,
                cell_texts.overall_tip(self._season, key),
            ),
        )

    def _rank(self, driver: DashboardDriver) -> Cell:
        rank = driver.championship_position
        if rank is None:
            tip = _GUEST if self._has_standings else _NO_STANDINGS
            return Cell(formats.MISSING, None, Tone.MUTED, tip)
        return Cell(str(rank), rank)

    def _points(self, driver: DashboardDriver) -> Cell:
        points = credited_points(driver, standings=self._has_standings)
        if points is None:
            notes = tip_of(season_notes(self._season, driver.driver))
            return Cell(formats.MISSING, None, Tone.MUTED, f"{_GUEST}\n{notes}".rstrip())
        most = self._best.points
        share = points / most if most else 0.0
        tip = f"{points} points from {cell_texts.race_count(driver.races)}"
        tip = "\n".join([tip, tip_of(season_notes(self._season, driver.driver))]).rstrip()
        best = points == most > 0
        return Cell(str(points), points, tip=tip, share=share, is_best=best)

    def _average_cell(self, driver: DashboardDriver) -> Cell:
        value = average_finish(self._season, driver.driver)
        is_few = driver.races < FEWEST_RACES_FOR_BEST
        return Cell(
            formats.number(value, 1),
            value,
            Tone.MUTED if value is None or is_few else Tone.TEXT,
            cell_texts.average_tip(self._season, driver.driver),
            is_best=value is not None and not is_few and value == self._best.average_finish,
        )

    def _score(self, driver: DashboardDriver, value: float | None, best: float, tip: str) -> Cell:
        is_few = driver.races < FEWEST_RACES_FOR_BEST
        return Cell(
            formats.number(value),
            value,
            Tone.MUTED if value is None or is_few else Tone.TEXT,
            tip,
            share=None if value is None else value / 100,
            is_best=value is not None and not is_few and value == best > 0,
        )


def _count(count: int | None, best: int, races: int) -> Cell:
    if count is None:
        return Cell(formats.MISSING, None, Tone.MUTED, "no race in the season files")
    tip = f"{count} in {cell_texts.race_count(races)}"
    tone = Tone.TEXT if count else Tone.MUTED
    return Cell(str(count), count, tone, tip, is_best=count == best > 0)


def _order(texts: Iterable[str]) -> dict[str, float]:
    """Return the place of every text in the alphabet, upper and lower case alike."""
    known = sorted(set(texts), key=lambda text: (text.casefold(), text))
    return {text: float(place) for place, text in enumerate(known)}
