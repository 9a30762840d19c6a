"""What a value of the season files may be, by the name of its field.

One table for reading, writing and the documented schema. A field is looked up by its name,
or by record and name where two records differ, then by the unit at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.race_records import STATUSES

_FACTOR_IDS = tuple(factor.id for factor in FACTORS)


@dataclass(frozen=True)
class NumberLimit:
    """Bounds of a number, both included.

    Attributes
    ----------
    decimals
        Digits after the point that are written; ``None`` for whole numbers.
    """

    low: float
    high: float
    decimals: int | None = None


@dataclass(frozen=True)
class TextLimit:
    """What a text may be.

    Attributes
    ----------
    least, most
        Length in characters.
    pattern
        Regular expression, with ``what`` as its plain name.
    choices
        The only texts allowed, where there are few.
    """

    least: int = 0
    most: int = 200
    pattern: str | None = None
    what: str = ""
    choices: tuple[str, ...] = ()


Limit = NumberLimit | TextLimit

_COUNT = NumberLimit(0, 1_000_000)
_POSITION = NumberLimit(1, 200)
_MEAN_POSITION = NumberLimit(1, 200, 3)
_POSITIONS = NumberLimit(-200, 200, 2)
_PERCENTILE = NumberLimit(0, 100, 2)
_CORRELATION = NumberLimit(-1, 1, 3)
_NAME = TextLimit(1, 100)
_TRACK_ID = TextLimit(1, 40, r"^[a-z0-9]+$", "a track id in small letters")

FIELDS: dict[str, Limit] = {
    # who and where
    "driver": _NAME,
    "name": _NAME,
    "winner": _NAME,
    "pole": _NAME,
    "fastest_lap": _NAME,
    "driver_number": TextLimit(1, 8),
    "by_number": _NAME,
    "team": TextLimit(0, 100),
    "car_class": TextLimit(0, 40),
    "cup": _NAME,
    "track_id": _TRACK_ID,
    "location": TextLimit(0, 100),
    "date": TextLimit(
        10, 10, r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "a date like 2025-03-29"
    ),
    "round": NumberLimit(1, 200),
    "race": NumberLimit(1, 9),
    # a race
    "grid": _POSITION,
    "lap_1_position": _POSITION,
    "finish": _POSITION,
    "best_finish": _POSITION,
    "status": TextLimit(choices=STATUSES),
    "laps": _COUNT,
    "gap_laps": NumberLimit(0, 10_000),
    "best_lap_number": NumberLimit(1, 10_000),
    "clean_laps": _COUNT,
    "passes": _COUNT,
    "passes_made": _COUNT,
    "passes_lost": _COUNT,
    "points": NumberLimit(0, 100_000),
    "starters": NumberLimit(0, 200),
    "yellow_laps": NumberLimit(0, 10_000),
    # a season
    "avg_finish": _MEAN_POSITION,
    "avg_qualifying": _MEAN_POSITION,
    "avg_positions_gained": NumberLimit(-200, 200, 3),
    "championship_position": _POSITION,
    "wins": _COUNT,
    "podiums": _COUNT,
    "top5": _COUNT,
    "top10": _COUNT,
    "poles": _COUNT,
    "races": NumberLimit(0, 1000),
    "dnfs": _COUNT,
    "dns": _COUNT,
    "fastest_laps": _COUNT,
    # factors
    "raw": NumberLimit(-1_000_000, 1_000_000, 4),
    "percentile": _PERCENTILE,
    "contribution": _PERCENTILE,
    "score": _PERCENTILE,
    "overall_score": _PERCENTILE,
    "factors": _PERCENTILE,
    "weight": NumberLimit(0, 1, 4),
    "rank": _POSITION,
    "of": NumberLimit(0, 200),
    "mean_finish": _MEAN_POSITION,
    "expected_finish": NumberLimit(-200, 400, 3),
    # the model
    "purpose": _NAME,
    "features": TextLimit(1, 60),
    "coefficients": NumberLimit(-200, 200, 4),
    "n": _COUNT,
    "r2": NumberLimit(-1000, 1, 4),
    "mae_places": NumberLimit(0, 200, 3),
    "spearman": _CORRELATION,
    "factor": TextLimit(choices=_FACTOR_IDS),
    "correlation": _CORRELATION,
    "low": _CORRELATION,
    "high": _CORRELATION,
    "n_drivers": NumberLimit(0, 1000),
    "left_out": NumberLimit(0, 1000),
    "leads_share": NumberLimit(0, 1, 3),
    # tracks and weather
    "id": _TRACK_ID,
    "length_m": NumberLimit(500, 30_000, 1),
    "corners": NumberLimit(0, 200),
    "corners_per_km": NumberLimit(0, 100, 2),
    "passes_per_car_and_10_laps": NumberLimit(0, 1000, 3),
    "pace_loss_percent_per_10_laps": NumberLimit(-100, 100, 3),
    "yellow_share": NumberLimit(0, 1, 3),
    "samples": _COUNT,
    "humidity_percent": NumberLimit(0, 100, 1),
    "number": TextLimit(1, 8),
    "Corner.name": TextLimit(0, 100),
    "direction": TextLimit(choices=("L", "R")),
    "apex_laps": _COUNT,
    "doubt": TextLimit(0, 300),
    "numbering": TextLimit(0, 300),
    "confidence": TextLimit(choices=("high", "medium", "low")),
    "step_m": NumberLimit(0.01, 1000, 3),
    "spread_m": NumberLimit(0, 30_000, 2),
    # origin
    "built_by": _NAME,
    "files": TextLimit(64, 64, r"^[0-9a-f]{64}$", "a SHA-256 in hexadecimal digits"),
    "notes": TextLimit(1, 2000),
    # laps
    "flag": TextLimit(0, 8),
    "position": _POSITION,
    "lap_number": NumberLimit(1, 10_000),
    "why_not": TextLimit(0, 200),
    # heads
    "schema_version": NumberLimit(0, 1_000_000),
    "season": NumberLimit(1900, 2200),
}
"""Limits by field name."""

UNITS: dict[str, Limit] = {
    "_s": NumberLimit(0, 100_000, 3),
    "_m": NumberLimit(-50_000, 50_000, 1),
    "_c": NumberLimit(-60, 120, 1),
    "_kmh": NumberLimit(0, 500, 1),
    "_deg": NumberLimit(-360, 360, 7),
    "_places": _POSITIONS,
}
"""Limits by the end of a field name, for fields that have none of their own."""

_ANY: dict[type, Limit] = {
    int: _COUNT,
    float: NumberLimit(-1_000_000, 1_000_000, 4),
    str: TextLimit(),
}


def own_limit(field: str, record: str = "") -> Limit | None:
    """Return the limit the tables give a field, ``None`` when they do not know it.

    Examples
    --------
    >>> own_limit("total_time_s")
    NumberLimit(low=0, high=100000, decimals=3)
    """
    for name in (f"{record}.{field}", field):
        if name in FIELDS:
            return FIELDS[name]
    unit = next((unit for unit in UNITS if field.endswith(unit)), None)
    return UNITS[unit] if unit else None


def limit_of(field: str, kind: type, record: str = "") -> Limit:
    """Return the limit of a field, or that of its kind when the tables do not know it."""
    return own_limit(field, record) or _ANY[kind]


def decimals_of(field: str) -> int:
    """Return how many digits after the point a field is written with; 0 for whole numbers."""
    limit = limit_of(field, float)
    return limit.decimals or 0 if isinstance(limit, NumberLimit) else 0
