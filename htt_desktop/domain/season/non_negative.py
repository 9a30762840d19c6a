"""Least squares with coefficients that may not be negative."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.recording import FloatArray

_TOLERANCE = 1e-9


def non_negative_solution(gram: FloatArray, target: FloatArray) -> FloatArray:
    """Return b ≥ 0 that minimises ``b·gram·b / 2 − target·b``.

    Parameters
    ----------
    gram
        ``xᵀx`` plus the strength of the ridge on the diagonal; positive definite.
    target
        ``xᵀy``.

    Examples
    --------
    >>> gram = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> non_negative_solution(gram, np.array([4.0, -1.0])).tolist()
    [2.0, 0.0]

    References
    ----------
    C. L. Lawson and R. J. Hanson, Solving Least Squares Problems (1974), chapter 23.
    """
    found = np.zeros(len(target))
    free = np.zeros(len(target), dtype=bool)
    scale = _TOLERANCE * max(1.0, float(np.max(np.abs(target), initial=0.0)))
    for _ in range(10 * len(target)):
        pull = np.where(free, -np.inf, target - gram @ found)
        if free.all() or float(pull.max()) <= scale:
            break
        free[int(np.argmax(pull))] = True
        found, free = _step(gram, target, found, free)
    return found


def _step(
    gram: FloatArray, target: FloatArray, found: FloatArray, free: np.ndarray
) -> tuple[FloatArray, np.ndarray]:
    """Solve on the free coefficients and fix again those that would turn negative."""
    while free.any():
        wanted = np.zeros(len(target))
        wanted[free] = np.linalg.solve(gram[np.ix_(free, free)], target[free])
        negative = free & (wanted <= 0.0)
        if not negative.any():
            return wanted, free
        way = float(np.min(found[negative] / (found[negative] - wanted[negative])))
        found = found + way * (wanted - found)
        free = free & ~(negative & (found <= _TOLERANCE))
        found = np.where(free, found, 0.0)
    return found, free
