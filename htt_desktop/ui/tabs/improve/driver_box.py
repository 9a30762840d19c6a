"""Driver and lap of one side of the comparison."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.lap_texts import driver_line, lap_line
from htt_desktop.ui.state import Side
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.workers.jobs import LapChoice

_SIGNS = {Side.REFERENCE: "━", Side.COMPARED: "╍"}
_DRIVER_CHARACTERS = 14
_LAP_CHARACTERS = 13


class DriverBox(QWidget):
    """Two lists: drivers with telemetry first, and the chosen driver's laps.

    Signals
    -------
    chosen(Side, LapChoice)
        The user chose another driver or lap.
    """

    chosen = Signal(Side, LapChoice)

    def __init__(self, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._choice: LapChoice | None = None
        sign = QLabel(_SIGNS[side], self)
        sign.setProperty("role", side.value)
        sign.setToolTip(f"{side.value}: {'solid' if side is Side.REFERENCE else 'dashed'} lines")
        self.drivers = WideCombo(_DRIVER_CHARACTERS, f"{side.value} driver", self)
        self.laps = WideCombo(_LAP_CHARACTERS, f"{side.value} lap", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(sign)
        layout.addWidget(self.drivers, stretch=3)
        layout.addWidget(self.laps, stretch=2)
        self.drivers.activated.connect(self._on_driver_activated)
        self.laps.activated.connect(self._on_lap_activated)

    def show_choice(self, inventory: Inventory | None, choice: LapChoice | None) -> None:
        """Offer the drivers of a race and the laps of the chosen one."""
        self._choice = choice
        number = choice.number if choice else None
        self.drivers.show_items(_driver_items(inventory), number)
        statuses = inventory.laps.get(number, ()) if inventory and number else ()
        self.laps.show_items(
            [_lap_item(status) for status in statuses], choice.lap_number if choice else None
        )
        self.setEnabled(inventory is not None)

    def _on_driver_activated(self, row: int) -> None:
        number = self.drivers.itemData(row)
        if self._choice is None or number != self._choice.number:
            self.chosen.emit(self._side, LapChoice(number))

    def _on_lap_activated(self, row: int) -> None:
        if self._choice is not None:
            choice = LapChoice(self._choice.number, self.laps.itemData(row))
            self.chosen.emit(self._side, choice)


def _driver_items(inventory: Inventory | None) -> list[tuple[str, object, bool, str]]:
    if inventory is None:
        return []
    with_rows = set(inventory.with_telemetry()) - set(inventory.refused)
    listed = inventory.listed()
    items: list[tuple[str, object, bool, str]] = [
        (driver_line(inventory.entries[number]), number, True, inventory.entries[number].team)
        for number in listed
        if number in with_rows
    ]
    for number in listed:
        if number not in with_rows:
            entry = inventory.entries[number]
            reason = inventory.refused.get(number, "no telemetry in this source")
            short = "refused" if number in inventory.refused else "no telemetry"
            items.append((f"{driver_line(entry)} · {short}", number, False, reason))
    return items


def _lap_item(status: LapStatus) -> tuple[str, object, bool, str]:
    can_be_shown = status.is_clean or status.can_be_forced
    tip = "" if status.is_clean else "choosing this lap forces it in"
    return lap_line(status), status.lap.lap_number, can_be_shown, tip if can_be_shown else ""
