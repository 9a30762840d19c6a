"""A result in words: how the race ended, and what speaks about it besides its figures.

Wherever a result is shown these words are shown with it, so that no place or number of points
stands there unexplained. A car without a place need not have stood still: the sheets of 2024
leave cars that drove without one, too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from enum import StrEnum

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    NOT_RUNNING,
    NOT_STARTED,
    RaceResult,
)
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.stewards import NO_NOTES
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import short_name

NO_PENALTY = "no penalty published"

_TIP_CHARACTERS = 100
"""Qt does not wrap the lines of a plain tooltip."""

_WITHOUT_PLACE = {NOT_STARTED: "did not start", DISQUALIFIED: "disqualified"}
_LETTERS = {NOT_RUNNING: "DNF", NOT_STARTED: "DNS", DISQUALIFIED: "DSQ"}


def decision_text(season: Season, driver: str, key: RaceKey) -> str:
    """Return what the stewards decided about a result, empty when nothing is known."""
    row, decision = season.result(driver, key), season.decisions.get(key, {}).get(driver)
    if row is None or row.finish is None or decision is None:
        return ""
    on_road = f"P{decision.position_on_road} on the road"
    if decision.is_put_back:
        return f"put back to P{row.finish} by the stewards, {on_road}, no time penalty published"
    penalty = f"{formats.number(decision.penalty_s, 3)} s of penalty in the race time"
    return penalty if decision.position_on_road == row.finish else f"{penalty}, {on_road}"


def result_notes(season: Season, driver: str, key: RaceKey) -> tuple[str, ...]:
    """Return everything there is to say about a result: the decision, then the sheets' notes."""
    decision = decision_text(season, driver, key)
    notes = season.notes.get(key, NO_NOTES).about.get(driver, ())
    return (f"Stewards: {decision}", *notes) if decision else notes


class NoteMark(StrEnum):
    """A word for a narrow column that says that there is something to read."""

    PUT_BACK = "put back"
    PENALTY = "penalty"
    NOTE = "note"
    NOTHING = ""


def note_mark(season: Season, driver: str, key: RaceKey) -> NoteMark:
    """Return what there is to read about a driver's result."""
    decision = season.decisions.get(key, {}).get(driver)
    if decision is not None:
        return NoteMark.PUT_BACK if decision.is_put_back else NoteMark.PENALTY
    has_notes = season.notes.get(key, NO_NOTES).about.get(driver)
    return NoteMark.NOTE if has_notes else NoteMark.NOTHING


def race_notes(season: Season, key: RaceKey) -> tuple[str, ...]:
    """Return everything there is to say about the results of a race, by finishing position."""
    found = [
        f"#{row.driver_number} {driver}, {decision}"
        for driver, row in season.classifications.get(key, ())
        if (decision := decision_text(season, driver, key))
    ]
    notes = season.notes.get(key, NO_NOTES)
    for driver, _ in season.classifications.get(key, ()):
        found += notes.about.get(driver, ())
    return (*found, *notes.others)


def season_notes(season: Season, driver: str) -> tuple[str, ...]:
    """Return everything there is to say about a driver's results, the race named first."""
    return tuple(
        f"{short_name(key.track_id, season.tracks[key.track_id].name)} R{key.race}: {note}"
        for key in season.races
        for note in result_notes(season, driver, key)
    )


def tip_of(lines: Sequence[str]) -> str:
    """Return lines as a tooltip that is not wider than a screen."""
    return "\n".join(
        textwrap.fill(line, _TIP_CHARACTERS, subsequent_indent="   ", break_long_words=False)
        for line in lines
    )


def finish_text(row: RaceResult) -> str:
    """Write the place, or why there is none."""
    if row.finish is not None:
        return f"P{row.finish}"
    return _WITHOUT_PLACE.get(row.status, "not classified")


def finish_letters(row: RaceResult) -> str:
    """Write the letters of a race that was not finished, empty for one that was."""
    return _LETTERS.get(row.status, "")
