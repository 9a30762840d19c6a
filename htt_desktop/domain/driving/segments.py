"""Canonical segments of a lap: corners with their braking zones and exits, and straights.

The rule, in driving order:

* The lap is cut at the fastest point before each braking zone, on the mean speed of the
  laps: a corner owns its entry. The earlier braker decides, because one car braking pulls
  the mean down much faster than the other can still push it up.
* Corners are merged ("T7–T8") when no speed maximum worth the name lies between them and
  their arcs follow closely: the second one is driven as the exit of the first.
* A corner that follows a long full-throttle stretch without any braking begins with its arc.
* A corner owns its exit: its arc, and beyond it all road until the cars are fully on throttle
  again. What is left before the next cut is a straight when it is long enough.
* The line cuts the straight across it in two pieces of the same name; together they count
  for the length.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Segment
from htt_desktop.domain.driving.lap_speed import mean_speed_kmh
from htt_desktop.domain.driving.throttle import full_throttle_m
from htt_desktop.domain.error_band import Band
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Corner, Track

MINIMUM_PROMINENCE_KMH = 5.0
"""How far the mean speed must rise before and fall after a maximum that separates corners.

Speed repeats to about 1 km/h; at 8 km/h or more the lifts between the corners of a complex
are lost, and how corners are grouped differs more from one pair of laps to the next."""

MINIMUM_STRAIGHT_M = 120.0
"""Shortest straight: one per cent more speed is worth 24 ms there, about what the alignment
can see; a shorter piece would carry a number without meaning."""

SAME_SPEED_KMH = 0.3
"""Speeds this close are the same: at the end of a plateau begins the braking zone, and not
at whichever of its points happens to be highest."""

GRID_STEP_M = 2.0
"""Step of the speed grid, well below the 5–13 m between samples of speed."""


@dataclass(frozen=True)
class SegmentSpan:
    """A stretch of the lap, before any times are known.

    Attributes
    ----------
    kind
        ``"corner"`` or ``"straight"``.
    name
        ``"T7"``, ``"T7–T8"``; for a straight the corners it connects, ``"T14–T1"``.
    start_m, end_m
        Lap distances; the next span begins exactly where this one ends.
    corners
        Numbers of the corners inside, in driving order; empty for a straight.
    """

    kind: Literal["corner", "straight"]
    name: str
    start_m: float
    end_m: float
    corners: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    """Corners driven as one, from the cut before them to the end of their exit."""

    corners: tuple[Corner, ...]
    cut_m: float

    @property
    def name(self) -> str:
        named = self.named
        numbers = (named[0].number, named[-1].number)
        return "–".join(f"T{number}" for number in dict.fromkeys(numbers))

    @property
    def named(self) -> tuple[Corner, ...]:
        """The corners a segment is named after: those with a number, where there are any."""
        return tuple(corner for corner in self.corners if corner.is_numbered) or self.corners


def cut_segments(track: Track, laps: Sequence[AlignedLap]) -> tuple[SegmentSpan, ...]:
    """Cut a lap into the canonical corner and straight segments.

    Parameters
    ----------
    track
        Circuit with its canonical corners in driving order.
    laps
        Laps whose mean speed decides, usually the two compared. Exchanging two laps
        changes nothing.

    Returns
    -------
    tuple of SegmentSpan
        Spans that tile ``[0, track.length_m]`` without overlap, in driving order. A
        track without corners is one straight.

    Raises
    ------
    MissingChannelError
        A lap has no speed trace.
    """
    if not track.corners:
        return (SegmentSpan("straight", "lap", 0.0, track.length_m, ()),)
    points = round(track.length_m / GRID_STEP_M) + 1
    grid_m = np.linspace(0.0, track.length_m, points)
    groups = _groups(track.corners, grid_m, mean_speed_kmh(laps, grid_m))
    return _tile(track.length_m, groups, _exits_m(groups, track.length_m, laps))


def _groups(
    corners: tuple[Corner, ...], grid_m: FloatArray, speed_kmh: FloatArray
) -> tuple[_Group, ...]:
    first = corners[0]
    cut_m = _braking_cut_m(grid_m, speed_kmh, 0.0, first, before=None)
    groups = [_Group((first,), first.start_m if cut_m is None else cut_m)]
    for before, corner in itertools.pairwise(corners):
        cut_m = _braking_cut_m(grid_m, speed_kmh, before.apex_m, corner, before)
        if cut_m is None and corner.start_m - before.end_m >= MINIMUM_STRAIGHT_M:
            cut_m = corner.start_m
        if cut_m is None:
            groups[-1] = _Group((*groups[-1].corners, corner), groups[-1].cut_m)
        else:
            groups.append(_Group((corner,), cut_m))
    return tuple(groups)


def _braking_cut_m(
    grid_m: FloatArray,
    speed_kmh: FloatArray,
    from_m: float,
    corner: Corner,
    before: Corner | None,
) -> float | None:
    """Return the fastest point before a corner's braking zone, or None without one."""
    low, apex, end = np.searchsorted(grid_m, [from_m, corner.apex_m, corner.end_m])
    if apex <= low:
        return None
    top = int(low + np.argmax(speed_kmh[low:apex]))
    around_kmh = speed_kmh[max(top - 1, 0) : top + 2]
    if around_kmh.max() > speed_kmh[top]:
        # The speed still rises at the edge: that maximum lies beyond an apex and
        # separates the neighbouring pair of corners.
        return None
    drop_kmh = speed_kmh[top] - speed_kmh[top : end + 1].min()
    if drop_kmh < MINIMUM_PROMINENCE_KMH:
        return None
    if before is not None:
        start = int(np.searchsorted(grid_m, before.start_m))
        if speed_kmh[top] - speed_kmh[start : top + 1].min() < MINIMUM_PROMINENCE_KMH:
            return None
    plateau = speed_kmh[low:apex] >= speed_kmh[top] - SAME_SPEED_KMH
    return float(grid_m[low + np.flatnonzero(plateau)[-1]])


