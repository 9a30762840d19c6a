"""How large the window is when it is opened for the first time."""

from __future__ import annotations

from PySide6.QtCore import QSize

SMALLEST_SIZE = QSize(960, 600)
"""Below it panels and tables cannot be read."""

_WANTED_SIZE = QSize(1600, 900)
_TITLE_BAR_PX = 30


def start_size(screen: QSize) -> QSize:
    """Return the first size of the window, no larger than a screen it can fit on at all.

    Examples
    --------
    >>> start_size(QSize(1280, 720)).toTuple(), start_size(QSize(2560, 1440)).toTuple()
    ((1280, 690), (1600, 900))
    """
    room = screen - QSize(0, _TITLE_BAR_PX)
    can_hold_it = room == room.expandedTo(SMALLEST_SIZE)
    return _WANTED_SIZE.boundedTo(room) if can_hold_it else _WANTED_SIZE
