"""The lap and result sheets of 2024: how their columns are called."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.pipeline.timing.kinds import Kind
from htt_desktop.pipeline.timing.sheets import SheetRow, read_sheet

TEAM = "Additional5"
"""Column that carries the team; the other ``Additional`` columns hold car and nation."""

_WEBSITE_SPELLING = {
    "No.": "#",
    "Driver1": "Name",
    "TeamName": TEAM,
    "Time": "Total Time",
    "BestLap": "Best Time",
    "ON": "Best Lap",
}
"""The list on the series' site names the same columns otherwise."""


def read_rows(path: Path, notes: list[str], *demanded: str) -> tuple[SheetRow, ...]:
    """Return the rows of a sheet that has certain columns.

    Parameters
    ----------
    path
        A lap or result sheet; columns of the list on the series' site are given the
        names they have in the other sheets.
    notes
        Receives what is unusual about the sheet.
    demanded
        Columns it must have.

    Raises
    ------
    SourceError
        The file cannot be read, is cut off, or lacks a column.
    """
    sheet = read_sheet(path, Kind(demanded, "; take the sheet as published", (), (), "#",
                                  _WEBSITE_SPELLING))  # fmt: skip
    notes.extend(sheet.notes)
    return sheet.rows
