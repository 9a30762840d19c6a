"""Error band of the time lost between two places, from the band of the delta."""

from __future__ import annotations

import math

import numpy as np

from htt_desktop.domain.comparison import Delta
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
    pinned = delta.band_s == 0.0
    pinned[[0, -1]] = True
    pins_m = delta.distance_m[pinned]

    def band(start_m: float, end_m: float) -> float:
        start_s, end_s = np.interp((start_m, end_m), delta.distance_m, delta.band_s)
        variance = start_s**2 + end_s**2
        after = int(np.searchsorted(pins_m, start_m, side="right"))
        if 0 < after < pins_m.size and end_m < pins_m[after]:
            left_m, right_m = pins_m[after - 1], pins_m[after]
            if start_m > left_m:
                shared = (start_m - left_m) * (right_m - end_m)
                apart = (right_m - start_m) * (end_m - left_m)
                variance -= 2.0 * start_s * end_s * math.sqrt(shared / apart)
        return math.sqrt(max(float(variance), 0.0)) if not math.isnan(variance) else math.nan

    return band
