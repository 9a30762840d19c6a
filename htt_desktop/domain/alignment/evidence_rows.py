"""The pieces of evidence about a lap, as rows of one least-squares fit.

Every weight below is a physical size, the same for all tracks.
"""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.alignment.gps_track import GpsNodes
from htt_desktop.domain.alignment.lap_signals import LapSignals
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.recording import FloatArray, IntArray

CROSSING_SIGMA_M = 0.1
"""Lap distance of a crossing: 1 ms of official timing at 50 m/s, and the antenna."""

PATH_VARIANCE_M = 0.002
"""Variance of the driven path per metre (m²/m): a line 1 m wider through 90° is 1.6 m longer."""

BESIDE_M = 3.0
"""How far a car drives beside the mean line: half the width of a track."""

KNOWN_LINE_VARIANCE_M = 0.001
KNOWN_LINE_TURN = 0.01
"""What is left of path and heading once the distance beside the mean line is an unknown too."""

BRAKING_VARIANCE_M = 0.02
"""Added variance per metre at 1 g along the car: wheels slip when they brake or drive."""

HOLE_VARIANCE_M = 0.03
"""Added variance per metre inside a hole of the speed channel: 1 m over a second at 40 m/s."""

HEADING_RAD = 0.02
HEADING_DRIFT_RAD = 0.008
"""Per square root of a second: bias of the lateral accelerometer."""

HEADING_TURN = 0.02
"""Per radian turned between nodes: body roll and the car's slip angle."""

HEADING_GAIN = 0.03
SENSOR_LAG_S = 0.03
"""What is left between the clocks of speed and lateral acceleration."""

SHORTEST_CHORD_M = 2.0
GPS_AHEAD_M = 0.8
GPS_LEFT_M = 3.5
"""Beside the line GPS mostly sees the driver's choice of line, not its own error."""

GPS_DRIFT_M = 0.22
"""Per square root of a second."""

GPS_LEVEL_M = 3.0
GPS_NODE_S = 8.0
"""GPS errors drift over tens of seconds; nodes this far apart can follow them."""


class Equations:
    """Normal equations, filled block by block."""

    def __init__(self, unknowns: int) -> None:
        self.matrix = np.zeros((unknowns, unknowns))
        self.right = np.zeros(unknowns)

    def add(
        self, columns: IntArray, values: FloatArray, observed: FloatArray, sigma: FloatArray
    ) -> None:
        """Add observations, one per row of ``columns`` and ``values``."""
        weighted = values / sigma[:, None]
        target = observed / sigma
        rows = np.repeat(columns[:, :, None], columns.shape[1], axis=2)
        cols = np.repeat(columns[:, None, :], columns.shape[1], axis=1)
        np.add.at(self.matrix, (rows, cols), weighted[:, :, None] * weighted[:, None, :])
        np.add.at(self.right, columns, weighted * target[:, None])

    def prior(self, column: int, sigma: float, mean: float = 0.0) -> None:
        """Add what is known of one unknown beforehand."""
        self.matrix[column, column] += 1.0 / sigma**2
        self.right[column] += mean / sigma**2


def add_crossings(
    equations: Equations, signals: LapSignals, scale: float, origin_m: float, clock_at: int
) -> None:
    """Add the official crossings: the lap distance is known, the clock's error is not."""
    crossings = signals.crossings
    times = crossings.time_s[crossings.recorded]
    driven = np.interp(times, signals.clock_s, signals.driven_m)
    speed = np.interp(times, signals.node_s, signals.node_speed_mps)
    left, share = _between(signals.node_s, times)
    columns = np.stack((left, left + 1, np.full(times.size, clock_at)), axis=1)
    values = np.stack((1.0 - share, share, speed), axis=1)
    observed = crossings.distance_m[crossings.recorded] - scale * driven - origin_m
    equations.add(columns, values, observed, np.full(times.size, CROSSING_SIGMA_M))


def add_path(
    equations: Equations,
    signals: LapSignals,
    scale: float,
    scale_at: int,
    curvature: FloatArray | None = None,
    beside_at: int = 0,
) -> None:
    """Add integrated speed: corrections grow like a random walk along the path.

    Parameters
    ----------
    equations, signals, scale
        The fit, the lap and the scale of its speed.
    scale_at
        Column of the scale's error.
    curvature
        Of the mean line in rad/m at the nodes, positive to the left. With it the distance
        beside that line becomes an unknown: n metres to the inside shorten the way around
        a corner by the factor 1 − κ·n.
    beside_at
        First column of that distance.
    """
    step_m = np.maximum(np.diff(signals.node_driven_m) * scale, 1.0)
    first = np.arange(step_m.size)
    columns = [first, first + 1, np.full(first.size, scale_at)]
    values = [-np.ones(first.size), np.ones(first.size), -step_m]
    path = PATH_VARIANCE_M
    if curvature is not None:
        turn = np.where(np.isfinite(curvature), curvature, 0.0)
        inside = (turn[:-1] + turn[1:]) / 4 * step_m
        columns += [beside_at + first, beside_at + first + 1]
        values += [-inside, -inside]
        path = KNOWN_LINE_VARIANCE_M
        beside = beside_at + np.arange(turn.size)
        equations.matrix[beside, beside] += 1.0 / BESIDE_M**2
    slip = BRAKING_VARIANCE_M * signals.node_acceleration_g[:-1] ** 2
    hole = HOLE_VARIANCE_M * signals.node_in_hole[:-1]
    sigma = np.sqrt((path + slip + hole) * step_m)
    equations.add(np.stack(columns, axis=1), np.stack(values, axis=1), np.zeros(first.size), sigma)


