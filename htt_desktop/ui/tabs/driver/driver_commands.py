"""What the keys do to the choice of driver and rival."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tabs.driver.pair import Pair, driver_beside


class DriverCommands:
    """Steers the selection; whoever listens to it shows the drivers."""

    def __init__(
        self, state: SelectionState, messages: Messages, pair: Callable[[], Pair | None]
    ) -> None:
        self._state = state
        self._messages = messages
        self._pair = pair

    def handlers(self) -> Handlers:
        """Return what each command does."""
        return {
            CommandId.PREVIOUS_LAP: partial(self._step_driver, -1),
            CommandId.NEXT_LAP: partial(self._step_driver, 1),
            CommandId.PREVIOUS_REFERENCE_LAP: partial(self._step_rival, -1),
            CommandId.NEXT_REFERENCE_LAP: partial(self._step_rival, 1),
            CommandId.SWAP: self.swap,
        }

    def choose_rival(self, rival: str | None) -> None:
        """Compare the driver on screen with somebody else, or with nobody."""
        pair = self._pair()
        if pair is None:
            return
        # The driver on screen may be there without having been chosen.
        driver = pair.driver
        if rival == driver:
            driver, rival = pair.rival or driver, driver if pair.rival else None
        self._state.choose(replace(self._state.selection, driver=driver, rival=rival))

    def swap(self) -> None:
        """Exchange driver and rival, and with them the two laps of the Improve tab."""
        pair = self._pair()
        if pair is None:
            return
        if pair.rival is None:
            self._messages.say("There is no rival to swap with; choose one at the top right.")
            return
        shown = replace(self._state.selection, driver=pair.driver, rival=pair.rival)
        self._state.choose(shown.swapped())

    def _step_driver(self, step: int) -> None:
        pair = self._pair()
        if pair is None:
            return
        found = driver_beside(pair.season, pair.driver, step)
        if found is not None:
            self._state.choose_driver(found)
        else:
            self._say_end(pair.driver, step)

    def _step_rival(self, step: int) -> None:
        pair = self._pair()
        if pair is None:
            return
        here = pair.rival or pair.driver
        found = driver_beside(pair.season, here, step)
        if found == pair.driver:
            found = driver_beside(pair.season, found, step)
        if found is not None:
            self.choose_rival(found)
        else:
            self._say_end(here, step)

    def _say_end(self, driver: str, step: int) -> None:
        place = "last" if step > 0 else "first"
        self._messages.say(f"{driver} is the {place} of the list.")
