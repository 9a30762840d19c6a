"""Cells of the published sheets: times, numbers and names as people printed them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,4}):)?([0-9]{1,5}(?:\.[0-9]{1,6})?)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0{1,9})?")
_MILLISECONDS = re.compile(r"-?[0-9]{1,9}")
_MINUTE = 60

_ALIKE = 0.8
"""Share of letters two spellings have in common. Of the drivers who shared a number and a
team in 2024 the most alike have 0.42, while "Ferran Devis" has 0.83 of "Farran Davis"."""

_SHOWN = 40


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
        message = f"{shown(stripped)} is not a time"
        raise ValueError(message)
    hours, minutes, seconds = match.groups()
    if (minutes and float(seconds) >= _MINUTE) or (hours and int(minutes) >= _MINUTE):
        message = f"{shown(stripped)} is not a time: 60 is the next minute or hour"
        raise ValueError(message)
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds), 3)


def parse_milliseconds_s(text: str) -> float | None:
    """Return whole milliseconds in seconds; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a whole number.

    Examples
    --------
    >>> parse_milliseconds_s("124981")
    124.981
    """
    stripped = text.strip()
    if not stripped:
        return None
    if not _MILLISECONDS.fullmatch(stripped):
        message = f"{shown(stripped)} is not a time in milliseconds"
        raise ValueError(message)
    return round(int(stripped) / 1000, 3)


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
    if not stripped:
        return None
    if not _NUMBER.fullmatch(stripped):
        message = f"{shown(stripped)} is not a number"
        raise ValueError(message)
    return float(stripped)


def parse_whole(text: str) -> int | None:
    """Return a whole number that may be printed as ``4.0``; ``None`` for an empty cell.

    Raises
    ------
    ValueError
        The text is neither empty nor a whole number from 0.

    Examples
    --------
    >>> parse_whole("4"), parse_whole("4.0")
    (4, 4)
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _WHOLE.fullmatch(stripped)
    if match is None:
        message = f"{shown(stripped)} is not a whole number"
        raise ValueError(message)
    return int(match[1])


def shown(text: str) -> str:
    """Return a cell in quotes, a long one shortened.

    Examples
    --------
    >>> shown("soon")
    "'soon'"
    """
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def tidy_name(text: str) -> str:
    """Return a driver's name without the sheet's footnote marks and doubled blanks.

    Examples
    --------
    >>> tidy_name("Jason  Kos*")
    'Jason Kos'
    """
    return " ".join(text.replace("*", " ").split())


def alike(name: str, other: str) -> bool:
    """Tell whether two names may be one driver's, if number and team say so too.

    Examples
    --------
    >>> alike("Ferran Devis", "Farran Davis"), alike("Ada Berg", "Bo Carr")
    (True, False)
    """
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio() >= _ALIKE


def same_value(number: str, other: str) -> bool:
    """Tell whether two printed numbers differ in leading zeros at most.

    Examples
    --------
    >>> same_value("3", "03"), same_value("3", "30")
    (True, False)
    """
    return (number.lstrip("0") or "0") == (other.lstrip("0") or "0")
