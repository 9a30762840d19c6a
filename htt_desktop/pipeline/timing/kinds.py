"""The kinds of sheets the timekeepers publish, and by which columns each is known."""

from __future__ import annotations

from htt_desktop.pipeline.timing.sheet_kind import Kind, kind_of

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

ROSTER = kind_of("list of cars", "NUMBER")
"""A result or qualifying sheet of which only number and name are wanted."""

RESULTS = kind_of(
    *("result sheet", "POSITION", "NUMBER", "STATUS", "LAPS", "TOTAL_TIME"),
    expected=("FL_TIME", "FL_LAPNUM", "TEAM", "CLASS"),
    filled=("LAPS", "TOTAL_TIME", "FL_TIME", "FL_LAPNUM", "TEAM", "CLASS"),
)

QUALIFYING = kind_of("qualifying sheet", "POS", "NUMBER", "TIME")

WEATHER = kind_of(
    "weather sheet",
    "TIME_UTC_SECONDS",
    expected=("AIR_TEMP", "TRACK_TEMP", "HUMIDITY", "WIND_SPEED", "RAIN"),
    filled=("AIR_TEMP", "TRACK_TEMP", "HUMIDITY", "WIND_SPEED", "RAIN"),
)

BY_CLASS = kind_of("result sheet by class", "NUMBER", "POS")

BEST_TEN = kind_of("sheet of the ten best laps", "NUMBER", "BESTLAP_1")

CHAMPIONSHIP = Kind(
    ("Pos", "Participant", "Points", "Number"),
    ", so it is not a championship file; take the sheet as published, or move it out of the folder",
    number="Number",
)
