"""Which laps to offer next: the default pair, the neighbours, the driver who stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.workers.telemetry_requests import Catalogue, LapChoice


def default_pair(
    inventory: Inventory, here: Collection[str] | None = None
) -> tuple[LapChoice, LapChoice] | None:
    """Return the two drivers with the fastest clean laps, faster one first.

    A race with a single driver compares their two fastest clean laps. Without any
    clean lap, laps that can be forced take their place.

    Parameters
    ----------
    here
        Numbers whose rows need not be fetched; if any of their laps can be shown, only these
        drivers count. ``None`` where that makes no difference.

    Returns
    -------
    pair of choices or None
        ``None`` when no lap of the race can be shown.
    """
    usable = [number for number in inventory.with_telemetry() if number not in inventory.refused]
    near = usable if here is None else [number for number in usable if number in here]
    best = _ranked(inventory, near) or _ranked(inventory, usable)
    if not best:
        return None
    first = best[0]
    others = [lap for lap in best if lap[-1] != first[-1]] or best[1:] or best
    return LapChoice(first[-1], first[-2]), LapChoice(others[0][-1], others[0][-2])


def next_pair(
    catalogue: Catalogue,
    before: Inventory | None,
    shown: tuple[LapChoice | None, LapChoice | None],
) -> tuple[LapChoice, LapChoice] | None:
    """Return whom to compare in another race: the same two drivers, else the default pair.

    Parameters
    ----------
    catalogue
        Of the other race.
    before, shown
        The race on screen and its two laps.

    Returns
    -------
    pair of choices or None
        ``None`` when no lap of the race can be shown.
    """
    inventory = catalogue.inventory
    pair = None if inventory is None else default_pair(inventory, catalogue.here)
    if inventory is None or pair is None or before is None:
        return pair
    kept = kept_pair(before, shown, inventory)
    return kept if kept and catalogue.can_give(*(choice.number for choice in kept)) else pair


def kept_choice(old: Inventory, choice: LapChoice | None, new: Inventory) -> LapChoice | None:
    """Return the same driver in another race, if there is telemetry.

    A number can pass to another driver within a season, so the name decides; an entry without a
    name may be anybody and is nobody's.
    """
    if choice is None or choice.number not in old.entries:
        return None
    name = old.entries[choice.number].driver_name
    if not name.strip():
        return None
    for number in new.with_telemetry():
        clean = any(status.is_clean for status in new.laps[number])
        if clean and new.entries[number].driver_name == name:
            return LapChoice(number)
    return None


def kept_pair(
    old: Inventory, choices: tuple[LapChoice | None, LapChoice | None], new: Inventory
) -> tuple[LapChoice, LapChoice] | None:
    """Return the same two drivers in another race, if both have telemetry there.

    Two laps of one driver need two clean laps there.
    """
    reference, compared = (kept_choice(old, choice, new) for choice in choices)
    if reference is None or compared is None:
        return None
    if reference.number == compared.number and len(new.clean_laps(reference.number)) == 1:
        return None
    return reference, compared


def neighbour(statuses: Sequence[LapStatus], lap_number: int, step: int) -> int | None:
    """Return the nearest clean lap before (``step`` −1) or after (+1) a lap.

    Returns
    -------
    int or None
        Lap number, ``None`` at the end of the row.
    """
    clean = [status.lap.lap_number for status in statuses if status.is_clean]
    later = [number for number in clean if (number - lap_number) * step > 0]
    return min(later, key=lambda number: abs(number - lap_number), default=None)


def fastest_clean(statuses: Sequence[LapStatus]) -> int | None:
    """Return the number of the fastest clean lap, ``None`` without one."""
    clean = [status.lap for status in statuses if status.is_clean]
    best = min(clean, key=lambda lap: lap.lap_time_s, default=None)
    return None if best is None else best.lap_number


def _ranked(inventory: Inventory, numbers: Sequence[str]) -> list[tuple[bool, float, int, str]]:
    """Return the laps of some drivers that can be shown, the best one first."""
    return sorted(
        (*_rank(status), number)
        for number in numbers
        for status in inventory.laps[number]
        if status.can_be_forced
    )


def _rank(status: LapStatus) -> tuple[bool, float, int]:
    return not status.is_clean, status.lap.lap_time_s, status.lap.lap_number
