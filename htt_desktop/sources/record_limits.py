"""What a number inside a pack may be, by the name of its field or by its unit.

Whatever lies outside cannot have been measured: a car, a race and a clock have sizes.
"""

from __future__ import annotations

Span = tuple[float, float]
"""Lowest and highest value, both included."""

MOST_CHARACTERS = 2_000
"""Of one text; the longest are the sentences of refusals, with 300."""

LAP_NUMBER: Span = (1, 10_000)
LAP_TIME_S: Span = (1, 100_000)
RACE_TIME_S: Span = (0, 1_000_000)
SPEED_KMH: Span = (0, 500)
PLACE_M: Span = (-1_000, 50_000)
HEADING_RAD: Span = (-1_000, 1_000)
GROWTH_S2_PER_M: Span = (1e-12, 0.01)
COUNT: Span = (0, 1e12)

_FIELDS: dict[str, Span] = {
    "year": (1900, 2200),
    "race": (1, 9),
    "lap_offset": (-100_000, 100_000),
    "sign": (-1, 1),
    "correlation": (-1, 1),
    "offset_s": (-1e11, 1e11),
}

_UNITS: dict[str, Span] = {
    "_s": (0, 1_000_000),
    "_ms": (0, 1_000_000_000),
    "_ppm": (-100_000, 100_000),
    "_m": PLACE_M,
    "_g": (-10, 10),
}


def span_of(name: str) -> Span:
    """Return what a number may be.

    Examples
    --------
    >>> span_of("bias_g"), span_of("crossings")
    ((-10, 10), (0, 1000000000000.0))
    """
    unit = next((unit for unit in _UNITS if name.endswith(unit)), "")
    return _FIELDS.get(name) or _UNITS.get(unit, COUNT)
