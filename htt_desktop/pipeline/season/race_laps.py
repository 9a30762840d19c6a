"""Every official lap of a race in columns per car."""

from __future__ import annotations

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import INNER_LOOPS
from htt_desktop.domain.season.laps import CarLaps, RaceLaps
from htt_desktop.domain.season.running_order import running_positions
from htt_desktop.pipeline.season.sectors import sectors_of
from htt_desktop.pipeline.season.sheets import RaceRecord


def race_laps(race: RaceRecord) -> RaceLaps:
    """Return the laps of all cars that are in the results, in published order."""
    positions = running_positions(race.timing)
    cars = {
        line.number: _car(race, line.number, line.driver_name, positions[line.number])
        for line in race.results
        if race.timing.laps.get(line.number)
    }
    return RaceLaps(race.key, cars)


def _car(race: RaceRecord, number: str, driver: str, positions: tuple[int, ...]) -> CarLaps:
    laps = race.timing.laps[number]
    s1_s, s2_s, s3_s = zip(*(sectors_of(lap) for lap in laps), strict=True)
    loops = {name: tuple(lap.loops_s.get(name) for lap in laps) for name in INNER_LOOPS}
    return CarLaps(
        driver=driver,
        lap_number=tuple(lap.lap_number for lap in laps),
        lap_time_s=tuple(lap.lap_time_s for lap in laps),
        elapsed_s=tuple(lap.elapsed_s for lap in laps),
        s1_s=s1_s,
        s2_s=s2_s,
        s3_s=s3_s,
        loops_s={
            name: times_s
            for name, times_s in loops.items()
            if any(time_s is not None for time_s in times_s)
        },
        flag=tuple(lap.flag for lap in laps),
        in_pit=tuple(lap.in_pit for lap in laps),
        pit_time_s=tuple(lap.pit_time_s for lap in laps),
        top_speed_kmh=tuple(lap.top_speed_kmh for lap in laps),
        position=positions,
        why_not=tuple("; ".join(why) for why in timing_reasons(laps)),
    )
