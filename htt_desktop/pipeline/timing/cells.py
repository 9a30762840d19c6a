"""What a figure of a sheet can be: one table for the sheets of all years.

Whatever lies outside is not a figure of this series but another unit, a sentinel or damage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DAY_S = 86_400.0

NO_SENSOR = -999.0
"""Weather stations print it while a sensor does not answer."""

_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,4}):)?([0-9]{1,5}(?:\.[0-9]{1,6})?)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,9})?")
_MILLISECONDS = re.compile(r"-?[0-9]{1,9}")
_MINUTE = 60

_SHOWN = 40


@dataclass(frozen=True)
class Range:
    """Bounds, both included.

    Attributes
    ----------
    unit
        For the sentence that refuses a value, with a leading blank.
    """

    low: float
    high: float
    unit: str = ""


_LAP = Range(10, 7200, " s")
_PLACE = Range(1, 200)
_SPEED = Range(1, 400, " km/h")
_POINTS = Range(0, 10_000)
_LAPS = Range(0, 2000)


TIME = Range(0, DAY_S, " s")
"""Any time that has no range of its own."""

WHOLE = Range(0, 1_000_000)
"""Any whole number that has no range of its own."""


RANGES = {
    # times in seconds
    "lap_time": _LAP,
    "lap time (ms)": _LAP,
    "fl_time": _LAP,
    "pit_time": Range(5, DAY_S, " s"),
    "best time": _LAP,
    "best_lap_time": _LAP,
    "bestlap_1": _LAP,
    "time": _LAP,
    # positions and counts
    "position": _PLACE,
    "pos": _PLACE,
    "start pos": Range(0, 200),
    "lap_number": Range(1, 2000),
    "laps": _LAPS,
    "fl_lapnum": _LAPS,
    "best lap": _LAPS,
    "total_driver_laps": _LAPS,
    "points": _POINTS,
    # speeds and weather
    "kph": _SPEED,
    "top_speed": _SPEED,
    "time_utc_seconds": Range(946_684_800, 4_102_444_800, " s since 1970 (years 2000 to 2100)"),
    "air_temp": Range(-50, 60, " °C"),
    "track_temp": Range(-50, 90, " °C"),
    "humidity": Range(0, 100, " %"),
    "wind_speed": Range(0, 250, " km/h"),
    "rain": Range(0, 100),
}
"""By column in small letters."""


def parse_time_s(text: str) -> float | None:
    """Return a printed time in seconds, to 1 ms; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a time.

    Examples
    --------
    >>> parse_time_s("1:54.168")
    114.168
    >>> parse_time_s("0:00:42.522")
    42.522
    >>> parse_time_s(" 33.413 ")
    33.413
    >>> parse_time_s("") is None
    True
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _TIME.fullmatch(stripped)
    if match is None:
        message = f"{shown(stripped)} is not a time"
        raise ValueError(message)
    hours, minutes, seconds = match.groups()
    if (minutes and float(seconds) >= _MINUTE) or (hours and int(minutes) >= _MINUTE):
        message = f"{shown(stripped)} is not a time: 60 is the next minute or hour"
        raise ValueError(message)
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds), 3)


def parse_milliseconds_s(text: str) -> float | None:
    """Return whole milliseconds in seconds; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a whole number.

    Examples
    --------
    >>> parse_milliseconds_s("124981")
    124.981
    """
    stripped = text.strip()
    if not stripped:
        return None
    if not _MILLISECONDS.fullmatch(stripped):
        message = f"{shown(stripped)} is not a time in milliseconds"
        raise ValueError(message)
    return round(int(stripped) / 1000, 3)


def parse_number(text: str) -> float | None:
    """Return a printed number; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a number.

    Examples
    --------
    >>> parse_number("182.1")
    182.1
    """
    stripped = text.strip()
    if not stripped:
        return None
    if not _NUMBER.fullmatch(stripped):
        message = f"{shown(stripped)} is not a number"
        raise ValueError(message)
    return float(stripped)


def parse_whole(text: str) -> int | None:
    """Return a whole number that may be printed as ``4.0``; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a whole number from 0.

    Examples
    --------
    >>> parse_whole("4"), parse_whole("4.0")
    (4, 4)
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _WHOLE.fullmatch(stripped)
    if match is None:
        message = f"{shown(stripped)} is not a whole number"
        raise ValueError(message)
    return int(match[1])


def shown(text: str) -> str:
    """Return a cell in quotes, a long one shortened.

    Examples
    --------
    >>> shown("soon")
    "'soon'"
    """
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def tidy_name(text: str) -> str:
    """Return a driver's name without the sheet's footnote marks and doubled blanks.

    Examples
    --------
    >>> tidy_name("Jason  Kos*")
    'Jason Kos'
    """
    return " ".join(text.replace("*", " ").split())


def same_value(number: str, other: str) -> bool:
    """Tell whether two printed numbers differ in leading zeros at most.

    Examples
    --------
    >>> same_value("3", "03"), same_value("3", "30")
    (True, False)
    """
    return (number.lstrip("0") or "0") == (other.lstrip("0") or "0")
