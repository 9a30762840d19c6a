"""What a chart of intervals shows, as plain records."""

from __future__ import annotations

from dataclasses import dataclass

NO_EVIDENCE = "no evidence"
"""Beside an interval that contains zero."""


@dataclass(frozen=True)
class Interval:
    """A value with its interval; ``is_evident`` when zero lies outside."""

    value: float
    low: float
    high: float
    is_evident: bool


@dataclass(frozen=True)
class IntervalRow:
    """One row.

    Attributes
    ----------
    own, rival
        The solid and the hollow point.
    figures
        Texts of the columns on the right.
    note
        Instead of a point where there is none.
    tip
        What the bubble says.
    """

    label: str
    own: Interval | None
    rival: Interval | None
    figures: tuple[str, ...]
    note: str
    tip: str


@dataclass(frozen=True)
class IntervalFrame:
    """What stands around the rows.

    Attributes
    ----------
    sides, short_sides
        What left and right of zero mean, each with its arrow; in full and for narrow charts.
    headings, short_headings
        Of the figures, in full and for narrow charts.
    note, short_note
        What the intervals are, the second where the first does not fit.
    reach
        Half of the axis; the intervals decide when ``None``.
    empty
        Sentence when there are no rows.
    """

    sides: tuple[str, str]
    short_sides: tuple[str, str]
    headings: tuple[str, ...]
    short_headings: tuple[str, ...]
    note: str
    reach: float | None = None
    empty: str = ""
    short_note: str = ""
