"""Which official laps a choice of drivers and laps means."""

from __future__ import annotations

from htt_desktop.domain.compare_laps import fastest_clean_lap
from htt_desktop.domain.errors import UnknownDriverError, UnknownLapError
from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.workers.jobs import LapChoice


def demand_known(inventory: Inventory, choice: LapChoice) -> None:
    """Refuse a driver or a lap there is not before anything is fetched.

    Raises
    ------
    UnknownDriverError, UnknownLapError
        There is no such driver or lap.
    """
    statuses = inventory.laps.get(choice.number)
    if statuses and choice.lap_number is None:
        return
    _status(inventory, choice)


def chosen_laps(
    inventory: Inventory, reference: LapChoice, compared: LapChoice
) -> tuple[LapStatus, LapStatus]:
    """Return both laps; one left open becomes the fastest clean lap that is not the other.

    Raises
    ------
    UnknownDriverError, UnknownLapError
        There is no such driver or lap.
    """
    if reference.number != compared.number:
        return _status(inventory, reference), _status(inventory, compared)
    if reference.lap_number is None and compared.lap_number is not None:
        second = _status(inventory, compared)
        return _status(inventory, reference, besides=second), second
    first = _status(inventory, reference)
    return first, _status(inventory, compared, besides=first)


def _status(inventory: Inventory, choice: LapChoice, besides: LapStatus | None = None) -> LapStatus:
    statuses = inventory.laps.get(choice.number)
    if not statuses:
        have = set(inventory.with_telemetry()) - set(inventory.refused)
        known = ", ".join(number for number in inventory.listed() if number in have)
        raise UnknownDriverError(
            f"No driver {choice.number} in this race; drivers with telemetry are {known}."
        )
    if choice.lap_number is None:
        return fastest_clean_lap(statuses, besides)
    for status in statuses:
        if status.lap.lap_number == choice.lap_number:
            return status
    raise UnknownLapError(
        f"Driver {choice.number} has no lap {choice.lap_number}; "
        f"choose one of 1 to {statuses[-1].lap.lap_number}."
    )
