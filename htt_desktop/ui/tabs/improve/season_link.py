"""The two drivers of the comparison and the two of the season tabs are the same people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from htt_desktop.domain.season.one_person import may_be_one_person, plain_name
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.state import SelectionState, Side
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_requests import LapChoice


class SeasonLink:
    """Carries drivers between the season tabs and the comparison, in both directions."""

    def __init__(
        self,
        state: SelectionState,
        seasons: SeasonLoader,
        messages: Messages,
        inventory: Callable[[], Inventory | None],
    ) -> None:
        self._state = state
        self._seasons = seasons
        self._messages = messages
        self._inventory = inventory
        self._agreed: tuple[str | None, str | None] = (None, None)

    def adopt(self) -> None:
        """Compare the drivers chosen on the season tabs; without news tell them who is compared.

        A driver without telemetry in the race on screen is told and the laps stay.
        """
        now, season, inventory = self._state.selection, self._seasons.season, self._inventory()
        if season is None or inventory is None or now.key is None:
            return
        if now.driver is None or (now.driver, now.rival) == self._agreed:
            self._tell(season, inventory)
            return
        self._agreed = (now.driver, now.rival)
        reference = self._choice(season, inventory, now.driver, now.reference)
        compared = self._choice(season, inventory, now.rival, now.compared)
        both = replace(now, reference=reference, compared=compared)
        if both.is_one_driver and not now.is_one_driver:
            # Already on the other side: the sides change places.
            compared = now.reference
        self._state.choose(now.with_laps(now.key, reference, compared))

    def _tell(self, season: Season, inventory: Inventory) -> None:
        now = self._state.selection
        names = [
            None if choice is None else person_of(choice.number, inventory, season)
            for choice in (now.of(Side.REFERENCE), now.of(Side.COMPARED))
        ]
        if names[0] is not None:
            self._state.choose_driver(names[0])
        if names[1] is not None and names[1] != names[0]:
            self._state.choose_rival(names[1])
        # Two laps of one driver leave the rival of the season tabs who they were.
        told = self._state.selection
        self._agreed = (told.driver, told.rival)

    def _choice(
        self,
        season: Season,
        inventory: Inventory,
        driver: str | None,
        known: LapChoice | None,
    ) -> LapChoice | None:
        if driver is None:
            return known
        number, why = _found(season, inventory, driver)
        if number is None:
            self._messages.say(why)
            return known
        return known if known is not None and known.number == number else LapChoice(number)


def _found(season: Season, inventory: Inventory, driver: str) -> tuple[str | None, str]:
    """Return the number under which a person can be compared, else ``None`` and a sentence."""
    key = inventory.key
    if season.year != key.year:
        return None, (
            f"{driver} was chosen in the season {season.year}, and this race is of {key.year}; "
            "the laps stay."
        )
    result = season.result(driver, key)
    if result is None:
        return None, f"{driver} was not entered in this race; the laps stay."
    number = number_of(driver, result.driver_number, inventory)
    if number is None:
        printed = inventory.entries[result.driver_number].driver_name
        return None, (
            f"Number {result.driver_number} is {printed} in the telemetry of this race, not "
            f"{driver}; the laps stay."
        )
    if number in inventory.refused:
        why = inventory.refused[number]
        return None, f"The laps stay: the car of {driver} was refused. {why}"
    if number not in inventory.with_telemetry():
        return None, f"There is no telemetry of {driver} in this race; the laps stay."
    return number, ""


def number_of(driver: str, printed: str, inventory: Inventory) -> str | None:
    """Return the number under which a person drove a race, ``None`` if somebody else has theirs.

    The name decides. Where no entry has it, the number that the results print counts only if
    its entry may be theirs, see :func:`may_be_one_person`.
    """
    for number, entry in inventory.entries.items():
        if plain_name(entry.driver_name) == plain_name(driver):
            return number
    holder = inventory.entries.get(printed)
    return (
        printed
        if holder is None or may_be_one_person(holder.driver_name, driver, team_agrees=False)
        else None
    )


def person_of(number: str, inventory: Inventory, season: Season) -> str | None:
    """Return who of a season drove a number of a race, ``None`` if nobody in it did."""
    entry = inventory.entries.get(number)
    name = "" if entry is None else entry.driver_name
    for driver in season.drivers:
        if (
            plain_name(driver) == plain_name(name)
            and season.result(driver, inventory.key) is not None
        ):
            return driver
    printed = season.driver_of(inventory.key, number)
    return (
        printed
        if printed is not None and may_be_one_person(name, printed, team_agrees=False)
        else None
    )
