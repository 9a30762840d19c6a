"""Laps and choices in words."""

from __future__ import annotations

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.domain.race import Entry
from htt_desktop.ui import formats


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
