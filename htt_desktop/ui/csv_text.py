"""Tables as comma-separated text, on the clipboard and in files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from htt_desktop import __version__
from htt_desktop.ui.formats import MINUS, MISSING
from htt_desktop.ui.tables.rows_model import RowsModel

Facts = Sequence[tuple[str, str]]
"""What the header of a file says, in order: names and values."""

_SIGNS = ("▲ ", "▼ ", "━ ", "╍ ", "▴", "▾")
"""Only for the eye."""


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    r"""Return one heading line and the rows; what is missing is empty.

    Examples
    --------
    >>> csv_text(["name", "best_lap_s"], [["Ace, Anna", 97.5], ["Bold", None]])
    'name,best_lap_s\n"Ace, Anna",97.5\nBold,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()


def rows_csv(model: RowsModel) -> str:
    """Return a table as it is on screen, with hyphens for minus signs."""
    return csv_text(
        [plain(heading.text) for heading in model.headings],
        [[plain(cell.text) for cell in row.cells] for row in model.rows],
    )


def plain(text: str) -> str:
    r"""Return a text of the screen for other programs.

    Examples
    --------
    >>> plain("▲ −0.12 ±0.05"), plain("–"), plain("lost s\n± band")
    ('-0.12 ±0.05', '', 'lost s ± band')
    """
    if text == MISSING:
        return ""
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return " ".join(text.replace(MINUS, "-").split())


def file_text(facts: Facts, table: str, now: datetime | None = None) -> str:
    r"""Return what a CSV file holds: comment lines that say what it is, then the table.

    Parameters
    ----------
    facts
        Names and values; date and version of the program are added.
    table
        A heading line and rows.
    now
        The date; today when ``None``.

    Examples
    --------
    >>> day = datetime(2025, 10, 18, tzinfo=UTC)
    >>> file_text([("track", "Barber"), ("year", "2025")], "a,b\n1,2\n", day).splitlines()[:3]
    ['# track,Barber', '# year,2025', '# date,2025-10-18']
    """
    day = (now or datetime.now(UTC)).date().isoformat()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, value in (*facts, ("date", day), ("made by", f"HackTheTrack Desktop {__version__}")):
        writer.writerow((f"# {name}", value))
    lines = text.getvalue() + table.replace("\r\n", "\n")
    # Excel on Windows expects both; the byte order mark makes it read ° and − right.
    return lines.replace("\n", "\r\n")
