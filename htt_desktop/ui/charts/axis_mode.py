"""What runs along the bottom of the stack."""

from __future__ import annotations

from enum import StrEnum


class AxisMode(StrEnum):
    """Quantity on the horizontal axis."""

    DISTANCE = "distance"
    TIME = "time"
