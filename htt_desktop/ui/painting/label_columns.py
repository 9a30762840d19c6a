"""Places for short labels: in columns at the right end, or beside marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from htt_desktop.ui.painting.scene import Label, Mark, Role

_LEADER_PX = 3.0
_REACH_PX = 7.0
_SHIFTS = (0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5, -2.0, 2.0)
_FIELD_SHIFTS = (0.0, -0.4, 0.4)


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
