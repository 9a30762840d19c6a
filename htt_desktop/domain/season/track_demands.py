"""What a track asks for, from the races held there."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.season.race_features import race_features
from htt_desktop.domain.season.records import Demands
from htt_desktop.domain.season.running_order import passes, raced_laps
from htt_desktop.domain.tracks import Track

_KMH_PER_MS = 3.6


def demands(track: Track | None, timings: Sequence[RaceTiming]) -> Demands:
    """Return the figures of a track.

    Parameters
    ----------
    track
        Its geometry; without it speed and corners are unknown.
    timings
        The races held there.

    Returns
    -------
    Demands
        Mean speed of the median clean lap over the centre-line length; passes per car and
        ten raced laps; median pace loss of the field; yellow laps of all laps.
    """
    laps = [lap for timing in timings for driven in timing.laps.values() for lap in driven]
    clean_s = [
        lap.lap_time_s
        for timing in timings
        for driven in timing.laps.values()
        for lap, why in zip(driven, timing_reasons(driven), strict=True)
        if not why
    ]
    raced = sum(len(cars) for timing in timings for cars in raced_laps(timing).values())
    made = sum(one.made for timing in timings for one in passes(timing).values())
    losses = [
        value
        for timing in timings
        for variables in race_features(timing, {}).values()
        if (value := variables["pace_loss"]) is not None
    ]
    has_speed = track is not None and bool(clean_s)
    return Demands(
        mean_speed_kmh=_KMH_PER_MS * track.length_m / median(clean_s)
        if track is not None and has_speed
        else None,
        corners_per_km=1000.0 * len(track.corners) / track.length_m if track is not None else None,
        passes_per_car_and_10_laps=10.0 * made / raced if raced else None,
        pace_loss_percent_per_10_laps=median(losses) if losses else None,
        yellow_share=sum(lap.flag == "FCY" for lap in laps) / len(laps) if laps else None,
    )
