"""How long the window's thread is deaf: the longest gap between turns of its event loop."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL_MS = 1


@dataclass(frozen=True)
class Stalls:
    """Gaps between turns, in milliseconds.

    Attributes
    ----------
    turns
        How often the loop came round.
    longest_ms
        By the clock on the wall; waiting for a processor or the interpreter counts.
    busiest_ms
        What this thread itself worked in one gap.
    over_16_ms
        Gaps longer than a frame.
    """

    turns: int
    longest_ms: float
    busiest_ms: float
    over_16_ms: int


class StallProbe(QObject):
    """Notes every turn of the event loop it lives in, once a millisecond."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns: list[tuple[float, float]] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    def begin(self) -> None:
        """Start over."""
        self._turns.clear()
        self._on_timeout()
        self._timer.start()

    def end(self) -> Stalls:
        """Stop and return what was found, up to this moment."""
        self._timer.stop()
        self._on_timeout()
        pairs = list(zip(self._turns, self._turns[1:], strict=False))
        gaps_ms = [1e3 * (after[0] - before[0]) for before, after in pairs]
        busy_ms = [1e3 * (after[1] - before[1]) for before, after in pairs]
        return Stalls(
            len(pairs), max(gaps_ms), max(busy_ms), sum(gap_ms > 16 for gap_ms in gaps_ms)
        )

    @Slot()
    def _on_timeout(self) -> None:
        self._turns.append((time.perf_counter(), time.thread_time()))
