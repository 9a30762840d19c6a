"""What the Dashboard exports: the standings."""

from __future__ import annotations

from htt_desktop.ui.exporting import Exporting, Table
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.dashboard.page import DashboardPage


def exporting_of(page: DashboardPage, messages: Messages) -> Exporting:
    """Return what writes the page."""
    return Exporting(page, messages, lambda: _suggestion(page), lambda: _tables(page))


def _suggestion(page: DashboardPage) -> str:
    return "standings.png" if page.year is None else f"standings_{page.year}.png"


def _tables(page: DashboardPage) -> list[Table]:
    text = page.standings.csv_text()
    facts = (("table", "standings"), ("year", str(page.year)))
    return [Table("", facts, text)] if text else []
