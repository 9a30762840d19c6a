"""Places as words: 1st, 2nd, 3rd."""

from __future__ import annotations


def ordinal(place: int) -> str:
    """Write a place as an English ordinal number.

    Examples
    --------
    >>> [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 42, 111)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '42nd', '111th']
    """
    if 11 <= place % 100 <= 13:
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "race"), counted(1200, "race"), counted(2, "entry", "entries")
    ('1 race', '1,200 races', '2 entries')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(words: list[str]) -> str:
    """Join words the way a sentence does.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
