"""The laps of a season's file as official timing of one race."""

from __future__ import annotations

from types import MappingProxyType

from htt_desktop.domain.race import INNER_LOOPS, Entry, OfficialLap, RaceTiming
from htt_desktop.domain.season.laps import CarLaps, RaceLaps


def official_timing(race: RaceLaps) -> RaceTiming:
    """Return the timing of a race, as the lap analysis sheets would give it.

    Teams and classes are not among the laps, so they stay empty.

    Examples
    --------
    >>> from htt_desktop.domain.race import RaceKey
    >>> official_timing(RaceLaps(RaceKey(2025, "cota", 1), {})).entries
    mappingproxy({})
    """
    return RaceTiming(
        key=race.key,
        entries=MappingProxyType(
            {number: Entry(number, car.driver) for number, car in race.cars.items()}
        ),
        laps=MappingProxyType(
            {number: _laps(car) for number, car in race.cars.items() if car.lap_number}
        ),
    )


def _laps(car: CarLaps) -> tuple[OfficialLap, ...]:
    return tuple(
        OfficialLap(
            lap_number=number,
            lap_time_s=car.lap_time_s[index],
            elapsed_s=car.elapsed_s[index],
            flag=car.flag[index],
            in_pit=car.in_pit[index],
            pit_time_s=car.pit_time_s[index],
            loops_s=MappingProxyType(_loops(car, index)),
            top_speed_kmh=car.top_speed_kmh[index],
        )
        for index, number in enumerate(car.lap_number)
    )


def _loops(car: CarLaps, index: int) -> dict[str, float]:
    loops = {}
    for name in INNER_LOOPS:
        crossing_s = car.loops_s.get(name, ())
        if index < len(crossing_s) and (at_s := crossing_s[index]) is not None:
            loops[name] = at_s
    return loops
