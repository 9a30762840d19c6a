"""Write the folder of a small season as the series publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from tests.pipeline.timing_sheets import printed, write_analysis

RESULT_HEADER = (
    "POSITION;NUMBER;STATUS;LAPS;TOTAL_TIME;GAP_FIRST;FL_LAPNUM;FL_TIME;TEAM;CLASS;"
    "DRIVER_FIRSTNAME;DRIVER_SECONDNAME;"
)
QUALIFYING_HEADER = "POS;NUMBER;LAP;TIME; LAPS;TEAM;CLASS;DRIVER_FIRSTNAME;DRIVER_SECONDNAME;"
BY_CLASS_HEADER = "CLASS_TYPE;POS;PIC;NUMBER;TEAM;VEHICLE;DRIVER;LAPS;ELAPSED;BEST_LAP_TIME;"
BEST_TEN_HEADER = "NUMBER;FIRSTNAME;SECONDNAME;TOTAL_DRIVER_LAPS;" + "".join(
    f"BESTLAP_{n};BESTLAP_{n}_LAPNUM;" for n in range(1, 11)
)
WEATHER_HEADER = "TIME_UTC_SECONDS;AIR_TEMP;TRACK_TEMP;HUMIDITY;WIND_SPEED;RAIN;"

LAPS = 12


@dataclass(frozen=True)
class Car:
    """One entry of a made-up race: laps of ``pace_s``, the first one ``first_s`` longer."""

    number: str
    driver: str
    pace_s: float
    team: str = "A Team"
    laps: int = LAPS
    first_s: float = 5.0

    def driven(self) -> tuple[OfficialLap, ...]:
        """Return the laps; the last one sees the chequered flag if all were driven."""
        laps = []
        elapsed_s = 0.0
        for number in range(1, self.laps + 1):
            lap_s = round(self.pace_s + (self.first_s if number == 1 else 0.01 * number), 3)
            elapsed_s = round(elapsed_s + lap_s, 3)
            flag = "FF" if number == LAPS else "GF"
            loops = {"IM1": round(lap_s * 0.3, 3), "IM2": round(lap_s * 0.7, 3)}
            laps.append(
                OfficialLap(number, lap_s, elapsed_s, flag, loops_s=MappingProxyType(loops))
            )
        return tuple(laps)


FIELD = (
    Car("13", "Anna Ace", 97.0),
    Car("7", "Bob Bold", 97.2),
    Car("3", "Cy Calm", 97.4),
    Car("03", "Di Dash", 97.6),
    Car("8", "Ed Early", 97.8, laps=5),
)


def slower(cars: Sequence[Car], by_s: float = 0.5) -> tuple[Car, ...]:
    """Return the cars as they drove in another race."""
    return tuple(replace(car, pace_s=car.pace_s + by_s) for car in cars)


def write_laps(folder: Path, cars: Sequence[Car] = FIELD, *, lose_zeros: bool = False) -> None:
    """Write the lap analysis of a race."""
    timing = RaceTiming(
        RaceKey(2025, "barber", 1),
        {car.number: Entry(car.number, car.driver) for car in cars},
        {car.number: car.driven() for car in cars},
    )
    path = write_analysis(timing, folder)
    if lose_zeros:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\n03;", "\n3;"), encoding="utf-8")


def write_results(
    folder: Path,
    cars: Sequence[Car] = FIELD,
    name: str = "03_Results_GR_Cup_Race_1_Official.CSV",
    *,
    lose_zeros: bool = False,
) -> Path:
    """Write a result sheet with the cars in the given order."""
    lines = [RESULT_HEADER]
    for position, car in enumerate(cars, 1):
        laps = car.driven()
        best = min(laps[1:], key=lambda lap: lap.lap_time_s)
        first, last = car.driver.split()
        number = car.number.lstrip("0") if lose_zeros else car.number
        lines.append(
            f"{position};{number};Classified;{len(laps)};{printed(laps[-1].elapsed_s)};-;"
            f"{best.lap_number};{printed(best.lap_time_s)};{car.team};Am;{first};{last};"
        )
    return write_sheet(folder / name, lines)


def write_qualifying(
    folder: Path, cars: Sequence[Car] = FIELD, name: str = "Barberrd1Qualifying.csv"
) -> Path:
    """Write a qualifying sheet with the cars in the given order."""
    lines = [QUALIFYING_HEADER]
    for position, car in enumerate(cars, 1):
        first, last = car.driver.split()
        time = printed(car.pace_s - 1.0)
        lines.append(f"{position};{car.number};3;{time};6;{car.team};Am;{first};{last};")
    return write_sheet(folder / name, lines)


def write_weather(folder: Path, first_utc_s: int = 1757184078) -> Path:
    """Write a weather sheet of two lines; the default is 6 September 2025."""
    lines = [WEATHER_HEADER, f"{first_utc_s};20;30;50;3.6;0;", f"{first_utc_s + 60};21;31;50;3.6;0"]
    return write_sheet(folder / "26_Weather_Race_1.CSV", lines)


def write_standings(
    folder: Path,
    points: Sequence[tuple[str, str, Sequence[int | str]]],
    events: Sequence[str],
    name: str = "GR_Drivers_Championship.csv",
) -> Path:
    """Write a championship file: number, driver and cells of points per race."""
    header = "Pos;Participant;Points;Number;TEAM;CLASS;" + "".join(
        f"{event}_Points;{event}_TotalExtraPoints;" for event in events
    )
    lines = [header]
    for position, (number, driver, cells) in enumerate(points, 1):
        total = sum(cell for cell in cells if isinstance(cell, int))
        row = ";".join(f"{cell};0" for cell in cells)
        lines.append(f"{position};{driver};{total};{number};A Team;Am;{row};")
    return write_sheet(folder / name, lines)


def write_sheet(path: Path, lines: Sequence[str]) -> Path:
    """Write lines with a mark at the beginning, as most sheets have it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("﻿" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_race(root: Path, track: str = "barber", race: int = 1) -> Path:
    """Write all sheets of a race and return its folder."""
    folder = root / track / f"race_{race}"
    write_laps(folder)
    write_results(folder)
    write_qualifying(folder)
    write_weather(folder)
    return folder
