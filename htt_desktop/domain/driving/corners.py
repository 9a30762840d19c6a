"""Corners found in a lap's lateral acceleration, to check the canonical table against.

Corner numbers and distances come from the table, the same for everyone. What a single lap
shows only confirms them or tells that an alignment or a sensor's sign is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.driving.curvature import curvature_per_m, distance_grid_m
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import runs
from htt_desktop.domain.tracks import Corner, Track

ENTER_PER_M = 2.5e-3
"""Curvature at which an arc certainly is one: a radius of 400 m."""

LEAVE_PER_M = 1.2e-3
"""Curvature below which it is over; between the two it goes on (hysteresis)."""

MERGE_M = 30.0
"""Arcs of one direction closer than this are one: the driver opens the steering for a moment."""

MINIMUM_TURN_DEG = 12.0
"""Arcs that turn less are lane changes and corrections."""

MARGIN_M = 40.0
"""How far outside its canonical arc a corner may be found."""


@dataclass(frozen=True)
class Arc:
    """One bend of the driven line.

    Attributes
    ----------
    direction
        ``"L"`` or ``"R"``.
    start_m, centroid_m, end_m
        Where it begins, its curvature-weighted centre, where it ends.
    turn_deg
        Change of heading, positive to the left.
    """

    direction: str
    start_m: float
    centroid_m: float
    end_m: float
    turn_deg: float


@dataclass(frozen=True)
class CornerCheck:
    """What one lap says about one canonical corner.

    Attributes
    ----------
    direction_agrees
        The line turns the way the table says; None where a dropout covers the arc or the
        line hardly bends.
    offset_m
        Curvature centroid of the lap minus the table's apex, positive when it lies
        later; None where a dropout covers the arc or less than half of it was found.
    """

    corner: Corner
    direction_agrees: bool | None
    offset_m: float | None


def check_corners(track: Track, lap: AlignedLap) -> tuple[CornerCheck, ...]:
    """Check the canonical corners against one lap.

    Parameters
    ----------
    track
        Circuit with its canonical corners.
    lap
        Lap with speed and lateral acceleration.

    Returns
    -------
    tuple of CornerCheck
        One per canonical corner, in driving order.

    Raises
    ------
    MissingChannelError
        The lap has no speed or no lateral acceleration.
    """
    grid_m = distance_grid_m(track.length_m)
    curvature = curvature_per_m(lap, grid_m)
    found = {
        "L": _inside(grid_m, _arcs(grid_m, curvature, 1.0)),
        "R": _inside(grid_m, _arcs(grid_m, curvature, -1.0)),
    }
    checks = []
    for index, corner in enumerate(track.corners):
        low_m, high_m = _window_m(track.corners, index)
        window = (grid_m >= low_m) & (grid_m <= high_m) & found[corner.direction]
        checks.append(
            CornerCheck(
                corner,
                _direction_agrees(corner, grid_m, curvature),
                _offset_m(corner, grid_m, curvature, window),
            )
        )
    return tuple(checks)


def corner_centroids_m(track: Track, lap: AlignedLap) -> tuple[float | None, ...]:
    """Return where the curvature of one lap has its centre within every canonical corner.

    Parameters
    ----------
    track
        Circuit with its canonical corners.
    lap
        Lap with speed and lateral acceleration.

    Returns
    -------
    tuple of float or None
        One per corner, in driving order, weighed from its beginning to its end with what
        bends its way; None where a dropout covers it or nothing bends its way.

    Raises
    ------
    MissingChannelError
        The lap has no speed or no lateral acceleration.
    """
    grid_m = distance_grid_m(track.length_m)
    curvature = curvature_per_m(lap, grid_m)
    distances_m: list[float | None] = []
    for corner in track.corners:
        arc = (grid_m >= corner.start_m) & (grid_m <= corner.end_m)
        sign = 1.0 if corner.direction == "L" else -1.0
        weight = (sign * curvature[arc]).clip(min=0.0)
        is_known = bool(np.isfinite(weight).all()) and float(weight.sum()) > 0.0
        distances_m.append(float(np.average(grid_m[arc], weights=weight)) if is_known else None)
    return tuple(distances_m)


def _arcs(grid_m: FloatArray, curvature: FloatArray, sign: float) -> list[Arc]:
    bend = np.nan_to_num(sign * curvature, nan=-1.0)
    bends: list[list[int]] = []
    for first, after in runs(bend > LEAVE_PER_M).tolist():
        if bend[first:after].max() < ENTER_PER_M:
            continue
        if bends and _mergeable(grid_m, bend, bends[-1][1], first):
            bends[-1][1] = after
        else:
            bends.append([first, after])
    step_m = float(grid_m[1] - grid_m[0])
    arcs = []
    for first, after in bends:
        weight = bend[first:after].clip(min=0.0)
        turn_deg = math.degrees(float(weight.sum()) * step_m)
        if turn_deg >= MINIMUM_TURN_DEG:
            arcs.append(
                Arc(
                    "L" if sign > 0 else "R",
                    float(grid_m[first]),
                    float(np.average(grid_m[first:after], weights=weight)),
                    float(grid_m[after - 1]),
                    sign * turn_deg,
                )
            )
    return arcs


def _mergeable(grid_m: FloatArray, bend: FloatArray, after: int, first: int) -> bool:
    """Tell whether two runs are one arc: close, and the line not bending back between."""
    return bool(
        grid_m[first] - grid_m[after - 1] <= MERGE_M and bend[after:first].min() > -LEAVE_PER_M
    )


def _inside(grid_m: FloatArray, arcs: list[Arc]) -> BoolArray:
    inside = np.zeros(grid_m.size, dtype=np.bool_)
    for arc in arcs:
        inside |= (grid_m >= arc.start_m) & (grid_m <= arc.end_m)
    return inside


def _window_m(corners: tuple[Corner, ...], index: int) -> tuple[float, float]:
    """Return where a corner's arc may lie: its own arc and a margin, short of the neighbours."""
    corner = corners[index]
    low_m, high_m = corner.start_m - MARGIN_M, corner.end_m + MARGIN_M
    if index > 0:
        low_m = max(low_m, (corners[index - 1].end_m + corner.start_m) / 2.0)
    if index + 1 < len(corners):
        high_m = min(high_m, (corner.end_m + corners[index + 1].start_m) / 2.0)
    return low_m, high_m


def _direction_agrees(corner: Corner, grid_m: FloatArray, curvature: FloatArray) -> bool | None:
    arc = curvature[(grid_m >= corner.start_m) & (grid_m <= corner.end_m)]
    if arc.size == 0 or np.isnan(arc).any():
        return None
    mean_per_m = float(arc.mean())
    if abs(mean_per_m) < LEAVE_PER_M / 2.0:
        return None
    return (mean_per_m > 0.0) == (corner.direction == "L")


def _offset_m(
    corner: Corner, grid_m: FloatArray, curvature: FloatArray, window: BoolArray
) -> float | None:
    arc = (grid_m >= corner.start_m) & (grid_m <= corner.end_m)
    if np.isnan(curvature[arc]).any() or 2 * int((window & arc).sum()) < int(arc.sum()):
        # Of a torn arc the centroid would only say where the rest is missing.
        return None
    centroid_m = np.average(grid_m[window], weights=np.abs(curvature[window]))
    return float(centroid_m) - corner.apex_m
