"""What can be done with a driver of the standings, for mouse and keyboard alike."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from htt_desktop.ui.tabs.dashboard.columns import STANDINGS_COLUMNS, ColumnId


class _Verb(Enum):
    OPEN = auto()
    RIVAL = auto()
    CHART = auto()
    COPY = auto()
    SORT = auto()


class DriverMenu(QMenu):
    """The menu of one row.

    Signals
    -------
    driver_opened(str), rival_wanted(str), chart_toggled(str)
        As in the table.
    column_wanted(int)
        Sort by this column.
    copy_wanted()
    """

    driver_opened = Signal(str)
    rival_wanted = Signal(str)
    chart_toggled = Signal(str)
    column_wanted = Signal(int)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._driver = ""
        self._entry(self, "Open this driver's season (Enter)", _Verb.OPEN)
        self._rival = self._entry(self, "", _Verb.RIVAL)
        self._chart = self._entry(self, "", _Verb.CHART)
        self.addSeparator()
        self._entry(self, "Copy the table as CSV (Ctrl+C)", _Verb.COPY)
        orders = self.addMenu("Sort by")
        for place, column in enumerate(STANDINGS_COLUMNS):
            if column.id is not ColumnId.CHART:
                self._entry(orders, column.title, _Verb.SORT, place)
        self.triggered.connect(self._on_triggered)

    def show_for(
        self, driver: str, place: QPoint, *, is_driver: bool, is_rival: bool, is_charted: bool
    ) -> None:
        """Open the menu for a driver, without waiting for an answer."""
        self._driver = driver
        text = f"Stop comparing with {driver}" if is_rival else f"Compare with {driver}"
        self._rival.setText(f"{text} (Shift+click)")
        self._rival.setEnabled(not is_driver)
        verb = "Leave out of" if is_charted else "Draw in"
        self._chart.setText(f"{verb} the points chart (Insert)")
        self.popup(place)

    def _entry(self, menu: QMenu, text: str, verb: _Verb, place: int = -1) -> QAction:
        action = menu.addAction(text)
        action.setData((verb, place))
        return action

    def _on_triggered(self, action: QAction) -> None:
        verb, place = action.data()
        if verb is _Verb.SORT:
            self.column_wanted.emit(place)
        elif verb is _Verb.COPY:
            self.copy_wanted.emit()
        else:
            wishes = {
                _Verb.OPEN: self.driver_opened,
                _Verb.RIVAL: self.rival_wanted,
                _Verb.CHART: self.chart_toggled,
            }
            wishes[verb].emit(self._driver)
