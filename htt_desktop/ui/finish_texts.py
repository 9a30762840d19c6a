"""How a race ended for a driver, in words and in letters.

A car without a place need not have stood still: the sheets of 2024 leave cars that drove
without one, too.
"""

from __future__ import annotations

from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    NOT_RUNNING,
    NOT_STARTED,
    RaceResult,
)

_WITHOUT_PLACE = {NOT_STARTED: "did not start", DISQUALIFIED: "disqualified"}
_LETTERS = {NOT_RUNNING: "DNF", NOT_STARTED: "DNS", DISQUALIFIED: "DSQ"}


def finish_text(row: RaceResult) -> str:
    """Write the place, or why there is none."""
    if row.finish is not None:
        return f"P{row.finish}"
    return _WITHOUT_PLACE.get(row.status, "not classified")


def finish_letters(row: RaceResult) -> str:
    """Write the letters of a race that was not finished, empty for one that was."""
    return _LETTERS.get(row.status, "")
