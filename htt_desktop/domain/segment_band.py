"""Error band of the time lost between two places, from the band of the delta."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.comparison import Delta
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.segments import Band


def band_between(delta: Delta) -> Band:
    """Return a function that gives the band of a change of the delta.

    Between two pins (places where the band is zero) the error of the delta behaves like a
    Brownian bridge, so the errors at two places of one bridge belong together, and those
    at places of different bridges do not.

    Parameters
    ----------
    delta
        Delta with its band. Its first and last point count as pins.

    Returns
    -------
    callable
        ``band(start_m, end_m)``: 95 % half-width in seconds, never negative; zero between
        two pins. NaN where the delta's band is NaN.

    References
    ----------
    Covariance of a Brownian bridge pinned at a and b, for a ≤ s ≤ t ≤ b:
    ``q (s − a)(b − t) / (b − a)``.
    """
    pins_m = _pins_m(delta)

    def band(start_m: float, end_m: float) -> float:
        start, end = np.array([start_m]), np.array([end_m])
        return float(_bands(delta, pins_m, start, end)[0])

    return band


def bands_from(delta: Delta, zero_m: float) -> FloatArray:
    """Return the band of a delta that is counted from another place than the line.

    Parameters
    ----------
    zero_m
        Where the delta is called zero.

    Returns
    -------
    array
        95 % half-width in seconds at every point of the delta: zero at ``zero_m``, and at
        the pins as large as the delta's own at ``zero_m``.

    References
    ----------
    :func:`band_between`.
    """
    places_m = delta.distance_m
    start_m, end_m = np.minimum(places_m, zero_m), np.maximum(places_m, zero_m)
    return _bands(delta, _pins_m(delta), start_m, end_m)


def _pins_m(delta: Delta) -> FloatArray:
    pinned = delta.band_s == 0.0
    pinned[[0, -1]] = True
    pins_m: FloatArray = delta.distance_m[pinned]
    return pins_m


def _bands(delta: Delta, pins_m: FloatArray, start_m: FloatArray, end_m: FloatArray) -> FloatArray:
    """Return the band between pairs of places, ``start_m <= end_m``."""
    start_s = np.interp(start_m, delta.distance_m, delta.band_s)
    end_s = np.interp(end_m, delta.distance_m, delta.band_s)
    after = np.searchsorted(pins_m, start_m, side="right")
    left_m = pins_m[np.clip(after - 1, 0, pins_m.size - 1)]
    right_m = pins_m[np.clip(after, 0, pins_m.size - 1)]
    together = (after > 0) & (after < pins_m.size) & (end_m < right_m) & (start_m > left_m)
    shared = np.where(together, (start_m - left_m) * (right_m - end_m), 0.0)
    apart = np.where(together, (right_m - start_m) * (end_m - left_m), 1.0)
    variance = start_s**2 + end_s**2 - 2.0 * start_s * end_s * np.sqrt(shared / apart)
    band_s: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return band_s
