"""Places for labels, so that none covers another: in a row, in columns, beside marks or a line.

A label that fits nowhere is left out: a missing number is better than an unreadable one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.painting.scene import Label, Mark, Role

_LEADER_PX = 3.0
_REACH_PX = 7.0
_SHIFTS = (0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5, -2.0, 2.0)
_FIELD_SHIFTS = (0.0, -0.4, 0.4)
_REACHES_PX = (15.0, 21.0, 28.0, 37.0)
_TURNS_DEG = (0.0, 30.0, -30.0, 60.0, -60.0)


def free_labels(
    wanted: Iterable[tuple[float, float, str]], width: float
) -> list[tuple[float, float, str]]:
    """Return the labels, as (left, width, text), that fit without touching one another.

    Earlier ones win; a label that would stick out is moved inside.

    Examples
    --------
    >>> free_labels([(0.0, 30.0, "T1"), (20.0, 30.0, "T2"), (40.0, 30.0, "T3")], 60.0)
    [(0.0, 30.0, 'T1'), (30.0, 30.0, 'T3')]
    """
    placed: list[tuple[float, float, str]] = []
    for left, size, text in wanted:
        inside = min(max(left, 0.0), width - size)
        if all(inside >= x + w or inside + size <= x for x, w, _ in placed):
            placed.append((inside, size, text))
    return placed


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label with its box; a leader runs from the place where the box is moved away.

    Attributes
    ----------
    leader
        Start of the leader, ``None`` for a label that stands where it belongs.
    """

    label: Label
    left: float
    top: float
    width: float
    height: float
    leader: tuple[float, float] | None


def end_places(
    labels: Sequence[Label],
    anchors: Sequence[tuple[float, float]],
    area: QRectF,
    columns: int,
    column_px: float,
    line_px: float,
) -> list[PlacedLabel]:
    """Return the labels of line ends that found a free place right of the area.

    Driver and rival choose first, and may move up or down by as much as two lines; the
    others stay within half a line of their end. One that fits nowhere, in no column, is
    left out, since the pointer still tells it.
    """
    used: list[list[float]] = [[] for _ in range(columns)]
    placed = []
    order = {Role.DRIVER: 0, Role.RIVAL: 1}
    for index in sorted(range(len(labels)), key=lambda i: order.get(labels[i].role, 2)):
        label, (x, y) = labels[index], anchors[index]
        shifts = _FIELD_SHIFTS if label.role is Role.FIELD else _SHIFTS
        free = (
            (column, y + shift * line_px)
            for shift in shifts
            for column in range(columns)
            if all(abs(y + shift * line_px - other) >= line_px - 1 for other in used[column])
            and area.top() - line_px / 2 <= y + shift * line_px <= area.bottom() + line_px / 2
        )
        spot = next(free, None)
        if spot is None:
            continue
        column, middle = spot
        used[column].append(middle)
        left = area.right() + 6 + column * column_px
        moved = abs(middle - y) > _LEADER_PX or x < area.right() - _LEADER_PX
        leader = (x, y) if moved and label.role is not Role.FIELD else None
        top = middle - line_px / 2
        placed.append(PlacedLabel(label, left, top, column_px - 6, line_px, leader))
    return placed


def beside_places(
    labels: Sequence[Label],
    marks: Sequence[Mark],
    x_of: Callable[[float], float],
    y_of: Callable[[float], float],
    area: QRectF,
    metrics: QFontMetricsF,
) -> list[PlacedLabel]:
    """Return the labels that found room right, left, above or below their place."""
    line = metrics.ascent()
    dots = np.array([(x_of(mark.x), y_of(mark.y)) for mark in marks]).reshape(-1, 2)
    used = np.empty((len(labels), 4))
    count = 0
    placed = []
    order = {Role.DRIVER: 0, Role.RIVAL: 1}
    for label in sorted(labels, key=lambda label: order.get(label.role, 2)):
        x, y = x_of(label.x), y_of(label.y)
        width = metrics.horizontalAdvance(label.text)
        for left, top in (
            (x + _REACH_PX, y - line / 2),
            (x - _REACH_PX - width, y - line / 2),
            (x - width / 2, y - _REACH_PX - line),
            (x - width / 2, y + _REACH_PX),
        ):
            right, bottom = left + width, top + line
            if left < area.left() or right > area.right() + 8:
                continue
            if top < area.top() - 4 or bottom > area.bottom():
                continue
            covers = (dots[:, 0] > left - 3) & (dots[:, 0] < right + 3)
            if np.any(covers & (dots[:, 1] > top - 3) & (dots[:, 1] < bottom + 3)):
                continue
            boxes = used[:count]
            meets = (boxes[:, 0] < right + 2) & (boxes[:, 2] > left - 2)
            if np.any(meets & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)):
                continue
            used[count] = left, top, right, bottom
            count += 1
            placed.append(PlacedLabel(label, left, top - 1, width + 1, line + 2, None))
            break
    return placed


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

    Places are tried outwards from the anchor, on the wished side first.

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
