"""Exactly what the stack shows, as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.csv_text import csv_text


@dataclass(frozen=True, eq=False)
class VisibleTable:
    """Columns of numbers with their headings.

    Attributes
    ----------
    headings
        One per column, with unit, such as ``"speed km/h 7"``.
    values
        Shape ``(rows, columns)``; NaN where nothing is drawn.
    """

    headings: tuple[str, ...]
    values: FloatArray

    def csv(self) -> str:
        """Return the table as CSV; missing values are empty."""
        return csv_text(self.headings, (map(_text, row) for row in self.values.tolist()))


def _text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
