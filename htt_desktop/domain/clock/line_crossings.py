"""Line crossings as the logger's lap labels tell them, on the logger's own clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.domain.clock.travel import Travel
from htt_desktop.domain.recording import BoolArray, FloatArray, IntArray

LARGEST_STEP_S = 0.5
"""Rows further apart than this do not bracket a label change sharply."""


TYPICAL_MPS = 45.0
SLOWEST_MPS = 10.0
LARGEST_SPEED_DIFFERENCE = 0.10
"""Passages of the trigger at speeds further apart than this are not alike."""


@dataclass(frozen=True, eq=False)
class LineCrossings:
    """Beginnings of logger laps.

    Attributes
    ----------
    logger_lap
        Label of the lap that begins, shape ``(crossings,)``. The end of a lap
        whose successor was not recorded counts as the beginning of the next.
    trigger_s
        Logger time of the label change.
    clock_s
        Logger time of the finish-line crossing: the label change, set back by the
        way between line and trigger. NaN where nothing tells how long that took.
    seen
        False where the file begins or ends at the crossing, so that the
        cut of the file and not the trigger may have made it.
    """

    logger_lap: IntArray
    trigger_s: FloatArray
    clock_s: FloatArray
    seen: BoolArray


def line_crossings(rows: LoggerRows, travel: Travel, trigger_after_line_m: float) -> LineCrossings:
    """Find where lap labels begin and end.

    Parameters
    ----------
    rows
        One car's rows.
    travel
        Its integrated speed, for the way from the line to the trigger.
    trigger_after_line_m
        How far behind the finish line the logger's trigger fires.

    Returns
    -------
    LineCrossings
        In time order; empty without a working lap counter. Labels that go
        backwards and the mark of a counter that does not work yet are left out.
    """
    clock, label = rows.clock_s, rows.logger_lap
    typical_s = float(np.median(np.diff(clock))) if clock.size > 1 else 0.0
    found: list[tuple[int, float, bool]] = []
    changes = np.flatnonzero(np.diff(label)) + 1
    bounds = [0, *changes.tolist(), label.size]
    for first, end in itertools.pairwise(bounds):
        name = int(label[first])
        if name == COUNTER_NOT_WORKING:
            continue
        step_s = float(clock[first] - clock[first - 1]) if first else np.inf
        follows = first > 0 and label[first - 1] == name - 1
        if step_s <= LARGEST_STEP_S and follows:
            found.append((name, (clock[first] + clock[first - 1]) / 2, True))
        elif step_s > LARGEST_STEP_S:
            found.append((name, clock[first] - typical_s / 2, False))
        step_s = float(clock[end] - clock[end - 1]) if end < label.size else np.inf
        if step_s > LARGEST_STEP_S:
            found.append((name + 1, clock[end - 1] + typical_s / 2, False))
    table = np.array(found, dtype=np.float64).reshape(-1, 3)
    trigger_s = table[:, 1]
    return LineCrossings(
        logger_lap=table[:, 0].astype(np.int64),
        trigger_s=trigger_s,
        clock_s=trigger_s - _delays_s(travel, trigger_s, trigger_after_line_m),
        seen=table[:, 2].astype(np.bool_),
    )


def _delays_s(travel: Travel, trigger_s: FloatArray, metres: float) -> FloatArray:
    """Return how long the car took from the line to the trigger.

    Where the recording begins at the trigger, the way there is taken to be like
    the other passages of this car at the same speed, NaN at another speed. Where no
    passage is recorded, or no speed, the speed at the trigger or a typical one must do.
    """
    if metres == 0 or trigger_s.size == 0:
        return np.zeros_like(trigger_s)
    delays_s = travel.seconds_for_last(trigger_s, metres)
    speed_mps = np.nan_to_num(travel.speed_mps(trigger_s), nan=TYPICAL_MPS)
    known = np.isfinite(delays_s)
    if not known.any():
        return np.asarray(metres / np.maximum(speed_mps, SLOWEST_MPS), dtype=np.float64)
    # The speed at the trigger stands for the way before it as long as it is a usual speed.
    typical_mps = float(np.median(speed_mps[known]))
    share = float(np.median(delays_s[known] * speed_mps[known])) / metres
    usual = np.abs(speed_mps - typical_mps) < LARGEST_SPEED_DIFFERENCE * typical_mps
    guess_s = share * metres / np.maximum(speed_mps, SLOWEST_MPS)
    return np.where(~known & usual, guess_s, delays_s)