def _exits_m(
    groups: tuple[_Group, ...], length_m: float, laps: Sequence[AlignedLap]
) -> tuple[float, ...]:
    """Return where each group's exit ends: arc over and, on average, fully on throttle."""
    exits_m = []
    limits_m = [*(group.cut_m for group in groups[1:]), length_m]
    for group, limit_m in zip(groups, limits_m, strict=True):
        last = group.corners[-1]
        distances_m = [full_throttle_m(lap, last.apex_m, limit_m) for lap in laps]
        known_m = sorted(distance_m for distance_m in distances_m if distance_m is not None)
        throttle_m = sum(known_m) / len(known_m) if known_m else last.end_m
        exits_m.append(min(max(last.end_m, throttle_m), limit_m))
    return tuple(exits_m)


def _tile(
    length_m: float, groups: tuple[_Group, ...], exits_m: tuple[float, ...]
) -> tuple[SegmentSpan, ...]:
    across_m = length_m - exits_m[-1] + groups[0].cut_m
    across = f"T{groups[-1].named[-1].number}–T{groups[0].named[0].number}"
    has_front = across_m >= MINIMUM_STRAIGHT_M
    spans: list[SegmentSpan] = []
    distance_m = 0.0
    if has_front and groups[0].cut_m > 0.0:
        distance_m = groups[0].cut_m
        spans.append(SegmentSpan("straight", across, 0.0, distance_m, ()))
    for index, group in enumerate(groups):
        is_last = index + 1 == len(groups)
        next_m = length_m if is_last else groups[index + 1].cut_m
        has_straight = has_front if is_last else next_m - exits_m[index] >= MINIMUM_STRAIGHT_M
        end_m = exits_m[index] if has_straight else next_m
        numbers = tuple(corner.number for corner in group.corners)
        spans.append(SegmentSpan("corner", group.name, distance_m, end_m, numbers))
        if end_m < next_m:
            name = across
            if not is_last:
                name = f"T{group.named[-1].number}–T{groups[index + 1].named[0].number}"
            spans.append(SegmentSpan("straight", name, end_m, next_m, ()))
        distance_m = next_m
    return tuple(spans)


def segment_deltas(
    spans: Sequence[SegmentSpan], reference: AlignedLap, compared: AlignedLap, band: Band
) -> tuple[Segment, ...]:
    """Measure how much time the compared car loses in every span.

    Parameters
    ----------
    spans
        Spans that tile the lap.
    reference, compared
        Aligned laps of the same track.
    band
        95 % half-width of the change of the delta between two lap distances.

    Returns
    -------
    tuple of Segment
        One per span; positive ``delta_s`` means the compared car is slower. The sum over
        a tiling is the difference of the two official lap times.
    """
    return tuple(
        Segment(
            span.kind,
            span.name,
            span.start_m,
            span.end_m,
            lost_s(reference, compared, span.start_m, span.end_m),
            band(span.start_m, span.end_m),
        )
        for span in spans
    )


def lost_s(reference: AlignedLap, compared: AlignedLap, start_m: float, end_m: float) -> float:
    """Return the time the compared car loses between two lap distances, in seconds.

    The delta is taken at both and subtracted, so that neighbouring stretches add
    up without a rest and exchanging the laps changes only the sign.
    """
    distances_m = (start_m, end_m)
    at_reference_s = np.interp(distances_m, reference.knot_m, reference.knot_s)
    at_compared_s = np.interp(distances_m, compared.knot_m, compared.knot_s)
    delta_s = at_compared_s - at_reference_s
    return float(delta_s[1] - delta_s[0])
