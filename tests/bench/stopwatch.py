"""Times a piece of work: by the clock on the wall, and by the processor's own.

The targets are held against the wall clock, as whoever waits does. On a machine that has
other work to do the two differ; then the processor's time is what a quiet machine would show.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Took:
    """One round in seconds; ``busy_s`` counts all threads of this process."""

    wall_s: float
    busy_s: float


def timed(work: Callable[[], object]) -> Took:
    """Return how long a piece of work took."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began, time.process_time() - busy)


@dataclass(frozen=True)
class Spread:
    """Rounds of the same work, in milliseconds."""

    rounds: int
    median_ms: float
    p95_ms: float
    fastest_ms: float
    busy_median_ms: float
    busy_p95_ms: float


def spread(rounds: Sequence[Took]) -> Spread:
    """Return medians and 95 % points."""
    wall = 1e3 * np.array([took.wall_s for took in rounds])
    busy = 1e3 * np.array([took.busy_s for took in rounds])
    figures = (
        np.median(wall), np.percentile(wall, 95), wall.min(), np.median(busy),
        np.percentile(busy, 95),
    )  # fmt: skip
    return Spread(len(rounds), *(round(float(figure), 3) for figure in figures))
