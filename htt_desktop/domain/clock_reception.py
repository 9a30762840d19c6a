"""What the time of reception says about the logger's clock.

Messages arrive late and in bursts, but never early: the quickest one of a car arrives a fixed
0.15 s or so after it was stamped, the same for all cars of a race within 0.05 s.
"""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.clock_rows import LoggerRows

QUICKEST_MESSAGE_S = 0.2
"""Delay of the quickest message as seen at three tracks: 0.1 to 0.3 s."""

HOUR_S = 3600.0


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


HALF_RACE_S = 1350.0
"""Races last 45 minutes; the middle of a recording lies within half an hour of their middle."""


def race_start_error_s(rows: LoggerRows, offset_s: float, start_of_day_s: float | None) -> float:
    """Return by how much the time of reception contradicts a clock offset.

    Only the part within the hour counts: time zones differ by whole hours.
    NaN when the file or the caller does not tell the time of day.
    """
    if start_of_day_s is None:
        return float("nan")
    error_s = offset_s + quickest_reception_s(rows) - start_of_day_s - QUICKEST_MESSAGE_S
    return float((error_s + HOUR_S / 2) % HOUR_S - HOUR_S / 2)
