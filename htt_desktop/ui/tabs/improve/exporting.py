"""What the Improve tab exports: the stretch on screen, and the corners."""

from __future__ import annotations

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.ui import formats
from htt_desktop.ui.csv_text import Facts
from htt_desktop.ui.exporting import Exporting, Table
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.improve.page import ImprovePage


def exporting_of(page: ImprovePage, messages: Messages) -> Exporting:
    """Return what writes the page."""
    return Exporting(page, messages, lambda: _suggestion(page), lambda: _tables(page))


def _suggestion(page: ImprovePage) -> str:
    loaded = page.loaded
    if loaded is None:
        return "comparison.png"
    comparison, key = loaded.comparison, loaded.job.key
    laps = "-".join(
        f"{lap.entry.number}_lap{lap.lap.lap_number}"
        for lap in (comparison.reference, comparison.compared)
    )
    return f"{key.file_stem}_{laps}.png"


def _tables(page: ImprovePage) -> list[Table]:
    rows, loaded = page.stack.visible_rows(), page.loaded
    if rows is None or loaded is None:
        return []
    facts = _facts(page)
    return [Table("", facts, rows.csv()), Table("_corners", facts, page.side.corners.csv())]


def _facts(page: ImprovePage) -> Facts:
    loaded = page.loaded
    if loaded is None:
        return ()
    key, comparison = loaded.job.key, loaded.comparison
    facts = [
        ("track", comparison.track.name),
        ("year", str(key.year)),
        ("race", str(key.race)),
        ("reference", _lap(comparison.reference)),
        ("compared", _lap(comparison.compared)),
        ("units", f"{page.stack.units.value}, named in the headings"),
    ]
    if page.stack.nudge_m:
        # A comma in the label would put quotes before the sign of a remark.
        facts.append(("compared lap nudged by hand", f"{page.stack.nudge_m:+.1f} m"))
    return facts


def _lap(lap: AlignedLap) -> str:
    time = formats.lap_time(lap.lap.lap_time_s)
    return f"{lap.entry.number} {lap.entry.driver_name}, lap {lap.lap.lap_number}, {time}"
