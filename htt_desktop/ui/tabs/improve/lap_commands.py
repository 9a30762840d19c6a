"""What the keys do to the choice of laps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.state import SelectionState, Side
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.wording.lap_texts import driver_line, findable_name, lap_line
from htt_desktop.workers.lap_choices import fastest_clean, neighbour
from htt_desktop.workers.telemetry_requests import LapChoice

_HINTS = ((Side.COMPARED, "compare"), (Side.REFERENCE, "as reference"))


class LapCommands:
    """Steers the selection; whoever listens to it loads the laps."""

    def __init__(
        self,
        state: SelectionState,
        messages: Messages,
        inventory: Callable[[], Inventory | None],
    ) -> None:
        self._state = state
        self._messages = messages
        self._inventory = inventory

    def handlers(self) -> Handlers:
        """Return what each command does."""
        return {
            CommandId.PREVIOUS_LAP: partial(self._step, Side.COMPARED, -1),
            CommandId.NEXT_LAP: partial(self._step, Side.COMPARED, 1),
            CommandId.PREVIOUS_REFERENCE_LAP: partial(self._step, Side.REFERENCE, -1),
            CommandId.NEXT_REFERENCE_LAP: partial(self._step, Side.REFERENCE, 1),
            CommandId.FASTEST_LAP: partial(self._fastest, Side.COMPARED),
            CommandId.FASTEST_OF_BOTH: self._fastest_of_both,
            CommandId.SWAP: self._state.swap,
        }

    def palette_entries(
        self, races: Sequence[RaceKey], tracks: Mapping[str, Track]
    ) -> list[PaletteEntry]:
        """Return drivers, the races on offer, and the laps of the chosen drivers."""
        entries = self._driver_entries()
        for key in races:
            track = tracks.get(key.track_id)
            name = findable_name(key.track_id, track.name if track else "")
            run = partial(self._state.choose_race, key)
            # "R2" and "race 2": people search for either.
            text = f"{key.titled(name)}, race {key.race}"
            entries.append(PaletteEntry(text, "race", run))
        return entries + self._lap_entries()

    def _lap_entries(self) -> list[PaletteEntry]:
        inventory, entries = self._inventory(), []
        for side, hint in _HINTS:
            choice = self._state.selection.of(side)
            if choice is None or inventory is None:
                continue
            for status in inventory.laps.get(choice.number, ()):
                if status.is_clean or status.can_be_forced:
                    lap = LapChoice(choice.number, status.lap.lap_number)
                    run = partial(self._state.choose_lap, side, lap)
                    text = f"{choice.number}  {lap_line(status)}"
                    entries.append(PaletteEntry(text, f"lap, {hint}", run))
        return entries

    def _driver_entries(self) -> list[PaletteEntry]:
        inventory = self._inventory()
        if inventory is None:
            return []
        entries = []
        known = set(inventory.with_telemetry())
        for number in inventory.listed():
            if number not in known or number in inventory.refused:
                continue
            name = driver_line(inventory.entries[number])
            for side, hint in _HINTS:
                run = partial(self._state.choose_lap, side, LapChoice(number))
                entries.append(PaletteEntry(name, hint, run))
        return entries

    def _step(self, side: Side, step: int) -> None:
        choice, inventory = self._state.selection.of(side), self._inventory()
        if choice is None or inventory is None:
            return
        statuses = inventory.laps.get(choice.number, ())
        # A driver whose fastest lap could not be shown has no lap number yet.
        here = choice.lap_number or fastest_clean(statuses)
        if here is None:
            return
        found = neighbour(statuses, here, step)
        if found is None:
            where = "after" if step > 0 else "before"
            self._messages.say(f"Driver {choice.number} has no clean lap {where} lap {here}.")
        else:
            self._state.choose_lap(side, LapChoice(choice.number, found))

    def _fastest(self, side: Side) -> None:
        choice = self._state.selection.of(side)
        if choice is not None:
            self._state.choose_lap(side, LapChoice(choice.number))

    def _fastest_of_both(self) -> None:
        now = self._state.selection
        if now.reference is not None and now.compared is not None:
            reference, compared = LapChoice(now.reference.number), LapChoice(now.compared.number)
            self._state.choose(replace(now, reference=reference, compared=compared))
