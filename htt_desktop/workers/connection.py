"""What a source that reaches a server can do beyond supplying telemetry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import CheckedCar
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.sources.telemetry_source import Inventory, RowProgress


class Layers(Protocol):
    """A source over this computer and a server; see :class:`LayeredTelemetry`."""

    @property
    def failure(self) -> str:
        """Why the server did not answer when it was asked last; empty when it did."""
        ...

    def here(self, key: RaceKey) -> frozenset[str]:
        """Return the numbers of a race whose rows are on this computer."""
        ...

    def known_races(self) -> tuple[RaceKey, ...]:
        """Return the races of all places without asking the server, as far as they are known."""
        ...

    def known_inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory | None:
        """Return drivers and laps of a race without asking the server, if they are known."""
        ...

    def has_more_to_say(self, key: RaceKey | None) -> bool:
        """Tell whether the server was never asked what it has."""
        ...

    def take(self, offer: Offer) -> None:
        """Remember what the server said to somebody else."""
        ...

    def look_up(self, cancel: threading.Event, key: RaceKey | None = None) -> object:
        """Ask the server which races it has now, and what it has of one of them."""
        ...

    def refresh(
        self, key: RaceKey, numbers: Sequence[str], progress: RowProgress, cancel: threading.Event
    ) -> tuple[CheckedCar, ...]:
        """Compare what is on this computer with the server's and fetch what differs."""
        ...


@dataclass(frozen=True, eq=False)
class Connection:
    """The server behind a source.

    Attributes
    ----------
    layers
        The source itself.
    close_if_idle, close
        Gives the connection up when nobody used it for a while; gives it up now.
    """

    layers: Layers
    close_if_idle: Callable[[], object]
    close: Callable[[], object]

    def refresh(
        self, key: RaceKey, numbers: Sequence[str], progress: RowProgress, cancel: threading.Event
    ) -> str:
        """Ask again for the list of races and for two cars.

        Returns
        -------
        notice
            What the user should know about it, empty when all went as planned.

        Raises
        ------
        SourceError
            The server does not answer; nothing is lost.
        CancelledError
            ``cancel`` was set.
        """
        self.layers.look_up(cancel)
        checked = self.layers.refresh(key, numbers, progress, cancel)
        gone = [car.number for car in checked if car.there is None]
        if not gone:
            return ""
        whose = " and ".join(f"number {number}" for number in gone)
        return f"Snowflake has no rows of {whose} in this race; those on this computer stay."
