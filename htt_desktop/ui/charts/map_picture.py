"""The track from above as plain numbers: the line, who gains where, the marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Comparison, Delta
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.domain.tracks import Track
from htt_desktop.ui.charts.track_marks import loop_label

_WINDOW_M = 60.0
"""Length over which the delta's slope is taken; shorter ones show noise."""

_EVEN_S = 0.002
"""Changes of the delta below this, over the window, count as even."""


class Gain(Enum):
    """What the compared car does on a stretch."""

    GAINS = -1
    EVEN = 0
    LOSES = 1
    UNKNOWN = 2


@dataclass(frozen=True)
class MapRun:
    """Points ``first`` to ``last`` inclusive, all with the same owner."""

    gain: Gain
    first: int
    last: int


@dataclass(frozen=True)
class MapMark:
    """A named place on the line, with the line's direction there."""

    label: str
    distance_m: float
    east_m: float
    north_m: float
    ahead_east: float
    ahead_north: float


@dataclass(frozen=True, eq=False)
class MapPicture:
    """Everything the map shows.

    Attributes
    ----------
    distance_m, east_m, north_m
        Shape ``(points,)``, distances strictly increasing.
    runs
        Cover the line without a gap, in driving order.
    finish, corners, loops
        Marks in driving order.
    reconstructed
        The line comes from speed and lateral acceleration, not from GPS.
    is_north_up
        False when nothing tells where north is.
    """

    distance_m: FloatArray
    east_m: FloatArray
    north_m: FloatArray
    runs: tuple[MapRun, ...]
    finish: MapMark
    corners: tuple[MapMark, ...]
    loops: tuple[MapMark, ...]
    reconstructed: bool
    is_north_up: bool = True

    def place(self, distance_m: float) -> tuple[float, float]:
        """Return east and north of a lap distance."""
        return (
            float(np.interp(distance_m, self.distance_m, self.east_m)),
            float(np.interp(distance_m, self.distance_m, self.north_m)),
        )

    def nearest(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Return the lap distance of the nearest point of the line and how far it is."""
        away = np.hypot(self.east_m - east_m, self.north_m - north_m)
        index = int(away.argmin())
        return float(self.distance_m[index]), float(away[index])


def picture_of(comparison: Comparison) -> MapPicture | None:
    """Return the map of a comparison, ``None`` when no line of the track is known."""
    line = comparison.line
    if line is not None and line.distance_m.size > 2:
        points = line.distance_m, line.east_m, line.north_m
        reconstructed, is_north_up = line.reconstructed, line.is_north_up
    else:
        found = _gps_points(comparison.reference)
        if found is None:
            found = _gps_points(comparison.compared)
        if found is None:
            return None
        points, reconstructed, is_north_up = found, False, True
    return picture_along(
        comparison.track,
        points,
        _runs(gain_along(comparison.delta, points[0])),
        reconstructed=reconstructed,
        is_north_up=is_north_up,
    )


def picture_along(
    track: Track,
    points: tuple[FloatArray, FloatArray, FloatArray],
    runs: tuple[MapRun, ...],
    *,
    reconstructed: bool,
    is_north_up: bool = True,
) -> MapPicture:
    """Return a line with the marks of a track on it.

    Parameters
    ----------
    track
        Its corners and loops lie where the line is at their lap distance.
    points
        Lap distance, east and north; the last point closes the lap.
    runs
        Who gains where.
    reconstructed
        The line was drawn without satellite positions.
    is_north_up
        False when nothing tells where north is.
    """
    distance_m, east_m, north_m = points

    def mark(label: str, place_m: float) -> MapMark:
        around = np.array([max(place_m - 10.0, 0.0), place_m, place_m + 10.0])
        east, north = np.interp(around, distance_m, east_m), np.interp(around, distance_m, north_m)
        ahead = np.array([east[2] - east[0], north[2] - north[0]])
        size = float(np.hypot(*ahead)) or 1.0
        return MapMark(
            label,
            place_m,
            float(east[1]),
            float(north[1]),
            float(ahead[0]) / size,
            float(ahead[1]) / size,
        )

    return MapPicture(
        distance_m,
        east_m,
        north_m,
        runs,
        mark("S/F", 0.0),
        tuple(mark(corner.number, corner.apex_m) for corner in track.corners),
        tuple(mark(loop_label(loop.name), loop.distance_m) for loop in track.loops),
        reconstructed,
        is_north_up,
    )


def cars_at(comparison: Comparison, distance_m: float) -> tuple[float, float]:
    """Return where both cars are when the reference car is at a lap distance.

    Both at the same time since the line, so the dots show how far apart the cars
    would be on the road.
    """
    lap = comparison.reference
    elapsed_s = np.interp(distance_m, lap.knot_m, lap.knot_s)
    other = comparison.compared
    return distance_m, float(np.interp(elapsed_s, other.knot_s, other.knot_m))


def gain_along(delta: Delta, distance_m: FloatArray) -> IntArray:
    """Return the value of :class:`Gain` at each place, shape as given."""
    known = np.where(delta.known, delta.delta_s, np.nan)
    after = np.interp(distance_m + _WINDOW_M / 2, delta.distance_m, known)
    before = np.interp(distance_m - _WINDOW_M / 2, delta.distance_m, known)
    change = after - before
    gain = np.where(np.abs(change) < _EVEN_S, Gain.EVEN.value, np.sign(change))
    return np.where(np.isnan(change), Gain.UNKNOWN.value, gain).astype(np.int64)


def _runs(gain: IntArray) -> tuple[MapRun, ...]:
    edges = [0, *(np.flatnonzero(np.diff(gain)) + 1).tolist(), gain.size]
    # Neighbouring runs share a point, so that the drawn line has no holes.
    return tuple(
        MapRun(Gain(int(gain[first])), first, min(last, gain.size - 1))
        for first, last in itertools.pairwise(edges)
    )


def _gps_points(lap: AlignedLap) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    points = lap.gps_line_m
    if points.shape[0] < 3:
        return None
    _, first = np.unique(points[:, 0], return_index=True)
    points = points[first]
    return points[:, 0], points[:, 1], points[:, 2]
