"""A comparison whose compared lap was shifted along the track by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Comparison, Delta
from htt_desktop.domain.driving.corner_metrics import CornerStretch, corner_metrics, lap_driving
from htt_desktop.domain.driving.delta import known_at, time_at
from htt_desktop.domain.driving.segments import lost_s


def nudged(comparison: Comparison, offset_m: float) -> Comparison:
    """Return the comparison with everything measured on the shifted lap.

    Parameters
    ----------
    offset_m
        The compared lap is moved forward by this much; negative is backward.

    Returns
    -------
    Comparison
        Segments and corners keep their distances and bands. Official differences stay what
        the timekeepers measured, so the delta departs from them.

    Notes
    -----
    The end of the track from which the lap is moved away belongs to the lap before or after:
    it has no telemetry here, and sums over it go on at the speed at the line.
    """
    if not offset_m:
        return comparison
    length_m = comparison.track.length_m
    reference, compared = comparison.reference, _shifted(comparison.compared, offset_m, length_m)
    distance_m = comparison.delta.distance_m
    delta_s = time_at(compared, distance_m) - time_at(reference, distance_m)
    known = known_at(reference, distance_m) & known_at(compared, distance_m)
    driving = lap_driving(compared)
    return replace(
        comparison,
        compared=compared,
        delta=Delta(distance_m, delta_s, comparison.delta.band_s, known),
        loops=tuple(
            replace(loop, delta_s=float(np.interp(loop.distance_m, distance_m, delta_s)))
            for loop in comparison.loops
        ),
        segments=tuple(
            replace(segment, delta_s=lost_s(reference, compared, segment.start_m, segment.end_m))
            for segment in comparison.segments
        ),
        corners=tuple(
            replace(
                corner,
                delta_s=lost_s(reference, compared, corner.start_m, corner.end_m),
                compared=corner_metrics(
                    driving, CornerStretch(corner.corner, corner.start_m, corner.end_m)
                ),
            )
            for corner in comparison.corners
        ),
    )


def _shifted(lap: AlignedLap, offset_m: float, length_m: float) -> AlignedLap:
    missing = [
        (max(start_m + offset_m, 0.0), min(end_m + offset_m, length_m))
        for start_m, end_m in lap.alignment.missing_m
    ]
    knot_m, knot_s = lap.knot_m + offset_m, lap.knot_s
    if offset_m > 0:
        missing.append((-offset_m, offset_m))
        pace_s = (knot_s[1] - knot_s[0]) / (knot_m[1] - knot_m[0])
        knot_m = np.concatenate(([0.0], knot_m))
        knot_s = np.concatenate(([knot_s[0] - offset_m * pace_s], knot_s))
    else:
        missing.append((length_m + offset_m, length_m - offset_m))
        pace_s = (knot_s[-1] - knot_s[-2]) / (knot_m[-1] - knot_m[-2])
        knot_m = np.concatenate((knot_m, [length_m]))
        knot_s = np.concatenate((knot_s, [knot_s[-1] - offset_m * pace_s]))
    return replace(
        lap,
        alignment=replace(lap.alignment, missing_m=tuple(sorted(missing))),
        knot_m=knot_m,
        knot_s=knot_s,
        traces={
            channel: replace(trace, distance_m=trace.distance_m + offset_m)
            for channel, trace in lap.traces.items()
        },
        gps_line_m=lap.gps_line_m + np.array([offset_m, 0.0, 0.0]),
    )
