"""Printed figures and a survey of made-up circuits, in the shape in which tracks are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from htt_desktop.pipeline.track_table import CALENDAR

INCH_M = 0.0254
SECTOR_M = 1000.0
LOOPS_M = {"i0-1": 500.0, "S1_end": 1000.0, "i1-1": 1500.0, "S2_end": 2000.0, "i2-1": 2500.0}


def made_up_figures() -> dict[str, Any]:
    """Return what a track map prints: three sectors of a kilometre and a pit lane."""
    sectors = {f"s{n}_in": SECTOR_M / INCH_M for n in (1, 2, 3)}
    lane = {"pit_in_from_sf_in": -200.0 / INCH_M, "pit_out_from_sfp_in": 200.0 / INCH_M}
    length = {"pit_in_to_out_in": 400.0 / INCH_M, "pit_lane_s": 30}
    return {track_id: {**sectors, **lane, **length, "sf": [40.0, -90.0]} for track_id in CALENDAR}


def made_up_survey() -> dict[str, Any]:
    """Return what driven laps say: four corners and five loops."""
    corners = [
        {
            "number": str(n),
            "direction": "LR"[n % 2],
            "entry_m": 600.0 * n - 60,
            "apex_m": 600.0 * n,
            "exit_m": 600.0 * n + 60,
            "confidence": "high",
        }
        for n in (1, 2, 3, 4)
    ]
    loops = {name: {"m": place, "robust_std_m": 1.0, "n": 9} for name, place in LOOPS_M.items()}
    return {
        track_id: {
            "name": track_id.title(),
            "telemetry_zero_after_finish_line_m": 0.0,
            "timing_loops_m": {"measured_from_sector_times": loops},
            "corners": [dict(corner) for corner in corners],
            "unnumbered_arcs": [],
        }
        for track_id in CALENDAR
    }


def write_survey(folder: Path, survey: dict[str, Any]) -> tuple[Path, Path]:
    """Write figures and survey and return their places."""
    figures, corners = folder / "figures.json", folder / "corners.json"
    figures.write_text(json.dumps(made_up_figures()), encoding="utf-8")
    corners.write_text(json.dumps(survey), encoding="utf-8")
    return figures, corners
