"""How far the drawn time can be from the truth between timing loops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.comparison import Tier


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
