"""How far the drawn time can be from the truth between timing loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import Tier
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


@dataclass(frozen=True)
class BandModel:
    """Growth of the timing error between two pins.

    Between pins at a and b the error of one lap behaves like a bridge:
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

    def lap_sigma_s(self, tier: Tier, distance_m: FloatArray, pins_m: FloatArray) -> FloatArray:
        """Return the standard error of one lap's time at places.

        Parameters
        ----------
        tier
            How the lap was placed.
        distance_m
            Places, shape ``(points,)``.
        pins_m
            Places of the crossings that hold the lap, increasing. Beyond the first or last
            one the error grows like the root of the distance.
        """
        q = self.q_s2_per_m.get(tier, DEFAULT_Q_S2_PER_M[tier])
        after = np.searchsorted(pins_m, distance_m, side="left")
        left = pins_m[np.clip(after - 1, 0, pins_m.size - 1)]
        right = pins_m[np.clip(after, 0, pins_m.size - 1)]
        span = np.maximum(right - left, 1e-9)
        inside = (after > 0) & (after < pins_m.size)
        bridge = np.where(
            inside,
            (distance_m - left) * (right - distance_m) / span,
            np.minimum(np.abs(distance_m - pins_m[0]), np.abs(distance_m - pins_m[-1])),
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
