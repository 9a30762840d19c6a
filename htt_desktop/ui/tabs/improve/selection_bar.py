"""Driver and lap of one side of the comparison."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.commands import COMMAND_OF, CommandId
from htt_desktop.ui.connection.source_badge import SourceBadge
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.wording.lap_texts import driver_line, lap_line, short_name
from htt_desktop.workers.telemetry_requests import Catalogue, LapChoice

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


class SelectionBar(QWidget):
    """Shows the selection and reports what the user wants instead.

    Signals
    -------
    race_chosen(RaceKey), lap_chosen(Side, LapChoice)
        Another choice.
    swap_wanted(), load_wanted()
        The two buttons.
    """

    race_chosen = Signal(RaceKey)
    lap_chosen = Signal(Side, LapChoice)
    swap_wanted = Signal()
    load_wanted = Signal()

    def __init__(
        self, tracks: Mapping[str, Track], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._catalogue = Catalogue()
        self.track = WideCombo(9, "track", self)
        self.race = WideCombo(7, "race", self)
        self.boxes = {side: DriverBox(side, self) for side in Side}
        self.swap = QToolButton(self)
        self.swap.setText("⇄")
        self.swap.setToolTip(COMMAND_OF[CommandId.SWAP].tool_tip)
        self.swap.setAccessibleName("Swap")
        self.swap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.badge = SourceBadge(theme, self)
        self.load = QPushButton("Load", self)
        self.load.setToolTip(COMMAND_OF[CommandId.LOAD].tool_tip)
        self.load.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.track, stretch=2)
        layout.addWidget(self.race, stretch=1)
        layout.addWidget(self.boxes[Side.REFERENCE], stretch=6)
        layout.addWidget(self.swap)
        layout.addWidget(self.boxes[Side.COMPARED], stretch=6)
        layout.addWidget(self.badge)
        layout.addWidget(self.load)
        self.track.activated.connect(self._on_track_activated)
        self.race.activated.connect(self._on_race_activated)
        self.swap.clicked.connect(self.swap_wanted)
        self.load.clicked.connect(self.load_wanted)
        for box in self.boxes.values():
            box.chosen.connect(self.lap_chosen)

    def show_selection(self, selection: Selection, catalogue: Catalogue) -> None:
        """Show what is selected among what is on offer."""
        self._catalogue = catalogue
        key = selection.key
        # What was asked for is shown even where nobody offers it (yet).
        offered = dict.fromkeys((*catalogue.races, *((key,) if key else ())))
        track_ids = dict.fromkeys(race.track_id for race in offered)
        self.track.show_items(
            [self._track_item(track_id) for track_id in track_ids], key.track_id if key else None
        )
        self.track.setToolTip(self._name(key.track_id) if key else "")
        races = [race for race in offered if key and race.track_id == key.track_id]
        self.race.show_items([(f"R{race.race} {race.year}", race, True, "") for race in races], key)
        inventory = catalogue.inventory
        if inventory is not None and inventory.key != key:
            inventory = None
        for side, box in self.boxes.items():
            box.show_choice(inventory, selection.of(side))
        self.load.setEnabled(selection.reference is not None and selection.compared is not None)

    def show_pending(self, pending: bool) -> None:
        """Make the load button stand out while the choice is not on screen yet."""
        role = "primary" if pending else ""
        if self.load.property("role") != role:
            self.load.setProperty("role", role)
            self.load.style().unpolish(self.load)
            self.load.style().polish(self.load)

    def _name(self, track_id: str) -> str:
        track = self._tracks.get(track_id)
        return track.name if track else track_id

    def _track_item(self, track_id: str) -> tuple[str, object, bool, str]:
        track = self._tracks.get(track_id)
        short = short_name(track_id, track.name if track else "")
        return short, track_id, True, self._name(track_id)

    def _on_track_activated(self, row: int) -> None:
        track_id = self.track.itemData(row)
        races = [key for key in self._catalogue.races if key.track_id == track_id]
        shown = self.race.currentData()
        year = None if shown is None else shown.year
        if races:
            # Another track, not another season, where the season has it.
            self.race_chosen.emit(next((key for key in races if key.year == year), races[0]))

    def _on_race_activated(self, row: int) -> None:
        self.race_chosen.emit(self.race.itemData(row))
