"""Attacks between cars within a second of each other: who got past, who held on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.season.running_order import raced_laps

WITHIN_S = 2.0
"""A car this close behind at the line is attacking. Within 1 s hardly anything of the rates came
back from one half of the season to the other."""

PRIOR_DUELS = 10.0
"""Weight of the field's own rate, in duels; with it one lucky duel moves a rate by an eleventh of
the way."""


@dataclass(frozen=True)
class Duels:
    """Duels of one car in one race.

    Attributes
    ----------
    attacks
        Raced laps begun within :data:`WITHIN_S` behind the next car.
    attacks_won
        Of those, the ones that ended ahead of that car.
    defences
        Raced laps begun with the next car within :data:`WITHIN_S` behind.
    defences_won
        Of those, the ones that ended still ahead of that car.
    """

    attacks: int
    attacks_won: int
    defences: int
    defences_won: int


def duels(timing: RaceTiming) -> Mapping[str, Duels]:
    """Return the duels of every car with a lap; each is an attack of one, a defence of another.

    Only laps that both cars raced undisturbed count, see
    :func:`~htt_desktop.domain.season.running_order.raced_laps`.
    """
    counts = {number: [0, 0, 0, 0] for number in timing.laps}
    for racers in raced_laps(timing).values():
        order = sorted(racers, key=lambda number: (racers[number][0].elapsed_s, number))
        for ahead, behind in pairwise(order):
            _fight(counts, racers, ahead, behind)
    return {number: Duels(*found) for number, found in counts.items()}


def _fight(
    counts: dict[str, list[int]],
    racers: Mapping[str, tuple[OfficialLap, OfficialLap]],
    ahead: str,
    behind: str,
) -> None:
    gap_s = racers[behind][0].elapsed_s - racers[ahead][0].elapsed_s
    if gap_s > WITHIN_S:
        return
    got_past = racers[behind][1].elapsed_s < racers[ahead][1].elapsed_s
    counts[behind][0] += 1
    counts[behind][1] += got_past
    counts[ahead][2] += 1
    counts[ahead][3] += not got_past


def points_above_field(won: int, tried: int, field_share: float) -> float | None:
    """Return by how many percentage points a success rate beats the field's; ``None`` untried.

    The rate is first drawn towards the field's: the mean of a beta distribution whose prior
    weighs as much as :data:`PRIOR_DUELS`. Against the field, because a pass that is common
    at one track is rare at the next.

    Examples
    --------
    >>> points_above_field(1, 1, 0.2)
    7.27
    >>> points_above_field(0, 0, 0.2) is None
    True
    """
    if tried == 0:
        return None
    return round(100.0 * (won - tried * field_share) / (tried + PRIOR_DUELS), 2)
