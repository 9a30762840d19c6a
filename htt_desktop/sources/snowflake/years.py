"""Years in a table that has no column for them: the time stamps of its rows tell.

A stamp is the time of a logger's clock, days off at most in every file known, which is nothing to
a season that runs from March to October. A logger that is off by years makes its rows a race of
that year; they are not on offer as part of the race they were driven in, and an upload refuses
them. Of several years of one race in a table each is asked for by its stamps, so they never mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from htt_desktop.domain.race import RaceKey, year_of
from htt_desktop.sources.snowflake.columns import TableShape
from htt_desktop.sources.snowflake.rows import SECONDS_UP_TO


class StampKind(Enum):
    """As what a table keeps its stamps."""

    TIME = "time"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True)
class YearSpan:
    """Rows of some years, by their stamps.

    Attributes
    ----------
    kind
        As what the table keeps them.
    first, end
        First year, and the first one that is not meant any more; ``None`` for no end.
    """

    kind: StampKind
    first: int
    end: int | None

    def condition(self, shape: TableShape) -> tuple[str, tuple[object, ...]]:
        """Return what follows a WHERE clause, and its values.

        Examples
        --------
        >>> from htt_desktop.sources.snowflake.columns import INDISPENSABLE, shape_of
        >>> from htt_desktop.sources.snowflake.identifiers import TableName
        >>> shape = shape_of(TableName("D", "S", "T"), INDISPENSABLE)
        >>> YearSpan(StampKind.TEXT, 2025, 2026).condition(shape)
        (' AND "TIMESTAMP" >= ? AND "TIMESTAMP" < ?', ('2025', '2026'))
        """
        stamp = shape.sql("TIMESTAMP")
        if self.kind is StampKind.TIME:
            placeholder = "CAST(? AS TIMESTAMP_NTZ)"
            return self._between(
                stamp, placeholder, *(f"{year}-01-01 00:00:00" for year in self._years)
            )
        if self.kind is StampKind.TEXT:
            return self._between(stamp, "?", *map(str, self._years))
        # Seconds or milliseconds: a year in one of them is no year of ours in the other.
        since = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in self._years]
        in_s = self._between(stamp, "?", since[0], *(since[1:] or [int(SECONDS_UP_TO)]))
        in_ms = self._between(stamp, "?", *(1000 * seconds for seconds in since))
        texts = " OR ".join(text.removeprefix(" AND ") for text, _ in (in_s, in_ms))
        return f" AND ({texts})", (*in_s[1], *in_ms[1])

    @property
    def _years(self) -> tuple[int, ...]:
        return (self.first,) if self.end is None else (self.first, self.end)

    @staticmethod
    def _between(stamp: str, placeholder: str, *values: object) -> tuple[str, tuple[object, ...]]:
        signs = (">=", "<")[: len(values)]
        return "".join(f" AND {stamp} {sign} {placeholder}" for sign in signs), values


def one_year(kind: StampKind, year: int) -> YearSpan:
    """Return the rows of a year."""
    return YearSpan(kind, year, year + 1)


def race_words(track_id: str, race: int, span: YearSpan | None) -> str:
    """Return a race as the server's history shall name it, with its year where one is asked for.

    Examples
    --------
    >>> race_words("cota", 1, YearSpan(StampKind.TIME, 2024, 2025)), race_words("cota", 1, None)
    ('cota R1 2024', 'cota R1')
    >>> race_words("cota", 1, YearSpan(StampKind.TIME, 2025, None))
    'cota R1 2025 and later'
    """
    if span is None:
        return f"{track_id} R{race}"
    first = RaceKey(span.first, track_id, race)
    return str(first) if span.end == span.first + 1 else f"{first} and later"


def condition_of(shape: TableShape, span: YearSpan | None) -> tuple[str, tuple[object, ...]]:
    """Return the condition of a span, nothing for all rows."""
    return ("", ()) if span is None else span.condition(shape)


def stamp_kind(column: Any) -> StampKind:  # noqa: ANN401 - pyarrow has no types
    """Return as what a table keeps its stamps, by a column of an answer."""
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    if pa.types.is_timestamp(column.type):
        return StampKind.TIME
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return StampKind.TEXT
    return StampKind.NUMBER


def kind_and_year(stamp: object) -> tuple[StampKind, int]:
    """Return as what a single stamp is kept and its year.

    Raises
    ------
    ValueError
        It is no time.

    Examples
    --------
    >>> kind_and_year("2025-09-06T12:00:00Z")
    (<StampKind.TEXT: 'text'>, 2025)
    """
    if isinstance(stamp, datetime):
        return StampKind.TIME, stamp.year
    if isinstance(stamp, str):
        return StampKind.TEXT, int(stamp[:4])
    since = float(str(stamp))
    return StampKind.NUMBER, year_of(since if since < SECONDS_UP_TO else since / 1000.0)
