"""The running order at the line lap by lap, and the passes that were really made.

Everything is read from the crossings of the finish line: what happens inside a lap and is
undone before its end does not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from htt_desktop.domain.race import OfficialLap, RaceTiming

TROUBLE_SHARE = 1.05
"""A car slower than this multiple of the field's median on the same lap was spinning, off the
road or crippled: who drives by then has not passed it."""

RACING_FLAGS = ("GF", "FF")
"""Flags at the end of a lap that was raced."""


@dataclass(frozen=True)
class Passes:
    """Places won and lost on the road by one car in one race."""

    made: int
    lost: int


def running_positions(timing: RaceTiming) -> Mapping[str, tuple[int, ...]]:
    """Return the position of each car at the line for each of its laps.

    Returns
    -------
    mapping
        By printed number, one position per lap of :attr:`RaceTiming.laps`. The cars that
        completed a lap are ranked by their race time at its end; a car that stopped
        earlier has fewer laps and stands behind them all. Equal times keep the printed
        order of numbers.

    Examples
    --------
    >>> from htt_desktop.domain.race import RaceKey
    >>> laps = {
    ...     "7": (OfficialLap(1, 100.0, 100.0, "GF"), OfficialLap(2, 99.0, 199.0, "GF")),
    ...     "13": (OfficialLap(1, 101.0, 101.0, "GF"), OfficialLap(2, 97.0, 198.0, "GF")),
    ... }
    >>> dict(running_positions(RaceTiming(RaceKey(2025, "vir", 1), {}, laps)))
    {'7': (1, 2), '13': (2, 1)}
    """
    at_line: dict[int, list[tuple[float, str]]] = {}
    for number, laps in timing.laps.items():
        for lap in laps:
            at_line.setdefault(lap.lap_number, []).append((lap.elapsed_s, number))
    ranks = {
        lap_number: {number: rank for rank, (_, number) in enumerate(sorted(found), start=1)}
        for lap_number, found in at_line.items()
    }
    return {
        number: tuple(ranks[lap.lap_number][number] for lap in laps)
        for number, laps in timing.laps.items()
    }


def passes(timing: RaceTiming) -> Mapping[str, Passes]:
    """Return how many rivals each car passed on the road, and how many passed it.

    A pass is a pair of cars on the same lap whose order at the line changed from one lap
    to the next, when

    - both raced that lap: its flag is green or chequered for both;
    - neither was in the pits on this lap or came out of them on it;
    - the car that fell behind was not in trouble (see :data:`TROUBLE_SHARE`).

    A retired car crosses no more and is not passed. The order off the grid is not
    published, so lap 1 has no passes. Every pass is made by one car and lost by another,
    so both sums are equal.

    Returns
    -------
    mapping
        By printed number, for every car with a lap.
    """
    made = dict.fromkeys(timing.laps, 0)
    lost = dict.fromkeys(timing.laps, 0)
    for racers in raced_laps(timing).values():
        for number, (before, now) in racers.items():
            for rival, (rival_before, rival_now) in racers.items():
                was_behind = before.elapsed_s > rival_before.elapsed_s
                if was_behind and now.elapsed_s < rival_now.elapsed_s:
                    made[number] += 1
                    lost[rival] += 1
    return {number: Passes(made[number], lost[number]) for number in timing.laps}


def raced_laps(timing: RaceTiming) -> Mapping[int, Mapping[str, tuple[OfficialLap, OfficialLap]]]:
    """Return by lap number the cars that raced that lap undisturbed, with the lap before it."""
    raw: dict[int, dict[str, tuple[OfficialLap, OfficialLap]]] = {}
    for number, laps in timing.laps.items():
        by_number = {lap.lap_number: lap for lap in laps}
        for lap in laps:
            before = by_number.get(lap.lap_number - 1)
            if before is not None and _is_raced(before, lap):
                raw.setdefault(lap.lap_number, {})[number] = (before, lap)
    found = {}
    for lap_number, racers in raw.items():
        limit_s = TROUBLE_SHARE * median(now.lap_time_s for _, now in racers.values())
        found[lap_number] = {
            number: pair for number, pair in racers.items() if pair[1].lap_time_s <= limit_s
        }
    return found


def _is_raced(before: OfficialLap, lap: OfficialLap) -> bool:
    touches_pits = before.in_pit or lap.in_pit or lap.pit_time_s is not None
    return lap.flag in RACING_FLAGS and not touches_pits
