"""Car numbers in an order people expect."""

from __future__ import annotations

_NOT_A_NUMBER = 1e9


def number_order(printed: str) -> float:
    """Return what a printed number is sorted by: its value, then its leading zeros.

    Examples
    --------
    >>> sorted(["113", "03", "13", "3", "0"], key=number_order)
    ['0', '3', '03', '13', '113']
    >>> number_order("x") > number_order("999")
    True
    """
    if not (printed.isascii() and printed.isdigit()):
        return _NOT_A_NUMBER
    zeros = len(printed) - len(str(int(printed)))
    return int(printed) + 0.001 * zeros