def add_heading(
    equations: Equations,
    signals: LapSignals,
    reference_heading: ReferenceHeading,
    base_m: FloatArray,
    around_m: FloatArray,
    slope: FloatArray,
    heading_at: int,
    beside_at: int | None = None,
) -> None:
    """Add the heading against the reference heading, linearised around an earlier correction.

    Parameters
    ----------
    equations, signals, reference heading
        The fit, the lap and the heading of the track.
    base_m, around_m
        Lap distances of the nodes without correction, and the correction linearised around.
    slope
        Curvature of the reference heading there in rad/m.
    heading_at
        First column of the heading's drift, followed by its gain and lag.
    beside_at
        First column of the distance beside the mean line, if that is an unknown: a car that
        points away from the line leaves it.
    """
    nodes = base_m.size
    distance_m = base_m + around_m
    difference = signals.node_heading_rad - reference_heading.heading_at(distance_m)
    known = np.isfinite(difference) & np.isfinite(slope)
    if beside_at is not None:
        known[[0, -1]] = False
    turned = signals.node_heading_rad
    if known.any():
        difference = difference - np.median(difference[known])
    at = np.flatnonzero(known)
    gain_at, lag_at = heading_at + nodes, heading_at + nodes + 1
    columns = [at, heading_at + at, np.full(at.size, gain_at), np.full(at.size, lag_at)]
    ahead = slope[at] * signals.node_speed_mps[at]
    values = [slope[at], np.ones(at.size), turned[at], ahead]
    turn = HEADING_TURN
    if beside_at is not None:
        apart_m = np.maximum(base_m[at + 1] - base_m[at - 1], SHORTEST_CHORD_M)
        columns += [beside_at + at - 1, beside_at + at + 1]
        values += [-1.0 / apart_m, 1.0 / apart_m]
        turn = KNOWN_LINE_TURN
    observed = difference[at] + slope[at] * around_m[at]
    equations.add(
        np.stack(columns, axis=1), np.stack(values, axis=1), observed, np.full(at.size, HEADING_RAD)
    )
    first = np.arange(nodes - 1)
    drift_columns = np.stack((heading_at + first, heading_at + first + 1), axis=1)
    steps = np.stack((-np.ones(first.size), np.ones(first.size)), axis=1)
    step_s = np.diff(signals.node_s)
    drift = HEADING_DRIFT_RAD * np.sqrt(step_s) + turn * np.abs(np.diff(turned))
    equations.add(drift_columns, steps, np.zeros(first.size), drift)
    equations.prior(heading_at, 1.0)
    equations.prior(gain_at, HEADING_GAIN)
    equations.prior(lag_at, SENSOR_LAG_S)


def add_gps(
    equations: Equations,
    signals: LapSignals,
    gps: GpsNodes,
    stretched_minus_base_m: FloatArray,
    gps_at: int,
    slow: int,
) -> None:
    """Add GPS against the car's own line, with a slow drift to the east and north."""
    knots_s = signals.node_s[0] + GPS_NODE_S * np.arange(slow)
    at = np.flatnonzero(np.isfinite(gps.ahead_m))
    left, share = _between(knots_s, signals.node_s[at])
    east, north = gps.toward_east[at], gps.toward_north[at]
    drift_columns = np.stack(
        (gps_at + left, gps_at + left + 1, gps_at + slow + left, gps_at + slow + left + 1), axis=1
    )
    ahead = np.stack(((1 - share) * east, share * east, (1 - share) * north, share * north), axis=1)
    columns = np.concatenate((at[:, None], drift_columns), axis=1)
    values = np.concatenate((np.ones((at.size, 1)), ahead), axis=1)
    equations.add(
        columns, values, gps.ahead_m[at] + stretched_minus_base_m[at], np.full(at.size, GPS_AHEAD_M)
    )
    beside = np.stack(
        (-(1 - share) * north, -share * north, (1 - share) * east, share * east), axis=1
    )
    equations.add(drift_columns, beside, gps.left_m[at], np.full(at.size, GPS_LEFT_M))
    for start in (gps_at, gps_at + slow):
        first = start + np.arange(slow - 1)
        columns = np.stack((first, first + 1), axis=1)
        values = np.stack((-np.ones(first.size), np.ones(first.size)), axis=1)
        sigma = np.full(first.size, GPS_DRIFT_M * np.sqrt(GPS_NODE_S))
        equations.add(columns, values, np.zeros(first.size), sigma)
        equations.prior(start, GPS_LEVEL_M)


def _between(knots: FloatArray, at: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the knot to the left and the share of the way to the next one."""
    left = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, knots.size - 2)
    share = np.clip((at - knots[left]) / (knots[left + 1] - knots[left]), 0.0, 1.0)
    return left.astype(np.int64), share
