"""What the stewards decided about a result: time penalties, and places lost without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult

_ABOUT_A_RACE = re.compile(r"(?P<track>[a-z0-9]+) race (?P<race>\d+): (?P<note>.+)", re.DOTALL)
_CAR = re.compile(r"#(?P<number>\w+)")


@dataclass(frozen=True)
class Driven:
    """What the published order says of a car.

    Attributes
    ----------
    position
        Official position.
    laps
        Laps completed.
    time_s
        Published total time, penalties included; ``None`` without one.
    """

    position: int
    laps: int
    time_s: float | None


def put_back(cars: Mapping[str, Driven]) -> Mapping[str, int]:
    """Return the position by laps and time of every car that is classified behind it.

    A time penalty is in the published time, so nobody is behind that position because of one.
    What remains are decisions of the stewards, such as an exclusion.

    Parameters
    ----------
    cars
        The classified cars of a race.

    Examples
    --------
    >>> cars = {"1": Driven(1, 17, 2821.1), "2": Driven(3, 17, 2821.5), "3": Driven(2, 2, 308.5)}
    >>> dict(put_back(cars))
    {'2': 2}
    """
    timed = {name: (-car.laps, car.time_s) for name, car in cars.items() if car.time_s is not None}
    by_time = {
        name: 1 + sum(other < own for other in timed.values()) for name, own in timed.items()
    }
    return {name: position for name, position in by_time.items() if position < cars[name].position}


@dataclass(frozen=True)
class Decision:
    """A decision of the stewards about one result.

    Attributes
    ----------
    penalty_s
        Time penalty in the published time, ``None`` without one.
    is_put_back
        Classified behind cars that drove less, without a time penalty.
    position_on_road
        Position by laps and last crossing, penalties taken off every car.
    """

    penalty_s: float | None
    is_put_back: bool
    position_on_road: int


def decisions_of(rows: Mapping[str, RaceResult]) -> Mapping[str, Decision]:
    """Return the decisions that the results of a race show, by driver.

    Parameters
    ----------
    rows
        All results of the race by driver.
    """
    driven = {
        driver: Driven(row.finish, row.laps, row.total_time_s)
        for driver, row in rows.items()
        if row.finish is not None
    }
    back = put_back(driven)
    crossed = {
        driver: (-row.laps, row.total_time_s - (row.penalty_s or 0.0))
        for driver, row in rows.items()
        if row.finish is not None and row.total_time_s is not None
    }
    return {
        driver: Decision(
            rows[driver].penalty_s,
            driver in back,
            1 + sum(other < own for other in crossed.values()),
        )
        for driver, own in crossed.items()
        if rows[driver].penalty_s or driver in back
    }


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
