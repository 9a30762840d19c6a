"""What a track asks for, from the races held there."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.season.lap_figures import (
    clean_laps,
    lap_numbers,
    lap_times_s,
    robust_slope,
)
from htt_desktop.domain.season.race_features import FEWEST_CLEAN_LAPS
from htt_desktop.domain.season.running_order import passes, raced_laps
from htt_desktop.domain.season.track_records import Demands
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
        ten raced laps; the field's median robust slope of the clean laps, in which fuel
        burnt off hides part of what the tyres lose; yellow laps among all laps.
    """
    laps = [lap for timing in timings for driven in timing.laps.values() for lap in driven]
    clean = [clean_laps(driven) for timing in timings for driven in timing.laps.values()]
    times_s = [lap.lap_time_s for driven in clean for lap in driven]
    raced = sum(len(cars) for timing in timings for cars in raced_laps(timing).values())
    made = sum(one.made for timing in timings for one in passes(timing).values())
    losses = [_loss_percent(driven) for driven in clean if len(driven) >= FEWEST_CLEAN_LAPS]
    yellow = sum(lap.flag == "FCY" for lap in laps)
    return Demands(
        mean_speed_kmh=None
        if track is None or not times_s
        else _KMH_PER_MS * track.length_m / median(times_s),
        corners_per_km=None
        if track is None
        else 1000.0 * len(track.numbered_corners) / track.length_m,
        passes_per_car_and_10_laps=10.0 * made / raced if raced else None,
        pace_loss_percent_per_10_laps=median(losses) if losses else None,
        yellow_share=yellow / len(laps) if laps else None,
    )


def _loss_percent(laps: Sequence[OfficialLap]) -> float:
    middle_s = median(lap.lap_time_s for lap in laps)
    return 100.0 * 10.0 * robust_slope(lap_numbers(laps), lap_times_s(laps)) / middle_s
