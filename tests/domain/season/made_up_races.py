"""Races with known answers: lap times in, official timing out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.domain.season.factor_table import VARIABLES_BY_ID

KEY = RaceKey(2025, "barber", 1)

MadeUpFeatures = dict[RaceKey, dict[str, dict[str, float | None]]]
MadeUpFinishes = dict[RaceKey, dict[str, int]]


def laps_of(times_s: Sequence[float], *, last: str = "FF") -> tuple[OfficialLap, ...]:
    """Return green laps with three equal sectors; the last one takes the flag."""
    found, elapsed_s = [], 0.0
    for number, time_s in enumerate(times_s, start=1):
        elapsed_s = round(elapsed_s + time_s, 3)
        loops = MappingProxyType({"IM1": time_s / 3, "IM2": 2 * time_s / 3})
        flag = last if number == len(times_s) else "GF"
        found.append(OfficialLap(number, time_s, elapsed_s, flag, loops_s=loops))
    return tuple(found)


def race(times_s: Mapping[str, Sequence[float]], key: RaceKey = KEY) -> RaceTiming:
    """Return a race in which every car drives the given lap times."""
    laps = {number: laps_of(times) for number, times in times_s.items()}
    return RaceTiming(key, {number: Entry(number, f"Driver {number}") for number in laps}, laps)


def changed(timing: RaceTiming, number: str, lap_number: int, **what: object) -> RaceTiming:
    """Return the race with one lap of one car said to be otherwise."""
    laps = tuple(
        replace(lap, **what) if lap.lap_number == lap_number else lap  # type: ignore[arg-type]
        for lap in timing.laps[number]
    )
    return replace(timing, laps={**timing.laps, number: laps})


def yellow(timing: RaceTiming, lap_number: int) -> RaceTiming:
    """Return the race with one lap under full-course yellow for everybody."""
    for number in timing.laps:
        timing = changed(timing, number, lap_number, flag="FCY")
    return timing


def made_up_features(
    seed: int = 1, races: int = 8, drivers: int = 20, noise: float = 0.5
) -> tuple[MadeUpFeatures, MadeUpFinishes]:
    """Return a season in which one skill per driver makes variables and finish alike."""
    random = np.random.default_rng(seed)
    skill = np.linspace(2.0, -2.0, drivers)
    features: MadeUpFeatures = {}
    finishes: MadeUpFinishes = {}
    for number in range(races):
        key = RaceKey(2025, f"track{number // 2}", number % 2 + 1)
        features[key] = {
            f"D{driver:02}": {
                id_: float(one.sign * (skill[driver] + noise * random.normal()))
                for id_, one in VARIABLES_BY_ID.items()
            }
            for driver in range(drivers)
        }
        order = np.argsort(-(skill + noise * random.normal(size=drivers)))
        finishes[key] = {f"D{driver:02}": place for place, driver in enumerate(order, start=1)}
    return features, finishes
