"""Bytes of a published sheet → its text, its header and its rows of cells."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.pipeline.timing.cells import shown
from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError

REMEDY = "take the sheet as published"

_LARGEST_BYTES = 50_000_000
"""The largest published sheet has 2 MB."""

_DELIMITERS = (";", ",", "\t")
_NAMED_DELIMITER = re.compile(r'"?sep=(.)"?[;,]*', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_LINES_ABOVE = 10
"""How far down a header is looked for below titles."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as text.

    Attributes
    ----------
    header
        Names of the columns with single blanks.
    header_line
        Its number; the first line of the file is 1.
    rows
        Number and cells of every line below that is not empty.
    notes
        How it had to be read, if not as published.
    """

    header: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...]


def fold(column: str) -> str:
    """Return the name by which a column is looked up: small letters, Sonoma's loops as all.

    Examples
    --------
    >>> fold(" LAP_TIME"), fold("INT-1_elapsed")
    ('lap_time', 'im1_elapsed')
    """
    return " ".join(column.split()).casefold().replace("int-", "im")


def read_raw(
    path: Path, demanded: Sequence[str], aliases: Mapping[str, str], no_sheet: str
) -> RawSheet:
    """Return header and rows of a sheet.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 or the code page of Excel; cells between semicolons, commas
        or tabs; lines above the header are passed over with a note.
    demanded
        Columns by which the header is known.
    aliases
        Column by another name it may have.
    no_sheet
        What to say of a file without such a header, after the name of the missing column.

    Raises
    ------
    SourceError
        The file cannot be read, is no text, is cut off, or has no such header.
    """
    text, notes = _decode(path, read_or_refuse(path, _LARGEST_BYTES, REMEDY))
    lines = [(number, line) for number, line in enumerate(_lines(text), 1) if line.strip()]
    for number, line in lines:
        if found := _CONTROL.search(line):
            message = f"{path}, row {number}: holds the character {found[0]!r}, so it is not a text"
            raise SourceError(f"{message}; {REMEDY}.")
    delimiters: Sequence[str] = _DELIMITERS
    if lines and (named := _NAMED_DELIMITER.fullmatch(lines[0][1].strip())):
        delimiters, lines = (named[1],), lines[1:]
    index, delimiter, header = _find_header(
        path, lines[:_LINES_ABOVE], demanded, aliases, delimiters, no_sheet
    )
    if index:
        above = " / ".join(line.strip() for _, line in lines[:index])
        notes.append(f"{path.name}: above its header stands {shown(above)}, passed over")
    width = len(header)
    while width and not header[width - 1]:
        width -= 1
    rows = [
        (number, _cells(path, number, line, delimiter, header[:width]))
        for number, line in lines[index + 1 :]
    ]
    if not rows:
        message = f"{path} holds no rows below its header; {REMEDY}."
        raise SourceError(message)
    filled = tuple((number, cells) for number, cells in rows if any(cells))
    return RawSheet(header[:width], lines[index][0], filled, tuple(notes))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decode(path: Path, raw: bytes) -> tuple[str, list[str]]:
    if raw.startswith(_UTF_16):
        encoding = "utf-16"
    elif raw[1:40:2].count(0) > len(raw[1:40:2]) // 2:
        encoding = "utf-16-le"
    elif raw[0:40:2].count(0) > len(raw[0:40:2]) // 2:
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding), []
    except UnicodeDecodeError as error:
        plain = raw.decode("ascii", errors="ignore") == raw.decode("utf-8", errors="ignore")
        if encoding == "utf-8-sig" and plain:
            # Some hand-edited sheets come from Excel, which writes the Windows code page.
            try:
                return raw.decode("cp1252"), [f"{path.name}: not UTF-8, read as Windows-1252"]
            except UnicodeDecodeError:
                pass
        row = raw[: error.start].count(b"\n") + 1
        message = f"{path}, row {row}: byte {error.start} is no {encoding.upper()} text; {REMEDY}."
        raise SourceError(message) from error


def _find_header(
    path: Path,
    lines: Sequence[tuple[int, str]],
    demanded: Sequence[str],
    aliases: Mapping[str, str],
    delimiters: Sequence[str],
    no_sheet: str,
) -> tuple[int, str, tuple[str, ...]]:
    """Return index, delimiter and names of the first line that has all columns."""
    best = (-1, 1, 0)
    missing = demanded[0]
    spelled = {fold(name): column for name, column in aliases.items()}
    for index, (number, line) in enumerate(lines):
        for delimiter in delimiters:
            try:
                names = [
                    spelled.get(fold(name), " ".join(name.split()))
                    for name in _split(line, delimiter)
                ]
            except csv.Error:
                continue
            known = {fold(name) for name in names}
            absent = [column for column in demanded if fold(column) not in known]
            if not absent:
                return index, delimiter, tuple(names)
            rank = (len(demanded) - len(absent), -number, len(names))
            if rank > best:
                best, missing = rank, absent[0]
    row = -best[1] if best[0] > 0 else 1
    message = f"{path}, row {row}: no column {missing}{no_sheet}."
    raise SourceError(message)


def _split(line: str, delimiter: str) -> list[str]:
    # Strict, so that a quote without its partner is an error instead of a strange cell.
    return next(iter(csv.reader([line], delimiter=delimiter, strict=True)))


def _cells(
    path: Path, number: int, line: str, delimiter: str, header: Sequence[str]
) -> tuple[str, ...]:
    """Return the cells of one line, as many as the header has columns."""
    where = f"{path}, row {number}"
    try:
        cells = [cell.strip() for cell in _split(line, delimiter)]
    except csv.Error as error:
        column = _name(header, _unbalanced(line.split(delimiter)))
        message = f"{where}, column {column}: a quote without its partner ({error}); {REMEDY}."
        raise SourceError(message) from error
    if not any(cells):
        return ()
    if len(cells) < len(header):
        message = (
            f"{where}, column {_name(header, len(cells))}: the row ends before it "
            f"({len(cells)} cells under {len(header)} columns), so the sheet is cut off or "
            f"edited; {REMEDY}."
        )
        raise SourceError(message)
    beyond = next((n for n in range(len(header), len(cells)) if cells[n]), None)
    if beyond is not None:
        message = (
            f"{where}: {len(cells)} cells under {len(header)} columns, the last one "
            f"{shown(cells[beyond])}, so the sheet is edited; {REMEDY}."
        )
        raise SourceError(message)
    for name, cell in zip(header, cells, strict=False):
        if cell and not name:
            message = f"{where}: {shown(cell)} stands in a column without a name; {REMEDY}."
            raise SourceError(message)
    return tuple(cells[: len(header)])


def _unbalanced(cells: Iterable[str]) -> int:
    return next((n for n, cell in enumerate(cells) if cell.count('"') % 2), 0)


def _name(header: Sequence[str], index: int) -> str:
    return (header[index] if index < len(header) else "") or f"number {index + 1}"
