"""Telemetry from the table, two cars at a time.

Rows of all laps of the two cars are fetched, not those under green alone: a lap is laid over
distance with a few seconds on both sides, how late the slow channels come is learnt from the
whole recording, and the engineer may choose a lap behind the safety car. Only so does a race give
the same comparison from the table as from its pack. A profile may ask for green laps alone all the
same, which is a third fewer rows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from htt_desktop.domain.errors import NoTelemetryError
from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.domain.race import RaceKey, year_of
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.race_rows import RaceRows, inventory_of, telemetry_of, usable_car
from htt_desktop.sources.snowflake.columns import DISTANCE
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.field_reference import (
    ACCELERATION,
    FEWEST_LAPS,
    field_query,
    labelled_clean_laps,
    lags_of,
    lags_query,
    reference_of,
)
from htt_desktop.sources.snowflake.inventory import pages
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.matched_cars import SOURCE_NAME, MatchedCars
from htt_desktop.sources.snowflake.queries import ROW_CAP, RowsRequest, rows_query
from htt_desktop.sources.snowflake.race_book import Race, RaceBook
from htt_desktop.sources.snowflake.rows import VehicleRows, cars_of
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.statement import QueryResult
from htt_desktop.sources.telemetry_source import (
    Inventory,
    OriginKind,
    RaceTelemetry,
    RowProgress,
    TelemetryOrigin,
    TelemetryRequest,
)

_TRUNCATED = (
    "The table holds more rows of these cars than one request may return, so some laps "
    "are missing; download the race to get all of them."
)


class SnowflakeTelemetry:
    """A :class:`TelemetrySource` over one table.

    Parameters
    ----------
    session
        Runs the queries.
    tracks
        Track table by id; races elsewhere are not on offer.
    knowledge
        Where to ask about races that the server knows nothing about.
    cap
        Most rows of one query; more becomes a truncated origin.
    """

    def __init__(
        self,
        session: SnowflakeSession,
        tracks: Mapping[str, Track],
        knowledge: Knowledge | None = None,
        cap: int = ROW_CAP,
    ) -> None:
        known = knowledge or Knowledge()
        self.session = session
        self._book = RaceBook(session, tracks, known)
        self._cars = MatchedCars(known, tracks)
        self._cap = cap

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return the races on offer, in the order in which they were driven.

        Raises
        ------
        SnowflakeError
            The server gave no answer.
        CancelledError
            ``cancel`` was set.
        """
        return self._book.keys(cancel or threading.Event())

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race, asked again, without fetching rows.

        Raises
        ------
        SnowflakeError
            The table holds nothing of the race, or the server gave no answer.
        SourceError
            Nothing is known about who drove.
        CancelledError
            ``cancel`` was set.
        """
        self._book.forget(key)
        return inventory_of(self._book.race(key, cancel).contents)

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        """Return how many rows the table holds now, by number of the entry.

        Raises
        ------
        SnowflakeError, CancelledError
            As for :meth:`inventory`.
        """
        return self._book.row_counts(key, cancel)

    def fetch(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceTelemetry:
        """Return the rows of one or two cars in official race time.

        Raises
        ------
        SnowflakeError
            The rows cannot be had; the sentence says why and what to do next.
        CancelledError
            ``cancel`` was set.
        DomainError
            The driver is unknown, has no rows, or rows that must not be used.
        """
        return telemetry_of(self.fetch_rows(request, progress, cancel), SOURCE_NAME)

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
        *,
        paged: bool = False,
    ) -> RaceRows:
        """Return the rows of one or two cars as the logger delivered them.

        Parameters
        ----------
        request, progress, cancel
            As for :meth:`fetch`.
        paged
            Fetch what exceeds the cap in several queries, lap by lap, instead of leaving it out.

        Raises
        ------
        SnowflakeError, CancelledError, DomainError
            As for :meth:`fetch`.
        """
        began = time.perf_counter()
        race = self._book.race(request.key, cancel)
        vehicles = {number: _vehicle(race, number) for number in request.numbers}
        asked = self._asked(race, tuple(dict.fromkeys(vehicles.values())), paged=paged)
        answers, truncated = self._answers(asked, progress, cancel)
        total = sum(answer.rows for answer in answers)
        found = cars_of(answers)
        rows = {}
        for number, vehicle in vehicles.items():
            if vehicle not in found or not found[vehicle].clock_s.size:
                raise _gone(request.key, number, truncated=truncated)
            self._demand_year(request.key, found[vehicle])
            rows[number] = self._cars.rows_of(race, number, found[vehicle])
        self._cars.learn(race, rows)
        origin = TelemetryOrigin(
            label=OriginKind.SERVER.value,
            created=race.contents.created,
            rows=total,
            seconds=time.perf_counter() - began,
            kind=OriginKind.SERVER,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
            notice=_TRUNCATED if truncated else "",
            truncated=truncated,
        )
        return RaceRows(race.contents, MappingProxyType(rows), origin)

    def field_reference(
        self, key: RaceKey, track: Track, cancel: threading.Event
    ) -> FieldReference | None:
        """Return how the whole field drives, computed by the server.

        Returns
        -------
        reference
            ``None`` where the table has no lap distance or acceleration, or too few clean laps
            have them.

        Raises
        ------
        SnowflakeError, CancelledError
            As for :meth:`inventory`.
        """
        shape = self._book.shape(cancel)
        if not shape.has(DISTANCE) or not shape.has(ACCELERATION):
            return None
        race = self._book.race(key, cancel)
        laps = labelled_clean_laps(race)
        if len(laps) < FEWEST_LAPS:
            return None
        spelt = self._book.spelt(key)
        lags_s = lags_of(
            self._book.ask(lags_query(shape, spelt, key.race, laps, race.span), cancel)
        )
        laps = tuple(lap for lap in laps if lap[0] in lags_s)
        if len(laps) < FEWEST_LAPS:
            return None
        query = field_query(shape, spelt, key.race, laps, lags_s, track.length_m, race.span)
        return reference_of(self._book.ask(query, cancel), shape, laps, track.length_m)

    def _demand_year(self, key: RaceKey, rows: VehicleRows) -> None:
        """Refuse rows of another year, which somebody uploaded since the race was listed."""
        if any(year_of(float(rows.clock_s[index])) != key.year for index in (0, -1)):
            self._book.forget(key)
            raise SnowflakeError(
                FaultKind.EMPTY,
                f"The table has got rows of another year than {key} meanwhile; load it again.",
            )

    def _asked(
        self, race: Race, vehicles: tuple[int, ...], *, paged: bool
    ) -> tuple[RowsRequest, ...]:
        key = race.contents.timing.key
        whole = RowsRequest(
            self._book.spelt(key),
            key.race,
            vehicles,
            self._book.flags,
            cap=self._cap,
            span=race.span,
        )
        expected = sum(race.held.rows.get(vehicle, 0) for vehicle in vehicles)
        if not paged or expected <= self._cap:
            return (whole,)
        return tuple(replace(whole, laps=laps) for laps in pages(race.held, vehicles, self._cap))

    def _answers(
        self, asked: tuple[RowsRequest, ...], progress: RowProgress, cancel: threading.Event
    ) -> tuple[list[QueryResult], bool]:
        shape = self._book.shape(cancel)
        answers: list[QueryResult] = []
        truncated = False
        for part in asked:
            so_far = _Sum(progress, sum(answer.rows for answer in answers))
            answer = self._book.ask(rows_query(shape, part), cancel, so_far)
            truncated |= answer.drop_beyond(part.cap)
            answers.append(answer)
        return answers, truncated


@dataclass(frozen=True)
class _Sum:
    """Progress of one page of several."""

    progress: RowProgress
    before: int

    def __call__(self, rows: int) -> None:
        self.progress(self.before + rows)


def _vehicle(race: Race, number: str) -> int:
    usable_car(race.contents, number, SOURCE_NAME)
    vehicle = race.vehicles.get(number)
    if vehicle is None:
        raise _gone(race.contents.timing.key, number, truncated=False)
    return vehicle


def _gone(key: RaceKey, number: str, *, truncated: bool) -> NoTelemetryError:
    if truncated:
        return NoTelemetryError(f"No row of number {number} is among those that came. {_TRUNCATED}")
    return NoTelemetryError(
        f"The table holds no rows of number {number} in {key}; choose "
        "another car or upload the race again."
    )
