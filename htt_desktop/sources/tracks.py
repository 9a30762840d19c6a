"""The canonical track table, read from ``data/tracks.json`` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import INNER_LOOPS
from htt_desktop.domain.tracks import Corner, PitLane, TimingLoop, Track
from htt_desktop.sources.strict_json import Node, load

TRACKS_FILE = "tracks.json"
"""Name of the table inside the data folder."""

SCHEMA_VERSION = 1
"""Layout of the table that this version reads and writes."""

_LENGTH_RANGE_M = (500.0, 30_000.0)
_LONGEST_DRIVE_S = 600.0


def load_tracks(data_dir: Path) -> Mapping[str, Track]:
    """Return every track by id, in calendar order.

    Parameters
    ----------
    data_dir
        Folder that holds ``tracks.json``.

    Raises
    ------
    SourceError
        The file is missing, is not strict JSON, or a field is absent or absurd;
        the sentence names file and field.
    """
    root = load(data_dir / TRACKS_FILE)
    version = root.field("schema_version")
    if version.integer() != SCHEMA_VERSION:
        version.refuse(f"is {version.value}, this version reads {SCHEMA_VERSION}")
    tracks = {
        track_id: read_track(track_id, node)
        for track_id, node in root.field("tracks").members().items()
    }
    return MappingProxyType(tracks)


def read_track(track_id: str, node: Node) -> Track:
    """Return one track of a table.

    Raises
    ------
    SourceError
        A field is absent or absurd; the sentence names it.
    """
    length_m = node.field("length_m").number(*_LENGTH_RANGE_M)
    loops = tuple(_loop(item, length_m) for item in node.field("loops").items())
    corners = tuple(_corner(item, length_m) for item in node.field("corners").items())
    sectors = [item.number(0, length_m) for item in node.field("sector_ends_m").items()]
    if sectors != sorted(set(sectors)) or len(sectors) != len(("S1", "S2")):
        node.field("sector_ends_m").refuse("must be two rising distances")
    _demand_order(node.field("loops"), [loop.distance_m for loop in loops])
    _demand_order(node.field("corners"), [corner.apex_m for corner in corners])
    names = [loop.name for loop in loops]
    if names != [name for name in INNER_LOOPS if name in names]:
        node.field("loops").refuse(f"must name {', '.join(INNER_LOOPS)} in driving order")
    return Track(
        track_id=track_id,
        name=node.field("name").text(),
        length_m=length_m,
        sector_ends_m=(sectors[0], sectors[1]),
        trigger_after_line_m=node.field("trigger_after_line_m").number(-length_m, length_m),
        loops=loops,
        corners=corners,
        line_latitude_deg=node.field("line_latitude_deg").number(-90, 90),
        line_longitude_deg=node.field("line_longitude_deg").number(-180, 180),
        pit_lane=node.optional("pit_lane", lambda lane: _pit_lane(lane, length_m)),
        line_bearing_deg=node.optional("line_bearing_deg", lambda bearing: bearing.number(0, 360)),
        numbering=node.optional("numbering", Node.text) or "",
    )


def _pit_lane(node: Node, length_m: float) -> PitLane:
    return PitLane(
        entry_m=node.optional("entry_m", lambda entry: entry.number(0, length_m)),
        exit_m=node.field("exit_m").number(0, length_m),
        lane_m=node.field("lane_m").number(0, length_m),
        drive_s=node.field("drive_s").number(0, _LONGEST_DRIVE_S),
    )


def _loop(node: Node, length_m: float) -> TimingLoop:
    return TimingLoop(
        name=node.field("name").one_of(*INNER_LOOPS),
        distance_m=node.field("distance_m").number(0, length_m),
        spread_m=node.field("spread_m").number(0, length_m),
        laps=node.field("laps").integer(0),
    )


def _corner(node: Node, length_m: float) -> Corner:
    return Corner(
        number=node.field("number").text(),
        name=node.field("name").text(),
        direction=node.field("direction").one_of("L", "R"),
        start_m=node.field("start_m").number(0, length_m),
        apex_m=node.field("apex_m").number(0, length_m),
        end_m=node.field("end_m").number(0, length_m),
        confidence=node.field("confidence").one_of("high", "medium", "low"),
        apex_spread_m=node.optional("apex_spread_m", lambda spread: spread.number(0, length_m)),
        apex_laps=node.optional("apex_laps", lambda laps: laps.integer(0)),
        doubt=node.optional("doubt", Node.text) or "",
        # Tables made before have numbered corners only.
        is_numbered=node.optional("is_numbered", Node.truth) is not False,
    )


def _demand_order(node: Node, distances_m: list[float]) -> None:
    """Refuse a list that does not rise in driving order."""
    if any(after <= before for before, after in pairwise(distances_m)):
        node.refuse("is not in driving order")
