"""Where labels go, so that none covers another or the line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.recording import FloatArray

_REACHES_PX = (15.0, 21.0, 28.0, 37.0)
_TURNS_DEG = (0.0, 30.0, -30.0, 60.0, -60.0)


@dataclass(frozen=True)
class DirectedLabel:
    """A label to place: anchor, wished direction (unit vector) and size, in pixels."""

    text: str
    x: float
    y: float
    right: float
    down: float
    width: float
    height: float


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    def touches(self, other: Box) -> bool:
        """Return whether two boxes share a point.

        Examples
        --------
        >>> Box(0, 0, 10, 10).touches(Box(9, 9, 5, 5)), Box(0, 0, 10, 10).touches(Box(11, 0, 5, 5))
        (True, False)
        """
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )

    def lies_in(self, other: Box) -> bool:
        """Return whether the box sticks out nowhere."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.left + self.width <= other.left + other.width
            and self.top + self.height <= other.top + other.height
        )

    def away_from(self, x: float, y: float) -> tuple[float, float, float]:
        """Return the box's point nearest to a place, and its distance.

        Examples
        --------
        >>> Box(10, 0, 5, 5).away_from(4, 2)
        (10, 2, 6.0)
        """
        near_x = min(max(x, self.left), self.left + self.width)
        near_y = min(max(y, self.top), self.top + self.height)
        return near_x, near_y, math.hypot(near_x - x, near_y - y)

    def holds_any(self, points: FloatArray, air: float) -> bool:
        """Return whether a point of shape ``(n, 2)`` lies inside or within ``air`` pixels."""
        x, y = points[:, 0], points[:, 1]
        inside = (x > self.left - air) & (x < self.left + self.width + air)
        return bool(np.any(inside & (y > self.top - air) & (y < self.top + self.height + air)))


def place_labels(
    labels: Sequence[DirectedLabel], line: FloatArray, area: Box, taken: Sequence[Box] = ()
) -> list[tuple[DirectedLabel, Box]]:
    """Return the labels that found a free place, each with its box.

    Places are tried outwards from the anchor, on the wished side first. A label that
    fits nowhere is left out: a missing number is better than an unreadable one.

    Parameters
    ----------
    labels
        Earlier ones choose first.
    line
        Points that must stay free, shape ``(n, 2)`` in pixels.
    area
        Labels stay inside.
    taken
        Boxes that are already used.
    """
    used = list(taken)
    placed = []
    for label in labels:
        box = _free_box(label, line, area, used)
        if box is not None:
            used.append(box)
            placed.append((label, box))
    return placed


def _free_box(label: DirectedLabel, line: FloatArray, area: Box, used: Sequence[Box]) -> Box | None:
    heading = math.atan2(label.down, label.right)
    # Near on either side comes before far on the wished side.
    for reach, side, turn in itertools.product(_REACHES_PX, (0.0, 180.0), _TURNS_DEG):
        angle = heading + math.radians(side + turn)
        x = label.x + math.cos(angle) * (reach + label.width / 4)
        y = label.y + math.sin(angle) * reach
        box = Box(x - label.width / 2, y - label.height / 2, label.width, label.height)
        if not box.lies_in(area) or any(box.touches(other) for other in used):
            continue
        if not box.holds_any(line, 3.0):
            return box
    return None
