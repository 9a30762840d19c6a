"""Both drivers' laps, under the stack."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.lap_row import LapRow
from htt_desktop.ui.theme import Theme
from htt_desktop.workers.jobs import LapChoice

_SIGNS = {Side.REFERENCE: "━", Side.COMPARED: "╍"}


class LapStrip(QWidget):
    """Two rows of chips.

    Signals
    -------
    lap_chosen(Side, LapChoice)
        The user chose a lap.
    refused(str)
        Why a click did nothing.
    """

    lap_chosen = Signal(Side, LapChoice)
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[Side, str] = {}
        self.rows = {side: LapRow(side, theme, self) for side in Side}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(0)
        for row in self.rows.values():
            layout.addWidget(row)
            row.refused.connect(self.refused)
        self.rows[Side.REFERENCE].chosen.connect(self._on_reference_chosen)
        self.rows[Side.COMPARED].chosen.connect(self._on_compared_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for row in self.rows.values():
            row.set_theme(theme)

    def show_selection(self, selection: Selection, inventory: Inventory | None) -> None:
        """Show the laps of both chosen drivers."""
        for side, row in self.rows.items():
            choice = selection.of(side)
            if choice is None or inventory is None or inventory.key != selection.key:
                row.show_laps("", (), None)
                continue
            self._numbers[side] = choice.number
            statuses = inventory.laps.get(choice.number, ())
            title = f"{_SIGNS[side]} {choice.number}"
            if selection.is_one_driver and choice.lap_number is not None:
                title += f" L{choice.lap_number}"
            row.show_laps(title, statuses, choice.lap_number)

    def _on_reference_chosen(self, lap_number: int) -> None:
        self._emit(Side.REFERENCE, lap_number)

    def _on_compared_chosen(self, lap_number: int) -> None:
        self._emit(Side.COMPARED, lap_number)

    def _emit(self, side: Side, lap_number: int) -> None:
        self.lap_chosen.emit(side, LapChoice(self._numbers[side], lap_number))
