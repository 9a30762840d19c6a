"""Keeps Python's collector of cyclic garbage on the thread of the widgets."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000
_ACTIVE: set[int] = set()
"""Collectors at work; automatic collection returns with the last one's end."""


def settle() -> None:
    """Take everything that exists now out of the collector's way.

    What a program holds once its window stands is never garbage before the end, and looking
    through it held the window for 40 to 60 ms, every few fetches.
    """
    gc.collect()
    gc.freeze()


class GarbageCollector(QObject):
    """Collects on the thread it lives on, as long as a worker thread runs Python.

    Python collects wherever an allocation crosses its threshold. On a worker's
    thread that would destroy discarded widgets there, which ends the process.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Take collection over from Python."""
        _ACTIVE.add(id(self))
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give collection back."""
        self._timer.stop()
        _ACTIVE.discard(id(self))
        if not _ACTIVE:
            gc.enable()

    def _on_timeout(self) -> None:
        # The oldest generation that is due, as Python itself would choose.
        due = [
            generation
            for generation, (count, threshold) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if count > threshold > 0
        ]
        if due:
            gc.collect(max(due))
