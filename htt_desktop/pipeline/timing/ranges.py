"""What a figure of a sheet can be: one table for the sheets of all years.

Whatever lies outside is not a figure of this series but another unit, a sentinel or damage.
"""

from __future__ import annotations

from dataclasses import dataclass


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

DAY_S = 86_400.0

TIME = Range(0, DAY_S, " s")
"""Any time that has no range of its own."""

WHOLE = Range(0, 1_000_000)
"""Any whole number that has no range of its own."""

NO_SENSOR = -999.0
"""Weather stations print it while a sensor does not answer."""

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
    # places and counts
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
