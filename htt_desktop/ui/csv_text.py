"""Tables as comma-separated text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
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
