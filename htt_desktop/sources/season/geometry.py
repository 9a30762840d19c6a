"""``tracks.json`` of a season folder: the track table's objects, and driven lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from htt_desktop.domain.season.season import TrackLine
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.season.faults import REMEDY, fault, member
from htt_desktop.sources.season.folders import TRACKS_FILE
from htt_desktop.sources.season.opening import opened
from htt_desktop.sources.season.schema import FILES
from htt_desktop.sources.strict_json import Node
from htt_desktop.sources.tracks import read_track


def geometry_and_lines(
    content: bytes, file: str
) -> tuple[Mapping[str, Track], Mapping[str, TrackLine]]:
    """Return tracks and driven lines by track id.

    Raises
    ------
    SourceError
        A field is absent or absurd; the sentence names it.
    """
    checked = opened(content, FILES[TRACKS_FILE], file)
    # The reader of the track table looks at values as they stand in a file.
    plain = msgspec.json.decode(msgspec.json.encode(checked.tracks))
    root = Node(plain, file, "tracks", REMEDY)
    geometry = {track_id: read_track(track_id, node) for track_id, node in root.members().items()}
    lines = msgspec.convert(checked.lines, dict[str, TrackLine], from_attributes=True)
    for track_id, line in lines.items():
        place = member("lines", track_id)
        if len(line.x_m) != len(line.y_m):
            raise fault(file, f"{place}.y_m", f"has {len(line.y_m)} points, x_m {len(line.x_m)}")
        if not line.x_m:
            raise fault(file, f"{place}.x_m", "is empty")
    return MappingProxyType(geometry), MappingProxyType(lines)
