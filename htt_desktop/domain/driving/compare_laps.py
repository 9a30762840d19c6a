"""Two laps laid over one another: the comparison every screen and file shows."""

from __future__ import annotations

from collections.abc import Sequence

from htt_desktop.domain.comparison import AlignedLap, Comparison, DrawnLine
from htt_desktop.domain.driving.corner_metrics import compare_corners
from htt_desktop.domain.driving.delta import delta_over_distance, loop_deltas
from htt_desktop.domain.driving.reconstructed_line import reconstructed_line
from htt_desktop.domain.driving.segments import cut_segments, segment_deltas
from htt_desktop.domain.driving.track_line import gps_line
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
