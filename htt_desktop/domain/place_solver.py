"""Where the car was at each moment of a lap: all evidence in one linear least-squares fit.

Unknowns of a lap: the correction of integrated speed at every node, the error of its scale,
what is left of the clock's error, the drift of the heading and its gain, and the drift of
GPS. Evidence: official crossings, integrated speed, heading against the guide, GPS against
the car's own line. Every weight below is a physical size, the same for all tracks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.gps_track import GpsNodes
from htt_desktop.domain.guide import TrackGuide
from htt_desktop.domain.lap_signals import LapSignals, Pins
from htt_desktop.domain.recording import FloatArray, IntArray

PIN_M = 0.1
"""Place of a crossing: 1 ms of official timing at 50 m/s, and the antenna."""

PATH_VARIANCE_M = 0.002
"""Variance of the driven path per metre (m²/m): a line 1 m wider through 90° is 1.6 m longer."""

BRAKING_VARIANCE_M = 0.02
"""Added variance per metre at 1 g along the car: wheels slip when they brake or drive."""

SCALE = 0.005
"""Tyre circumference differs by half a per cent between cars and laps."""

HEADING_RAD = 0.01
HEADING_DRIFT_RAD = 0.004
"""Per square root of a second: bias of the lateral accelerometer."""

HEADING_TURN = 0.02
"""Per radian turned between nodes: body roll and the car's slip angle."""

HEADING_GAIN = 0.03
SENSOR_LAG_S = 0.03
"""What is left between the clocks of speed and lateral acceleration."""

GPS_AHEAD_M = 0.8
GPS_LEFT_M = 3.5
"""Beside the line GPS mostly sees the driver's choice of line, not its own error."""

GPS_DRIFT_M = 0.22
"""Per square root of a second."""

GPS_LEVEL_M = 3.0
GPS_NODE_S = 8.0
"""GPS errors drift over tens of seconds; nodes this far apart can follow them."""

LONGEST_CORRECTION_M = 50.0


@dataclass(frozen=True)
class ClockPrior:
    """What is known about the clock's error before the lap is looked at, in seconds."""

    error_s: float
    sigma_s: float


@dataclass(frozen=True, eq=False)
class Placement:
    """Solved lap.

    Attributes
    ----------
    scale, origin_m
        Straight-line part: place = scale · driven + origin + correction.
    node_s, correction_m
        Correction at the nodes.
    clock_error_s
        Recorded clock minus official time.
    clock_sigma_s
        Its standard error.
    heading_rad
        Heading at the nodes with the lap's own drift and gain taken out, for learning the
        guide; NaN without lateral acceleration.
    """

    signals: LapSignals
    scale: float
    origin_m: float
    correction_m: FloatArray
    clock_error_s: float
    clock_sigma_s: float
    heading_rad: FloatArray

    def place_at(self, official_s: FloatArray) -> FloatArray:
        """Return lap distances at official times since the lap began."""
        return self.place_at_recorded(official_s + self.clock_error_s)

    def place_at_recorded(self, recorded_s: FloatArray) -> FloatArray:
        """Return lap distances at moments of the recorded lap clock."""
        signals = self.signals
        driven = np.interp(recorded_s, signals.clock_s, signals.driven_m)
        drift = np.interp(recorded_s, signals.node_s, self.correction_m)
        return self.scale * driven + self.origin_m + drift

    @property
    def node_place_m(self) -> FloatArray:
        """Lap distance at the nodes."""
        return self.scale * self.signals.node_driven_m + self.origin_m + self.correction_m


class _Equations:
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


def solve_lap(
    signals: LapSignals,
    clock: ClockPrior,
    guide: TrackGuide | None,
    gps: GpsNodes | None,
    previous: Placement | None = None,
) -> Placement:
    """Find where the car was at each moment of a lap.

    Parameters
    ----------
    signals
        The lap; only its recorded pins are used.
    clock
        Prior of the clock's error.
    guide
        Heading of the track, if it is known.
    gps
        Deviations from the car's own line at places given by :func:`pinned_place_m`.
    previous
        An earlier solution around which the heading is linearised.

    References
    ----------
    Rauch, Tung & Striebel (1965): smoothing is the least-squares fit of all states at
    once; with some hundred unknowns the fit itself is the simplest exact solution.
    """
    pins = signals.pins
    nodes = signals.node_s.size
    scale, origin_m = _line_through(signals, pins)
    base_m = scale * signals.node_driven_m + origin_m
    heading = guide is not None and bool(np.isfinite(signals.node_heading_rad).any())
    slow = int(np.ceil((signals.node_s[-1] - signals.node_s[0]) / GPS_NODE_S)) + 1
    scale_at, clock_at = nodes, nodes + 1
    heading_at = nodes + 2
    gps_at = heading_at + (nodes + 2 if heading else 0)
    equations = _Equations(gps_at + (2 * slow if gps is not None else 0))
    equations.prior(0, LONGEST_CORRECTION_M)
    equations.prior(scale_at, SCALE)
    equations.prior(clock_at, clock.sigma_s, clock.error_s)
    _add_pins(equations, signals, scale, origin_m, clock_at)
    _add_path(equations, signals, scale, scale_at)
    gain = 0.0
    if heading and guide is not None:
        around_m = previous.correction_m if previous is not None else np.zeros(nodes)
        _add_heading(equations, signals, guide, base_m, around_m, heading_at)
    if gps is not None:
        pinned_m = pinned_place_m(signals, signals.node_s, clock.error_s)
        _add_gps(equations, signals, gps, pinned_m - base_m, gps_at, slow)
    inverse_column = np.zeros(equations.right.size)
    inverse_column[clock_at] = 1.0
    solved = np.linalg.solve(
        equations.matrix + 1e-9 * np.eye(equations.right.size),
        np.stack((equations.right, inverse_column), axis=1),
    )
    solution = solved[:, 0]
    heading_rad = signals.node_heading_rad
    if heading:
        gain = float(solution[heading_at + nodes])
        heading_rad = (
            heading_rad * (1.0 - gain) - solution[heading_at : heading_at + nodes]
        )
    return Placement(
        signals,
        scale,
        origin_m,
        solution[:nodes],
        float(solution[clock_at]),
        float(np.sqrt(solved[clock_at, 1])),
        heading_rad,
    )


