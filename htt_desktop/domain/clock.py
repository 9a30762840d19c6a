"""One offset per car and session between the logger's clock and official race time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from htt_desktop.domain.clock_crossings import line_crossings
from htt_desktop.domain.clock_rows import LoggerRows, require_running_clock
from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.race import FINISH_LINE, OfficialLap
from htt_desktop.domain.recording import BoolArray, FloatArray, IntArray
from htt_desktop.domain.tracks import Track

NEARBY_S = 2.0
"""Crossings further than this from the centre belong to missed triggers or wrong labels."""


class ClockMethod(StrEnum):
    """What tied the two clocks together; the value is what people read."""

    LABELS = "lap labels at the line"
    LOOPS = "timing loops"
    RECEPTION = "time of reception"


@dataclass(frozen=True)
class ClockFit:
    """The tie between logger clock and official race time of one car.

    Attributes
    ----------
    offset_s
        Logger clock minus official race time: ``time_s = clock_s - offset_s``.
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


@dataclass(frozen=True, eq=False)
class CrossingOffsets:
    """What each official crossing alone says about the clock.

    Attributes
    ----------
    lap_number
        Official lap that contains the crossing; the finish-line crossing
        belongs to the lap it ends. Shape ``(crossings,)``.
    loop
        Name of the loop, ``"FL"`` for the finish line.
    offset_s
        Logger clock minus official race time.
    seen
        False where the file begins or ends at the crossing.
    """

    lap_number: IntArray
    loop: tuple[str, ...]
    offset_s: FloatArray
    seen: BoolArray

    def without(self, lap_number: int, loop: str) -> CrossingOffsets:
        """Return all crossings but one, for leaving it out of a fit."""
        keep = np.array(
            [
                not (lap == lap_number and name == loop)
                for lap, name in zip(self.lap_number, self.loop, strict=True)
            ],
            dtype=np.bool_,
        )
        names = tuple(name for name, kept in zip(self.loop, keep, strict=True) if kept)
        return CrossingOffsets(self.lap_number[keep], names, self.offset_s[keep], self.seen[keep])


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
    crossings = line_crossings(rows, track.trigger_after_line_m)
    ends_s = official_line_s(laps)
    ended = crossings.logger_lap - lap_offset - 1
    official_s = np.array([ends_s.get(int(lap), np.nan) for lap in ended])
    offset_s = crossings.clock_s - official_s
    known = np.isfinite(offset_s)
    return CrossingOffsets(
        lap_number=ended[known],
        loop=(FINISH_LINE,) * int(known.sum()),
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
    file help only where there are fewer than three others.
    """
    values = offsets.offset_s[offsets.seen]
    if values.size < 3:
        values = offsets.offset_s
    if values.size == 0:
        return float("nan"), float("nan"), 0
    centre = densest(values)
    near = values[np.abs(values - centre) <= NEARBY_S]
    centre = float(np.median(near))
    spread_ms = 1.4826e3 * float(np.median(np.abs(near - centre)))
    return centre, spread_ms, int(near.size)


def fit_clock(
    rows: LoggerRows, laps: Sequence[OfficialLap], track: Track, lap_offset: int
) -> ClockFit:
    """Fit the clock of one identified car.

    Parameters
    ----------
    rows, laps, track, lap_offset
        As for :func:`crossing_offsets`.

    Raises
    ------
    DeadClockError
        The logger clock stands still.
    TimingMismatchError
        No recorded crossing agrees with an official one.
    """
    require_running_clock(rows)
    offset_s, spread_ms, count = robust_offset(crossing_offsets(rows, laps, track, lap_offset))
    if count == 0:
        message = (
            f"No line crossing of {rows.vehicle_id} is among the official laps, so its clock "
            "cannot be tied to race time; check that the timing is of the same race."
        )
        raise TimingMismatchError(message)
    return ClockFit(offset_s, spread_ms, count, ClockMethod.LABELS, lap_offset)


def densest(values: FloatArray) -> float:
    """Return the value with most others nearby: a median would follow a wrong majority lap."""
    near = np.abs(values[:, None] - values[None, :]) <= NEARBY_S
    crowd = near.sum(axis=1)
    return float(np.median(values[near[int(np.argmax(crowd))]]))
