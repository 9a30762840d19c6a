"""What single line crossings say about a car's clock, and how they are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.clock.line_crossings import line_crossings
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import BoolArray, FloatArray, IntArray
from htt_desktop.domain.signals import MAD_TO_SIGMA
from htt_desktop.domain.tracks import Track

NEARBY_S = 2.0
"""Crossings further than this from the centre belong to missed triggers or wrong labels."""

FEWEST_SEEN = 3
FEWEST_FOR_DRIFT = 8
SMALLEST_DRIFT_S = 0.1

QUICKEST_MESSAGE_S = 0.2
"""Delay of the quickest message as seen at three tracks: 0.1 to 0.3 s."""

HOUR_S = 3600.0

HALF_RACE_S = 1350.0
"""Races last 45 minutes; the middle of a recording lies within half an hour of their middle."""


@dataclass(frozen=True, eq=False)
class CrossingOffsets:
    """What each crossing of the finish line alone says about the clock.

    Attributes
    ----------
    lap_number
        Official lap that ends with the crossing, 0 for the start. Shape ``(crossings,)``.
    offset_s
        Logger clock minus official race time.
    seen
        False where the file begins or ends at the crossing.
    """

    lap_number: IntArray
    offset_s: FloatArray
    seen: BoolArray

    def without(self, lap_number: int) -> CrossingOffsets:
        """Return all crossings but the end of one lap, for leaving it out of a fit."""
        return self.keep(self.lap_number != lap_number)

    def keep(self, wanted: BoolArray) -> CrossingOffsets:
        """Return the wanted crossings only."""
        return CrossingOffsets(self.lap_number[wanted], self.offset_s[wanted], self.seen[wanted])


def crossing_offsets(
    rows: LoggerRows, laps: Sequence[OfficialLap], track: Track, lap_offset: int
) -> CrossingOffsets:
    """Estimate the clock offset from each line crossing on its own.

    Parameters
    ----------
    rows
        One car's rows.
    laps
        The official laps of the entry the car was identified as.
    track
        Tells how far behind the line the logger's trigger fires.
    lap_offset
        Logger lap label minus official lap number.

    Returns
    -------
    CrossingOffsets
        No estimate uses the official time of another crossing.
    """
    crossings = line_crossings(rows, travel(rows), track.trigger_after_line_m)
    ends_s = official_line_s(laps)
    ended = crossings.logger_lap - lap_offset - 1
    official_s = np.array([ends_s.get(int(lap), np.nan) for lap in ended])
    offset_s = crossings.clock_s - official_s
    known = np.isfinite(offset_s)
    return CrossingOffsets(
        lap_number=ended[known],
        offset_s=offset_s[known],
        seen=crossings.seen[known],
    )


def official_line_s(laps: Sequence[OfficialLap]) -> dict[int, float]:
    """Return the race time of each finish-line crossing by the lap it ends; 0 is the start."""
    ends_s = {lap.lap_number - 1: lap.start_s for lap in laps}
    return ends_s | {lap.lap_number: lap.elapsed_s for lap in laps}


def robust_offset(offsets: CrossingOffsets) -> tuple[float, float, int]:
    """Return the centre of the offsets, their spread in ms and how many agree.

    Crossings seen within the recording decide; those at the ends of a cut
    file help only where there are fewer than three others. All NaN and 0
    without any crossing.
    """
    values = decisive(offsets).offset_s
    if values.size == 0:
        return float("nan"), float("nan"), 0
    centre = float(np.median(values))
    spread_ms = 1e3 * MAD_TO_SIGMA * float(np.median(np.abs(values - centre)))
    return centre, spread_ms, int(values.size)


def clock_drift_ppm(offsets: CrossingOffsets, laps: Sequence[OfficialLap]) -> float | None:
    """Return the rate error of the logger clock if the crossings demand one.

    Returns
    -------
    float or None
        Parts per million, positive when the logger clock is fast. ``None``
        with fewer than :data:`FEWEST_FOR_DRIFT` crossings, or when a straight line through the
        offsets is flatter than four of its standard errors or moves less than 0.1 s.
    """
    line_s = official_line_s(laps)
    if offsets.offset_s.size < FEWEST_FOR_DRIFT:
        return None
    race_s = np.array([line_s[int(lap)] for lap in offsets.lap_number])
    slope, level = np.polyfit(race_s, offsets.offset_s, 1)
    rest = offsets.offset_s - (level + slope * race_s)
    scale = np.sqrt((rest**2).sum() / (rest.size - 2))
    error = scale / np.sqrt(((race_s - race_s.mean()) ** 2).sum())
    if abs(slope) < 4 * error or abs(slope) * np.ptp(race_s) < SMALLEST_DRIFT_S:
        return None
    return float(slope * 1e6)


def densest(values: FloatArray) -> float:
    """Return the median of the largest crowd of values within :data:`NEARBY_S` of one another.

    A median of all would follow missed triggers, which shift every later lap.
    """
    near = np.abs(values[:, None] - values[None, :]) <= NEARBY_S
    crowd = near.sum(axis=1)
    return float(np.median(values[near[int(np.argmax(crowd))]]))


def decisive(offsets: CrossingOffsets) -> CrossingOffsets:
    """Keep the crossings that agree, and of them those seen if there are enough."""
    if offsets.offset_s.size == 0:
        return offsets
    seen = offsets.seen if offsets.seen.sum() >= FEWEST_SEEN else np.ones_like(offsets.seen)
    near = np.abs(offsets.offset_s - densest(offsets.offset_s[seen])) <= NEARBY_S
    return offsets.keep(seen & near)


def quickest_reception_s(rows: LoggerRows) -> float:
    """Return the smallest difference of reception and logger clock; NaN when unknown."""
    if rows.reception_s is None or not np.isfinite(rows.reception_s).any():
        return float("nan")
    return float(np.nanmin(rows.reception_s - rows.clock_s))


def reception_offset_s(rows: LoggerRows, start_of_day_s: float) -> float:
    """Guess the clock offset from the time of reception alone.

    Parameters
    ----------
    rows
        One car's rows.
    start_of_day_s
        Local time of day at which official race time is zero.

    Returns
    -------
    float
        Logger clock minus official race time, within about 0.2 s; NaN when unknown.

    Notes
    -----
    The time zone is not known, but is a whole number of hours, and races last less than one:
    the hour is chosen so that the recording begins within 30 minutes of the start.
    """
    quickest_s = quickest_reception_s(rows)
    offset_s = start_of_day_s + QUICKEST_MESSAGE_S - quickest_s
    middle_s = float(rows.clock_s[0] + rows.clock_s[-1]) / 2 if rows.clock_s.size else 0.0
    hours = np.round((middle_s - HALF_RACE_S - offset_s) / HOUR_S)
    return float(offset_s + HOUR_S * hours)


def race_start_error_s(rows: LoggerRows, offset_s: float, start_of_day_s: float | None) -> float:
    """Return by how much the time of reception contradicts a clock offset.

    Only the part within the hour counts: time zones differ by whole hours.
    NaN when the file or the caller does not tell the time of day.
    """
    if start_of_day_s is None:
        return float("nan")
    error_s = offset_s + quickest_reception_s(rows) - start_of_day_s - QUICKEST_MESSAGE_S
    return float((error_s + HOUR_S / 2) % HOUR_S - HOUR_S / 2)
