"""Attacks between cars within two seconds of each other: who got past, who held on.

A rate alone says little: an attack from 0.2 s behind works three times as often as one from 1 s,
and slow cars are easy prey, so whoever fights at the back passes most. Each attack is therefore
measured against what the gap and the pace of the car attacked let expect, each defence against
what is usual for the gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.running_order import raced_laps

WITHIN_S = 2.0
"""A car this close behind at the line is attacking. Within 1 s hardly anything of the rates came
back from one half of the season to the other."""

PRIOR_DUELS = 10.0
"""Duels that end as expected and are counted in with everybody's own; with them one lucky duel
moves a rate by an eleventh of the way."""

GAP_EFFECT_PER_S = -2.2
"""On the log odds of a pass. 3,982 duels of 2025 say −2.35, 3,161 of 2024 say −2.19."""

RIVAL_EFFECT_PER_PERCENT = 0.65
"""On the log odds of a pass, per per cent the car attacked is off the best pace: 0.59 in 2025,
0.78 in 2024. The attacker's own pace has none (−0.01 and 0.16)."""

LARGEST_GAP_PERCENT = 5.0
"""Beyond this a car is slow, whatever the figure."""


@dataclass(frozen=True)
class Duel:
    """A raced lap begun within :data:`WITHIN_S` behind the next car."""

    behind: str
    ahead: str
    gap_s: float
    got_past: bool


def duels(timing: RaceTiming) -> tuple[Duel, ...]:
    """Return all duels of a race; each is an attack of one car and a defence of another.

    Only laps that both cars raced undisturbed count, see
    :func:`~htt_desktop.domain.season.running_order.raced_laps`.
    """
    found = []
    for racers in raced_laps(timing).values():
        order = sorted(racers, key=lambda number: (racers[number][0].elapsed_s, number))
        for ahead, behind in pairwise(order):
            (before, after), (own_before, own_after) = racers[ahead], racers[behind]
            gap_s = own_before.elapsed_s - before.elapsed_s
            if gap_s <= WITHIN_S:
                got_past = own_after.elapsed_s < after.elapsed_s
                found.append(Duel(behind, ahead, gap_s, got_past))
    return tuple(found)


def attack_points(
    fought: Sequence[Duel], pace_gaps: Mapping[str, float | None]
) -> Mapping[str, float]:
    """Return by how many percentage points each car's attacks worked more often than expected.

    Parameters
    ----------
    fought
        The duels of one race.
    pace_gaps
        By printed number, per cent above the best pace of the race; a car without counts
        as one in the middle.

    Returns
    -------
    mapping
        By printed number, for every car that attacked. Expectations add up to the passes
        really made, so weighted by the duels all points add up to zero but for the ten
        expected duels counted in.
    """
    known = [gap for gap in pace_gaps.values() if gap is not None]
    middle = float(np.median(known)) if known else 0.0
    rivals = [pace_gaps.get(duel.ahead) for duel in fought]
    slow = np.clip([middle if gap is None else gap for gap in rivals], 0.0, LARGEST_GAP_PERCENT)
    expected = _expected(fought, RIVAL_EFFECT_PER_PERCENT * slow)
    return _points([duel.behind for duel in fought], _got_past(fought) - expected)


def defence_points(fought: Sequence[Duel]) -> Mapping[str, float]:
    """Return by how many percentage points each car held off more attacks than expected.

    Returns
    -------
    mapping
        By printed number, for every car that was attacked.
    """
    expected = _expected(fought, np.zeros(len(fought)))
    return _points([duel.ahead for duel in fought], expected - _got_past(fought))


def _got_past(fought: Sequence[Duel]) -> FloatArray:
    return np.array([duel.got_past for duel in fought], dtype=np.float64)


def _expected(fought: Sequence[Duel], effect: FloatArray) -> FloatArray:
    """Return the chance of each pass, with the level at which they add up to those made."""
    effect = effect + GAP_EFFECT_PER_S * np.array([duel.gap_s for duel in fought])
    made, low, high = float(_got_past(fought).sum()), -40.0, 40.0
    for _ in range(80):
        level = (low + high) / 2.0
        if float(_chance(effect + level).sum()) < made:
            low = level
        else:
            high = level
    return _chance(effect + (low + high) / 2.0)


def _chance(log_odds: FloatArray) -> FloatArray:
    found: FloatArray = 1.0 / (1.0 + np.exp(-log_odds))
    return found


def _points(cars: Sequence[str], beyond: FloatArray) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for car, one in zip(cars, beyond.tolist(), strict=True):
        found.setdefault(car, []).append(one)
    return {car: 100.0 * sum(own) / (len(own) + PRIOR_DUELS) for car, own in found.items()}
