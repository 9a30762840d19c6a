"""Cells of one row that say where they stand when they are not what their column promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from htt_desktop.pipeline.timing.cells import parse_time_s
from htt_desktop.pipeline.timing.sheets import Sheet
from htt_desktop.sources.errors import SourceError

_HEADER_AND_ONE_BASED = 2


@dataclass(frozen=True)
class Cells:
    """One row of a sheet.

    Attributes
    ----------
    line
        Index of the row below the header.
    """

    sheet: Sheet
    line: int

    def text(self, *columns: str) -> str:
        """Return the first cell that is not empty, with doubled blanks removed."""
        row = self.sheet.rows[self.line]
        return next((" ".join(row[name].split()) for name in columns if row.get(name)), "")

    def seconds(self, column: str) -> float | None:
        """Return a time in seconds, ``None`` for an empty cell and for a time of zero.

        Raises
        ------
        SourceError
            The cell is no time.
        """
        try:
            return parse_time_s(self.text(column)) or None
        except ValueError as error:
            self.refuse(column, str(error))

    def number(self, column: str) -> float | None:
        """Return a number, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell is no number.
        """
        text = self.text(column)
        try:
            return float(text) if text else None
        except ValueError:
            self.refuse(column, f"{text!r} is not a number")

    def whole(self, column: str) -> int | None:
        """Return a whole number that may be printed as ``4.0``, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell is no whole number from 0.
        """
        text = self.text(column)
        head, _, tail = text.partition(".")
        if not text:
            return None
        if not head.isdecimal() or tail.strip("0"):
            self.refuse(column, f"{text!r} is not a whole number")
        return int(head)

    def refuse(self, column: str, what: str) -> NoReturn:
        """Raise a SourceError that names file, row and column."""
        message = (
            f"{self.sheet.path}, row {self.line + _HEADER_AND_ONE_BASED}, column {column}: {what}; "
            "correct the cell or take the sheet as published."
        )
        raise SourceError(message)


def rows(sheet: Sheet) -> list[Cells]:
    """Return the rows of a sheet."""
    return [Cells(sheet, line) for line in range(len(sheet.rows))]


def demand_columns(sheet: Sheet, what: str, *columns: str) -> None:
    """Refuse a sheet that lacks a column.

    Raises
    ------
    SourceError
        A column is missing.
    """
    for column in columns:
        if column not in sheet.columns:
            message = (
                f"{sheet.path} has no column {column}, so it is not a {what}; take the sheet as "
                "published, or move it out of the folder."
            )
            raise SourceError(message)
