"""How far the drawn time can be from the truth between timing loops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import Delta, Tier
from htt_desktop.domain.recording import FloatArray

NORMAL_95 = 1.96
FEWEST_RESIDUALS = 20
"""Fewer left-out crossings do not fix a 95th percentile."""

DEFAULT_Q_S2_PER_M: Mapping[Tier, float] = {
    Tier.GPS_AND_LOOPS: 4.0e-6,
    Tier.LOOPS: 1.0e-5,
    Tier.LINE: 2.0e-5,
}
"""Used where a race has too few laps of its own; the larger values seen on other races."""

Band = Callable[[float, float], float]
"""95 % half-width in seconds of the change of the delta between two lap distances in metres."""


@dataclass(frozen=True)
class BandModel:
    """Growth of the timing error between two crossings.

    Between crossings at a and b the error of one lap behaves like a bridge:
    ``variance(s) = q · (s − a)(b − s) / (b − a)``.

    Attributes
    ----------
    q_s2_per_m
        By tier, fitted so that 95 % of left-out crossings lie within the band.
    residuals
        Number of left-out crossings behind it, by tier.
    """

    q_s2_per_m: Mapping[Tier, float]
    residuals: Mapping[Tier, int]

    def lap_sigma_s(
        self, tier: Tier, distance_m: FloatArray, crossings_m: FloatArray
    ) -> FloatArray:
        """Return the standard error of one lap's time at lap distances.

        Parameters
        ----------
        tier
            How the lap was aligned.
        distance_m
            In metres, shape ``(points,)``.
        crossings_m
            Lap distances of the crossings that hold the lap, increasing. Beyond the first or last
            one the error grows like the root of the distance.
        """
        q = self.q_s2_per_m.get(tier, DEFAULT_Q_S2_PER_M[tier])
        after = np.searchsorted(crossings_m, distance_m, side="left")
        left = crossings_m[np.clip(after - 1, 0, crossings_m.size - 1)]
        right = crossings_m[np.clip(after, 0, crossings_m.size - 1)]
        span = np.maximum(right - left, 1e-9)
        inside = (after > 0) & (after < crossings_m.size)
        bridge = np.where(
            inside,
            (distance_m - left) * (right - distance_m) / span,
            np.minimum(np.abs(distance_m - crossings_m[0]), np.abs(distance_m - crossings_m[-1])),
        )
        return np.asarray(np.sqrt(q * np.maximum(bridge, 0.0)))


def fit_band_model(residuals: Sequence[tuple[Tier, float, float]]) -> BandModel:
    """Fit the growth of the error so that 95 % of the left-out crossings lie inside.

    Parameters
    ----------
    residuals
        Per crossing the tier, the error in seconds and the bridge length in metres.

    Returns
    -------
    BandModel
        Only with the tiers that have at least 20 residuals.
    """
    q_s2_per_m = {}
    counts = {}
    for tier in Tier:
        sizes = np.array(
            [abs(error) / np.sqrt(bridge) for kind, error, bridge in residuals
             if kind is tier and bridge > 0]
        )  # fmt: skip
        if sizes.size >= FEWEST_RESIDUALS:
            q_s2_per_m[tier] = float((np.quantile(sizes, 0.95) / NORMAL_95) ** 2)
            counts[tier] = int(sizes.size)
    return BandModel(q_s2_per_m, counts)


def band_between(delta: Delta) -> Band:
    """Return a function that gives the band of a change of the delta.

    Between two crossings (where the band is zero) the error of the delta behaves like a
    Brownian bridge, so the errors at two points of one bridge belong together, and those
    at points of different bridges do not.

    Parameters
    ----------
    delta
        Delta with its band. Its first and last point count as crossings.

    Returns
    -------
    callable
        ``band(start_m, end_m)``: 95 % half-width in seconds, never negative; zero between
        two crossings. NaN where the delta's band is NaN.

    References
    ----------
    Covariance of a Brownian bridge pinned at a and b, for a ≤ s ≤ t ≤ b:
    ``q (s − a)(b − t) / (b − a)``.
    """
    crossings_m = _crossings_m(delta)

    def band(start_m: float, end_m: float) -> float:
        start, end = np.array([start_m]), np.array([end_m])
        return float(_bands(delta, crossings_m, start, end)[0])

    return band


def bands_from(delta: Delta, zero_m: float) -> FloatArray:
    """Return the band of a delta that is counted from another point than the line.

    Parameters
    ----------
    zero_m
        Where the delta is called zero.

    Returns
    -------
    array
        95 % half-width in seconds at every point of the delta: zero at ``zero_m``, and at
        the crossings as large as the delta's own at ``zero_m``.

    References
    ----------
    :func:`band_between`.
    """
    lap_distances_m = delta.distance_m
    start_m, end_m = np.minimum(lap_distances_m, zero_m), np.maximum(lap_distances_m, zero_m)
    return _bands(delta, _crossings_m(delta), start_m, end_m)


def _crossings_m(delta: Delta) -> FloatArray:
    crossed = delta.band_s == 0.0
    crossed[[0, -1]] = True
    crossings_m: FloatArray = delta.distance_m[crossed]
    return crossings_m


def _bands(
    delta: Delta, crossings_m: FloatArray, start_m: FloatArray, end_m: FloatArray
) -> FloatArray:
    """Return the band between pairs of lap distances, ``start_m <= end_m``."""
    start_s = np.interp(start_m, delta.distance_m, delta.band_s)
    end_s = np.interp(end_m, delta.distance_m, delta.band_s)
    after = np.searchsorted(crossings_m, start_m, side="right")
    left_m = crossings_m[np.clip(after - 1, 0, crossings_m.size - 1)]
    right_m = crossings_m[np.clip(after, 0, crossings_m.size - 1)]
    together = (after > 0) & (after < crossings_m.size) & (end_m < right_m) & (start_m > left_m)
    shared = np.where(together, (start_m - left_m) * (right_m - end_m), 0.0)
    apart = np.where(together, (right_m - start_m) * (end_m - left_m), 1.0)
    variance = start_s**2 + end_s**2 - 2.0 * start_s * end_s * np.sqrt(shared / apart)
    band_s: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return band_s
