"""Dots beside one another where their values would lay them on top of each other."""

from __future__ import annotations

from collections.abc import Sequence


def swarm(x: Sequence[float], apart: float, reach: float) -> list[float]:
    """Return how far each dot is moved aside so that no two touch.

    Earlier dots choose first and stay in the middle when it is free. Where the room is
    full a dot goes to the place furthest from the others. The same dots give the same
    picture.

    Parameters
    ----------
    x
        Places along the strip in pixels.
    apart
        Distance of two centres that just do not touch.
    reach
        Furthest move to either side.

    Examples
    --------
    >>> swarm([0.0, 1.0, 50.0], 6.0, 20.0)
    [0.0, -6.0, 0.0]
    >>> swarm([0.0, 0.0], 6.0, 2.0)
    [0.0, -1.5]
    """
    step = max(apart / 4, 0.5)
    moves = [0.0]
    for k in range(1, int(reach / step) + 1):
        moves += [-k * step, k * step]
    placed: list[tuple[float, float]] = []
    for at in x:
        near = [(px - at, py) for px, py in placed if abs(px - at) < apart]
        best, widest = 0.0, -1.0
        for move in moves:
            gap = min((dx * dx + (py - move) ** 2 for dx, py in near), default=apart * apart)
            if gap > widest:
                best, widest = move, gap
            if gap >= apart * apart:
                break
        placed.append((at, best))
    return [move for _, move in placed]
