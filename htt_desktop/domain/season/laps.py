"""Every official lap of a season, in columns per car, and the pace of its clean laps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from htt_desktop.domain.race import RaceKey

FEWEST_FOR_QUARTILES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CarLaps:
    """All official laps of one car in one race; all columns have the same length.

    Attributes
    ----------
    driver
        Key of the driver.
    lap_number
        From 1, rising; a lap that was never timed is absent.
    elapsed_s
        Race time at the end of the lap.
    s1_s, s2_s, s3_s
        Sector times, ``None`` where a loop missed the car.
    loops_s
        By loop name: crossing in seconds since the lap began.
    flag
        ``"GF"``, ``"FCY"``, ``"FF"`` or empty.
    position
        Running position at the line when the lap ended.
    why_not
        Empty for a clean lap, else the reasons against it.
    """

    driver: str
    lap_number: tuple[int, ...]
    lap_time_s: tuple[float, ...]
    elapsed_s: tuple[float, ...]
    s1_s: tuple[float | None, ...]
    s2_s: tuple[float | None, ...]
    s3_s: tuple[float | None, ...]
    loops_s: dict[str, tuple[float | None, ...]]
    flag: tuple[str, ...]
    in_pit: tuple[bool, ...]
    pit_time_s: tuple[float | None, ...]
    top_speed_kmh: tuple[float | None, ...]
    position: tuple[int, ...]
    why_not: tuple[str, ...]

    def clean(self) -> list[tuple[int, float]]:
        """Return number and time in seconds of every clean lap."""
        laps = zip(self.lap_number, self.lap_time_s, self.why_not, strict=True)
        return [(number, time_s) for number, time_s, why in laps if not why]

    def clean_median_s(self) -> float | None:
        """Return the median of the clean laps, ``None`` without one."""
        times_s = [time_s for _, time_s in self.clean()]
        return median(times_s) if times_s else None


@dataclass(frozen=True)
class RaceLaps:
    """All laps of one race.

    Attributes
    ----------
    cars
        By printed number.
    """

    key: RaceKey
    cars: Mapping[str, CarLaps]

    def best_clean_s(self) -> float | None:
        """Return the best clean lap of anybody, ``None`` when no car has one."""
        times_s = (time_s for car in self.cars.values() for _, time_s in car.clean())
        return min(times_s, default=None)

    def clean_laps_of(self, driver: str) -> list[tuple[int, float]]:
        """Return number and time in seconds of a driver's clean laps, in whatever car."""
        return [lap for car in self.cars.values() if car.driver == driver for lap in car.clean()]

    def yellow_laps(self) -> tuple[tuple[int, int], ...]:
        """Return first and last lap of each yellow phase, by the flag most cars saw.

        Examples
        --------
        >>> RaceLaps(RaceKey(2024, "cota", 1), {}).yellow_laps()
        ()
        """
        seen: dict[int, list[int]] = {}
        for car in self.cars.values():
            for lap, flag in zip(car.lap_number, car.flag, strict=True):
                count = seen.setdefault(lap, [0, 0])
                count[flag == "FCY"] += 1
        yellow = sorted(lap for lap, (other, fcy) in seen.items() if fcy > other)
        phases: list[tuple[int, int]] = []
        for lap in yellow:
            if phases and lap == phases[-1][1] + 1:
                phases[-1] = (phases[-1][0], lap)
            else:
                phases.append((lap, lap))
        return tuple(phases)


@dataclass(frozen=True)
class SeasonLaps:
    """All laps of a season by race."""

    races: Mapping[RaceKey, RaceLaps]

    def best_clean_s(self) -> dict[RaceKey, float]:
        """Return the best clean lap in seconds of every race that has one."""
        found = {key: race.best_clean_s() for key, race in self.races.items()}
        return {key: best_s for key, best_s in found.items() if best_s is not None}


@dataclass(frozen=True)
class CleanPace:
    """A driver's clean laps of one race against the best clean lap of anybody.

    Attributes
    ----------
    lap_number, lap_time_s, gap_percent
        One each per clean lap.
    quartiles
        First quartile, median and third of the gaps; ``None`` with fewer than four laps.
    """

    lap_number: list[int]
    lap_time_s: list[float]
    gap_percent: list[float]
    quartiles: tuple[float, float, float] | None


NO_PACE = CleanPace([], [], [], None)
"""Of a race where nobody drove a clean lap."""


def clean_pace(race: RaceLaps, driver: str, best_s: float) -> CleanPace:
    """Return a driver's clean laps in per cent above the best one."""
    laps = race.clean_laps_of(driver)
    gaps = [100.0 * (time_s / best_s - 1.0) for _, time_s in laps]
    quartiles = None
    if len(gaps) >= FEWEST_FOR_QUARTILES:
        low, middle, high = quantiles(gaps, n=4, method="inclusive")
        quartiles = low, middle, high
    return CleanPace([lap for lap, _ in laps], [time_s for _, time_s in laps], gaps, quartiles)
