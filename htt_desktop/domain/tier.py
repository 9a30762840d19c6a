"""Which evidence placed a lap."""

from __future__ import annotations

from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.place_solver import Placement


def tier_of(placed: Placement, *, has_gps_line: bool) -> Tier:
    """Return the tier of a placed lap."""
    if not placed.signals.pins.recorded_loops:
        return Tier.LINE
    return Tier.GPS_AND_LOOPS if has_gps_line else Tier.LOOPS
