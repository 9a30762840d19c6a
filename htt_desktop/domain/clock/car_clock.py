"""One offset per car and session between the logger's clock and official race time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from htt_desktop.domain.clock.logger_rows import LoggerRows, require_running_clock
from htt_desktop.domain.clock.offsets import (
    NEARBY_S,
    clock_drift_ppm,
    crossing_offsets,
    decisive,
    official_line_s,
    race_start_error_s,
    robust_offset,
)
from htt_desktop.domain.clock.timing_loops import loop_passages, misfits_s
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.signals import MAD_TO_SIGMA
from htt_desktop.domain.tracks import Track

LABEL_SIGMA_S = 0.08
"""Scatter of single label changes: 0.03 s for most cars, 0.1 s for some."""

LINE_SIGMA_S = 0.04
"""A trigger at the line stands within 2 m of it."""

DISPLACED_SIGMA_S = 0.2
"""A displaced trigger is known within 10 m: at COTA 297 m from the table disagree by that much
with printed sectors and with the time of reception."""

FAR_TRIGGER_M = 50.0

RECEPTION_SIGMA_S = 0.11
"""0.05 s between the cars of a race and 0.1 s between races."""

LARGEST_DISAGREEMENT_S = 0.6
"""Beyond this reception or timekeeping clock were not set to the time of day."""

LOOP_STEPS_S = np.arange(-0.6, 0.601, 0.02)


FEWEST_FOR_SIGMA = 3
UNSURE_S = 0.1
"""Single line crossings scatter by this much: the trigger finds the line within 4 m."""

SMALLEST_SIGMA_S = 0.015


class ClockMethod(StrEnum):
    """What matched the two clocks; the value is what people read."""

    LABELS = "lap labels at the line"
    LABELS_AND_RECEPTION = "lap labels and time of reception"
    LOOPS = "timing loops"


@dataclass(frozen=True)
class ClockFit:
    """The match between logger clock and official race time of one car.

    Attributes
    ----------
    offset_s
        Logger clock minus official race time at the start of the race.
    spread_ms
        Robust standard deviation (1.48 median absolute deviations) of the
        single crossings around the offset.
    crossings
        Number of crossings behind it.
    method
        What they were.
    lap_offset
        Logger lap label minus official lap number; ``None`` when the labels
        are useless.
    drift_ppm
        Rate error of the logger clock, ``None`` unless the data ask for one.
    """

    offset_s: float
    spread_ms: float
    crossings: int
    method: ClockMethod
    lap_offset: int | None
    drift_ppm: float | None = None

    @property
    def sigma_s(self) -> float:
        """Standard error of the offset; with one or two crossings it is a guess."""
        if self.crossings < FEWEST_FOR_SIGMA:
            return UNSURE_S
        return max(self.spread_ms / 1e3 / math.sqrt(self.crossings), SMALLEST_SIGMA_S)

    def race_time_s(self, clock_s: FloatArray) -> FloatArray:
        """Turn logger times into official race time.

        Examples
        --------
        >>> fit = ClockFit(1000.0, 20.0, 12, ClockMethod.LABELS, 1)
        >>> fit.race_time_s(np.array([1000.0, 1090.5])).tolist()
        [0.0, 90.5]
        """
        since_start_s = clock_s - self.offset_s
        if self.drift_ppm is None:
            return since_start_s
        return since_start_s / (1 + self.drift_ppm * 1e-6)


def fit_clock(
    rows: LoggerRows,
    laps: Sequence[OfficialLap],
    track: Track,
    lap_offset: int | None,
    *,
    start_of_day_s: float | None = None,
    near_s: float | None = None,
) -> ClockFit:
    """Fit the clock of one identified car.

    Parameters
    ----------
    rows, laps, track
        As for :func:`crossing_offsets`.
    lap_offset
        Logger lap label minus official lap number; ``None`` when the labels
        are useless, then ``near_s`` is needed.
    start_of_day_s
        Local time of day at which official race time is zero; lets the time of
        reception steady a clock that few crossings or a displaced trigger leave loose.
    near_s
        Offset found by the identification, to start from without labels.

    Returns
    -------
    ClockFit
        Crossings of inner loops take part only where the labels are useless, so
        a test that leaves out an inner loop elsewhere has not fitted it.

    Raises
    ------
    DeadClockError
        The logger clock stands still.
    TimingMismatchError
        No recorded crossing agrees with an official one.
    """
    require_running_clock(rows)
    if lap_offset is None:
        return _fit_by_loops(rows, laps, track, near_s)
    offsets = crossing_offsets(rows, laps, track, lap_offset)
    offset_s, spread_ms, count = robust_offset(offsets)
    if count == 0:
        raise _nothing_agrees(rows)
    drift_ppm = clock_drift_ppm(decisive(offsets), laps)
    if drift_ppm is not None:
        line_s = official_line_s(laps)
        kept = decisive(offsets)
        race_s = np.array([line_s[int(lap)] for lap in kept.lap_number])
        offset_s = float(np.median(kept.offset_s - race_s * drift_ppm * 1e-6))
        return ClockFit(offset_s, spread_ms, count, ClockMethod.LABELS, lap_offset, drift_ppm)
    received_s = float("nan")
    if start_of_day_s is not None:
        received_s = offset_s - race_start_error_s(rows, offset_s, start_of_day_s)
    if not abs(received_s - offset_s) <= LARGEST_DISAGREEMENT_S:
        return ClockFit(offset_s, spread_ms, count, ClockMethod.LABELS, lap_offset)
    line_sigma_s = DISPLACED_SIGMA_S if track.trigger_after_line_m > FAR_TRIGGER_M else LINE_SIGMA_S
    label_weight = 1 / (line_sigma_s**2 + LABEL_SIGMA_S**2 / count)
    reception_weight = 1 / RECEPTION_SIGMA_S**2
    blended_s = (label_weight * offset_s + reception_weight * received_s) / (
        label_weight + reception_weight
    )
    method = ClockMethod.LABELS_AND_RECEPTION
    return ClockFit(blended_s, spread_ms, count, method, lap_offset)


def _fit_by_loops(
    rows: LoggerRows, laps: Sequence[OfficialLap], track: Track, near_s: float | None
) -> ClockFit:
    """Move the offset until the loops are crossed where the track table has them."""
    if near_s is None:
        raise _nothing_agrees(rows)
    way = travel(rows)
    trials_s = near_s + LOOP_STEPS_S
    errors_s = np.full(trials_s.size, np.inf)
    for index, trial_s in enumerate(trials_s.tolist()):
        misfits = misfits_s(loop_passages(way, laps, track, trial_s))
        misfits = misfits[np.isfinite(misfits)]
        if misfits.size:
            errors_s[index] = np.sqrt(np.mean(np.minimum(np.abs(misfits), NEARBY_S) ** 2))
    best = int(np.argmin(errors_s))
    misfits = misfits_s(loop_passages(way, laps, track, float(trials_s[best])))
    misfits = misfits[np.isfinite(misfits)]
    if not misfits.size:
        raise _nothing_agrees(rows)
    spread_ms = 1e3 * MAD_TO_SIGMA * float(np.median(np.abs(misfits)))
    return ClockFit(float(trials_s[best]), spread_ms, misfits.size, ClockMethod.LOOPS, None)


def _nothing_agrees(rows: LoggerRows) -> TimingMismatchError:
    return TimingMismatchError(
        f"No crossing of {rows.vehicle_id} is among the official laps, so its clock "
        "cannot be tied to race time; check that the timing is of the same race."
    )
