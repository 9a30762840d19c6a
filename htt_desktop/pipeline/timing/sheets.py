"""Read one published sheet into rows of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.sources.errors import SourceError

_DELIMITER = ";"


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    path
        Where it came from.
    columns
        Header names without blanks; Sonoma's ``INT-1`` reads ``IM1``.
    rows
        Cells by column name, stripped; a column missing in a short row is empty.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def demand(self, *columns: str) -> None:
        """Refuse a sheet without certain columns.

        Raises
        ------
        SourceError
            A column is missing.
        """
        for column in columns:
            if column not in self.columns:
                message = (
                    f"{self.path} has no column {column}, so it is not the lap analysis; "
                    "give the file whose name contains AnalysisEnduranceWithSections."
                )
                raise SourceError(message)


def read_sheet(path: Path) -> Sheet:
    """Return a sheet with header and cells cleaned.

    Raises
    ------
    SourceError
        The file cannot be read or is not a sheet separated by ``;``.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be read ({reason}); check that the file is there."
        raise SourceError(message) from error
    reader = csv.reader(io.StringIO(_decode(raw), newline=""), delimiter=_DELIMITER)
    try:
        lines = [[cell.strip() for cell in line] for line in reader]
    except csv.Error as error:
        raise SourceError(_not_a_sheet(path)) from error
    lines = [line for line in lines if any(line)]
    if not lines or len(lines[0]) < 2:
        raise SourceError(_not_a_sheet(path))
    columns = tuple(_column(name) for name in lines[0])
    rows = tuple(
        {
            column: line[index] if index < len(line) else ""
            for index, column in enumerate(columns)
            if column
        }
        for line in lines[1:]
    )
    return Sheet(path, tuple(filter(None, columns)), rows)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Some hand-edited sheets come from Excel, which writes the Windows code page.
        return raw.decode("cp1252", errors="replace")


def _column(name: str) -> str:
    return name.strip().replace("INT-", "IM")


def _not_a_sheet(path: Path) -> str:
    return f"{path} is not a timing sheet separated by ';'; give the CSV file as published."
