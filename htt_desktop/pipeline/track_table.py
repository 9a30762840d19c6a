"""Compute ``data/tracks.json`` from the printed track figures and the corner survey."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from htt_desktop.domain.tracks import Track
from htt_desktop.sources.strict_json import Node, load, render
from htt_desktop.sources.tracks import SCHEMA_VERSION
from htt_desktop.sources.whole_file import write_whole

CALENDAR = ("sonoma", "cota", "sebring", "vir", "roadamerica", "barber", "indianapolis")
"""Track ids in the order of the season."""

_INCH_M = 0.0254

_LARGEST_SHORT_CUT = 0.25
"""By this share the track beside the pit lane may be longer; COTA's lane cuts 98 m off it."""

_LOOP_KEYS = {
    "IM1a": "i0-1",
    "IM1": "S1_end",
    "IM2a": "i1-1",
    "IM2": "S2_end",
    "IM3a": "i2-1",
}

_SURVEYED_TRIGGER_M = {"sebring": 10.0}
# The survey states Sebring's displaced trigger in words only and left its distances as driven.


LINE_BEARING_DEG = {
    "sonoma": 354.0,
    "cota": 128.5,
    "sebring": 90.1,
    "vir": 81.5,
    "roadamerica": 178.8,
    "barber": 46.4,
    "indianapolis": 359.5,
}
"""Direction of driving at the finish line, clockwise from north.

Barber and Indianapolis: measured, GPS of the published laps; turned by it, the line drawn without
GPS lies within 0.6° of the one with. Sebring and Road America: printed places of pit entry and
exit, 490 m and 641 m apart along the straight. COTA and VIR: public map data of the straight
through the printed line; the printed pit exit says 125.8° at COTA. Sonoma: one public figure, the
map prints nothing to check it with.
"""

_CORRECTED_DIRECTION = {("barber", "8"): "R"}
"""The survey says L of Barber's turn 8, where every lap bends right."""


def build_track_table(figures: Path, corners: Path) -> dict[str, Any]:
    """Return the table as JSON-ready values, every distance from the finish line.

    Parameters
    ----------
    figures
        Printed track figures (lengths, sectors in inches, place of the line).
    corners
        Corner survey, measured from the logger's zero.

    Returns
    -------
    dict
        ``schema_version``, ``origin`` (file names and SHA-256) and ``tracks`` by id.

    Raises
    ------
    SourceError
        A file is unreadable or lacks a field; the sentence names it.

    Notes
    -----
    At COTA the survey counts from a lap trigger 297 m behind the line: corners and
    loops are moved by it, modulo the lap. At Sebring only the corners are moved: the
    survey timed its loops from the trigger itself, so the displacement cancels there.
    """
    printed = load(figures)
    surveyed = load(corners)
    return {
        "schema_version": SCHEMA_VERSION,
        "origin": [_origin(figures), _origin(corners)],
        "tracks": {
            track_id: _track(track_id, printed.field(track_id), surveyed.field(track_id))
            for track_id in CALENDAR
        },
    }


def write_track_table(figures: Path, corners: Path, target: Path) -> None:
    """Write the table, one JSON document with a final line feed.

    Raises
    ------
    SourceError
        An input is unreadable or lacks a field.
    """
    text = render(build_track_table(figures, corners), indent=1) + "\n"
    write_whole(target, text)


def move_marks(target: Path, track: Track) -> None:
    """Put the measured loops and corners of one track into an existing track table."""
    table = load(target).value
    entry = table["tracks"][track.track_id]
    entry["loops"] = [asdict(loop) for loop in track.loops]
    for corner, measured in zip(entry["corners"], track.corners, strict=True):
        corner |= {key: getattr(measured, key) for key in ("start_m", "apex_m", "end_m")}
    write_whole(target, render(table, indent=1) + "\n")


def _origin(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _track(track_id: str, printed: Node, surveyed: Node) -> dict[str, Any]:
    sectors_m = [printed.field(f"s{n}_in").number(0) * _INCH_M for n in (1, 2, 3)]
    length_m = round(
        printed.field("centre_line_in").number(0) * _INCH_M
        if printed.has("centre_line_in")
        else sum(sectors_m),
        1,
    )
    zero_m = surveyed.field("telemetry_zero_after_finish_line_m").number()
    trigger_m = zero_m or _SURVEYED_TRIGGER_M.get(track_id, 0.0)
    latitude, longitude = (item.number() for item in printed.field("sf").items())
    return {
        "name": surveyed.field("name").text(),
        "length_m": length_m,
        "sector_ends_m": [round(sectors_m[0], 1), round(sectors_m[0] + sectors_m[1], 1)],
        "trigger_after_line_m": trigger_m,
        "line_latitude_deg": latitude,
        "line_longitude_deg": longitude,
        "line_bearing_deg": LINE_BEARING_DEG[track_id],
        "pit_lane": _pit_lane(printed, length_m),
        "loops": _loops(surveyed, zero_m, length_m),
        "corners": _corners(track_id, surveyed, trigger_m, length_m),
    }


def _pit_lane(printed: Node, length_m: float) -> dict[str, Any]:
    """Return the printed pit lane, with places counted forwards from the finish line."""
    entry_m = printed.field("pit_in_from_sf_in").number() * _INCH_M % length_m
    exit_m = printed.field("pit_out_from_sfp_in").number() * _INCH_M % length_m
    lane_m = printed.field("pit_in_to_out_in").number(0) * _INCH_M
    # Lane and track run side by side. Road America's printed entry lies behind the exit, and
    # counted backwards it makes the lane a third shorter than the track beside it.
    beside_m = (exit_m - entry_m) % length_m
    is_possible = abs(beside_m - lane_m) < _LARGEST_SHORT_CUT * lane_m
    return {
        "entry_m": round(entry_m, 1) if is_possible else None,
        "exit_m": round(exit_m, 1),
        "lane_m": round(lane_m, 1),
        "drive_s": printed.field("pit_lane_s").number(0),
    }


def _loops(surveyed: Node, zero_m: float, length_m: float) -> list[dict[str, Any]]:
    measured = surveyed.field("timing_loops_m").field("measured_from_sector_times")
    loops = []
    for name, key in _LOOP_KEYS.items():
        place = measured.field(key)
        loops.append(
            {
                "name": name,
                "distance_m": round((place.field("m").number() + zero_m) % length_m, 1),
                "spread_m": place.field("robust_std_m").number(0),
                "laps": place.field("n").integer(0),
            }
        )
    return loops


def _corners(
    track_id: str, surveyed: Node, shift_m: float, length_m: float
) -> list[dict[str, Any]]:
    def from_line(node: Node) -> float:
        return round((node.number() + shift_m) % length_m, 1)

    corners = [
        {
            "number": corner.field("number").text(),
            "name": corner.optional("name", Node.text) or "",
            "direction": _CORRECTED_DIRECTION.get(
                (track_id, corner.field("number").text()),
                corner.field("direction").one_of("L", "R"),
            ),
            "start_m": from_line(corner.field("entry_m")),
            "apex_m": from_line(corner.field("apex_m")),
            "end_m": from_line(corner.field("exit_m")),
            "confidence": corner.field("confidence").text(),
        }
        for corner in surveyed.field("corners").items()
    ]
    return sorted(corners, key=lambda corner: float(corner["apex_m"]))
