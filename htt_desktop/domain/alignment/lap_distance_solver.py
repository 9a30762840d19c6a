"""Where the car was at each moment of a lap: all evidence in one linear least-squares fit.

Unknowns of a lap: the correction of integrated speed at every node, the error of its scale,
what is left of the clock's error, the drift of the heading and its gain, and the drift of
GPS. Evidence: official crossings, integrated speed, heading against the guide, GPS against
the car's own line; see :mod:`htt_desktop.domain.alignment.evidence_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.alignment.evidence_rows import (
    GPS_NODE_S,
    Equations,
    add_gps,
    add_heading,
    add_path,
    add_pins,
)
from htt_desktop.domain.alignment.gps_track import GpsNodes
from htt_desktop.domain.alignment.lap_signals import LapSignals, Pins
from htt_desktop.domain.alignment.reference_heading import TrackGuide
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
        An earlier solution around which the heading is linearised, instead of integrated
        speed stretched from pin to pin.

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
    beside_at = heading_at + (nodes + 2 if heading else 0)
    # A car's own GPS line knows its path better than heading does, so there it stays out.
    beside = heading and gps is None
    gps_at = beside_at + (nodes if beside else 0)
    equations = Equations(gps_at + (2 * slow if gps is not None else 0))
    equations.prior(0, LONGEST_CORRECTION_M)
    equations.prior(scale_at, SCALE)
    equations.prior(clock_at, clock.sigma_s, clock.error_s)
    add_pins(equations, signals, scale, origin_m, clock_at)
    pinned_m = pinned_place_m(signals, signals.node_s, clock.error_s)
    curvature = None
    if heading and guide is not None:
        around_m = pinned_m - base_m if previous is None else previous.correction_m
        slope = guide.curvature_at(base_m + around_m)
        first_beside = beside_at if beside else None
        add_heading(equations, signals, guide, base_m, around_m, slope, heading_at, first_beside)
        curvature = slope if beside else None
    add_path(equations, signals, scale, scale_at, curvature, beside_at)
    if gps is not None:
        add_gps(equations, signals, gps, pinned_m - base_m, gps_at, slow)
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
        heading_rad = heading_rad * (1.0 - gain) - solution[heading_at : heading_at + nodes]
    return Placement(
        signals,
        scale,
        origin_m,
        np.asarray(solution[:nodes], dtype=np.float64),
        float(solution[clock_at]),
        float(np.sqrt(solved[clock_at, 1])),
        heading_rad,
    )


def pinned_place_m(signals: LapSignals, recorded_s: FloatArray, clock_error_s: float) -> FloatArray:
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
