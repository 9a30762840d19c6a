"""By how much the speed of each car of a field is stamped late, told by a few laps of each.

Speed comes in a packet of its own, 0.15–0.4 s late and differently from car to car; brake and
throttle keep step with the road. A field in which that stays is drawn 5 to 15 m late, and every
driver seems to brake earlier than the others. The accelerometer tells the lag; a few racing laps
of it are enough, so that is all that is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.clock_speed import speed_lag
from htt_desktop.sources.snowflake.answer import Answer
from htt_desktop.sources.snowflake.columns import TableShape
from htt_desktop.sources.snowflake.queries import Query
from htt_desktop.sources.snowflake.rows import numbers, whole_numbers
from htt_desktop.sources.snowflake.stamps import clock_seconds
from htt_desktop.sources.snowflake.years import YearSpan, condition_of, race_words

ACCELERATION = SPEC_OF[Channel.ACCELERATION_LONG].column

LAPS_OF_A_CAR = 3
"""One gives the lag within 0.06 s, three within 0.03 s."""

_CAP = 400_000
"""Forty cars with three laps of 2,500 rows are three quarters of it."""


def lags_query(
    shape: TableShape,
    track_id: str,
    race: int,
    laps: Sequence[tuple[int, int]],
    span: YearSpan | None = None,
) -> Query:
    """Return the question for speed and acceleration of a few laps of each car.

    Parameters
    ----------
    laps
        Clean laps of the field, as vehicle number and logger lap; at least one.
    span
        Only rows of these years.
    """
    of_years, years = condition_of(shape, span)
    of_cars: dict[int, list[int]] = {}
    for car, label in laps:
        of_cars.setdefault(car, []).append(label)
    chosen = [(car, label) for car, labels in of_cars.items() for label in _spread(labels)]
    vehicle, lap, stamp, speed, acceleration = (
        shape.sql(name) for name in ("VEHICLE_NUMBER", "LAP", "TIMESTAMP", "SPEED", ACCELERATION)
    )
    sql = (
        f"SELECT {vehicle} AS VEHICLE_NUMBER, {stamp} AS STAMP, {speed} AS SPEED, "  # noqa: S608 - names, checked
        f"{acceleration} AS ACCELERATION FROM {shape.table} "
        f"WHERE {shape.sql('TRACK_ID')} = ? AND {shape.sql('RACE_NUM')} = ? "
        f"AND ({vehicle}, {lap}) IN ({', '.join('(?, ?)' for _ in chosen)}){of_years} "
        f"AND ({speed} IS NOT NULL OR {acceleration} IS NOT NULL) LIMIT {_CAP}"
    )
    values = (track_id, race, *(value for pair in chosen for value in pair), *years)
    return Query(sql, values, f"speed lags of {race_words(track_id, race, span)}")


def lags_of(answer: Answer) -> Mapping[int, float]:
    """Return the lag in seconds by vehicle number; cars of which it cannot be told miss."""
    parts = [
        (
            whole_numbers("VEHICLE_NUMBER", vehicle, -1),
            clock_seconds(stamp),
            numbers("SPEED", speed),
            numbers(ACCELERATION, acceleration),
        )
        for vehicle, stamp, speed, acceleration in (batch.columns for batch in answer.batches())
    ]
    if not parts:
        return {}
    vehicles, stamps_s, speed_kmh, acceleration_g = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    lags = {}
    for vehicle in np.unique(vehicles):
        rows = np.flatnonzero((vehicles == vehicle) & np.isfinite(stamps_s))
        rows = rows[np.argsort(stamps_s[rows], kind="stable")]
        rows = rows[np.concatenate(([True], np.diff(stamps_s[rows]) > 0))]
        fast, slow = (rows[np.isfinite(kind[rows])] for kind in (acceleration_g, speed_kmh))
        lag = speed_lag(stamps_s[slow], speed_kmh[slow], stamps_s[fast], acceleration_g[fast])
        if lag.lag_s > 0:
            lags[int(vehicle)] = lag.lag_s
    return lags


def _spread(labels: Sequence[int]) -> list[int]:
    """Return a few laps from all over a race."""
    share = len(labels) / LAPS_OF_A_CAR
    return list(dict.fromkeys(labels[int(share * (n + 0.5))] for n in range(LAPS_OF_A_CAR)))
