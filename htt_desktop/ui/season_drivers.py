"""Finding a driver of the season from any tab."""

from __future__ import annotations

from functools import partial

from htt_desktop.ui.palette import PaletteEntry
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.tab_row import TabRow
from htt_desktop.workers.season_desk import SeasonDesk

_SHOW_DRIVERS = ("Dashboard", "Driver")
"""Tabs on which choosing a driver can be seen."""


class SeasonDrivers:
    """Lists the drivers of the season by number and name; choosing one shows their season."""

    def __init__(self, seasons: SeasonDesk, state: SelectionState, tabs: TabRow) -> None:
        self._seasons = seasons
        self._state = state
        self._tabs = tabs

    def entries(self) -> list[PaletteEntry]:
        """Return one entry per driver, in championship order."""
        season = self._seasons.season
        if season is None:
            return []
        entries = []
        for driver, row in season.drivers.items():
            numbers = dict.fromkeys(entry.driver_number for entry in season.stats[driver].entries)
            numbers.setdefault(row.driver_number)
            place = row.championship_position
            hint = f"driver, {row.team}" if place is None else f"driver, P{place}, {row.team}"
            text = f"{' '.join(numbers)}  {row.name}"
            entries.append(PaletteEntry(text, hint, partial(self._show, driver)))
        return entries

    def _show(self, driver: str) -> None:
        self._state.choose_driver(driver)
        if self._tabs.title not in _SHOW_DRIVERS:
            self._tabs.show_tab("Driver")
