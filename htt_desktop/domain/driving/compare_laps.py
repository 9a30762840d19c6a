"""Two laps laid over one another: the comparison every screen and file shows, nudged if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Comparison, Delta, DrawnLine
from htt_desktop.domain.driving.corner_metrics import (
    CornerStretch,
    compare_corners,
    corner_metrics,
    lap_driving,
)
from htt_desktop.domain.driving.delta import delta_over_distance, known_at, loop_deltas, time_at
from htt_desktop.domain.driving.drawn_line import gps_line, reconstructed_line
from htt_desktop.domain.driving.segments import cut_segments, lost_s, segment_deltas
from htt_desktop.domain.error_band import BandModel, band_between
from htt_desktop.domain.errors import MissingChannelError, NoCleanLapError, NoTelemetryError
from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track


def fastest_clean_lap(statuses: Sequence[LapStatus], besides: LapStatus | None = None) -> LapStatus:
    """Return the fastest lap that counts for comparison.

    Parameters
    ----------
    statuses
        All laps of one driver.
    besides
        Lap it is to be compared with, when that is one of the same driver's: another one
        is returned.

    Raises
    ------
    NoTelemetryError
        No lap of the driver has logger rows.
    NoCleanLapError
        No lap is clean, or none but ``besides``; the sentence says which.
    """
    if all(status.cover is None for status in statuses):
        raise NoTelemetryError(
            "There is no telemetry of this driver in the race; choose another driver or import "
            "the logger file of the car."
        )
    clean = [status for status in statuses if status.is_clean and status.cover is not None]
    others = [status for status in clean if status is not besides]
    if others:
        return min(others, key=lambda status: status.lap.lap_time_s)
    if besides is not None:
        raise NoCleanLapError(
            f"The driver has no clean lap besides lap {besides.lap.lap_number} to compare it "
            "with; name a lap to force it in."
        )
    reasons = [str(reason) for status in statuses for reason in status.exclusions]
    why = max(reasons, key=reasons.count) if reasons else "no laps"
    raise NoCleanLapError(
        f"None of the driver's {len(statuses)} laps is clean (mostly: {why}); "
        "name a lap to force it in."
    )


def compare_laps(
    track: Track,
    key: RaceKey,
    reference: AlignedLap,
    compared: AlignedLap,
    band_model: BandModel,
) -> Comparison:
    """Compare two aligned laps of one race.

    Parameters
    ----------
    track
        Circuit the laps were aligned on.
    key
        The race.
    band_model
        Error growth of this race's alignment.

    Returns
    -------
    Comparison
        Exchanging the laps flips every sign and changes nothing else.
    """
    delta = delta_over_distance(track, reference, compared, band_model)
    band = band_between(delta)
    spans = cut_segments(track, (reference, compared))
    return Comparison(
        track=track,
        key=key,
        reference=reference,
        compared=compared,
        delta=delta,
        loops=loop_deltas(track, reference, compared),
        segments=segment_deltas(spans, reference, compared, band),
        corners=compare_corners(track, spans, reference, compared, band),
        line=_line(track, reference, compared),
    )


def _line(track: Track, reference: AlignedLap, compared: AlignedLap) -> DrawnLine | None:
    line = gps_line((reference, compared))
    if line is not None:
        return line
    try:
        return reconstructed_line(track, reference, compared)
    except MissingChannelError:
        return None


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
