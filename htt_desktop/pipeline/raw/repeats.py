"""Several samples of one channel under one time stamp: which to keep, and where.

Measured on Indianapolis race 1, number 47: 4,282 stamps carry every fast channel twice.
Before such a stamp one 43-ms slot is empty (the step is 86 ms), after it none is: the
logger stamped two samples alike, and the earlier belongs into the empty slot. Their order
in the file is the wrong one two times out of three (the latitude then runs backwards), so
of the two orders the one that changes least is taken. Further copies, and copies without
an empty slot, are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.recording import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Resolved:
    """Samples of one channel with one value per time stamp.

    Attributes
    ----------
    clock_ms
        Strictly increasing, shape ``(samples,)``.
    value
        Same shape.
    moved, dropped
        How many samples went into an empty slot, and how many went nowhere.
    """

    clock_ms: IntArray
    value: FloatArray
    moved: int
    dropped: int


def resolve_repeats(clock_ms: IntArray, value: FloatArray) -> Resolved:
    """Give each time stamp one value.

    Parameters
    ----------
    clock_ms
        Time stamps of one channel, non-decreasing, file order among equals.
    value
        Values, same shape.

    Examples
    --------
    >>> resolved = resolve_repeats(
    ...     np.array([0, 43, 86, 172, 172, 215, 258]), np.array([0.0, 1, 2, 4, 3, 5, 6])
    ... )
    >>> resolved.clock_ms.tolist(), resolved.value.tolist(), resolved.moved
    ([0, 43, 86, 129, 172, 215, 258], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 1)
    """
    first = np.flatnonzero(np.concatenate(([True], np.diff(clock_ms) > 0)))
    if first.size == clock_ms.size:
        return Resolved(clock_ms, value, 0, 0)
    stamps = clock_ms[first]
    copies = np.diff(np.append(first, clock_ms.size))
    last_value = value[first + copies - 1].copy()
    doubled = np.flatnonzero(copies > 1)
    period_ms = _period_ms(stamps)
    # A slot is empty when the step to the stamp before leaves room for a whole period.
    room = doubled > 0
    before = np.where(room, doubled - 1, 0)
    room &= stamps[doubled] - stamps[before] >= 1.5 * period_ms
    fits = doubled[room]
    early, late = value[first[fits] + copies[fits] - 2], last_value[fits]
    after = np.minimum(fits + 1, stamps.size - 1)
    previous, following = last_value[fits - 1], value[first[after]]
    as_filed = np.abs(early - previous) + np.abs(late - following)
    swapped = np.abs(late - previous) + np.abs(early - following)
    swap = (swapped < as_filed) & (after > fits)
    last_value[fits] = np.where(swap, early, late)
    moved_value = np.where(swap, late, early)
    moved_ms = stamps[fits] - period_ms
    all_ms = np.concatenate((stamps, moved_ms))
    order = np.argsort(all_ms, kind="stable")
    return Resolved(
        clock_ms=all_ms[order],
        value=np.concatenate((last_value, moved_value))[order],
        moved=int(fits.size),
        dropped=int(copies.sum()) - stamps.size - int(fits.size),
    )


def _period_ms(stamps: IntArray) -> int:
    """Return the usual step of a channel in whole ms."""
    steps = np.diff(stamps)
    return max(int(np.median(steps)), 1) if steps.size else 1
