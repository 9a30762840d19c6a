"""The tabs of the window; each is imported when it is first wanted."""

from __future__ import annotations

from functools import partial

from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.ui.window.tab import Tab, TabParts, TabSlot


def tab_slots(parts: TabParts) -> list[TabSlot]:
    """Return the tabs of the window, from left to right."""
    return [
        TabSlot(TabTitle.DASHBOARD, partial(_dashboard, parts)),
        TabSlot(TabTitle.DRIVER, partial(_driver, parts)),
        TabSlot(TabTitle.IMPROVE, partial(_improve, parts)),
    ]


def _dashboard(parts: TabParts) -> Tab:
    from htt_desktop.ui.tabs.dashboard.tab import DashboardTab  # noqa: PLC0415 - see above

    return DashboardTab(parts)


def _driver(parts: TabParts) -> Tab:
    from htt_desktop.ui.tabs.driver.tab import DriverTab  # noqa: PLC0415 - see above

    return DriverTab(parts)


def _improve(parts: TabParts) -> Tab:
    from htt_desktop.ui.tabs.improve.tab import ImproveTab  # noqa: PLC0415 - see above

    return ImproveTab(parts)
