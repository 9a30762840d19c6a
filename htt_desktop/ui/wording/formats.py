"""Numbers as people at the pit wall write them."""

from __future__ import annotations

import math
from enum import StrEnum

MISSING = "–"
"""Stands for every value that does not exist."""

MINUS = "−"
"""True minus sign: as wide as a plus, unlike the hyphen."""

KM_PER_MILE = 1.609344
FEET_PER_METRE = 1 / 0.3048


class UnitSystem(StrEnum):
    """Units of speed and length on screen."""

    METRIC = "metric"
    IMPERIAL = "imperial"


def lap_time(seconds: float | None, decimals: int = 3) -> str:
    """Write a lap time as ``m:ss.mmm``, or rounded to fewer decimals, at least one.

    Examples
    --------
    >>> lap_time(100.343), lap_time(59.9996), lap_time(None)
    ('1:40.343', '1:00.000', '–')
    >>> lap_time(100.367, 1), lap_time(119.96, 1), lap_time(100.345, 2)
    ('1:40.4', '2:00.0', '1:40.34')
    """
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    # Milliseconds first: official times are whole ones, binary fractions are not.
    scale = 10**decimals
    units = round(round(abs(seconds) * 1000) * scale / 1000)
    minutes, rest = divmod(units, 60 * scale)
    sign = MINUS if seconds < 0 and units else ""
    return f"{sign}{minutes}:{rest // scale:02d}.{rest % scale:0{decimals}d}"


def number(value: float | None, decimals: int = 0) -> str:
    """Write a value with a true minus sign and never a negative zero.

    Examples
    --------
    >>> number(142.06, 1), number(-0.04, 1), number(-3.7, 1), number(float("nan"))
    ('142.1', '0.0', '−3.7', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):.{decimals}f}"
    negative = value < 0 and any(digit not in "0." for digit in text)
    return MINUS + text if negative else text


def signed(value: float | None, decimals: int = 0) -> str:
    """Write a difference with its sign; zero carries none.

    Examples
    --------
    >>> signed(3.0, 1), signed(-3.7, 1), signed(0.001, 1), signed(None)
    ('+3.0', '−3.7', '0.0', '–')
    """
    text = number(value, decimals)
    positive = value is not None and value > 0 and any(digit in "123456789" for digit in text)
    return "+" + text if positive else text


def supported_decimals(band: float | None) -> int:
    """Return how many decimals, at most three, a value with this error band supports.

    The band is written with two digits while its first two are at most 35, else with
    one, and the value to the same decimal place. Bands below half a thousandth, and
    official values without one (``None``), support three.

    References
    ----------
    Particle Data Group, Review of Particle Physics, Introduction 5.3 (rounding).

    Examples
    --------
    >>> [supported_decimals(band) for band in (0.0, 0.012, 0.034, 0.04, 0.2, 0.6)]
    [3, 3, 3, 2, 2, 1]
    """
    if band is None or not math.isfinite(band) or band < 0.0005:
        return 3
    leading = math.floor(math.log10(band))
    first_two = round(band / 10 ** (leading - 1))
    decimals = -leading + (1 if first_two <= 35 else 0)
    return max(0, min(3, decimals))


def delta(seconds: float | None, band_s: float | None = None) -> str:
    """Write a time difference: signed, no more digits than its band supports.

    Examples
    --------
    >>> delta(0.063, 0.012), delta(-0.063, 0.04), delta(0.063), delta(None, 0.1)
    ('+0.063', '−0.06', '+0.063', '–')
    """
    return signed(seconds, supported_decimals(band_s))


def band(band_s: float | None) -> str:
    """Write the half-width of a band with the digits of its delta; nothing for none.

    Examples
    --------
    >>> band(0.012), band(0.04), band(0.0), band(None)
    ('±0.012', '±0.04', '', '')
    """
    if band_s is None or not math.isfinite(band_s) or band_s < 0.0005:
        return ""
    return f"±{band_s:.{supported_decimals(band_s)}f}"


def is_beyond_band(seconds: float | None, band_s: float | None) -> bool:
    """Return whether a difference is larger than its band, both as they are written.

    Two differences that read alike are judged alike.

    Examples
    --------
    >>> is_beyond_band(0.0602, 0.0598), is_beyond_band(0.0651, 0.0598)
    (False, True)
    >>> is_beyond_band(-0.001, 0.0), is_beyond_band(0.0, 0.0), is_beyond_band(None, 0.1)
    (True, False, False)
    """
    if seconds is None or not math.isfinite(seconds):
        return False
    decimals = supported_decimals(band_s)
    width_s = 0.0 if band_s is None or not math.isfinite(band_s) else band_s
    return float(f"{abs(seconds):.{decimals}f}") > float(f"{width_s:.{decimals}f}")


def in_units(value: float, unit: str, system: UnitSystem) -> tuple[float, str]:
    """Return a value and its unit in the chosen system; other units pass unchanged.

    Examples
    --------
    >>> value, unit = in_units(160.9344, "km/h", UnitSystem.IMPERIAL)
    >>> round(value, 6), unit
    (100.0, 'mph')
    >>> in_units(5.0, "bar", UnitSystem.IMPERIAL)
    (5.0, 'bar')
    """
    if system is UnitSystem.METRIC:
        return value, unit
    if unit == "km/h":
        return value / KM_PER_MILE, "mph"
    if unit == "m":
        return value * FEET_PER_METRE, "ft"
    return value, unit


def length(value_m: float | None, system: UnitSystem) -> str:
    """Write a distance with its unit.

    Examples
    --------
    >>> length(304.8, UnitSystem.METRIC), length(304.8, UnitSystem.IMPERIAL)
    ('305 m', '1000 ft')
    """
    factor, unit = in_units(1.0, "m", system)
    return f"{number(None if value_m is None else value_m * factor)} {unit}"


def ordinal(place: int) -> str:
    """Write a place as an English ordinal number.

    Examples
    --------
    >>> [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 42, 111)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '42nd', '111th']
    """
    if 11 <= place % 100 <= 13:
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def joined(words: list[str]) -> str:
    """Join words the way a sentence does.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
