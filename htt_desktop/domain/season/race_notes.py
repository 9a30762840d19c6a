"""The notes of a season sorted by the race, and the driver, they are about.

A note is one sentence under ``origin.notes``. Those about a race begin with its track and number,
``"sonoma race 1: …"``, and name the car they are about first, ``"#78 Ethan Ayars …"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey

_ABOUT_A_RACE = re.compile(r"(?P<track>[a-z0-9]+) race (?P<race>\d+): (?P<note>.+)", re.DOTALL)
_CAR = re.compile(r"#(?P<number>\w+)")


@dataclass(frozen=True)
class RaceNotes:
    """Notes of one race, without the words that name it.

    Attributes
    ----------
    about
        By driver.
    others
        About nobody in particular.
    """

    about: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]


NO_NOTES = RaceNotes({}, ())


def note_of_race(key: RaceKey, note: str) -> str:
    """Return a note as it stands in the season, the race named first."""
    return f"{key.track_id} race {key.race}: {note}"


def notes_by_race(
    notes: Iterable[str], entries: Mapping[RaceKey, Mapping[str, str]]
) -> Mapping[RaceKey, RaceNotes]:
    """Sort the notes of a season.

    Parameters
    ----------
    notes
        As in the season's origin; those about no race are left out.
    entries
        Who drove which printed number, by race.
    """
    by_name = {(key.track_id, key.race): key for key in entries}
    about: dict[RaceKey, dict[str, tuple[str, ...]]] = {}
    others: dict[RaceKey, tuple[str, ...]] = {}
    for text in notes:
        found = _ABOUT_A_RACE.fullmatch(text)
        key = None if found is None else by_name.get((found["track"], int(found["race"])))
        if found is None or key is None:
            continue
        note = found["note"]
        driver = _subject(note, entries[key])
        if driver is None:
            others[key] = (*others.get(key, ()), note)
        else:
            own = about.setdefault(key, {})
            own[driver] = (*own.get(driver, ()), note)
    return {
        key: RaceNotes(about.get(key, {}), others.get(key, ()))
        for key in dict.fromkeys([*about, *others])
    }


def _subject(note: str, entries: Mapping[str, str]) -> str | None:
    """Return the driver a note is about: the one of the first car, or the first words."""
    car = _CAR.search(note)
    if car is not None:
        return entries.get(car["number"])
    return next((driver for driver in entries.values() if note.startswith(f"{driver} ")), None)
