"""What the keys of the Improve tab do: to the choice of laps, and to the stack of plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.commands import EXPAND, CommandId
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.state import SelectionState, Side
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.wording.lap_texts import driver_line, findable_name, lap_line
from htt_desktop.workers.lap_choices import fastest_clean, neighbour
from htt_desktop.workers.telemetry_requests import LapChoice

_HINTS = ((Side.COMPARED, "compare"), (Side.REFERENCE, "as reference"))

_FAR = 10
_ZOOM = 1.5
_DELTA = "delta"
_AT_CORNER_M = 0.5


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


class StackCommands:
    """Steers the parts of a page that show the two laps."""

    def __init__(self, page: ImprovePage) -> None:
        self._page = page
        self._stack: PlotStack = page.stack

    def handlers(self) -> Handlers:
        """Return what each command does."""
        stack = self._stack
        handlers: dict[CommandId, Callable[[], object]] = {
            CommandId.CURSOR_LEFT: partial(stack.step_cursor, -1),
            CommandId.CURSOR_RIGHT: partial(stack.step_cursor, 1),
            CommandId.CURSOR_LEFT_FAR: partial(stack.step_cursor, -_FAR),
            CommandId.CURSOR_RIGHT_FAR: partial(stack.step_cursor, _FAR),
            CommandId.PREVIOUS_CORNER: partial(self._step_corner, -1),
            CommandId.NEXT_CORNER: partial(self._step_corner, 1),
            CommandId.SECOND_CURSOR: stack.toggle_second_cursor,
            CommandId.REZERO: self._rezero,
            CommandId.NUDGE: self._page.nudge.toggle,
            CommandId.ZOOM_IN: partial(stack.zoom_by, _ZOOM),
            CommandId.ZOOM_OUT: partial(stack.zoom_by, 1 / _ZOOM),
            CommandId.ZOOM_LAP: stack.zoom_all,
            CommandId.ZOOM_ALL: self._show_all,
            CommandId.ZOOM_BACK: stack.undo_zoom,
            CommandId.ZOOM_FORWARD: stack.redo_zoom,
            CommandId.AXIS: self._toggle_axis,
            CommandId.DELTA_PANEL: partial(self._toggle_panel, _DELTA),
            CommandId.DIFFERENCE: stack.toggle_difference,
            CommandId.OVERLAP: stack.toggle_overlap,
            CommandId.MAP: self._page.side.toggle_map,
            CommandId.HIDE_PANEL: self._hide_selected,
            CommandId.PANEL_UP: partial(self._move_selected, -1),
            CommandId.PANEL_DOWN: partial(self._move_selected, 1),
        }
        for place, command in enumerate(EXPAND, start=1):
            handlers[command] = partial(stack.expand_panel, place)
        return handlers

    def palette_entries(self) -> list[PaletteEntry]:
        """Return panels and corners that can be found by name."""
        entries = []
        for key in self._stack.panel_keys():
            verb = "Hide" if self._stack.is_panel_shown(key) else "Show"
            words = key.replace("_", " ")
            run = partial(self._toggle_panel, key)
            entries.append(PaletteEntry(f"{verb} panel: {words}", "panel", run))
        loaded = self._page.loaded
        for corner in loaded.comparison.corners if loaded else ():
            name = f"T{corner.corner.number} {corner.corner.name}".strip()
            run = partial(self._page.show_corner, corner)
            entries.append(PaletteEntry(f"Corner {name}", "corner", run))
        return entries

    def _toggle_panel(self, key: str) -> None:
        if key in self._stack.panel_keys():
            self._stack.toggle_panel(key)

    def _hide_selected(self) -> None:
        key = self._stack.selected_panel
        if key is not None:
            self._stack.toggle_panel(key)

    def _move_selected(self, step: int) -> None:
        key, keys = self._stack.selected_panel, self._stack.panel_keys()
        if key in keys:
            place = keys.index(key) + step
            self._stack.move_panel(key, max(0, min(len(keys) - 1, place)))

    def _show_all(self) -> None:
        self._stack.show_all_panels()
        self._stack.zoom_all()

    def _toggle_axis(self) -> None:
        over_time = self._stack.axis is AxisMode.TIME
        self._stack.set_axis(AxisMode.DISTANCE if over_time else AxisMode.TIME)

    def _rezero(self) -> None:
        stack = self._stack
        stack.rezero_delta(stack.cursor_m if stack.delta_zero_m is None else None)

    def _step_corner(self, step: int) -> None:
        loaded, cursor_m = self._page.loaded, self._stack.cursor_m
        if loaded is None:
            return
        here_m = cursor_m or 0.0
        apexes = [corner.corner.apex_m for corner in loaded.comparison.corners]
        beyond = [apex for apex in apexes if (apex - here_m) * step > _AT_CORNER_M]
        if beyond:
            self._stack.set_cursor(min(beyond) if step > 0 else max(beyond))
