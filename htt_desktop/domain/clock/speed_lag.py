"""How late a car's speed samples are stamped, told by its accelerometer.

The slow channels (speed, engine speed, logger distance) of the cars at all tracks seen come either
about 0.17 s or about 0.37 s later than the acceleration they must be the integral of, while the
accelerometer keeps step with the brake pressure within 0.04 s. Which of the two it is stays the
same for one car in one session, but differs between cars and between a car's sessions: at 40 m/s
the difference alone is worth 8 m.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.units import KMH_PER_MPS

LAGS_S = np.arange(-0.10, 0.601, 0.01)
"""Lags tried; anything outside would not be a matter of stamping."""

SPAN = 2
"""Speed changes are taken over two sampling steps, about 0.43 s, against quantisation noise."""

LONGEST_SPAN_S = 0.6
LARGEST_HOLE_S = 0.5
SLOWEST_KMH = 40.0
LARGEST_CHANGE_MPS = 8.0
"""Two sampling steps of braking at 1.9 g; more is a sensor fault or a crash."""
FEWEST_CHANGES = 150
MOST_CHANGES = 4000
SMALLEST_CORRELATION = 0.8


@dataclass(frozen=True)
class SpeedLag:
    """Delay of the speed channel's time stamps.

    Attributes
    ----------
    lag_s
        Speed stamped at t was driven at ``t - lag_s``; 0 when the evidence is weak.
    correlation
        Between change of speed and integrated acceleration at that lag; negative
        when the accelerometer is mounted the wrong way round.
    samples
        Speed changes behind it.
    """

    lag_s: float
    correlation: float
    samples: int


NO_LAG = SpeedLag(0.0, 0.0, 0)


def speed_lag(
    speed_time_s: FloatArray,
    speed_kmh: FloatArray,
    acceleration_time_s: FloatArray,
    acceleration_g: FloatArray,
) -> SpeedLag:
    """Measure by how much speed is stamped late.

    Parameters
    ----------
    speed_time_s, speed_kmh
        Speed samples, shape ``(samples,)``, times increasing.
    acceleration_time_s, acceleration_g
        Longitudinal acceleration; neither its sign nor its bias matters.

    Returns
    -------
    SpeedLag
        With lag 0 and the correlation found where there is too little driving to tell.

    Notes
    -----
    Each change of speed over two samples is compared with the integral of the
    acceleration over the same stretch shifted by a trial lag; the lag with the
    highest correlation is refined by a parabola through its neighbours. One
    racing lap gives it within 0.03 s.
    """
    if speed_time_s.size <= SPAN or acceleration_time_s.size < 2:
        return NO_LAG
    start_s, end_s = speed_time_s[:-SPAN], speed_time_s[SPAN:]
    change = (speed_kmh[SPAN:] - speed_kmh[:-SPAN]) / KMH_PER_MPS
    usable = (
        _recorded(acceleration_time_s, start_s - LAGS_S[-1], end_s - LAGS_S[0])
        & (end_s - start_s < LONGEST_SPAN_S)
        & (speed_kmh[SPAN:] > SLOWEST_KMH)
        & (np.abs(change) < LARGEST_CHANGE_MPS)
    )
    count = int(usable.sum())
    if count < FEWEST_CHANGES:
        return SpeedLag(0.0, 0.0, count)
    # A dozen laps settle the lag; a whole race would only take longer.
    chosen = np.flatnonzero(usable)[:: 1 + count // MOST_CHANGES]
    start_s, end_s, change = start_s[chosen], end_s[chosen], change[chosen]
    integral = cumulative_trapezoid(acceleration_g, np.diff(acceleration_time_s))
    found = np.array(
        [
            _correlation(
                change,
                np.interp(end_s - lag_s, acceleration_time_s, integral)
                - np.interp(start_s - lag_s, acceleration_time_s, integral),
            )
            for lag_s in LAGS_S
        ]
    )
    best = int(np.argmax(np.abs(found)))
    correlation = float(found[best])
    if abs(correlation) < SMALLEST_CORRELATION or best in {0, LAGS_S.size - 1}:
        return SpeedLag(0.0, correlation, count)
    return SpeedLag(float(LAGS_S[best]) + _vertex(np.abs(found), best), correlation, count)


def _recorded(time_s: FloatArray, start_s: FloatArray, end_s: FloatArray) -> BoolArray:
    """Mark stretches that lie within the samples and touch no hole between them."""
    holes = np.flatnonzero(np.diff(time_s) > LARGEST_HOLE_S)
    opened = np.searchsorted(time_s[holes], end_s, side="left")
    closed = np.searchsorted(time_s[holes + 1], start_s, side="right")
    within = (start_s >= time_s[0]) & (end_s <= time_s[-1])
    return np.asarray(within & (opened == closed), dtype=np.bool_)


def _correlation(first: FloatArray, second: FloatArray) -> float:
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / scale if scale > 0 else 0.0


def _vertex(curve: FloatArray, peak: int) -> float:
    """Return how far the top of the parabola through three points lies from the middle one."""
    left, middle, right = curve[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    if bend == 0:
        return 0.0
    return float(0.5 * (left - right) / bend * (LAGS_S[1] - LAGS_S[0]))
