"""Asks what the server has, beside the comparisons and never in their way.

What is on this computer is shown without waiting for a server that may be down. Its list of
races, drivers and laps comes afterwards, over a connection of its own that is there only while
it is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.workers.connection_jobs import Control, Done, Outcome
from htt_desktop.workers.task_queue import Lane


class OfferPlace(Protocol):
    """A server that says what it has."""

    def offer(self, key: RaceKey | None, cancel: threading.Event, *, fresh: bool) -> Offer:
        """Return which races there are, and the drivers and laps of one of them."""
        ...

    def close(self) -> None:
        """Give the connection up."""
        ...


@dataclass(frozen=True, eq=False)
class Offered:
    """The server said what it has, or why it says nothing.

    Attributes
    ----------
    key
        Race that was asked about.
    """

    key: RaceKey | None
    offer: Offer


class OfferDesk(QObject):
    """Takes questions and passes the answers on; the newest wins and older ones end silently.

    Parameters
    ----------
    make_place
        Called on the worker's thread for every question; ``None`` where there is no server.

    Signals
    -------
    offered(Offered)
        The answer to the newest question.
    """

    offered = Signal(object)

    def __init__(
        self, make_place: Callable[[], OfferPlace] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_place = make_place
        self._key: RaceKey | None = None
        self._lane = Lane("offer", newest_wins=True, parent=self)
        self._lane.ended.connect(self._on_ended)

    @property
    def is_asking(self) -> bool:
        """Whether a question is under way."""
        return self._lane.is_busy

    def ask(self, key: RaceKey | None, *, fresh: bool = False) -> None:
        """Ask what there is.

        Parameters
        ----------
        key
            Race whose drivers and laps are wanted, too.
        fresh
            Ask even for what the server told before.
        """
        if self._make_place is None or (self.is_asking and key == self._key and not fresh):
            return
        work = partial(_offer, self._make_place, key, fresh=fresh)
        self._lane.submit("what the server has", work)
        self._key = key

    def cancel(self) -> None:
        """Withdraw the question under way."""
        self._lane.cancel()

    def stop(self) -> None:
        """Withdraw the question under way and take no further one; :meth:`wait` waits for it."""
        self._lane.stop()

    def wait(self, until: float) -> bool:
        """Wait for the thread's end until a time of ``time.monotonic``; see :meth:`Lane.wait`."""
        return self._lane.wait(until)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and isinstance(outcome.value, Offer):
            self.offered.emit(Offered(self._key, outcome.value))


def _offer(
    make_place: Callable[[], OfferPlace], key: RaceKey | None, control: Control, *, fresh: bool
) -> Offer:
    """Return what there is; runs on the lane's thread."""
    place = make_place()
    try:
        return place.offer(key, control.cancel, fresh=fresh)
    finally:
        place.close()
