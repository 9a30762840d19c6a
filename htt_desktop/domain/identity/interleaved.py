"""Whether the rows of one vehicle are of one car in one session."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.errors import InterleavedCarsError
from htt_desktop.domain.recording import BoolArray, FloatArray

SMOOTH_CHANNELS = (
    Channel.SPEED,
    Channel.ENGINE_SPEED,
    Channel.STEERING,
    Channel.ACCELERATION_LONG,
    Channel.ACCELERATION_LAT,
    Channel.LATITUDE,
    Channel.LONGITUDE,
)

WINDOW_S = 30.0
FEWEST_CHANGES = 40
SLOWEST_KMH = 20.0
"""The noise of a standing car zigzags by itself."""

LARGEST_ZIGZAG = 1.2
"""One car stays below 0.9; two cars nose to tail reach 1.6, any others 2 to 10."""

FEWEST_WINDOWS = 2
LONGEST_PAUSE_S = 3600.0
"""No race lasts an hour, so no car pauses for one within a race."""


def require_single_car(rows: LoggerRows) -> None:
    """Refuse rows in which two cars, or two sessions, are mixed.

    Raises
    ------
    InterleavedCarsError
        In two windows of 30 s or more (in one, if there is only one) the readings jump to
        and fro between two cars, or the rows lie more than an hour apart.
    """
    pauses_s = np.diff(rows.clock_s)
    if pauses_s.size and float(pauses_s.max()) > LONGEST_PAUSE_S:
        message = (
            f"Rows of {rows.vehicle_id} lie {pauses_s.max() / 3600:.1f} hours apart, so they are "
            "of two sessions or of two cars; import each on its own."
        )
        raise InterleavedCarsError(message)
    mixed, judged = mixed_windows(rows)
    if mixed and mixed >= min(FEWEST_WINDOWS, judged):
        message = (
            f"Rows of two cars are mixed up under {rows.vehicle_id}: its readings jump to and fro "
            "in "
            f"{mixed} of {judged} stretches of {WINDOW_S:.0f} s; leave the car out or get its "
            "rows from another export."
        )
        raise InterleavedCarsError(message)


def mixed_windows(rows: LoggerRows) -> tuple[int, int]:
    """Count the stretches of 30 s in which readings alternate between two cars.

    Returns
    -------
    tuple of int
        Mixed stretches and all stretches with enough driving to judge.

    Notes
    -----
    One car's readings are smooth: two samples on, they have changed more than one
    sample on, so the ratio of the mean changes is near one half. Rows of two cars
    sorted by time alternate, and two samples on it is the same car again: the ratio
    exceeds one. The median over the channels decides.
    """
    if rows.clock_s.size < FEWEST_CHANGES:
        return 0, 0
    start_s = float(rows.clock_s[0])
    count = 1 + int((rows.clock_s[-1] - start_s) / WINDOW_S)
    driving = _driving(rows, start_s, count)
    ratios = np.array(
        [_zigzag(*rows.samples(channel), start_s, count) for channel in SMOOTH_CHANNELS]
    )
    known = np.isfinite(ratios).any(axis=0) & driving
    middle = np.array([np.nanmedian(ratios[:, window]) for window in np.flatnonzero(known)])
    return int((middle > LARGEST_ZIGZAG).sum()), int(known.sum())


def _driving(rows: LoggerRows, start_s: float, count: int) -> BoolArray:
    clock_s, speed_kmh = rows.samples(Channel.SPEED)
    window = ((clock_s - start_s) / WINDOW_S).astype(np.int64)
    samples = np.bincount(window, minlength=count)
    total = np.bincount(window, weights=speed_kmh, minlength=count)
    return np.asarray(total > SLOWEST_KMH * np.maximum(samples, 1), dtype=np.bool_)


def _zigzag(clock_s: FloatArray, values: FloatArray, start_s: float, count: int) -> FloatArray:
    """Return per window how much readings change in one step against two; NaN if unknown."""
    if clock_s.size < FEWEST_CHANGES:
        return np.full(count, np.nan)
    together = clock_s[2:] - clock_s[:-2] < 1.0
    one = np.abs(values[1:-1] - values[:-2])[together]
    two = np.abs(values[2:] - values[:-2])[together]
    window = ((clock_s[:-2][together] - start_s) / WINDOW_S).astype(np.int64)
    samples = np.bincount(window, minlength=count)
    ones = np.bincount(window, weights=one, minlength=count)
    twos = np.bincount(window, weights=two, minlength=count)
    known = (samples >= FEWEST_CHANGES) & (twos > 0)
    return np.where(known, ones / np.where(known, twos, 1.0), np.nan)
