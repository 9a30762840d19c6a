"""Exactly what the stack shows, as a table."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.recording import FloatArray


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
