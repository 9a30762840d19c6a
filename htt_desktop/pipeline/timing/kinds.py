"""What a kind of sheet must have, and what is missed when it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from htt_desktop.pipeline.timing.sheet_text import REMEDY

TEAM_2024 = "Additional5"
"""Column that carries the team; the other ``Additional`` columns hold car and nation."""

_WEBSITE_SPELLING = {
    "No.": "#",
    "Driver1": "Name",
    "TeamName": TEAM_2024,
    "Time": "Total Time",
    "BestLap": "Best Time",
    "ON": "Best Lap",
}
"""The list on the series' site names the columns of 2024 otherwise."""


@dataclass(frozen=True)
class Kind:
    """What a sheet is there for.

    Attributes
    ----------
    demanded
        Columns without which it is no such sheet.
    advice
        What to say about a file without them, after the missing column.
    expected
        Columns whose absence is noted.
    filled
        Columns that are noted when no row says anything in them.
    number
        Column of the car's number.
    aliases
        Names of the same columns in another spelling of the sheet.
    """

    demanded: tuple[str, ...]
    advice: str
    expected: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    number: str = "NUMBER"
    aliases: Mapping[str, str] = field(default_factory=dict)


def sheet_kind(
    title: str,
    *demanded: str,
    expected: tuple[str, ...] = (),
    filled: tuple[str, ...] = (),
) -> Kind:
    """Return the kind of a sheet that can be left out if it is none."""
    return Kind(
        demanded,
        f", so it is not a {title}; {REMEDY}, or move it out of the folder",
        expected,
        filled,
    )


ANALYSIS = Kind(
    (
        *("NUMBER", "LAP_NUMBER", "LAP_TIME", "ELAPSED", "FLAG_AT_FL"),
        "CROSSING_FINISH_LINE_IN_PIT",
    ),
    ", so it is not the lap analysis; give the file whose name contains "
    "AnalysisEnduranceWithSections",
    expected=(
        *("KPH", "HOUR", "TOP_SPEED", "DRIVER_NAME", "PIT_TIME", "CLASS", "TEAM"),
        *("S1_SECONDS", "S2_SECONDS", "S3_SECONDS"),
    ),
    filled=(
        "HOUR",
        "DRIVER_NAME",
        "CLASS",
        "TEAM",
        "S1_SECONDS",
        "S2_SECONDS",
        "S3_SECONDS",
    ),
)
"""One row per car and lap."""

ROSTER = sheet_kind("list of cars", "NUMBER")
"""A result or qualifying sheet of which only number and name are wanted."""

RESULTS = sheet_kind(
    *("result sheet", "POSITION", "NUMBER", "STATUS", "LAPS", "TOTAL_TIME"),
    expected=("FL_TIME", "FL_LAPNUM", "TEAM", "CLASS"),
    filled=("LAPS", "TOTAL_TIME", "FL_TIME", "FL_LAPNUM", "TEAM", "CLASS"),
)

QUALIFYING = sheet_kind("qualifying sheet", "POS", "NUMBER", "TIME")

WEATHER = sheet_kind(
    "weather sheet",
    "TIME_UTC_SECONDS",
    expected=("AIR_TEMP", "TRACK_TEMP", "HUMIDITY", "WIND_SPEED", "RAIN"),
    filled=("AIR_TEMP", "TRACK_TEMP", "HUMIDITY", "WIND_SPEED", "RAIN"),
)

BY_CLASS = sheet_kind("result sheet by class", "NUMBER", "POS")

BEST_TEN = sheet_kind("sheet of the ten best laps", "NUMBER", "BESTLAP_1")

CHAMPIONSHIP = Kind(
    ("Pos", "Participant", "Points", "Number"),
    ", so it is not a championship file; take the sheet as published, or move it out of the folder",
    number="Number",
)


def _kind_2024(*demanded: str) -> Kind:
    return Kind(demanded, f"; {REMEDY}", number="#", aliases=_WEBSITE_SPELLING)


LAPS_2024 = _kind_2024(
    *("#", "Name", "Laps", "Lap Time (ms)", "Elapsed Time (ms)", "Flag", "Class", TEAM_2024),
    *("S1 (ms)", "S2 (ms)", "S3 (ms)"),
)

RESULTS_2024 = _kind_2024(
    *("Pos", "#", "Name", "Class", TEAM_2024, "Best Time", "Best Lap"),
)
"""Results, and qualifying, which are printed alike."""
