"""Races, entries and official laps: what the timekeepers say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

FINISH_LINE = "FL"
"""Name of the finish-line loop."""

INNER_LOOPS = ("IM1a", "IM1", "IM2a", "IM2", "IM3a")
"""Names of the timing loops between two line crossings, in driving order.

``IM1`` ends sector 1 and ``IM2`` ends sector 2. Sonoma's files print them as
``INT-1`` and ``INT-2``.
"""

_NOT_A_NUMBER = 1e9


@dataclass(frozen=True, order=True)
class RaceKey:
    """One race: the same weekend at the same track in another year is another race.

    ``str()`` says it the way sentences, logs and tables do; a screen that knows the name of
    the track puts that in with :meth:`titled`.

    Attributes
    ----------
    year
        Year of the season.
    track_id
        Lower-case id such as ``"indianapolis"``.
    race
        1 or 2.

    Examples
    --------
    >>> f"No pack holds {RaceKey(2025, 'barber', 1)}."
    'No pack holds barber R1 2025.'
    """

    year: int
    track_id: str
    race: int

    def __str__(self) -> str:
        """Return track, race and year in words."""
        return self.titled(self.track_id)

    def titled(self, track_name: str) -> str:
        """Return the race in words with the name of its track.

        Examples
        --------
        >>> RaceKey(2025, "barber", 1).titled("Barber")
        'Barber R1 2025'
        """
        return f"{track_name} R{self.race} {self.year}"

    @property
    def file_stem(self) -> str:
        """The race as the beginning of a file name.

        Examples
        --------
        >>> RaceKey(2025, "barber", 1).file_stem
        'barber_r1_2025'
        """
        return f"{self.track_id}_r{self.race}_{self.year}"


def year_of(utc_s: float) -> int:
    """Return the year of a time in seconds since 1970 UTC.

    Examples
    --------
    >>> year_of(1757156400.0), year_of(-1.0)
    (2025, 1969)
    """
    # By NumPy: the standard library refuses times before 1970 on Windows.
    return int(np.datetime64(math.floor(utc_s), "s").astype("datetime64[Y]").astype(int)) + 1970


@dataclass(frozen=True)
class Entry:
    """A driver in a car, as printed in one race's timing.

    Attributes
    ----------
    number
        Printed number as text: ``"3"`` and ``"03"`` are two drivers.
    driver_name, team, car_class
        As printed; empty when the sheets do not say.
    """

    number: str
    driver_name: str
    team: str = ""
    car_class: str = ""


@dataclass(frozen=True)
class OfficialLap:
    """One line of the official lap analysis.

    Attributes
    ----------
    lap_number
        From 1.
    lap_time_s
        Official lap time, 1 ms resolution.
    elapsed_s
        The car's race time when it ended this lap.
    flag
        Flag at the finish line: ``"GF"``, ``"FCY"``, ``"FF"`` or empty.
    in_pit
        The lap ended in the pit lane.
    pit_time_s
        Time spent in the pit lane during the lap, ``None`` when not printed.
    loops_s
        Crossing of each inner loop in seconds since the lap began. A loop that
        missed the car is absent.
    top_speed_kmh
        Speed trap, ``None`` when not printed.
    """

    lap_number: int
    lap_time_s: float
    elapsed_s: float
    flag: str = ""
    in_pit: bool = False
    pit_time_s: float | None = None
    loops_s: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    top_speed_kmh: float | None = None

    @property
    def start_s(self) -> float:
        """The car's race time when this lap began."""
        return self.elapsed_s - self.lap_time_s


@dataclass(frozen=True)
class RaceTiming:
    """Official timing of one race.

    Attributes
    ----------
    entries
        By printed number.
    laps
        By printed number, in lap order. Numbers without laps are absent.
    """

    key: RaceKey
    entries: Mapping[str, Entry]
    laps: Mapping[str, tuple[OfficialLap, ...]]


def number_order(printed: str) -> float:
    """Return what a printed number is sorted by: its value, then its leading zeros.

    Examples
    --------
    >>> sorted(["113", "03", "13", "3", "0"], key=number_order)
    ['0', '3', '03', '13', '113']
    >>> number_order("x") > number_order("999")
    True
    """
    if not (printed.isascii() and printed.isdigit()):
        return _NOT_A_NUMBER
    zeros = len(printed) - len(str(int(printed)))
    return int(printed) + 0.001 * zeros
