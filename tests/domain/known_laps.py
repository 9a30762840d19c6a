"""Recordings whose every place is known, with the faults real loggers have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.units import METRES_PER_DEGREE_LATITUDE, METRES_PER_DEGREE_LONGITUDE
from tests.domain import synthetic_race
from tests.domain.synthetic_race import LENGTH_M, ROW_S, ROWS_PER_SPEED, Drive

GRAVITY_MPS2 = 9.80665
GPS_EVERY = 2
BENDS = ((650.0, 0.02), (1350.0, -0.006), (2000.0, 0.02), (2650.0, -0.006), (3300.0, -0.02))
BEND_M = 50.0
RADIUS_M = LENGTH_M / (2 * np.pi)


@dataclass(frozen=True)
class Faults:
    """What is wrong with a recording.

    ``silences``, ``slip`` and the first column of ``gps`` are race times. While wheels slip,
    speed is wrong by a factor. The GPS error is rows of
    ``(race_s, east_m, north_m)``, interpolated between them; without rows there is no GPS.
    """

    speed_factor: float = 1.0
    lag_s: float = 0.17
    clock_error_s: float = 0.0
    silences: tuple[tuple[float, float], ...] = ()
    slip: tuple[float, float, float] = (0.0, 0.0, 1.0)
    speed_noise_kmh: float = 0.0
    lateral_noise_g: float = 0.0
    gps: tuple[tuple[float, float, float], ...] = ()
    gps_noise_m: float = 0.0
    seed: int = 3
    without: tuple[Channel, ...] = ()


NO_FAULTS = Faults()


def curvature(distance_m: FloatArray) -> FloatArray:
    """Return the curvature of the driven line, positive to the left."""
    lap_distance_m = np.mod(distance_m, LENGTH_M)
    bends = [k * np.exp(-(((lap_distance_m - at) / BEND_M) ** 2)) for at, k in BENDS]
    return np.asarray(np.sum(bends, axis=0))


def speed_mps(drive: Drive, race_s: FloatArray) -> FloatArray:
    return (drive.distance_m(race_s + 0.05) - drive.distance_m(race_s - 0.05)) / 0.1


@cache
def recorded(drive: Drive, faults: Faults = NO_FAULTS) -> Recording:
    """Record a race with faults; ``time_s`` runs late by the clock's error."""
    random = np.random.default_rng(faults.seed)
    race_s = np.arange(2.0, drive.laps()[-1].elapsed_s + 20.0, ROW_S)
    distance_m = drive.distance_m(race_s)
    speed = speed_mps(drive, race_s)
    slow_kmh = 3.6 * faults.speed_factor * speed_mps(drive, race_s - faults.lag_s)
    start_s, end_s, factor = faults.slip
    slow_kmh[(race_s > start_s) & (race_s < end_s)] *= factor
    slow_kmh = slow_kmh + random.normal(0, 1, race_s.size) * faults.speed_noise_kmh
    lateral_g = speed**2 * curvature(distance_m) / GRAVITY_MPS2
    channels = {
        Channel.SPEED: np.where(np.arange(race_s.size) % ROWS_PER_SPEED == 0, slow_kmh, np.nan),
        Channel.ACCELERATION_LONG: np.gradient(speed, race_s) / GRAVITY_MPS2,
        Channel.ACCELERATION_LAT: lateral_g
        + random.normal(0, 1, race_s.size) * faults.lateral_noise_g,
        Channel.BRAKE_FRONT: np.mod(distance_m, LENGTH_M),
    }
    if faults.gps:
        channels |= _gps(race_s, distance_m, faults, random)
    kept = np.ones(race_s.size, dtype=np.bool_)
    for start_s, end_s in faults.silences:
        kept &= (race_s < start_s) | (race_s > end_s)
    return Recording(
        drive.number,
        race_s[kept] + faults.clock_error_s,
        np.zeros(int(kept.sum()), dtype=np.int64),
        {name: values[kept] for name, values in channels.items() if name not in faults.without},
        clock_sigma_s=max(abs(faults.clock_error_s), 0.02),
    )


def true_distance_m(drive: Drive, lap: OfficialLap, since_line_s: FloatArray) -> FloatArray:
    """Return where the car really was."""
    return drive.distance_m(lap.start_s + since_line_s) - LENGTH_M * (lap.lap_number - 1)


def entry(drive: Drive) -> Entry:
    return Entry(drive.number, f"Driver {drive.number}")


def untimed(lap: OfficialLap, *names: str) -> OfficialLap:
    """Return a lap that some loops missed; all of them when none is named."""
    gone = names or tuple(lap.loops_s)
    return replace(lap, loops_s={n: s for n, s in lap.loops_s.items() if n not in gone})


def retimed(lap: OfficialLap, name: str, by_s: float) -> OfficialLap:
    """Return a lap one of whose crossings was timed wrongly."""
    return replace(lap, loops_s={**lap.loops_s, name: lap.loops_s[name] + by_s})


def race(seed: int = 1, cars: int = 3, laps: int = 4) -> list[Drive]:
    """Return drivers of a small race; the first lap belongs to nobody's comparison."""
    return synthetic_race.field(seed, cars, laps)


def _gps(
    race_s: FloatArray, distance_m: FloatArray, faults: Faults, random: np.random.Generator
) -> dict[Channel, FloatArray]:
    at_s, east_error_m, north_error_m = np.array(faults.gps).T
    angle = distance_m / RADIUS_M
    east_m = RADIUS_M * np.cos(angle) + np.interp(race_s, at_s, east_error_m)
    north_m = RADIUS_M * np.sin(angle) + np.interp(race_s, at_s, north_error_m)
    east_m = east_m + random.normal(0, 1, race_s.size) * faults.gps_noise_m
    north_m = north_m + random.normal(0, 1, race_s.size) * faults.gps_noise_m
    # The receiver renews its place at every second row; the logger repeats it.
    fresh = np.arange(race_s.size) // GPS_EVERY * GPS_EVERY
    return {
        Channel.LATITUDE: north_m[fresh] / METRES_PER_DEGREE_LATITUDE,
        Channel.LONGITUDE: east_m[fresh] / METRES_PER_DEGREE_LONGITUDE,
    }
