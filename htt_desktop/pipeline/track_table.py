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

_MEASURED = ("start_m", "apex_m", "end_m", "apex_spread_m", "apex_laps")
"""What driven laps say of a corner."""

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
GPS lies within 0.6° of the one with. Sebring and Road America: printed distances of pit entry and
exit, 490 m and 641 m apart along the straight. COTA and VIR: public map data of the straight
through the printed line; the printed pit exit says 125.8° at COTA. Sonoma: one public figure, the
map prints nothing to check it with.
"""

_OFFICIAL_MAP = "Numbers as the official track map prints them."

NUMBERING = {
    "sonoma": (
        "Numbers as the official track map prints them; bends it leaves without one carry the "
        "numbers they lie between."
    ),
    "cota": _OFFICIAL_MAP,
    "sebring": (
        "Numbers as the official track map prints them, which leaves out 12; a bend without one "
        "carries the numbers it lies between."
    ),
    "vir": (
        "Numbers as the official track map prints them, without a 13; bends it leaves without "
        "one carry the numbers they lie between."
    ),
    "roadamerica": "Numbers as the official track map prints them, which leaves out 2.",
    "barber": (
        "17-turn scheme. The official track map prints no numbers; schemes with 15 and 16 turns "
        "are in use too, so another list may count differently from turn 6 on."
    ),
    "indianapolis": _OFFICIAL_MAP,
}
"""Whose corner numbers a track's table follows."""

_NO_NUMBER_ELSEWHERE = "schemes with fewer than 17 turns may not number it"

DOUBTED_NUMBERS = {
    ("barber", "6"): f"flat-out end of turn 5's arc; {_NO_NUMBER_ELSEWHERE}",
    ("barber", "8"): f"kink between two rights that cars straighten; {_NO_NUMBER_ELSEWHERE}",
    ("barber", "15"): f"second half of turn 14's arc; {_NO_NUMBER_ELSEWHERE}",
    ("sonoma", "8"): "the map prints 8 at this right; others count the left before it to turn 8",
    ("vir", "2"): "the map prints 2 at this left; others call the exit of turn 1 turn 2",
    ("vir", "12a"): "kink of about 4° that no lap shows; from map and label, to within 60 m",
}
"""Corners whose number or distance is disputed, with the reason."""

TIGHT_M = 200.0
"""Bends that the map leaves without a number have a row when their radius is smaller."""

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
        corner |= {key: getattr(measured, key) for key in _MEASURED}
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
        "numbering": NUMBERING[track_id],
        "corners": _corners(track_id, surveyed, trigger_m, length_m),
    }


def _pit_lane(printed: Node, length_m: float) -> dict[str, Any]:
    """Return the printed pit lane, with distances counted forwards from the finish line."""
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
        loop = measured.field(key)
        loops.append(
            {
                "name": name,
                "distance_m": round((loop.field("m").number() + zero_m) % length_m, 1),
                "spread_m": loop.field("robust_std_m").number(0),
                "laps": loop.field("n").integer(0),
            }
        )
    return loops


def _corners(
    track_id: str, surveyed: Node, shift_m: float, length_m: float
) -> list[dict[str, Any]]:
    def distances_of(node: Node) -> dict[str, float]:
        keys = {"start_m": "entry_m", "apex_m": "apex_m", "end_m": "exit_m"}
        return {
            key: round((node.field(there).number() + shift_m) % length_m, 1)
            for key, there in keys.items()
        }

    corners: list[dict[str, Any]] = []
    for corner in surveyed.field("corners").items():
        number = corner.field("number").text()
        is_doubted = (track_id, number) in DOUBTED_NUMBERS
        corners.append(
            {
                "number": number,
                "name": corner.optional("name", Node.text) or "",
                "direction": _CORRECTED_DIRECTION.get(
                    (track_id, number), corner.field("direction").one_of("L", "R")
                ),
                **distances_of(corner),
                "confidence": "low" if is_doubted else corner.field("confidence").text(),
                "apex_spread_m": corner.optional("spread_m", lambda spread: spread.number(0)),
                "apex_laps": None,
                "doubt": DOUBTED_NUMBERS.get((track_id, number), "") or _shared_arc(corner),
                "is_numbered": True,
            }
        )
    corners.sort(key=lambda corner: float(corner["apex_m"]))
    bends = [
        _unnumbered(bend, distances_of(bend), corners)
        for bend in surveyed.field("unnumbered_arcs").items()
        if bend.field("min_radius_m").number(0) < TIGHT_M
    ]
    return sorted([*corners, *bends], key=lambda corner: float(corner["apex_m"]))


def _shared_arc(corner: Node) -> str:
    """Say so where the survey splits one arc between two numbers."""
    is_split = corner.has("nominal_split") and corner.field("nominal_split").truth()
    return "one arc with its neighbour; where one ends and the other begins is agreed" * is_split


def _unnumbered(
    bend: Node, distances_m: dict[str, float], corners: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the row of a tight bend, named after the numbers it lies between."""
    before = [corner for corner in corners if corner["apex_m"] < distances_m["apex_m"]]
    between = f"{corners[len(before) - 1]['number']}-{corners[len(before)]['number']}"
    radius_m = bend.field("min_radius_m").number(0)
    return {
        "number": between,
        "name": "",
        "direction": bend.field("direction").one_of("L", "R"),
        **distances_m,
        "confidence": "low",
        "apex_spread_m": None,
        "apex_laps": None,
        "doubt": f"the map gives this bend of {radius_m:.0f} m radius no number",
        "is_numbered": False,
    }
