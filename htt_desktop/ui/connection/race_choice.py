"""Two lists with check marks: races, and the drivers of the current race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.race import RaceKey
from htt_desktop.workers.transfers import DriverOffer

_ROLE = Qt.ItemDataRole.UserRole
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked

_CHECK_MARKS = """
QListView::indicator {{
    width: 10px; height: 10px; border: 1px solid {ink}; border-radius: 2px;
}}
QListView::indicator:checked {{ background: {ink}; }}
"""
"""The common style sheet knows no check marks of lists."""


class RaceChoice(QWidget):
    """Chooses races and, within each, drivers; all who may be used until some are left out.

    Parameters
    ----------
    titles
        Names of the tracks by id; a track without one is called by its id.

    Signals
    -------
    drivers_wanted(RaceKey)
        The drivers of a race are to be listed: call :meth:`show_drivers`.
    changed()
        Another choice.
    """

    drivers_wanted = Signal(object)
    changed = Signal()

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = titles
        self._offers: dict[RaceKey, tuple[DriverOffer, ...]] = {}
        self._left_out: dict[RaceKey, set[str]] = {}
        self.races = QListWidget()
        self.races.setAccessibleName("Races")
        self.drivers = QListWidget()
        self.drivers.setAccessibleName("Drivers of the race")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel("Races")
        for label, widget in ((self.title, self.races), (QLabel("Drivers"), self.drivers)):
            column = QVBoxLayout()
            label.setBuddy(widget)
            column.addWidget(label)
            column.addWidget(widget)
            layout.addLayout(column, stretch=1)
        self.races.currentItemChanged.connect(self._on_race_changed)
        self.races.itemChanged.connect(self._on_race_checked)
        self.drivers.itemChanged.connect(self._on_driver_checked)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the check marks in the theme's colour."""
        super().showEvent(event)
        self._ink_marks()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.isVisible():
            self._ink_marks()

    def _ink_marks(self) -> None:
        # A label's ink is that of the theme in force; lists may be greyed out.
        ink = self.title.palette().color(self.title.foregroundRole()).name()
        style = _CHECK_MARKS.format(ink=ink)
        if style != self.styleSheet():
            self.setStyleSheet(style)

    @property
    def chosen(self) -> tuple[RaceKey, ...]:
        """The races that are checked."""
        items = (self.races.item(row) for row in range(self.races.count()))
        return tuple(item.data(_ROLE) for item in items if item.checkState() == _CHECKED)

    def numbers(self, key: RaceKey) -> tuple[str, ...]:
        """Return who was chosen of a race, nobody in particular when all were."""
        left_out = self._left_out.get(key)
        if not left_out:
            return ()
        return tuple(
            offer.number
            for offer in self._offers.get(key, ())
            if not offer.refusal and offer.number not in left_out
        )

    def is_empty(self, key: RaceKey) -> bool:
        """Return whether every driver of a race was left out."""
        return bool(self._left_out.get(key)) and not self.numbers(key)

    def show_races(self, keys: Sequence[RaceKey]) -> None:
        """Replace the races; nothing is checked."""
        self.races.blockSignals(True)
        self.races.clear()
        self._offers.clear()
        self._left_out.clear()
        for key in keys:
            title = key.titled(self._titles.get(key.track_id, key.track_id))
            self.races.addItem(_item(title, key, _UNCHECKED))
        self.races.blockSignals(False)
        if keys:
            self.races.setCurrentRow(0)

    def show_drivers(self, key: RaceKey, offers: Sequence[DriverOffer]) -> None:
        """Take the drivers of a race."""
        self._offers[key] = tuple(offers)
        if self.races.currentRow() >= 0 and self.races.currentItem().data(_ROLE) == key:
            self._fill_drivers(key)
        self.changed.emit()

    def ask_again(self) -> None:
        """Ask for the drivers of the current race if they are still unknown."""
        self._on_race_changed(self.races.currentItem())

    def _fill_drivers(self, key: RaceKey) -> None:
        self.drivers.blockSignals(True)
        self.drivers.clear()
        left_out = self._left_out.setdefault(key, set())
        for offer in self._offers[key]:
            rows = f" · {offer.rows:,} rows" if offer.rows is not None else ""
            state = _UNCHECKED if offer.refusal or offer.number in left_out else _CHECKED
            item = _item(f"{offer.number}  {offer.name}{rows}", offer.number, state)
            if offer.refusal:
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
                item.setToolTip(offer.refusal)
            self.drivers.addItem(item)
        self.drivers.blockSignals(False)

    def _on_race_changed(self, item: QListWidgetItem | None) -> None:
        self.drivers.clear()
        if item is None:
            return
        key = item.data(_ROLE)
        if key in self._offers:
            self._fill_drivers(key)
        else:
            self.drivers_wanted.emit(key)

    def _on_race_checked(self, item: QListWidgetItem) -> None:
        self.races.setCurrentItem(item)
        self.changed.emit()

    def _on_driver_checked(self, item: QListWidgetItem) -> None:
        current = self.races.currentItem()
        left_out = self._left_out[current.data(_ROLE)]
        if item.checkState() == _CHECKED:
            left_out.discard(item.data(_ROLE))
        else:
            left_out.add(item.data(_ROLE))
        # Whoever chooses among the drivers of a race wants the race.
        current.setCheckState(_CHECKED)
        self.changed.emit()


def _item(text: str, data: object, state: Qt.CheckState) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setData(_ROLE, data)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(state)
    return item
