"""Sheets that lie in several places: copies of one race, and copies that pose as another."""

from __future__ import annotations

from htt_desktop.pipeline.timing.sheets import Sheet
from htt_desktop.sources.errors import SourceError


def demand_same_rows(sheet: Sheet, copy: Sheet) -> None:
    """Refuse two lap analyses of one race that do not say the same.

    Only columns that both have are compared: the sheets were published with one column
    under two names.

    Raises
    ------
    SourceError
        A cell differs, or one sheet has more rows; the sentence names where.
    """
    shared = [column for column in sheet.columns if copy.rows[0].has(column)]
    for row, other in zip(sheet.rows, copy.rows, strict=False):
        for column in shared:
            if row.text(column) != other.text(column):
                message = (
                    f"{copy.path}, row {other.line}, column {column}: {other.text(column)!r}, but "
                    f"{sheet.path} says {row.text(column)!r}; keep the one of the two that counts."
                )
                raise SourceError(message)
    if len(sheet.rows) != len(copy.rows):
        message = (
            f"{sheet.path} has {len(sheet.rows)} rows and {copy.path} of the same race has "
            f"{len(copy.rows)}; keep the one of the two that counts."
        )
        raise SourceError(message)
