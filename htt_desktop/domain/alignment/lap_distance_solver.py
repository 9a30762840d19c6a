"""Where the car was at each moment of a lap: all evidence in one linear least-squares fit.

Unknowns of a lap: the correction of integrated speed at every node, the error of its scale,
what is left of the clock's error, the drift of the heading and its gain, and the drift of
GPS. Evidence: official crossings, integrated speed, heading against the reference heading, GPS
against the car's own line; see :mod:`htt_desktop.domain.alignment.evidence_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.alignment.evidence_rows import (
    GPS_NODE_S,
    Equations,
    add_crossings,
    add_gps,
    add_heading,
    add_path,
)
from htt_desktop.domain.alignment.gps_track import GpsNodes
from htt_desktop.domain.alignment.lap_signals import Crossings, LapSignals
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.recording import FloatArray

SCALE = 0.005
"""Tyre circumference differs by half a per cent between cars and laps."""

LONGEST_CORRECTION_M = 50.0


@dataclass(frozen=True)
class ClockPrior:
    """What is known about the clock's error before the lap is looked at, in seconds."""

    error_s: float
    sigma_s: float


@dataclass(frozen=True, eq=False)
class SolvedLap:
    """Solved lap.

    Attributes
    ----------
    scale, origin_m
        Straight-line part: lap distance = scale · driven + origin + correction.
    node_s, correction_m
        Correction at the nodes.
    clock_error_s
        Recorded clock minus official time.
    clock_sigma_s
        Its standard error.
    heading_rad
        Heading at the nodes with the lap's own drift and gain taken out, for learning the
        reference heading; NaN without lateral acceleration.
    """

    signals: LapSignals
    scale: float
    origin_m: float
    correction_m: FloatArray
    clock_error_s: float
    clock_sigma_s: float
    heading_rad: FloatArray

    def distance_at(self, official_s: FloatArray) -> FloatArray:
        """Return lap distances at official times since the lap began."""
        return self.distance_at_recorded(official_s + self.clock_error_s)

    def distance_at_recorded(self, recorded_s: FloatArray) -> FloatArray:
        """Return lap distances at moments of the recorded lap clock."""
        signals = self.signals
        driven = np.interp(recorded_s, signals.clock_s, signals.driven_m)
        drift = np.interp(recorded_s, signals.node_s, self.correction_m)
        return self.scale * driven + self.origin_m + drift

    @property
    def node_distance_m(self) -> FloatArray:
        """Lap distance at the nodes."""
        return self.scale * self.signals.node_driven_m + self.origin_m + self.correction_m


def solve_lap(
    signals: LapSignals,
    clock: ClockPrior,
    reference_heading: ReferenceHeading | None,
    gps: GpsNodes | None,
    previous: SolvedLap | None = None,
) -> SolvedLap:
    """Find where the car was at each moment of a lap.

    Parameters
    ----------
    signals
        The lap; only its recorded crossings are used.
    clock
        Prior of the clock's error.
    reference_heading
        Heading of the track, if it is known.
    gps
        Deviations from the car's own line at the distances of :func:`stretched_distance_m`.
    previous
        An earlier solution around which the heading is linearised, instead of integrated
        speed stretched from crossing to crossing.

    References
    ----------
    Rauch, Tung & Striebel (1965): smoothing is the least-squares fit of all states at
    once; with some hundred unknowns the fit itself is the simplest exact solution.
    """
    crossings = signals.crossings
    nodes = signals.node_s.size
    scale, origin_m = _line_through(signals, crossings)
    base_m = scale * signals.node_driven_m + origin_m
    has_heading = reference_heading is not None and bool(
        np.isfinite(signals.node_heading_rad).any()
    )
    slow = int(np.ceil((signals.node_s[-1] - signals.node_s[0]) / GPS_NODE_S)) + 1
    scale_at, clock_at = nodes, nodes + 1
    heading_at = nodes + 2
    beside_at = heading_at + (nodes + 2 if has_heading else 0)
    # A car's own GPS line knows its path better than heading does, so there it stays out.
    beside = has_heading and gps is None
    gps_at = beside_at + (nodes if beside else 0)
    equations = Equations(gps_at + (2 * slow if gps is not None else 0))
    equations.prior(0, LONGEST_CORRECTION_M)
    equations.prior(scale_at, SCALE)
    equations.prior(clock_at, clock.sigma_s, clock.error_s)
    add_crossings(equations, signals, scale, origin_m, clock_at)
    stretched_m = stretched_distance_m(signals, signals.node_s, clock.error_s)
    curvature = None
    if has_heading and reference_heading is not None:
        around_m = stretched_m - base_m if previous is None else previous.correction_m
        slope = reference_heading.curvature_at(base_m + around_m)
        first_beside = beside_at if beside else None
        add_heading(
            equations, signals, reference_heading, base_m, around_m, slope, heading_at, first_beside
        )
        curvature = slope if beside else None
    add_path(equations, signals, scale, scale_at, curvature, beside_at)
    if gps is not None:
        add_gps(equations, signals, gps, stretched_m - base_m, gps_at, slow)
    inverse_column = np.zeros(equations.right.size)
    inverse_column[clock_at] = 1.0
    columns = np.linalg.solve(
        equations.matrix + 1e-9 * np.eye(equations.right.size),
        np.stack((equations.right, inverse_column), axis=1),
    )
    solution = columns[:, 0]
    heading_rad = signals.node_heading_rad
    if has_heading:
        gain = float(solution[heading_at + nodes])
        heading_rad = heading_rad * (1.0 - gain) - solution[heading_at : heading_at + nodes]
    return SolvedLap(
        signals,
        scale,
        origin_m,
        np.asarray(solution[:nodes], dtype=np.float64),
        float(solution[clock_at]),
        float(np.sqrt(columns[clock_at, 1])),
        heading_rad,
    )


def stretched_distance_m(
    signals: LapSignals, recorded_s: FloatArray, clock_error_s: float
) -> FloatArray:
    """Return lap distances by integrated speed stretched from crossing to crossing.

    Parameters
    ----------
    recorded_s
        Moments of the recorded lap clock.
    clock_error_s
        Recorded clock minus official time.
    """
    crossings = signals.crossings
    times = crossings.time_s[crossings.recorded] + clock_error_s
    knots = np.interp(times, signals.clock_s, signals.driven_m)
    crossed_m = crossings.distance_m[crossings.recorded]
    scale, _ = _line_through(signals, crossings)
    driven = np.interp(recorded_s, signals.clock_s, signals.driven_m)
    distance_m = np.interp(driven, knots, crossed_m)
    before, after = driven < knots[0], driven > knots[-1]
    distance_m[before] = crossed_m[0] - (knots[0] - driven[before]) * scale
    distance_m[after] = crossed_m[-1] + (driven[after] - knots[-1]) * scale
    return distance_m


def _line_through(signals: LapSignals, crossings: Crossings) -> tuple[float, float]:
    driven = signals.driven_at_crossings_m
    crossed_m = crossings.distance_m[crossings.recorded]
    if driven.size < 2 or np.ptp(driven) <= 0:
        return 1.0, float(crossed_m[0] - driven[0])
    scale, origin = np.polyfit(driven, crossed_m, 1)
    return float(scale), float(origin)
