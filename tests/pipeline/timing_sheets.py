"""Write official timing as the series publishes it, for tests that run without its files."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.domain.race import INNER_LOOPS, OfficialLap, RaceTiming

HEADER = (
    "NUMBER; DRIVER_NUMBER; LAP_NUMBER; LAP_TIME; LAP_IMPROVEMENT; CROSSING_FINISH_LINE_IN_PIT; "
    "S1; S1_IMPROVEMENT; S2; S2_IMPROVEMENT; S3; S3_IMPROVEMENT; KPH; ELAPSED; HOUR;S1_LARGE;"
    "S2_LARGE;S3_LARGE;TOP_SPEED;DRIVER_NAME;PIT_TIME;CLASS;GROUP_NAME;TEAM;MANUFACTURER;"
    "FLAG_AT_FL;S1_SECONDS;S2_SECONDS;S3_SECONDS;IM1a_time;IM1a_elapsed;IM1_time;IM1_elapsed;"
    "IM2a_time;IM2a_elapsed;IM2_time;IM2_elapsed;IM3a_time;IM3a_elapsed;FL_time;FL_elapsed;"
)
"""Header of the lap analysis as published, blanks and closing semicolon included."""

START_OF_DAY_S = 13 * 3600.0


def printed(seconds: float) -> str:
    """Return a time as the sheets print it."""
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{int(minutes)}:{rest:06.3f}" if minutes else f"{rest:.3f}"


def analysis_row(
    number: str,
    driver: str,
    lap: OfficialLap,
    start_of_day_s: float = START_OF_DAY_S,
    **cells: str,
) -> str:
    """Return one row of the lap analysis; ``cells`` override what a column says."""
    first, second = lap.loops_s.get("IM1"), lap.loops_s.get("IM2")
    row = dict.fromkeys((name.strip() for name in HEADER.split(";")), "")
    hours, rest = divmod(start_of_day_s + lap.elapsed_s, 3600)
    row |= {
        "NUMBER": number,
        "LAP_NUMBER": str(lap.lap_number),
        "LAP_TIME": printed(lap.lap_time_s),
        "CROSSING_FINISH_LINE_IN_PIT": "B" if lap.in_pit else "",
        "ELAPSED": printed(lap.elapsed_s),
        "HOUR": f"{int(hours)}:{int(rest // 60):02d}:{rest % 60:06.3f}",
        "DRIVER_NAME": driver,
        "CLASS": "Am",
        "TEAM": "A Team",
        "FLAG_AT_FL": lap.flag,
        "FL_elapsed": printed(lap.lap_time_s),
    }
    if first is not None and second is not None:
        row |= {
            "S1_SECONDS": f"{first:.3f}",
            "S2_SECONDS": f"{second - first:.3f}",
            "S3_SECONDS": f"{lap.lap_time_s - second:.3f}",
        }
    row |= {
        f"{name}_elapsed": printed(lap.loops_s[name]) for name in INNER_LOOPS if name in lap.loops_s
    }
    return ";".join((row | cells).values())


def write_analysis(
    timing: RaceTiming,
    folder: Path,
    name: str = "23_AnalysisEnduranceWithSections_Race_1.CSV",
    start_of_day_s: float = START_OF_DAY_S,
) -> Path:
    """Write a race's lap analysis into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [HEADER] + [
        analysis_row(number, timing.entries[number].driver_name, lap, start_of_day_s)
        for number, laps in timing.laps.items()
        for lap in laps
    ]
    path = folder / name
    path.write_text("﻿" + "\n".join(lines) + "\n", encoding="utf-8")
    return path
