"""Round numbers for axes."""

from __future__ import annotations

import math

HIGHEST_GEAR = 6


def nice_step(span: float, most: int) -> float:
    """Return the smallest step of 1, 2 or 5 × 10ⁿ that cuts a span into at most ``most``.

    Examples
    --------
    >>> nice_step(3925.0, 10), nice_step(0.3, 4), nice_step(5.0, 5)
    (500.0, 0.1, 1.0)
    """
    if span <= 0 or most < 1:
        return 1.0
    exact = span / most
    power = 10.0 ** math.floor(math.log10(exact) + 1e-9)
    for factor in (1, 2, 5):
        if factor * power * (1 + 1e-9) >= exact:
            return factor * power
    return 10 * power


def ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return round values within ``low`` to ``high``, at most ``most + 1`` of them.

    Examples
    --------
    >>> ticks(-0.13, 0.27, 4)
    (-0.1, 0.0, 0.1, 0.2)
    """
    step = nice_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(k * step, 9) + 0.0 for k in range(first, last + 1))


def gear_ticks(px_per_gear: float, least_px: float) -> tuple[float, ...]:
    """Return the gears whose figures fit below one another, the highest one always.

    Examples
    --------
    >>> gear_ticks(14.0, 13.0), gear_ticks(7.0, 13.0), gear_ticks(5.0, 13.0)
    ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), (2.0, 4.0, 6.0), (3.0, 6.0))
    """
    step = next((step for step in (1, 2, 3) if step * px_per_gear >= least_px), 6)
    return tuple(float(gear) for gear in range(step, HIGHEST_GEAR + 1, step))


def tick_decimals(step: float) -> int:
    """Return how many decimals ticks of a step need.

    Examples
    --------
    >>> tick_decimals(0.05), tick_decimals(0.2), tick_decimals(50.0)
    (2, 1, 0)
    """
    return max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """Return a range with some air at both ends, never empty."""
    span = high - low
    air = span * share if span > 0 else max(abs(high), 1.0) * share
    return low - air, high + air
