"""Every official lap of a season, in columns per car; loaded when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey


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
