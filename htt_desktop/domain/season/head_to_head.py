"""Two drivers over a season: who was ahead in what."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult
from htt_desktop.domain.season.season import Season

ResultsOfBoth = tuple[RaceResult | None, RaceResult | None]
"""Results of driver and rival in one race, ``None`` without an entry."""


def results_of_both(season: Season, driver: str, rival: str | None, key: RaceKey) -> ResultsOfBoth:
    """Return what both drivers did in a race."""
    return season.result(driver, key), None if rival is None else season.result(rival, key)


def won_and_lost(
    races: Iterable[ResultsOfBoth], figure: Callable[[RaceResult], float | None]
) -> tuple[int, int]:
    """Return how often the driver's figure was the smaller and the larger one.

    Races where one of them has no figure count for neither.
    """
    won = lost = 0
    for own, other in races:
        value = None if own is None else figure(own)
        rival = None if other is None else figure(other)
        if value is not None and rival is not None:
            won += value < rival
            lost += value > rival
    return won, lost


def races_met(races: Iterable[ResultsOfBoth]) -> int:
    """Return in how many races both started."""
    return sum(has_started(own) and has_started(other) for own, other in races)


def has_started(row: RaceResult | None) -> bool:
    """Return whether a driver took part in a race."""
    return row is not None and row.status != NOT_STARTED
