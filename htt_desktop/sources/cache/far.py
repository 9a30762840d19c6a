"""The server as the layers see it: what it must offer, and what is remembered of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.race_rows import RaceRows
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.telemetry_source import Inventory, Progress, TelemetryRequest

_LOGGER = logging.getLogger(__name__)

Answer = TypeVar("Answer")

SILENCE_S = 60.0
"""After a failure lists are not asked for again so long, lest each of them waits in vain."""


class RowServer(Protocol):
    """A server of telemetry; see :class:`TelemetrySource` for what raises when."""

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return the races on offer, in calendar order."""
        ...

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race."""
        ...

    def fetch_rows(
        self, request: TelemetryRequest, progress: Progress, cancel: threading.Event
    ) -> RaceRows:
        """Return the rows of one or two cars."""
        ...

    def row_counts(self, key: RaceKey, cancel: threading.Event | None = None) -> Mapping[str, int]:
        """Return how many rows each car of a race has, by number."""
        ...


class FarPlace:
    """The server with a memory: what it gives is kept, and why it gave nothing, too.

    Parameters
    ----------
    server
        Whom to ask.
    cache
        Gets the answers.
    clock
        Seconds since any fixed moment.
    """

    def __init__(
        self,
        server: RowServer,
        cache: TelemetryCache,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failure = ""
        self._server = server
        self._cache = cache
        self._clock = clock
        self._failed_at_s = 0.0

    @property
    def is_silent(self) -> bool:
        """True for a while after the server failed."""
        return bool(self.failure) and self._clock() - self._failed_at_s < SILENCE_S

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
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
        return races

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race as the server lists them now; see :meth:`races`."""
        inventory = self._ask(lambda: self._server.inventory(key, cancel))
        self._cache.lists.remember_inventory(inventory)
        return inventory

    def row_counts(self, key: RaceKey, cancel: threading.Event | None = None) -> Mapping[str, int]:
        """Return how many rows each car has on the server now; see :meth:`races`."""
        return self._ask(lambda: self._server.row_counts(key, cancel))

    def rows(
        self,
        request: TelemetryRequest,
        progress: Progress,
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
        if cancel.is_set():
            raise CancelledError("Loading was cancelled.")
        # Rows that were cut off at a cap must not pass for all of them later.
        if not race.origin.truncated:
            self._cache.write(race, counted)
        return race

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            answer = question()
        except CancelledError:
            raise
        except SourceError as error:
            if isinstance(error, SnowflakeError) and error.kind is FaultKind.EMPTY:
                self.failure = ""  # an honest answer: it has nothing of this race
                raise
            _LOGGER.warning("the server did not answer: %s", error)
            self.failure, self._failed_at_s = str(error), self._clock()
            raise
        self.failure = ""
        return answer
