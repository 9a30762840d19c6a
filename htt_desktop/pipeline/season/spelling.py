"""Give numbers their lost leading zeros back: ``3`` and ``03`` are two drivers."""

from __future__ import annotations

from htt_desktop.domain.race import RaceTiming
from htt_desktop.pipeline.timing.cells import same_value
from htt_desktop.pipeline.timing.laps import TOLERANCE_S


def spell_number(
    timing: RaceTiming,
    printed: str,
    driver_name: str = "",
    best_lap_s: float | None = None,
) -> str | None:
    """Return the number of the entry that a line of another sheet speaks of.

    The driver's name decides. Where it does not, only the car can be meant that drove the
    printed best lap, or the only one of that number when the line has no name.

    Returns
    -------
    str or None
        Number as spelled in the timing; ``None`` if no single entry fits.
    """
    alike = [number for number in timing.entries if same_value(number, printed)]
    names = {number: timing.entries[number].driver_name for number in alike}
    named = [number for number in alike if driver_name and names[number] == driver_name]
    if named:
        return named[0] if len(named) == 1 else None
    is_foreign = bool(driver_name) and any(names.values())
    if (len(alike) > 1 or is_foreign) and best_lap_s is not None:
        alike = [number for number in alike if _drove(timing, number, best_lap_s)]
    elif is_foreign:
        # Nobody of this name, and nothing but the name to tell.
        return None
    return alike[0] if len(alike) == 1 else None


def _drove(timing: RaceTiming, number: str, lap_time_s: float) -> bool:
    return any(
        abs(lap.lap_time_s - lap_time_s) <= TOLERANCE_S for lap in timing.laps.get(number, ())
    )