def pinned_place_m(
    signals: LapSignals, recorded_s: FloatArray, clock_error_s: float
) -> FloatArray:
    """Return places by integrated speed stretched from pin to pin.

    Parameters
    ----------
    recorded_s
        Moments of the recorded lap clock.
    clock_error_s
        Recorded clock minus official time.
    """
    pins = signals.pins
    times = pins.time_s[pins.recorded] + clock_error_s
    knots = np.interp(times, signals.clock_s, signals.driven_m)
    places = pins.place_m[pins.recorded]
    scale, _ = _line_through(signals, pins)
    driven = np.interp(recorded_s, signals.clock_s, signals.driven_m)
    place = np.interp(driven, knots, places)
    before, after = driven < knots[0], driven > knots[-1]
    place[before] = places[0] - (knots[0] - driven[before]) * scale
    place[after] = places[-1] + (driven[after] - knots[-1]) * scale
    return place


def _line_through(signals: LapSignals, pins: Pins) -> tuple[float, float]:
    driven = signals.driven_at_pins_m
    places = pins.place_m[pins.recorded]
    if driven.size < 2 or np.ptp(driven) <= 0:
        return 1.0, float(places[0] - driven[0])
    scale, origin = np.polyfit(driven, places, 1)
    return float(scale), float(origin)


def _add_pins(
    equations: _Equations, signals: LapSignals, scale: float, origin_m: float, clock_at: int
) -> None:
    pins = signals.pins
    times = pins.time_s[pins.recorded]
    driven = np.interp(times, signals.clock_s, signals.driven_m)
    speed = np.interp(times, signals.node_s, signals.node_speed_mps)
    left, share = _between(signals.node_s, times)
    columns = np.stack((left, left + 1, np.full(times.size, clock_at)), axis=1)
    values = np.stack((1.0 - share, share, speed), axis=1)
    observed = pins.place_m[pins.recorded] - scale * driven - origin_m
    equations.add(columns, values, observed, np.full(times.size, PIN_M))


def _add_path(
    equations: _Equations, signals: LapSignals, scale: float, scale_at: int
) -> None:
    step_m = np.maximum(np.diff(signals.node_driven_m) * scale, 1.0)
    first = np.arange(step_m.size)
    columns = np.stack((first, first + 1, np.full(first.size, scale_at)), axis=1)
    values = np.stack((-np.ones(first.size), np.ones(first.size), -step_m), axis=1)
    slip = BRAKING_VARIANCE_M * signals.node_acceleration_g[:-1] ** 2
    sigma = np.sqrt((PATH_VARIANCE_M + slip) * step_m)
    equations.add(columns, values, np.zeros(first.size), sigma)


def _add_heading(
    equations: _Equations,
    signals: LapSignals,
    guide: TrackGuide,
    base_m: FloatArray,
    around_m: FloatArray,
    heading_at: int,
) -> None:
    nodes = base_m.size
    place_m = base_m + around_m
    slope = guide.curvature_at(place_m)
    difference = signals.node_heading_rad - guide.heading_at(place_m)
    known = np.isfinite(difference) & np.isfinite(slope)
    turned = signals.node_heading_rad
    if known.any():
        difference = difference - np.median(difference[known])
    at = np.flatnonzero(known)
    gain_at, lag_at = heading_at + nodes, heading_at + nodes + 1
    columns = np.stack(
        (at, heading_at + at, np.full(at.size, gain_at), np.full(at.size, lag_at)), axis=1
    )
    ahead = slope[at] * signals.node_speed_mps[at]
    values = np.stack((slope[at], np.ones(at.size), turned[at], ahead), axis=1)
    observed = difference[at] + slope[at] * around_m[at]
    equations.add(columns, values, observed, np.full(at.size, HEADING_RAD))
    first = np.arange(nodes - 1)
    columns = np.stack((heading_at + first, heading_at + first + 1), axis=1)
    values = np.stack((-np.ones(first.size), np.ones(first.size)), axis=1)
    step_s = np.diff(signals.node_s)
    drift = HEADING_DRIFT_RAD * np.sqrt(step_s) + HEADING_TURN * np.abs(np.diff(turned))
    equations.add(columns, values, np.zeros(first.size), drift)
    equations.prior(heading_at, 1.0)
    equations.prior(gain_at, HEADING_GAIN)
    equations.prior(lag_at, SENSOR_LAG_S)


def _add_gps(
    equations: _Equations,
    signals: LapSignals,
    gps: GpsNodes,
    pinned_minus_base_m: FloatArray,
    gps_at: int,
    slow: int,
) -> None:
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
        columns, values, gps.ahead_m[at] + pinned_minus_base_m[at], np.full(at.size, GPS_AHEAD_M)
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
