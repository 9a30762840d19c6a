"""Pole and qualifying places of a race."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.pipeline.season.sheets import RaceRecord


@dataclass(frozen=True)
class Pole:
    """Who started from the first place; ``time_s`` is unknown without a qualifying sheet."""

    driver: str
    time_s: float | None


def pole_of(race: RaceRecord) -> Pole | None:
    """Return the fastest qualifier, or the first of the printed grid without a sheet.

    Somebody without a line in the result sheet has no pole: that is no driver of this race.
    """
    racers = {line.driver_name for line in race.results}
    for line in race.qualifying:
        if line.position == 1:
            return Pole(line.driver_name, line.best_s) if line.driver_name in racers else None
    starters = (line.driver_name for line in race.results if line.start_position == 1)
    first = None if race.qualifying else next(starters, None)
    return None if first is None else Pole(first, None)


def qualifying_places(race: RaceRecord) -> dict[str, int]:
    """Return the place of every driver who set a time and has a line in the results."""
    places = {line.number: line.position for line in race.qualifying}
    return {
        line.driver_name: place
        for line in race.results
        if (place := places.get(line.number)) is not None
    }
