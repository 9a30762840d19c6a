"""A race of invented cars whose clocks, laps and loops are known exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.tracks import TimingLoop, Track

LENGTH_M = 4000.0
LOOP_DISTANCES_M = {"IM1a": 700.0, "IM1": 1450.0, "IM2a": 2100.0, "IM2": 2750.0, "IM3a": 3400.0}
ROW_S = 0.043
ROWS_PER_SPEED = 5
START_OF_DAY_S = 49_000.0
QUICKEST_MESSAGE_S = 0.2

PLACES_M = np.linspace(0.0, LENGTH_M, 2001)
BASE_MPS = (
    44
    + 14 * np.cos(2 * np.pi * 3 * PLACES_M / LENGTH_M)
    + 5 * np.sin(2 * np.pi * 7 * PLACES_M / LENGTH_M)
)
BASE_S = np.concatenate(
    ([0.0], np.cumsum(np.diff(PLACES_M) * (1 / BASE_MPS[1:] + 1 / BASE_MPS[:-1]) / 2))
)
LAP_S = float(BASE_S[-1])


def track(trigger_after_line_m: float = 0.0) -> Track:
    loops = tuple(TimingLoop(name, place, 1.0, 20) for name, place in LOOP_DISTANCES_M.items())
    ends_m = (LOOP_DISTANCES_M["IM1"], LOOP_DISTANCES_M["IM2"])
    return Track("invented", "Invented", LENGTH_M, ends_m, trigger_after_line_m, loops, (), 0, 0)


@dataclass(frozen=True)
class Drive:
    """How one car drives: seconds per lap, and where it gains against the others."""

    number: str
    lap_times_s: tuple[float, ...]
    skew: float = 0.0

    def shares(self) -> FloatArray:
        """Return the share of the lap time at each place, from 0 to 1."""
        phase = 2 * np.pi * PLACES_M / LENGTH_M
        return np.asarray(BASE_S / LAP_S + self.skew * np.sin(phase) / LAP_S, dtype=np.float64)

    def laps(self) -> tuple[OfficialLap, ...]:
        shares = self.shares()
        laps = []
        elapsed_s = 0.0
        for index, lap_time_s in enumerate(self.lap_times_s):
            elapsed_s = round(elapsed_s + lap_time_s, 3)
            loops_s = {
                name: round(lap_time_s * float(np.interp(place, PLACES_M, shares)), 3)
                for name, place in LOOP_DISTANCES_M.items()
            }
            flag = "FF" if index + 1 == len(self.lap_times_s) else "GF"
            laps.append(OfficialLap(index + 1, lap_time_s, elapsed_s, flag, loops_s=loops_s))
        return tuple(laps)

    def distance_m(self, race_s: FloatArray) -> FloatArray:
        """Return the distance since the start of the race."""
        shares = self.shares()
        knots_s, knots_m = [np.array([0.0])], [np.array([0.0])]
        for index, lap in enumerate(self.laps()):
            knots_s.append(lap.start_s + lap.lap_time_s * shares[1:])
            knots_m.append(LENGTH_M * index + PLACES_M[1:])
        # Nobody stops on the line: the lap after the flag is driven like the first one.
        knots_s.append(self.laps()[-1].elapsed_s + self.lap_times_s[0] * shares[1:])
        knots_m.append(LENGTH_M * len(self.lap_times_s) + PLACES_M[1:])
        found = np.interp(race_s, np.concatenate(knots_s), np.concatenate(knots_m))
        return np.asarray(found, dtype=np.float64)


def field(seed: int = 1, cars: int = 8, laps: int = 12) -> list[Drive]:
    random = np.random.default_rng(seed)
    return [
        Drive(
            str(10 + index),
            tuple(np.round(LAP_S + 0.15 * index + random.normal(0, 0.35, laps), 3).tolist()),
            skew=float(random.normal(0, 0.25)),
        )
        for index in range(cars)
    ]


def timing(drives: list[Drive]) -> RaceTiming:
    return RaceTiming(
        RaceKey(2025, "invented", 1),
        {drive.number: Entry(drive.number, f"Driver {drive.number}") for drive in drives},
        {drive.number: drive.laps() for drive in drives},
    )


def record(
    drive: Drive,
    *,
    offset_s: float = 5000.0,
    lap_offset: int = 1,
    lag_s: float = 0.17,
    trigger_after_line_m: float = 0.0,
    printed: str | None = None,
    seed: int = 7,
) -> LoggerRows:
    """Record a whole race, from 5 s after the start to the end of the last lap."""
    random = np.random.default_rng(seed)
    laps = drive.laps()
    race_s = np.arange(5.0, laps[-1].elapsed_s + 20.0, ROW_S)
    race_s = race_s + np.round(random.uniform(-0.002, 0.002, race_s.size), 3)
    distance = drive.distance_m(race_s)
    place = np.mod(distance, LENGTH_M)

    def speed_kmh(times_s: FloatArray) -> FloatArray:
        ahead, behind = drive.distance_m(times_s + 0.02), drive.distance_m(times_s - 0.02)
        return (ahead - behind) / 0.04 * 3.6

    along_g = (speed_kmh(race_s + 0.05) - speed_kmh(race_s - 0.05)) / 3.6 / 0.1 / 9.80665
    bends = np.sin(2 * np.pi * 5 * place / LENGTH_M)
    lateral_g = 1.6 * np.sign(bends) * np.maximum(np.abs(bends) - 0.5, 0)
    slow = np.full(race_s.size, np.nan)
    slow[::ROWS_PER_SPEED] = speed_kmh(race_s[::ROWS_PER_SPEED] - lag_s)
    printed = printed or drive.number
    return LoggerRows(
        vehicle_id=f"GR86-001-{printed}",
        printed_number=printed,
        clock_s=race_s + offset_s,
        logger_lap=(
            np.floor((distance - trigger_after_line_m) / LENGTH_M).astype(np.int64) + 1 + lap_offset
        ),
        channels={
            Channel.SPEED: slow,
            Channel.ACCELERATION_LONG: along_g + random.normal(0, 0.02, race_s.size),
            Channel.ACCELERATION_LAT: lateral_g + random.normal(0, 0.03, race_s.size),
            Channel.STEERING: 40 * np.interp(race_s + 0.086, race_s, lateral_g),
        },
        reception_s=race_s
        + START_OF_DAY_S
        + 5 * 3600
        + QUICKEST_MESSAGE_S
        + random.exponential(1.0, race_s.size),
    )


def only(rows: LoggerRows, wanted: BoolArray) -> LoggerRows:
    """Keep some rows."""
    return replace(
        rows,
        clock_s=rows.clock_s[wanted],
        logger_lap=rows.logger_lap[wanted],
        channels={channel: values[wanted] for channel, values in rows.channels.items()},
        reception_s=None if rows.reception_s is None else rows.reception_s[wanted],
    )


def mixed(first: LoggerRows, second: LoggerRows, shift_s: float = 0.0) -> LoggerRows:
    """Put rows of two cars under the first one's number, in order of time."""
    clock_s = np.concatenate((first.clock_s, second.clock_s + shift_s))
    order = np.argsort(clock_s, kind="stable")
    order = order[np.concatenate(([True], np.diff(clock_s[order]) > 0))]

    def column(rows: LoggerRows, channel: Channel) -> FloatArray:
        return rows.channels.get(channel, np.full(rows.clock_s.size, np.nan))

    return replace(
        first,
        clock_s=clock_s[order],
        logger_lap=np.concatenate((first.logger_lap, second.logger_lap))[order],
        channels={
            channel: np.concatenate((column(first, channel), column(second, channel)))[order]
            for channel in {*first.channels, *second.channels}
        },
        reception_s=None,
    )
