"""What is known about the races of a table: asked once, kept until it is asked again."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from htt_desktop.domain.race import RaceKey, year_of
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackContents
from htt_desktop.sources.packs.pack_json import contents_from_text
from htt_desktop.sources.snowflake.columns import TableShape, shape_of
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.identifiers import TableName
from htt_desktop.sources.snowflake.inventory import Holdings, holdings_of
from htt_desktop.sources.snowflake.knowledge import (
    Knowledge,
    contents_of_timing,
    matched,
    vehicles_of,
)
from htt_desktop.sources.snowflake.queries import (
    GREEN,
    Query,
    counts_query,
    knowledge_query,
    laps_query,
    races_query,
    shape_query,
)
from htt_desktop.sources.snowflake.rows import clock_seconds
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.statement import QueryResult
from htt_desktop.sources.snowflake.years import YearSpan, one_year, stamp_kind
from htt_desktop.sources.telemetry_source import RowProgress, no_progress

_LOGGER = logging.getLogger(__name__)

_NO_KNOWLEDGE = frozenset({FaultKind.NOT_FOUND, FaultKind.NOT_PERMITTED, FaultKind.MISSING_COLUMN})
"""Tables filled by others have no knowledge beside them."""


@dataclass(eq=False)
class Race:
    """A race of the table.

    Attributes
    ----------
    contents
        What is known about it; grows as cars are fetched.
    held
        What rows there are.
    vehicles
        By number of the entry: under which vehicle number its rows are.
    span
        Its year where the table has the race in other years too, else ``None``.
    """

    contents: PackContents
    held: Holdings
    vehicles: Mapping[str, int]
    span: YearSpan | None = None


class RaceBook:
    """Races of one table.

    Parameters
    ----------
    session
        Runs the queries.
    tracks
        Track table by id; races elsewhere are not on offer.
    knowledge
        Where to ask about races that the server knows nothing about.

    Attributes
    ----------
    table
        Where the rows are.
    flags
        Only rows of laps with these flags are asked for; ``None`` for all.
    """

    def __init__(
        self, session: SnowflakeSession, tracks: Mapping[str, Track], knowledge: Knowledge
    ) -> None:
        profile = session.profile
        self.table = TableName(profile.database, profile.schema, profile.table)
        self.flags = GREEN if profile.green_laps_only else None
        self._session = session
        self._tracks = tracks
        self._knowledge = knowledge
        self._shape: TableShape | None = None
        self._probed_at = 0
        self._spelling: dict[str, str] = {}
        self._races: dict[RaceKey, Race] = {}

    def ask(
        self, query: Query, cancel: threading.Event, progress: RowProgress = no_progress
    ) -> QueryResult:
        """Return the answer to a question."""
        return self._session.run(query.sql, query.parameters, query.purpose, cancel, progress)

    def shape(self, cancel: threading.Event) -> TableShape:
        """Return the table's shape, probed once per connection.

        Raises
        ------
        SnowflakeError
            There is no such table, or it lacks an indispensable column.
        """
        stale = not self._session.is_open or self._probed_at != self._session.logins
        if self._shape is None or stale:
            answer = self.ask(shape_query(self.table), cancel)
            self._shape = shape_of(self.table, answer.names)
            self._probed_at = self._session.logins
        return self._shape

    def keys(self, cancel: threading.Event) -> tuple[RaceKey, ...]:
        """Return the races of the table, in the order in which they were driven."""
        shape = self.shape(cancel)
        found: dict[RaceKey, float] = {}
        span: YearSpan | None = None
        while True:
            later: list[YearSpan] = []
            for batch in self.ask(races_query(shape, span), cancel).batches():
                tracks, races, *stamps = batch.columns
                first_s, last_s = (clock_seconds(column).tolist() for column in stamps)
                for spelt, race, first, last in zip(
                    tracks.to_pylist(), races.to_pylist(), first_s, last_s, strict=True
                ):
                    known = spelt is not None and str(spelt).lower() in self._tracks
                    if not known or race is None or not math.isfinite(first):
                        continue
                    key = RaceKey(year_of(first), str(spelt).lower(), int(race))
                    self._spelling[key.track_id] = str(spelt)
                    found.setdefault(key, first)
                    if year_of(last) > key.year:
                        later.append(YearSpan(stamp_kind(stamps[0]), key.year + 1, None))
            # Another year of some race: asked for from the next one that any of them can have.
            further = min(later, key=lambda other: other.first, default=None)
            if further is None or (span is not None and further.first <= span.first):
                return tuple(sorted(found, key=lambda key: found[key]))
            span = further

    def spelt(self, key: RaceKey) -> str:
        """Return the id of a race's track as the table has it."""
        return self._spelling.get(key.track_id, key.track_id)

    def forget(self, key: RaceKey) -> None:
        """Ask again the next time."""
        self._races.pop(key, None)

    def race(self, key: RaceKey, cancel: threading.Event) -> Race:
        """Return what is known about a race.

        Raises
        ------
        SnowflakeError
            The table holds nothing of it, or the server gave no answer.
        SourceError
            Nobody knows who drove.
        """
        known = self._races.get(key)
        if known is None:
            held, span = self._held(key, cancel)
            contents = self._contents(key, cancel)
            known = Race(matched(contents, held), held, vehicles_of(contents, held), span)
            self._races[key] = known
        return known

    def row_counts(self, key: RaceKey, cancel: threading.Event) -> Mapping[str, int]:
        """Return how many rows the table holds now, by number of the entry."""
        race = self.race(key, cancel)
        query = counts_query(self.shape(cancel), self.spelt(key), key.race, race.span)
        rows = {
            int(vehicle): int(count)
            for vehicle, count in self.ask(query, cancel).tuples()
            if vehicle is not None
        }
        return MappingProxyType(
            {number: rows[vehicle] for number, vehicle in race.vehicles.items() if vehicle in rows}
        )

    def _held(self, key: RaceKey, cancel: threading.Event) -> tuple[Holdings, YearSpan | None]:
        """Return what rows of a race there are, and how to ask for them alone."""
        shape, spelt = self.shape(cancel), self.spelt(key)
        held = holdings_of(self.ask(laps_query(shape, spelt, key.race, self.flags), cancel))
        years, span = held.years, None
        if set(years) - {key.year}:
            span = one_year(held.kind, key.year)
            query = laps_query(shape, spelt, key.race, self.flags, span)
            held = holdings_of(self.ask(query, cancel))
        if not held.laps:
            others = f", only of {' and '.join(map(str, years))}" if years else ""
            raise SnowflakeError(
                FaultKind.EMPTY,
                f"The table holds no rows of {key}{others}; choose another race or upload this "
                "one with 'htt telemetry upload'.",
            )
        return held, span

    def _contents(self, key: RaceKey, cancel: threading.Event) -> PackContents:
        """Return what is known about a race, from the first source that knows it."""
        contents = self._uploaded(key, cancel) or self._knowledge.contents(key)
        if contents is not None:
            return contents
        timing = self._knowledge.timing(key)
        if timing is None:
            raise SourceError(
                f"Neither the server nor this computer has the official timing of {key}; "
                "upload the race with 'htt telemetry upload' or import it."
            )
        return contents_of_timing(timing)

    def _uploaded(self, key: RaceKey, cancel: threading.Event) -> PackContents | None:
        query = knowledge_query(self.table, key.track_id, key.race)
        try:
            found = self.ask(query, cancel).tuples()
        except SnowflakeError as error:
            if error.kind in _NO_KNOWLEDGE:
                return None
            raise
        for text, *_ in found:
            try:
                contents = contents_from_text(str(text or ""), "the knowledge on the server")
            except SourceError as error:
                # Written by another version, or damaged: what this computer knows will do.
                _LOGGER.warning("%s", error)
                continue
            if contents.timing.key == key:
                return contents
        return None
