"""Sign and bias of a car's accelerometers, told by speed and steering.

Some cars carry the sensor the wrong way round (Indianapolis race 1, number 47: both axes) or with
a constant error (number 93: +0.27 g at every track). Longitudinal acceleration must be the rate of
change of speed; lateral acceleration must follow the steering.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.signals import cumulative_trapezoid
from htt_desktop.domain.units import KMH_PER_MPS, STANDARD_GRAVITY_MPS2

SLOWEST_KMH = 40.0
LONGEST_SPAN_S = 0.6
FEWEST_SAMPLES = 150
SMALLEST_CORRELATION_LONG = 0.8
SMALLEST_CORRELATION_LAT = 0.5

SMALLEST_BIAS_LONG_G = 0.03
"""Sound sensors show less; number 13 shows 0.037 g at three tracks."""

SMALLEST_BIAS_LAT_G = 0.2
"""Camber alone makes 0.05 to 0.15 g of what looks like a straight."""

LARGEST_ASYMMETRY_G = 0.3
"""Left and right corners of a track are not equally fast."""

LAT_LAG_S = 0.086
"""The car answers the steering this much later, within one sample for all cars seen."""

STRAIGHT_KMH = 100.0
STRAIGHT_DEG = 4.0


@dataclass(frozen=True)
class AccelerometerCorrection:
    """What turns the readings of one axis into acceleration.

    Attributes
    ----------
    sign
        1, or -1 for a sensor mounted the wrong way round.
    bias_g
        Reading without acceleration; 0 where it is within the usual.
    correlation
        With the rate of change of speed or with steering; its sign is that of the sensor.
    samples
        Number of comparisons behind it. With too few, or a weak correlation,
        nothing is corrected.
    """

    sign: int
    bias_g: float
    correlation: float
    samples: int

    @property
    def changes_anything(self) -> bool:
        """True when readings are not taken as they are."""
        return self.sign != 1 or self.bias_g != 0

    def apply(self, readings_g: FloatArray) -> FloatArray:
        """Return the acceleration in g; NaN stays NaN.

        Examples
        --------
        >>> inverted = AccelerometerCorrection(-1, -0.25, -0.96, 9000)
        >>> inverted.apply(np.array([-0.25, -0.75])).tolist()
        [0.0, 0.5]
        """
        return self.sign * (readings_g - self.bias_g) + 0.0


def accelerometer_corrections(rows: LoggerRows) -> Mapping[Channel, AccelerometerCorrection]:
    """Examine both accelerometers of a car.

    Parameters
    ----------
    rows
        One car's rows as delivered.

    Returns
    -------
    mapping
        A correction for each recorded axis, also where it changes nothing.
    """
    speed = rows.samples(Channel.SPEED)
    along = rows.samples(Channel.ACCELERATION_LONG)
    # Late speed would be compared with the wrong moment, half a braking zone away.
    speed = speed[0] - speed_lag(*speed, *along).lag_s, speed[1]
    found = {}
    if Channel.ACCELERATION_LONG in rows.channels:
        found[Channel.ACCELERATION_LONG] = longitudinal_correction(speed, along)
    if Channel.ACCELERATION_LAT in rows.channels:
        found[Channel.ACCELERATION_LAT] = lateral_correction(
            rows.samples(Channel.STEERING), speed, rows.samples(Channel.ACCELERATION_LAT)
        )
    return found


def longitudinal_correction(
    speed: tuple[FloatArray, FloatArray], readings: tuple[FloatArray, FloatArray]
) -> AccelerometerCorrection:
    """Compare the longitudinal axis with the change of speed.

    Parameters
    ----------
    speed
        Times without lag and values in km/h, each of shape ``(samples,)``.
    readings
        Times and values in g, positive accelerating.
    """
    time_s, speed_kmh = speed
    reading_s, reading_g = readings
    if time_s.size < 3 or reading_s.size < 2:
        return AccelerometerCorrection(1, 0.0, 0.0, 0)
    start_s, end_s = time_s[:-2], time_s[2:]
    usable = (
        (end_s - start_s < LONGEST_SPAN_S)
        & (np.minimum(speed_kmh[:-2], speed_kmh[2:]) > SLOWEST_KMH)
        & (start_s >= reading_s[0])
        & (end_s <= reading_s[-1])
    )
    integral = cumulative_trapezoid(reading_g, np.diff(reading_s))
    span_s = end_s - start_s
    true_g = (speed_kmh[2:] - speed_kmh[:-2]) / KMH_PER_MPS / span_s / STANDARD_GRAVITY_MPS2
    mean_g = (
        np.interp(end_s, reading_s, integral) - np.interp(start_s, reading_s, integral)
    ) / span_s
    return _judged(
        true_g[usable], mean_g[usable], None, SMALLEST_CORRELATION_LONG, SMALLEST_BIAS_LONG_G
    )


def lateral_correction(
    steering: tuple[FloatArray, FloatArray],
    speed: tuple[FloatArray, FloatArray],
    readings: tuple[FloatArray, FloatArray],
) -> AccelerometerCorrection:
    """Compare the lateral axis with the steering.

    Parameters
    ----------
    steering
        Times and degrees, positive left.
    speed
        Times without lag and km/h.
    readings
        Times and values in g, positive left.
    """
    reading_s, reading_g = readings
    if min(steering[0].size, speed[0].size, reading_s.size) < 2:
        return AccelerometerCorrection(1, 0.0, 0.0, 0)
    angle_deg = np.interp(reading_s - LAT_LAG_S, *steering)
    speed_kmh = np.interp(reading_s, *speed)
    driving = speed_kmh > SLOWEST_KMH
    straight = _straight(angle_deg, speed_kmh)[driving]
    return _judged(
        angle_deg[driving],
        reading_g[driving],
        straight,
        SMALLEST_CORRELATION_LAT,
        SMALLEST_BIAS_LAT_G,
    )


def _straight(angle_deg: FloatArray, speed_kmh: FloatArray) -> BoolArray:
    """Mark samples on straights; sensors differ in where their zero is."""
    fast = speed_kmh > STRAIGHT_KMH
    counts, edges = np.histogram(angle_deg[fast], bins=np.arange(-40.0, 41.0))
    middle_deg = edges[int(np.argmax(counts))] + 0.5
    return np.asarray(fast & (np.abs(angle_deg - middle_deg) < STRAIGHT_DEG), dtype=np.bool_)


def _judged(
    expected: FloatArray,
    readings_g: FloatArray,
    at_zero: BoolArray | None,
    smallest_correlation: float,
    smallest_bias_g: float,
) -> AccelerometerCorrection:
    """Turn a comparison into a correction; nothing is corrected on weak evidence.

    The bias is what readings keep beyond their dependence on the expected
    value, or the reading where the expectation is known to be zero.
    """
    count = int(expected.size)
    if count < FEWEST_SAMPLES or np.ptp(expected) == 0 or np.ptp(readings_g) == 0:
        return AccelerometerCorrection(1, 0.0, 0.0, count)
    correlation = float(np.corrcoef(expected, readings_g)[0, 1])
    if abs(correlation) < smallest_correlation:
        return AccelerometerCorrection(1, 0.0, correlation, count)
    if at_zero is None:
        gain = np.polyfit(expected, readings_g, 1)[0]
        bias_g = float(np.median(readings_g - gain * expected))
    else:
        bias_g = float(np.median(readings_g[at_zero])) if at_zero.sum() >= FEWEST_SAMPLES else 0.0
        # A long corner can pass for a straight, but it does not shift both ends of the range.
        middle_g = float(np.mean(np.percentile(readings_g, (5, 95))))
        bias_g = bias_g if abs(bias_g - middle_g) <= LARGEST_ASYMMETRY_G else 0.0
    return AccelerometerCorrection(
        sign=1 if correlation > 0 else -1,
        bias_g=bias_g if abs(bias_g) >= smallest_bias_g else 0.0,
        correlation=correlation,
        samples=count,
    )
