"""Telemetry from the nearest source that has it: cache, packs, server.

What was once learnt from the server is answered from disk. A call waits for the server only for
what is not here, and asks it again only by :meth:`LayeredTelemetry.refresh` and
:meth:`LayeredTelemetry.look_up`, so a race that is here opens as quickly, and as surely, without a
network as with one. What else the server has is found out beside the calls
(:class:`~htt_desktop.sources.cache.remote_source.Offer`) and told by :meth:`LayeredTelemetry.take`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import CheckedCar
from htt_desktop.sources.cache.local_sources import (
    LocalSources,
    as_one_answer,
    belong_together,
    in_order,
)
from htt_desktop.sources.cache.remote_source import Offer, RemoteSource, RowServer
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache, is_refusal
from htt_desktop.sources.errors import (
    CancelledError,
    SourceError,
    UnknownRaceError,
    stop_if_cancelled,
)
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.race_rows import RaceRows, telemetry_of
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryRequest,
    no_progress,
)


class LayeredTelemetry:
    """A :class:`TelemetrySource` over cache, packs and server, in this order.

    Two drivers may come from different sources only when both rest on the same official timing
    and alignment; otherwise both are taken from one source.

    Parameters
    ----------
    cache
        Of the server's table; gets what the server gives.
    packs
        Bundled and other packs.
    server
        ``None`` without a connection, or when the user wants none.
    calendar
        Races in the order in which they were driven; others come after.
    clock
        Seconds since any fixed moment.
    """

    def __init__(
        self,
        cache: TelemetryCache,
        packs: PackTelemetry,
        server: RowServer | None = None,
        calendar: Sequence[RaceKey] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._packs = packs
        self._local = LocalSources(cache, packs)
        self._remote = None if server is None else RemoteSource(server, cache, clock)
        self._calendar = {key: rank for rank, key in enumerate(calendar)}

    @property
    def failure(self) -> str:
        """Why the server did not answer when it was asked last; empty when it did."""
        return "" if self._remote is None else self._remote.failure

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for everything that cannot be read, kept or reached."""
        failure = (self.failure,) if self.failure else ()
        return (*self._packs.problems(), *self._cache.problems(), *failure)

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return the races that are here and those the server told of, in calendar order.

        The server is asked only where there is nothing at all; :meth:`look_up` asks it always.

        Raises
        ------
        CancelledError
            ``cancel`` was set while the server was asked.
        """
        known = self.known_races()
        if known or self._remote is None or not self._remote.has_more_to_say(None):
            return known
        wanted = cancel or threading.Event()
        with suppress(SnowflakeError):  # :attr:`failure` says why
            self._remote.races(wanted)
        stop_if_cancelled(wanted)
        return self.known_races()

    def look_up(self, cancel: threading.Event, key: RaceKey | None = None) -> tuple[RaceKey, ...]:
        """Ask the server which races it has now, and return those of all sources.

        Parameters
        ----------
        key
            Race whose drivers and laps it shall list, too, if it has it.

        Raises
        ------
        SourceError
            There is no connection, or the server does not answer.
        CancelledError
            ``cancel`` was set.
        """
        remote = self._demand_remote()
        if key in remote.races(cancel):
            remote.inventory(key, cancel)
        return self.known_races()

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race.

        The server's list counts where it gave one before; cars of which only this computer has
        rows are added. It is asked now only for a race of which nothing is here.

        Raises
        ------
        UnknownRaceError
            Every source was asked and none has the race.
        SourceError
            The race is not here and the server does not answer.
        CancelledError
            ``cancel`` was set.
        """
        stop_if_cancelled(cancel)
        known = self.known_inventory(key, cancel)
        if known is not None:
            return known
        if self._remote is None:
            return self._packs.inventory(key, cancel)  # whose sentence says what there is
        try:
            return self._remote.inventory(key, cancel)
        except SnowflakeError as error:
            if error.kind is FaultKind.EMPTY and not self._packs.problems():
                raise UnknownRaceError(str(error)) from error
            raise

    def known_inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory | None:
        """Return drivers and laps of a race without asking the server, if they are known."""
        if self._remote is not None:
            return self._local.inventory(key, self._remote.listed(key), cancel)
        listed = self._cache.lists.listed(key)
        return self._local.inventory(key, None if listed is None else listed.inventory, cancel)

    def has_more_to_say(self, key: RaceKey | None) -> bool:
        """Tell whether there is a server that was never asked what it has."""
        return self._remote is not None and self._remote.has_more_to_say(key)

    def take(self, offer: Offer) -> None:
        """Remember what the server said it has to somebody who asked it beside this."""
        if self._remote is not None:
            self._remote.take(offer)

    def here(self, key: RaceKey) -> frozenset[str]:
        """Return the numbers of a race whose rows are on this computer."""
        return self._local.numbers(key)

    def fetch(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceTelemetry:
        """Return the rows of one or two cars, matched to race time; see :meth:`fetch_rows`."""
        race = self.fetch_rows(request, progress, cancel)
        return telemetry_of(race, race.origin.label)

    def fetch_rows(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceRows:
        """Return the rows of one or two cars, each from the nearest source that has them.

        Raises
        ------
        SourceError
            The rows are not on this computer and the server does not give them.
        CancelledError
            ``cancel`` was set.
        DomainError
            The driver is unknown, has no rows, or rows that must not be used.
        """
        began = time.perf_counter()
        said_before = set(self._cache.problems())
        parts = self._parts(request, progress, cancel)
        if not belong_together(parts.values()):
            parts = self._from_one_source(request, progress, cancel)
        race = as_one_answer(
            {number: parts[number] for number in request.numbers}, time.perf_counter() - began
        )
        new = [said for said in self._cache.problems() if said not in said_before]
        notice = " ".join(said for said in (race.origin.notice, self.failure, *new) if said)
        return replace(race, origin=replace(race.origin, notice=notice))

    def refresh(
        self, key: RaceKey, numbers: Sequence[str], progress: RowProgress, cancel: threading.Event
    ) -> tuple[CheckedCar, ...]:
        """Compare row counts with the server's and fetch only what differs; see :func:`refreshed`.

        Without a connection that is a :class:`SourceError`, too.
        """
        stop_if_cancelled(cancel)
        return refreshed(self._demand_remote(), self._local, key, numbers, progress, cancel)

    def _parts(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> dict[str, RaceRows]:
        """Return the rows of each car from the nearest source."""
        parts, why = {}, {}
        for number in request.numbers:
            stop_if_cancelled(cancel)
            found = self._local.rows(request.key, number, cancel)
            if isinstance(found, RaceRows):
                parts[number] = found
            else:
                why[number] = found
        here = sum(part.origin.rows for part in parts.values())
        progress(here)
        if why:
            missing = TelemetryRequest(request.key, tuple(why))
            race = self._fetched(missing, why, lambda rows: progress(here + rows), cancel)
            parts |= dict.fromkeys(missing.numbers, race)
        return parts

    def _fetched(
        self,
        request: TelemetryRequest,
        why: Mapping[str, DomainError | SourceError],
        progress: RowProgress,
        cancel: threading.Event,
    ) -> RaceRows:
        """Return rows from the server, or raise why there are none."""
        for error in why.values():
            # What must not be used is not asked for again: the rows are the same everywhere.
            if is_refusal(error):
                raise error
        if self._remote is None:
            raise next(iter(why.values()))
        return self._remote.rows(request, progress, cancel)

    def _from_one_source(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> dict[str, RaceRows]:
        """Return the rows of two cars from one source, because what is here does not agree."""
        found = self._local.pack_rows(request.key, request.numbers, cancel)
        if isinstance(found, RaceRows):
            return dict.fromkeys(request.numbers, found)
        first, second = request.numbers
        what = (
            f"The rows of numbers {first} and {second} on this computer rest on different versions "
            f"of the timing of {request.key}"
        )
        if self._remote is None:
            raise SourceError(f"{what}; connect to Snowflake and fetch them again.")
        try:
            race = self._remote.rows(request, progress, cancel)
        except CancelledError:
            raise
        except SourceError as error:
            raise SourceError(f"{what}, and they cannot be fetched again: {error}") from error
        return dict.fromkeys(request.numbers, race)

    def known_races(self) -> tuple[RaceKey, ...]:
        """Return the races of all sources as far as they are known, in calendar order."""
        merged = in_order(self._packs.races(), self._cache.races())
        if self._remote is not None:
            merged = in_order(merged, self._remote.offered())
        last = len(self._calendar)
        return tuple(sorted(merged, key=lambda key: self._calendar.get(key, last)))

    def _demand_remote(self) -> RemoteSource:
        if self._remote is None:
            raise SourceError(
                "There is no connection to Snowflake; open Connection and set one up."
            )
        return self._remote


def refreshed(
    remote: RemoteSource,
    local: LocalSources,
    key: RaceKey,
    numbers: Sequence[str],
    progress: RowProgress,
    cancel: threading.Event,
) -> tuple[CheckedCar, ...]:
    """Compare row counts with the server's and fetch only what differs.

    A race that is here and that the server has not, or has no more, stays as it is.

    Raises
    ------
    SourceError
        The server does not answer, or has nothing of a race that is not here either; nothing is
        lost.
    CancelledError
        ``cancel`` was set.
    DomainError
        The server's rows of a car must not be used.
    """
    here = {number: local.counted(key, number) for number in numbers}
    try:
        there: Mapping[str, int] = remote.row_counts(key, cancel)
    except SnowflakeError as error:
        if error.kind is not FaultKind.EMPTY or not local.numbers(key).issuperset(numbers):
            raise
        return tuple(CheckedCar(number, here[number], None, fetched=False) for number in numbers)
    remote.inventory(key, cancel)
    changed = [number for number in numbers if there.get(number, here[number]) != here[number]]
    rows = 0
    for number in changed:
        race = remote.rows(TelemetryRequest(key, (number,)), no_progress, cancel, there)
        rows += race.origin.rows
        progress(rows)
    for number in there.keys() & set(numbers) - set(changed):
        local.cache.checked(key, number, there[number])
    return tuple(
        CheckedCar(number, here[number], there.get(number), number in changed) for number in numbers
    )
