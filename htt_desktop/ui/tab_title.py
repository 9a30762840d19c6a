"""Which tabs there are."""

from __future__ import annotations

from enum import StrEnum


class TabTitle(StrEnum):
    """The tabs of the window, from left to right; settings remember the one shown last."""

    DASHBOARD = "Dashboard"
    DRIVER = "Driver"
    IMPROVE = "Improve"
