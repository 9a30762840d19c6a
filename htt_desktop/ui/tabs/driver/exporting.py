"""What the Driver tab exports: the results."""

from __future__ import annotations

from htt_desktop.ui.exporting import Exporting, Table
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.driver.page import DriverPage


def exporting_of(page: DriverPage, messages: Messages) -> Exporting:
    """Return what writes the page."""
    return Exporting(page, messages, lambda: _suggestion(page), lambda: _tables(page))


def _suggestion(page: DriverPage) -> str:
    pair = page.pair
    if pair is None:
        return "driver.png"
    names = "-".join(name.replace(" ", "_") for name in pair.names)
    return f"{pair.season.year}_{names}.png"


def _tables(page: DriverPage) -> list[Table]:
    pair = page.pair
    if pair is None:
        return []
    facts = (("table", "results"), ("year", str(pair.season.year)),
             ("drivers", ", ".join(pair.names)), ("units", "named in the headings"))  # fmt: skip
    return [Table("", facts, page.sections.results.csv())]
