"""Line crossings as the logger's lap labels tell them, on the logger's own clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.domain.recording import BoolArray, FloatArray, IntArray

LARGEST_STEP_S = 0.5
"""Rows further apart than this do not bracket a label change sharply."""


@dataclass(frozen=True, eq=False)
class LineCrossings:
    """Beginnings of logger laps.

    Attributes
    ----------
    logger_lap
        Label of the lap that begins, shape ``(crossings,)``. The end of a lap
        whose successor was not recorded counts as the beginning of the next.
    clock_s
        Logger time of the finish-line crossing: the label change, set back by the
        distance between line and trigger. NaN where that stretch has no rows.
    uncertainty_s
        Half the time between the two rows around the change.
    seen
        False where the file begins or ends at the crossing, so that the
        cut of the file and not the trigger may have made it.
    """

    logger_lap: IntArray
    clock_s: FloatArray
    uncertainty_s: FloatArray
    seen: BoolArray


def line_crossings(rows: LoggerRows, trigger_after_line_m: float) -> LineCrossings:
    """Find where lap labels begin and end.

    Parameters
    ----------
    rows
        One car's rows.
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
    found: list[tuple[int, float, float, bool]] = []
    changes = np.flatnonzero(np.diff(label)) + 1
    bounds = [0, *changes.tolist(), label.size]
    for first, end in zip(bounds[:-1], bounds[1:], strict=True):
        name = int(label[first])
        if name == COUNTER_NOT_WORKING:
            continue
        step_s = clock[first] - clock[first - 1] if first else np.inf
        follows = first > 0 and label[first - 1] == name - 1
        if step_s <= LARGEST_STEP_S and follows:
            found.append((name, (clock[first] + clock[first - 1]) / 2, step_s / 2, True))
        elif step_s > LARGEST_STEP_S:
            found.append((name, clock[first] - typical_s / 2, typical_s / 2, False))
        step_s = clock[end] - clock[end - 1] if end < label.size else np.inf
        if step_s > LARGEST_STEP_S:
            found.append((name + 1, clock[end - 1] + typical_s / 2, typical_s / 2, False))
    table = np.array(found, dtype=np.float64).reshape(-1, 4)
    trigger_s = table[:, 1]
    return LineCrossings(
        logger_lap=table[:, 0].astype(np.int64),
        clock_s=_set_back(rows, trigger_s, trigger_after_line_m),
        uncertainty_s=table[:, 2],
        seen=table[:, 3].astype(np.bool_),
    )


def travelled_m(rows: LoggerRows) -> tuple[FloatArray, FloatArray]:
    """Integrate speed over the logger clock.

    Returns
    -------
    tuple of arrays
        Logger times of the speed samples and metres since the first of them,
        shape ``(samples,)``; empty when speed was not recorded. Holes are
        bridged with the mean of the speeds around them.
    """
    clock, speed_kmh = rows.samples(Channel.SPEED)
    if clock.size == 0:
        return clock, speed_kmh
    speed = speed_kmh / 3.6
    steps = np.diff(clock) * (speed[1:] + speed[:-1]) / 2
    return clock, np.concatenate(([0.0], np.cumsum(steps)))


def _set_back(rows: LoggerRows, trigger_s: FloatArray, metres: float) -> FloatArray:
    """Move trigger times back to the moment the car was ``metres`` before the trigger."""
    if metres == 0 or trigger_s.size == 0:
        return trigger_s
    clock, distance = travelled_m(rows)
    if clock.size < 2:
        return np.full(trigger_s.size, np.nan)
    rising = np.concatenate(([True], np.diff(distance) > 0))
    at_trigger = np.interp(trigger_s, clock, distance)
    line_s = np.interp(
        at_trigger - metres, distance[rising], clock[rising], left=np.nan, right=np.nan
    )
    # A hole between line and trigger would turn the guess at its speed into an offset.
    holes = np.concatenate(([0.0], np.cumsum(np.diff(clock) > 4 * LARGEST_STEP_S)))
    crossed = np.interp(trigger_s, clock, holes) - np.interp(line_s, clock, holes)
    line_s = np.where(crossed > 0, np.nan, line_s)
    return np.asarray(line_s, dtype=np.float64)
