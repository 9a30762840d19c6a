"""Whether sheets are of the track they lie under: printed speed times lap time is its length."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import SourceError

_TOLERANCE = 0.05
_NEAR = 0.01

PRINTED_M: dict[str, tuple[float, ...]] = {
    "barber": (3701, 3669),
    "cota": (5472, 5488),
    "indianapolis": (3925,),
    "roadamerica": (6515, 6460),
    "sebring": (6019,),
    "sonoma": (3838, 4031),
    "vir": (5263,),
}
"""Lengths the timekeepers work out speeds with, 2025 first; at Sonoma far from the map's.

Within one sheet they scatter by 0.3 %.
"""


def demand_lap_length(length_m: float | None, track: Track, path: Path) -> None:
    """Refuse sheets whose laps have another length than the track.

    Without printed speeds nothing is checked.

    Parameters
    ----------
    length_m
        Speed times lap time, the median of a sheet.
    track
        Where the sheet is said to be from.
    path
        The sheet.

    Raises
    ------
    SourceError
        The length is further than 5 % from that of the track, or it is that of another track.
    """
    if length_m is None:
        return
    own_m = PRINTED_M.get(track.track_id, ())
    fits = abs(length_m - track.length_m) <= _TOLERANCE * track.length_m
    if fits and (not own_m or any(_is_near(length_m, known_m) for known_m in own_m)):
        return
    other = next(
        (
            track_id
            for track_id, known in PRINTED_M.items()
            if track_id != track.track_id and any(_is_near(length_m, one) for one in known)
        ),
        None,
    )
    if fits and other is None:
        return
    hint = f"; that is the length of {other}" if other else ""
    message = (
        f"{path}, column KPH: speed times lap time makes a lap of {length_m:,.0f} m, but "
        f"{track.name} has {track.length_m:,.0f} m{hint}; give the sheets of this track."
    )
    raise SourceError(message)


def _is_near(length_m: float, known_m: float) -> bool:
    return abs(length_m - known_m) <= _NEAR * known_m
