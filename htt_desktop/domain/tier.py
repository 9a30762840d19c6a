"""Which evidence placed a lap."""

from __future__ import annotations

from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.place_solver import Placement


def tier_of(placed: Placement, *, has_gps_line: bool) -> Tier:
    """Return the tier of a placed lap."""
    inner = sum(
        bool(recorded)
        for name, recorded in zip(
            placed.signals.pins.names, placed.signals.pins.recorded, strict=True
        )
        if name not in {"start", "FL"}
    )
    if inner == 0:
        return Tier.LINE
    return Tier.GPS_AND_LOOPS if has_gps_line else Tier.LOOPS
