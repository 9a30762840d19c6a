"""A small race that never happened: known speeds, exact timing, a gated source."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.error_band import BandModel
from htt_desktop.domain.lap_rules import Exclusion, LapStatus, TelemetryCover
from htt_desktop.domain.race import INNER_LOOPS, Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.tracks import Corner, TimingLoop, Track
from htt_desktop.sources.errors import CancelledError, UnknownRaceError
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryOrigin,
    TelemetryRequest,
)

LENGTH_M = 3000.0
KEY = RaceKey(2025, "ring", 1)
OTHER_KEY = RaceKey(2025, "ring", 2)
LAPS = 6
YELLOW_LAP = 4
_STEP_S = 0.043
_APEXES_M = (500.0, 1200.0, 1900.0, 2600.0)

ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        "7": Entry("7", "Ada Swift", "North"),
        "47": Entry("47", "Ben Quick", "South"),
        "03": Entry("03", "Cy Zero", "East"),
        "80": Entry("80", "Dee Clock", "West"),
    }
)
"""Three drivers with telemetry; the clock of 80 is dead."""

PACE = {"7": 1.0, "47": 0.99, "03": 0.97, "80": 0.95}


def ring() -> Track:
    """Return a track with four corners and five loops."""
    places = (400.0, 900.0, 1500.0, 2100.0, 2700.0)
    loops = tuple(
        TimingLoop(name, place, 0.5, 40) for name, place in zip(INNER_LOOPS, places, strict=True)
    )
    corners = tuple(
        Corner(str(n), f"Bend {n}", "LR"[n % 2], apex - 60, apex, apex + 60, "high")
        for n, apex in enumerate(_APEXES_M, start=1)
    )
    return Track("ring", "Ring", LENGTH_M, (900.0, 2100.0), 0.0, loops, corners, 45.0, 9.0)


TRACKS: Mapping[str, Track] = MappingProxyType({"ring": ring()})


def speed_ms(number: str, lap_number: int, distance_m: FloatArray) -> FloatArray:
    """Return the driven speed; every lap is a little different."""
    dips = sum(22.0 * np.exp(-(((distance_m - apex) / 110.0) ** 2)) for apex in _APEXES_M)
    pace = PACE[number] * (1.0 + 0.002 * np.cos(lap_number * 2.1))
    if lap_number == YELLOW_LAP:
        pace *= 0.6
    return np.asarray(pace * (50.0 - dips))


def _driven(number: str, lap_number: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return distance, time since the line and speed on a fine grid."""
    distance_m = np.linspace(0.0, LENGTH_M, 6001)
    speed = speed_ms(number, lap_number, distance_m)
    steps = np.diff(distance_m) / (0.5 * (speed[1:] + speed[:-1]))
    return distance_m, np.concatenate(([0.0], np.cumsum(steps))), speed


def official_laps(number: str) -> tuple[OfficialLap, ...]:
    """Return the official laps, exact to the millisecond."""
    laps = []
    elapsed_s = 0.0
    for lap_number in range(1, LAPS + 1):
        distance_m, time_s, _ = _driven(number, lap_number)
        lap_time_s = round(float(time_s[-1]), 3)
        elapsed_s = round(elapsed_s + lap_time_s, 3)
        loops_s = {
            loop.name: round(float(np.interp(loop.distance_m, distance_m, time_s)), 3)
            for loop in ring().loops
        }
        flag = "FCY" if lap_number == YELLOW_LAP else "GF"
        laps.append(OfficialLap(lap_number, lap_time_s, elapsed_s, flag, loops_s=loops_s))
    return tuple(laps)


def statuses(number: str) -> tuple[LapStatus, ...]:
    """Return the inventory of one driver: first lap, yellow and the one after are out."""
    reasons = {
        1: (Exclusion.FIRST_LAP,),
        YELLOW_LAP: (Exclusion.FLAG, Exclusion.SLOW),
        YELLOW_LAP + 1: (Exclusion.AFTER_YELLOW,),
    }
    found = []
    for lap in official_laps(number):
        cover = TelemetryCover(lap.lap_time_s, 0.1, 0.0, 0.0)
        exclusions = reasons.get(lap.lap_number, ())
        if number == "80":
            exclusions = (*exclusions, Exclusion.DEAD_CLOCK)
        found.append(LapStatus(lap, exclusions, cover))
    return tuple(found)


