"""What the table holds of a race, found out by one grouped query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from htt_desktop.domain.clock.car_clock import ClockFit
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.domain.lap_rules import DROPOUT_S, TelemetryCover, lap_cover
from htt_desktop.domain.race import OfficialLap, year_of
from htt_desktop.sources.snowflake.rows import clock_seconds, whole_numbers
from htt_desktop.sources.snowflake.statement import QueryResult
from htt_desktop.sources.snowflake.years import StampKind, stamp_kind

_STEP_S = 0.8 * DROPOUT_S


@dataclass(frozen=True)
class LapRows:
    """Rows of one car under one lap label of its logger.

    Attributes
    ----------
    first_s, last_s
        Logger times of its first and last row.
    """

    vehicle: int
    lap: int
    rows: int
    first_s: float
    last_s: float


@dataclass(frozen=True)
class Holdings:
    """Rows of a race in the table, by car and lap.

    Attributes
    ----------
    kind
        As what the table keeps time stamps.

    Examples
    --------
    >>> held = Holdings((LapRows(13, 1, 10, 0.0, 90.0), LapRows(13, 2, 12, 90.0, 180.0)))
    >>> held.rows
    {13: 22}
    """

    laps: tuple[LapRows, ...]
    kind: StampKind = StampKind.TIME

    @property
    def years(self) -> tuple[int, ...]:
        """Years that the stamps tell, first to last; those in between may have rows too."""
        stamps = (stamp for group in self.laps for stamp in (group.first_s, group.last_s))
        return tuple(sorted({year_of(stamp) for stamp in stamps if np.isfinite(stamp)}))

    @cached_property
    def rows(self) -> Mapping[int, int]:
        """Rows by vehicle number."""
        counts: dict[int, int] = {}
        for group in self.laps:
            counts[group.vehicle] = counts.get(group.vehicle, 0) + group.rows
        return counts

    def of(self, vehicle: int) -> tuple[LapRows, ...]:
        """Return the laps of a car."""
        return tuple(group for group in self.laps if group.vehicle == vehicle)


def holdings_of(answer: QueryResult) -> Holdings:
    """Return what the answer to the question for laps says."""
    groups: list[tuple[int, int, int, float, float]] = []
    kind = StampKind.TIME
    for batch in answer.batches():
        vehicle, lap, rows, first, last = batch.columns
        kind = stamp_kind(first)
        groups += zip(
            whole_numbers("VEHICLE_NUMBER", vehicle, -1).tolist(),
            whole_numbers("LAP", lap, COUNTER_NOT_WORKING).tolist(),
            whole_numbers("ROWS_TOTAL", rows, 0).tolist(),
            clock_seconds(first).tolist(),
            clock_seconds(last).tolist(),
            strict=True,
        )
    return Holdings(tuple(LapRows(*group) for group in groups if group[0] >= 0), kind)


def likely_covers(
    groups: Sequence[LapRows], clock: ClockFit | None, laps: Sequence[OfficialLap]
) -> dict[int, TelemetryCover]:
    """Return how much of each official lap is probably recorded, as far as groups tell.

    Holes inside a lap cannot be seen before its rows are fetched. Without a clock every lap of a
    car that has rows is taken for recorded.
    """
    known = [group for group in groups if np.isfinite(group.first_s + group.last_s)]
    if not known:
        return {}
    if clock is None:
        return {lap.lap_number: TelemetryCover(lap.lap_time_s, 0.0, 0.0, 0.0) for lap in laps}
    stamps = [
        np.append(np.arange(group.first_s, group.last_s, _STEP_S), group.last_s) for group in known
    ]
    time_s = np.sort(clock.race_time_s(np.concatenate(stamps)))
    covers = {lap.lap_number: lap_cover(time_s, lap) for lap in laps}
    return {number: cover for number, cover in covers.items() if cover is not None}


def pages(held: Holdings, vehicles: Sequence[int], cap: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of logger laps that each fit under the cap, in lap order.

    A single lap that exceeds it, as with a stuck lap counter, is a page by itself.

    Examples
    --------
    >>> laps = tuple(LapRows(13, lap, 40, 0.0, 1.0) for lap in (1, 2, 3))
    >>> pages(Holdings(laps), [13], cap=100)
    ((1, 2), (3, 3))
    """
    per_lap: dict[int, int] = {}
    for group in held.laps:
        if group.vehicle in vehicles:
            per_lap[group.lap] = per_lap.get(group.lap, 0) + group.rows
    ranges: list[tuple[int, int]] = []
    filled = 0
    for lap in sorted(per_lap):
        if ranges and filled + per_lap[lap] <= cap:
            ranges[-1] = (ranges[-1][0], lap)
            filled += per_lap[lap]
        else:
            ranges.append((lap, lap))
            filled = per_lap[lap]
    return tuple(ranges)
