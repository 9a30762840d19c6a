"""Laps and choices in words."""

from __future__ import annotations

import re

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.domain.race import Entry
from htt_desktop.ui.wording import formats


def why_excluded(status: LapStatus) -> str:
    """Return the reasons in one line, empty for a clean lap."""
    return ", ".join(str(reason) for reason in status.exclusions)


def lap_line(status: LapStatus) -> str:
    """Return lap, time, flag and why it is excluded, for a list of laps."""
    lap = status.lap
    line = f"L{lap.lap_number}  {formats.lap_time(lap.lap_time_s)}"
    flag = "" if lap.flag == "GF" else lap.flag
    remarks = [part for part in (flag, why_excluded(status)) if part]
    return f"{line}  {' · '.join(remarks)}" if remarks else line


def lap_tip(status: LapStatus) -> str:
    """Return what hovering over a lap says."""
    line = f"lap {status.lap.lap_number}, {formats.lap_time(status.lap.lap_time_s)}"
    if status.is_clean:
        return f"{line}: clean"
    end = "Shift-click or Shift+Enter forces it in" if status.can_be_forced else "nothing to show"
    return f"{line}: {why_excluded(status)}; {end}"


def lap_names(comparison: Comparison) -> tuple[str, str]:
    """Return what tells the two laps apart: the numbers, or the laps of a single driver.

    Returns
    -------
    tuple of str
        Reference and compared, such as ``("7", "47")`` or ``("L10", "L8")``.
    """
    pair = comparison.reference, comparison.compared
    numbers = pair[0].entry.number, pair[1].entry.number
    if numbers[0] != numbers[1]:
        return numbers
    return f"L{pair[0].lap.lap_number}", f"L{pair[1].lap.lap_number}"


def driver_line(entry: Entry) -> str:
    """Return number and name of a driver."""
    return f"{entry.number}  {entry.driver_name}".strip()


def short_name(track_id: str, name: str = "") -> str:
    """Return the track's id as people write it; an unknown track keeps its bare id.

    The ids are the names people use. One made of the initials of the full name is an
    abbreviation and written in capitals.

    Examples
    --------
    >>> short_name("cota", "Circuit of the Americas")
    'COTA'
    >>> short_name("roadamerica", "Road America"), short_name("sonoma", "Sonoma Raceway")
    ('Road America', 'Sonoma')
    >>> short_name("road_america", "Road America"), short_name("elsewhere")
    ('Road America', 'elsewhere')
    """
    if not name:
        return track_id
    initials = "".join(re.findall(r"\b[A-Za-z]", name)).lower()
    if initials.startswith(track_id) and len(track_id) > 1:
        return track_id.upper()
    words = name.split()
    for count in range(1, len(words) + 1):
        # The id may write words of the name together.
        if "".join(words[:count]).lower() == track_id:
            return " ".join(words[:count])
    return track_id.replace("_", " ").title()


def findable_name(track_id: str, name: str = "") -> str:
    """Return the full name, led by the short one where that is not a part of it.

    Examples
    --------
    >>> findable_name("cota", "Circuit of the Americas")
    'COTA, Circuit of the Americas'
    >>> findable_name("barber", "Barber Motorsports Park"), findable_name("elsewhere")
    ('Barber Motorsports Park', 'elsewhere')
    """
    short = short_name(track_id, name)
    return (name or short) if short.lower() in (name or short).lower() else f"{short}, {name}"