def recording(number: str) -> Recording:
    """Return the logger's rows of all laps, 23 Hz, speed at every fifth row."""
    laps = official_laps(number)
    time_s = np.arange(0.0, laps[-1].elapsed_s, _STEP_S)
    lap_of_row = np.searchsorted([lap.elapsed_s for lap in laps], time_s, side="right") + 1
    speed_kmh = np.full(time_s.shape, np.nan)
    slope = np.zeros(time_s.shape)
    for lap in laps:
        rows = lap_of_row == lap.lap_number
        _, driven_s, speed = _driven(number, lap.lap_number)
        since_line_s = time_s[rows] - lap.start_s
        speed_kmh[rows] = 3.6 * np.interp(since_line_s, driven_s, speed)
        slope[rows] = np.interp(since_line_s, driven_s, np.gradient(speed, driven_s))
    braking = np.clip(-slope / 9.81, 0.0, None)
    channels = {
        Channel.SPEED: np.where(np.arange(time_s.size) % 5 == 0, speed_kmh, np.nan),
        Channel.PEDAL: np.where(slope >= 0, 100.0, 0.0),
        Channel.BRAKE_FRONT: 60.0 * braking,
        Channel.GEAR: np.round(np.clip(speed_kmh / 30.0, 1, 6)),
        Channel.STEERING: np.clip(180.0 - speed_kmh, 0.0, None),
        Channel.ACCELERATION_LONG: slope / 9.81,
        Channel.ACCELERATION_LAT: np.clip((180.0 - speed_kmh) / 60.0, 0.0, 1.4),
    }
    return Recording(number, time_s, lap_of_row.astype(np.int64), channels)


def inventory(key: RaceKey = KEY) -> Inventory:
    """Return drivers and laps."""
    return Inventory(
        key,
        ENTRIES,
        {number: statuses(number) for number in ENTRIES},
        {"80": "Car 80 has one time stamp for all rows."},
    )


def _wait(gate: threading.Event, cancel: threading.Event) -> None:
    while not gate.wait(0.01):
        if cancel.is_set():
            raise CancelledError("withdrawn")


@dataclass
class MadeUpSource:
    """A telemetry source that counts what it is asked and waits at a gate.

    Attributes
    ----------
    gate
        Fetching waits here; cancelling opens it too.
    list_gate
        Listing waits here likewise.
    failure
        Raised instead of an answer.
    missing
        Races that cannot be read although they may be offered.
    requests
        Every fetch so far.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    list_gate: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None
    offered: tuple[RaceKey, ...] = (KEY, OTHER_KEY)
    missing: set[RaceKey] = field(default_factory=set)
    requests: list[TelemetryRequest] = field(default_factory=list)
    listings: int = 0

    def __post_init__(self) -> None:
        """Start with the gates open."""
        self.gate.set()
        self.list_gate.set()

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return what is offered."""
        return self.offered

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return the made-up inventory."""
        self.listings += 1
        _wait(self.list_gate, cancel)
        if key in self.missing:
            raise UnknownRaceError(f"No pack holds race {key.race}.")
        return inventory(key)

    def fetch(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceTelemetry:
        """Return made-up rows once the gate is open."""
        self.requests.append(request)
        progress(1000)
        _wait(self.gate, cancel)
        if self.failure is not None:
            raise self.failure
        recordings = {number: recording(number) for number in request.numbers}
        rows = sum(item.time_s.size for item in recordings.values())
        timing = RaceTiming(request.key, ENTRIES, {n: official_laps(n) for n in ENTRIES})
        return RaceTelemetry(
            request.key,
            timing,
            inventory(request.key),
            recordings,
            RaceAlignment((), None, BandModel(dict.fromkeys(Tier, 1e-6), dict.fromkeys(Tier, 100))),
            TelemetryOrigin("made-up race", "2025-10-18T12:00:00", rows, 0.01),
        )
