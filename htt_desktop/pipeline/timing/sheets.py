"""One published sheet as rows of checked cells, by one set of rules for all years."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from htt_desktop.pipeline.timing.cells import (
    NO_SENSOR,
    RANGES,
    TIME,
    WHOLE,
    Range,
    parse_milliseconds_s,
    parse_number,
    parse_time_s,
    parse_whole,
    shown,
)
from htt_desktop.pipeline.timing.kinds import Kind
from htt_desktop.pipeline.timing.sheet_text import REMEDY, RawSheet, fold, read_raw
from htt_desktop.sources.errors import SourceError

_T = TypeVar("_T", int, float)

_DECIMAL_NUMBER = re.compile(r"([0-9]{1,6})\.0+")
_NO_WORDS = re.compile(r"nan|NaN|#[A-Z/0]+[!?]?|=.*")
"""What scripts and spreadsheets write where they have no value."""

_LONGEST_WORDS = 100
_LONGEST_CLASS = 40
_LONGEST_NUMBER = 8


@dataclass(frozen=True)
class SheetRow:
    """One line of a sheet; every reading of a cell checks what its column can hold.

    Attributes
    ----------
    path, line
        Where it came from; the first line of a file is 1.
    cells
        By folded column name, stripped.
    """

    path: Path
    line: int
    cells: Mapping[str, str]

    def has(self, column: str) -> bool:
        """Tell whether the sheet has a column at all."""
        return fold(column) in self.cells

    def text(self, *columns: str) -> str:
        """Return the first cell that is not empty, with single blanks.

        Raises
        ------
        SourceError
            It is longer than any name, or the mark of a fault.
        """
        for column in columns:
            words = " ".join(self.cells.get(fold(column), "").split())
            most = _LONGEST_CLASS if fold(column) == "class" else _LONGEST_WORDS
            if len(words) > most:
                raise self.wrong(column, f"{shown(words)} has {len(words)} characters")
            if _NO_WORDS.fullmatch(words):
                raise self.wrong(column, f"{shown(words)} is what a spreadsheet leaves of a fault")
            if words:
                return words
        return ""

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

    def car(self, column: str) -> str:
        """Return a car's number as printed.

        Raises
        ------
        SourceError
            The cell is empty, or longer than any number.
        """
        number = self.needed(column)
        if len(number) > _LONGEST_NUMBER or " " in number:
            raise self.wrong(column, f"{shown(number)} is not the number of a car")
        return number

    def whole(self, column: str) -> int | None:
        """Return a whole number that may be printed as ``4.0``, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell holds anything else, or what its column cannot hold.
        """
        return self._read(column, parse_whole, WHOLE)

    def number(self, column: str) -> float | None:
        """Return a number, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell holds anything else, or what its column cannot hold.
        """
        return self._read(column, parse_number, Range(-1e9, 1e9))

    def sensor(self, column: str) -> float | None:
        """Return a measured value, ``None`` where the sensor did not answer.

        Raises
        ------
        SourceError
            The cell holds anything else, or what its column cannot hold.
        """
        try:
            if parse_number(self.cells.get(fold(column), "")) == NO_SENSOR:
                return None
        except ValueError as error:
            raise self.wrong(column, str(error)) from error
        return self.number(column)

    def time_s(self, column: str) -> float | None:
        """Return a printed time in seconds, ``None`` for an empty cell.

        Raises
        ------
        SourceError
            The cell holds no time, or none that its column can hold.
        """
        return self._read(column, parse_time_s, TIME)

    def best_s(self, column: str) -> float | None:
        """Return a time of a list of positions: ``None`` for an empty cell and for zero.

        Such lists print zero for a car without a time.

        Raises
        ------
        SourceError
            See :meth:`time_s`.
        """
        if re.fullmatch(r"[0:.]+", self.cells.get(fold(column), "")):
            return None
        return self.time_s(column)

    def milliseconds_s(self, column: str) -> float | None:
        """Return a cell in whole milliseconds as seconds, ``None`` for an empty cell.

        A loop that stamped a car out of order makes a time negative, so that is allowed.

        Raises
        ------
        SourceError
            The cell holds no whole number, or none that its column can hold.
        """
        return self._read(column, parse_milliseconds_s, Range(-TIME.high, TIME.high, TIME.unit))

    def wrong(self, column: str, what: str) -> SourceError:
        """Return the error that names this cell."""
        message = (
            f"{self.path}, row {self.line}, column {column}: {what}; correct the cell or {REMEDY}."
        )
        return SourceError(message)

    def _read(self, column: str, parse: Callable[[str], _T | None], usual: Range) -> _T | None:
        text = self.cells.get(fold(column), "")
        try:
            value = parse(text)
        except ValueError as error:
            raise self.wrong(column, str(error)) from error
        bounds = RANGES.get(fold(column), usual)
        if value is not None and not bounds.low <= value <= bounds.high:
            what = f"{shown(text)} is not between {bounds.low:,.15g} and {bounds.high:,.15g}"
            raise self.wrong(column, f"{what}{bounds.unit}")
        return value


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    path
        Where it came from.
    columns
        Header names with single blanks, the same name once.
    rows
        All rows that are not empty.
    notes
        A sentence for whatever about it is unusual but harmless.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()


def read_sheet(path: Path, kind: Kind) -> Sheet:
    """Return a sheet with header and cells cleaned.

    Raises
    ------
    SourceError
        The file cannot be read, is no sheet of its kind, is cut off, or has one column twice
        with different content; the sentence names file, row and column.
    """
    raw = read_raw(path, kind.demanded, kind.aliases, kind.advice)
    columns = raw.header
    notes = list(raw.notes)
    twice = _repeated(path, columns, raw, notes)
    keep = [index for index, name in enumerate(columns) if name and index not in twice]
    keys = [fold(columns[index]) for index in keep]
    number = fold(kind.number)
    is_decimal = False
    rows = []
    for line, cells in raw.rows:
        found = dict(zip(keys, (cells[index] for index in keep), strict=True))
        # Tables that went through a spreadsheet or a script print cars as numbers.
        if decimal := _DECIMAL_NUMBER.fullmatch(found.get(number, "")):
            found[number] = decimal[1]
            is_decimal = True
        rows.append(SheetRow(path, line, found))
    if is_decimal:
        notes.append(
            f"{path.name}: cars are printed like 4.0 and read as 4, so leading zeros may be lost"
        )
    notes += [
        f"{path.name}: no column {column}, so nothing it would tell is known"
        for column in kind.expected
        if fold(column) not in keys
    ]
    notes += [
        f"{path.name}: column {column} is empty, so nothing of what it tells is known"
        for column in kind.filled
        if fold(column) in keys and not any(row.cells[fold(column)] for row in rows)
    ]
    return Sheet(path, tuple(columns[index] for index in keep), tuple(rows), tuple(notes))


def _repeated(path: Path, columns: Sequence[str], raw: RawSheet, notes: list[str]) -> set[int]:
    """Return the indices of columns that repeat an earlier one of the same content.

    Raises
    ------
    SourceError
        The content differs, so nobody knows which one counts.
    """
    first: dict[str, int] = {}
    twice: set[int] = set()
    for index, name in enumerate(columns):
        known = first.setdefault(fold(name), index)
        if known == index or not name:
            continue
        for line, cells in raw.rows:
            if cells[known] != cells[index]:
                message = (
                    f"{path}, row {raw.header_line}, column {name}: stands there twice, with "
                    f"{shown(cells[known])} and {shown(cells[index])} in row {line}; {REMEDY}."
                )
                raise SourceError(message)
        twice.add(index)
        notes.append(f"{path.name}: column {name} stands there twice alike, counted once")
    return twice
