"""The comma- and semicolon-separated sheets of 2024, row by row with their line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.pipeline.timing.cells import parse_time_s
from htt_desktop.sources.errors import SourceError

_WEBSITE_SPELLING = {
    "No.": "#",
    "Driver1": "Name",
    "TeamName": "Additional5",
    "Time": "Total Time",
    "BestLap": "Best Time",
    "ON": "Best Lap",
}
"""The list on the series' site names the same columns otherwise."""

TEAM = "Additional5"
"""Column that carries the team; the other ``Additional`` columns hold car and nation."""


_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class Row:
    """One line of a sheet.

    Attributes
    ----------
    path, line
        Where it came from; the first line of a file is 1.
    cells
        By column name, stripped.
    """

    path: Path
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a cell with single blanks, empty when the sheet lacks the column."""
        return " ".join(self.cells.get(column, "").split())

    def needed(self, column: str) -> str:
        """Return a cell that must not be empty.

        Raises
        ------
        SourceError
            The cell is empty.
        """
        text = self.text(column)
        if not text:
            raise self.wrong(column, "is empty")
        return text

    def whole(self, column: str) -> int | None:
        """Return a whole number, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell holds anything else.
        """
        text = self.text(column)
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or int(text) < 0:
            raise self.wrong(column, f"{text!r} is not a whole number")
        return int(text)

    def time_s(self, column: str) -> float | None:
        """Return a printed time in seconds, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell holds no time.
        """
        try:
            return parse_time_s(self.text(column))
        except ValueError as error:
            raise self.wrong(column, str(error)) from error

    def milliseconds_s(self, column: str) -> float | None:
        """Return a cell in whole milliseconds as seconds, ``None`` for an empty cell.

        A loop that stamped a car out of order makes a time negative, so that is allowed.

        Raises
        ------
        SourceError
            The cell holds no whole number.
        """
        text = self.text(column)
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise self.wrong(column, f"{text!r} is not a time in milliseconds")
        return round(int(text) / 1000, 3)

    def wrong(self, column: str, what: str) -> SourceError:
        """Return the error that names this cell."""
        message = (
            f"{self.path}, row {self.line}, column {column}: {what}; "
            "correct the cell or take the sheet as published."
        )
        return SourceError(message)


def read_rows(path: Path, *demanded: str) -> tuple[Row, ...]:
    """Return the rows of a sheet that has certain columns.

    Parameters
    ----------
    path
        A lap or result sheet; columns of the list on the series' site are given the
        names they have in the other sheets.
    demanded
        Columns it must have.

    Raises
    ------
    SourceError
        The file cannot be read, is cut off, or lacks a column.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be read ({reason}); check that the file is there."
        raise SourceError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}, byte {error.start}: not UTF-8; take the sheet as published."
        raise SourceError(message) from error
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    # Strict, so that a file cut off inside quotes is an error instead of a strange cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    columns: tuple[str, ...] = ()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(path, cells, demanded)
                continue
            if len(cells) != len(columns):
                message = (
                    f"{path}, row {reader.line_num}: {len(cells)} cells under {len(columns)} "
                    "columns, so the sheet is cut off or edited; take it as published."
                )
                raise SourceError(message)
            rows.append(Row(path, reader.line_num, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        message = f"{path}, row {reader.line_num}: {error}; take the sheet as published."
        raise SourceError(message) from error
    if not rows:
        message = f"{path} holds no rows; take the sheet as published."
        raise SourceError(message)
    return tuple(rows)


def _columns(path: Path, cells: list[str], demanded: tuple[str, ...]) -> tuple[str, ...]:
    columns = tuple(_WEBSITE_SPELLING.get(cell.strip(), cell.strip()) for cell in cells)
    for column in demanded:
        if column not in columns:
            message = f"{path}, row 1: no column {column}; take the sheet as published."
            raise SourceError(message)
    return columns
