"""The server as the layers see it: what it must offer, and what is remembered of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError, stop_if_cancelled
from htt_desktop.sources.packs.arrow_memory import give_back
from htt_desktop.sources.packs.race_rows import RaceRows
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.telemetry_source import Inventory, RowProgress, TelemetryRequest

_LOGGER = logging.getLogger(__name__)

_Told = TypeVar("_Told")

SILENCE_S = 60.0
"""After a failure lists are not asked for again so long, lest each of them waits in vain."""


class RowServer(Protocol):
    """A server of telemetry; see :class:`TelemetrySource` for what raises when."""

    def races(self, cancel: threading.Event) -> tuple[RaceKey, ...]:
        """Return the races on offer, in calendar order."""
        ...

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race."""
        ...

    def fetch_rows(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceRows:
        """Return the rows of one or two cars."""
        ...

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        """Return how many rows each car of a race has, by number."""
        ...


@dataclass(frozen=True, eq=False)
class Offer:
    """What the server says it has, asked for beside everything else.

    Attributes
    ----------
    races
        In calendar order; ``None`` while it has not told.
    inventory
        Of the race that was asked about, ``None`` when it has not told or has none of it.
    failure
        Why it did not answer, empty when it did.
    """

    races: tuple[RaceKey, ...] | None = None
    inventory: Inventory | None = None
    failure: str = ""


class RemoteSource:
    """The server with a memory: what it gives is kept, and why it gave nothing, too.

    Parameters
    ----------
    server
        Whom to ask.
    cache
        Gets the answers.
    clock
        Seconds since any fixed moment.
    hang_up
        Gives the connection up.
    """

    def __init__(
        self,
        server: RowServer,
        cache: TelemetryCache,
        clock: Callable[[], float] = time.monotonic,
        hang_up: Callable[[], object] | None = None,
    ) -> None:
        self.failure = ""
        self._server = server
        self._cache = cache
        self._clock = clock
        self._hang_up = hang_up
        self._failed_at_s = 0.0
        self._offered: tuple[RaceKey, ...] | None = None
        self._listed: dict[RaceKey, Inventory] = {}

    @property
    def is_silent(self) -> bool:
        """True for a while after the server failed."""
        return bool(self.failure) and self._clock() - self._failed_at_s < SILENCE_S

    def races(self, cancel: threading.Event) -> tuple[RaceKey, ...]:
        """Return the races that the server has now.

        Raises
        ------
        SourceError
            It gives no answer; :attr:`failure` says why until it answers again.
        CancelledError
            ``cancel`` was set.
        """
        races = self._ask(lambda: self._server.races(cancel))
        self._cache.lists.remember_races(races)
        self._offered = races
        return races

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race as the server lists them now; see :meth:`races`."""
        inventory = self._ask(lambda: self._server.inventory(key, cancel))
        self._cache.lists.remember_inventory(inventory)
        self._listed[key] = inventory
        return inventory

    def offered(self) -> tuple[RaceKey, ...]:
        """Return the races that the server offered last, without asking it."""
        return self._cache.lists.offered() or self._offered or ()

    def listed(self, key: RaceKey) -> Inventory | None:
        """Return a race as the server listed it last, without asking it."""
        listed = self._cache.lists.listed(key)
        return self._listed.get(key) if listed is None else listed.inventory

    def has_more_to_say(self, key: RaceKey | None) -> bool:
        """Tell whether the server was never asked what it has, of a race or at all."""
        if self.is_silent:
            return False
        offered = self.offered()
        known = bool(offered) or self._offered is not None
        return not known or (key in offered and self.listed(key) is None)

    def offer(self, key: RaceKey | None, cancel: threading.Event, *, fresh: bool) -> Offer:
        """Ask the server what it has.

        Parameters
        ----------
        key
            Race whose drivers and laps are wanted, too.
        fresh
            Ask even for what it told before.

        Raises
        ------
        CancelledError
            ``cancel`` was set.
        """
        races = inventory = None
        try:
            races = self.races(cancel) if fresh or not self.offered() else self.offered()
            if key in races:
                known = None if fresh else self.listed(key)
                inventory = known or self.inventory(key, cancel)
        except CancelledError:
            raise
        except (DomainError, SourceError):
            return Offer(races, inventory, self.failure)
        return Offer(races, inventory)

    def take(self, offer: Offer) -> None:
        """Remember what the server said to somebody else."""
        if offer.races is not None:
            self._offered = offer.races
        if offer.inventory is not None:
            self._listed[offer.inventory.key] = offer.inventory
        if offer.failure:
            self._failed_at_s = self._clock()
        self.failure = offer.failure

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        """Return how many rows each car has on the server now; see :meth:`races`."""
        return self._ask(lambda: self._server.row_counts(key, cancel))

    def rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
        counted: Mapping[str, int] | None = None,
    ) -> RaceRows:
        """Return the rows of one or two cars from the server; see :meth:`races`.

        Parameters
        ----------
        counted
            Its row counts, where they were asked for.
        """
        race = self._ask(lambda: self._server.fetch_rows(request, progress, cancel))
        stop_if_cancelled(cancel)
        give_back()  # what Arrow held of the answer, before the rows are written
        # Rows that were cut off at a cap must not pass for all of them later.
        if not race.origin.truncated:
            self._cache.write(race, counted)
        return race

    def close(self) -> None:
        """Give the connection up."""
        if self._hang_up is not None:
            self._hang_up()

    def _ask(self, question: Callable[[], _Told]) -> _Told:
        try:
            answer = question()
        except CancelledError:
            raise
        except SourceError as error:
            if not isinstance(error, SnowflakeError) or error.kind is FaultKind.EMPTY:
                self.failure = ""  # an honest answer: of this race there is nothing to be had
                raise
            _LOGGER.warning("the server did not answer: %s", error)
            self.failure, self._failed_at_s = str(error), self._clock()
            raise
        self.failure = ""
        return answer
