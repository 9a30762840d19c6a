"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "race"), counted(1200, "race"), counted(2, "entry", "entries")
    ('1 race', '1,200 races', '2 entries')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
