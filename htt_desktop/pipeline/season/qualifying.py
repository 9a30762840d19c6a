"""Qualifying: who set a time, and pole.

One rule for every figure: a result of qualifying stands even if the car did not start the race, so
a driver's qualifying figures count every session in which they set a time. Whatever is made of
qualifying comes through :func:`qualified`.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from htt_desktop.domain.season.one_person import may_be_one_person
from htt_desktop.pipeline.season.sheets import QualifyingLine, RaceRecord


@dataclass(frozen=True)
class Pole:
    """Who was first in qualifying; ``time_s`` is unknown without a qualifying sheet."""

    driver: str
    time_s: float | None


def qualified(race: RaceRecord) -> dict[str, QualifyingLine]:
    """Return the line of everybody who set a time in qualifying, by driver, raced or not.

    The name decides. Under the number of another driver stands that driver's time only if
    both names are spellings of one.
    """
    racers = {line.number: line.driver_name for line in race.results}
    names = set(racers.values())
    found: dict[str, QualifyingLine] = {}
    for line in race.qualifying:
        racer = racers.get(line.number)
        is_racer = racer is not None and (
            not line.driver_name or may_be_one_person(racer, line.driver_name, team_agrees=True)
        )
        driver = racer if is_racer and line.driver_name not in names else line.driver_name
        if driver and line.best_s is not None:
            found.setdefault(driver, line)
    return found


def qualifying_times_s(race: RaceRecord) -> dict[str, float]:
    """Return the best qualifying time of everybody who set one, by driver, raced or not."""
    return {
        driver: line.best_s for driver, line in qualified(race).items() if line.best_s is not None
    }


def pole_of(race: RaceRecord, drivers: Container[str]) -> Pole | None:
    """Return the fastest qualifier, or the first of the printed grid without a sheet.

    Parameters
    ----------
    race
        The race.
    drivers
        Everybody of the season. Somebody without a line in any of its result sheets has no
        pole: nothing else is known of them.
    """
    for driver, line in qualified(race).items():
        if line.position == 1:
            return Pole(driver, line.best_s) if driver in drivers else None
    starters = (line.driver_name for line in race.results if line.start_position == 1)
    first = None if race.qualifying else next(starters, None)
    return None if first is None else Pole(first, None)


def qualifying_positions(race: RaceRecord) -> dict[str, int]:
    """Return the position of everybody who set a time in qualifying, by driver, raced or not."""
    return {
        driver: line.position
        for driver, line in qualified(race).items()
        if line.position is not None
    }
