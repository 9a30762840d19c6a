"""Cells of the published sheets: times, numbers and names as people printed them."""

from __future__ import annotations

import re

_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)")


def parse_time_s(text: str) -> float | None:
    """Return a printed time in seconds, to 1 ms; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a time.

    Examples
    --------
    >>> parse_time_s("1:54.168")
    114.168
    >>> parse_time_s("0:00:42.522")
    42.522
    >>> parse_time_s(" 33.413 ")
    33.413
    >>> parse_time_s("") is None
    True
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _TIME.fullmatch(stripped)
    if match is None:
        message = f"{stripped!r} is not a time"
        raise ValueError(message)
    hours, minutes, seconds = match.groups()
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds), 3)


def parse_number(text: str) -> float | None:
    """Return a printed number; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a number.

    Examples
    --------
    >>> parse_number("182.1")
    182.1
    """
    stripped = text.strip()
    return float(stripped) if stripped else None


def tidy_name(text: str) -> str:
    """Return a driver's name without the sheet's footnote marks and doubled blanks.

    Examples
    --------
    >>> tidy_name("Jason  Kos*")
    'Jason Kos'
    """
    return " ".join(text.replace("*", " ").split())


def same_value(number: str, other: str) -> bool:
    """Tell whether two printed numbers differ in leading zeros at most.

    Examples
    --------
    >>> same_value("3", "03"), same_value("3", "30")
    (True, False)
    """
    return (number.lstrip("0") or "0") == (other.lstrip("0") or "0")
