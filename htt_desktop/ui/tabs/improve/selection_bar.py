"""The bar that says what is compared: race, two drivers, two laps, source."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.ui.commands import COMMAND_OF, CommandId
from htt_desktop.ui.connection.source_badge import SourceBadge
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.driver_box import DriverBox
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.track_texts import short_name
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.workers.jobs import Catalogue, LapChoice


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
