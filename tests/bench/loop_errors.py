"""How wrong two ways of computing a delta are where the timekeepers know it.

Ours is asked with the loop left out: neither lap, nor any other, is pinned to it, and one
place for both cars is taken from where all laps *but these two* crossed it. Fast-F1 never
uses loops, so nothing has to be hidden from it; it is asked twice, at the loop's share of the
lap, and exactly where the reference car was at its own official crossing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.alignment.field_alignment import FieldAlignment, align_field
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.tracks import TimingLoop
from tests.bench.fast_f1 import FastF1Race, fast_f1_delta
from tests.bench.whole_races import BundledRace

HALF_STEP_S = 0.2
"""The speed at a crossing is taken over this much on either side."""

CarLap = tuple[str, OfficialLap]
Pair = tuple[CarLap, CarLap]


@dataclass(frozen=True)
class PairErrors:
    """Delta minus official difference in seconds, one entry per pair and loop."""

    ours_s: tuple[float, ...]
    fast_f1_s: tuple[float, ...]
    fast_f1_at_crossing_s: tuple[float, ...]


def pairs_of(race: BundledRace, most: int) -> list[Pair]:
    """Return pairs of clean laps of different cars, spread over the race."""
    laps = [(number, lap) for number, laps in race.clean.items() for lap in laps]
    solved = {(lap.number, lap.signals.lap.lap_number) for lap in race.field.laps}
    laps = [(number, lap) for number, lap in laps if (number, lap.lap_number) in solved]
    found = [(a, b) for n, a in enumerate(laps) for b in laps[n + 1 :] if a[0] != b[0]]
    return found[:: 1 + (len(found) - 1) // most]


def errors_at_loops(race: BundledRace, pairs: Sequence[Pair]) -> PairErrors:
    """Return the errors of all pairs at all inner loops that timed both laps."""
    ours: list[float] = []
    shares: list[float] = []
    crossings: list[float] = []
    fast_f1 = FastF1Race({number: travel(rec) for number, rec in race.recordings.items()})
    blind = {loop.name: _Blind(race, loop) for loop in race.field.track.loops}
    length_m = race.field.track.length_m
    for (number_a, a), (number_b, b) in pairs:
        distance_m, time_s, delta_s = fast_f1_delta(
            fast_f1.lap(number_a, a), fast_f1.lap(number_b, b)
        )
        for loop in race.field.track.loops:
            if loop.name not in a.loops_s or loop.name not in b.loops_s:
                continue
            official_s = b.loops_s[loop.name] - a.loops_s[loop.name]
            guess_s = blind[loop.name].delta_s((number_a, a), (number_b, b))
            if guess_s is None:
                continue
            ours.append(guess_s - official_s)
            share_m = loop.distance_m / length_m * distance_m[-1]
            shares.append(float(np.interp(share_m, distance_m, delta_s)) - official_s)
            at_s = a.loops_s[loop.name]
            crossings.append(float(np.interp(at_s, time_s, delta_s)) - official_s)
    return PairErrors(tuple(ours), tuple(shares), tuple(crossings))


class _Blind:
    """The race aligned as if one loop had never timed anybody."""

    def __init__(self, race: BundledRace, loop: TimingLoop) -> None:
        self._loop = loop.name
        aligned = align_field(race.field.without_loop(loop.name))
        self._passages = dict(self._measured(aligned))

    def _measured(
        self, aligned: FieldAlignment
    ) -> Iterator[tuple[tuple[str, int], tuple[float, float]]]:
        for key, lap in aligned.solved_laps.items():
            crossed_s = lap.signals.lap.loops_s.get(self._loop)
            if crossed_s is not None:
                steps_s = np.array([-HALF_STEP_S, 0.0, HALF_STEP_S])
                before, there, after = lap.distance_at(crossed_s + steps_s)
                yield key, (float(there), float(after - before) / (2 * HALF_STEP_S))

    def delta_s(self, reference: CarLap, compared: CarLap) -> float | None:
        """Return the delta where the other laps say the loop lies."""
        keys = [(number, lap.lap_number) for number, lap in (reference, compared)]
        if any(key not in self._passages for key in keys):
            return None
        others = [place for key, (place, _) in self._passages.items() if key not in keys]
        if not others:
            return None
        lap_distance_m = float(np.median(others))
        times = []
        for key, (_, lap) in zip(keys, (reference, compared), strict=True):
            seen_m, speed_mps = self._passages[key]
            times.append(lap.loops_s[self._loop] + (lap_distance_m - seen_m) / speed_mps)
        return times[1] - times[0]
