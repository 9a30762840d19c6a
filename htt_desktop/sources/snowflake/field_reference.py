"""How the whole field drives a race, asked of the server: its clean laps, their lag, quartiles.

Speed comes in a packet of its own, 0.15–0.4 s late and differently from car to car; brake and
throttle keep step with the road. A field in which that stays is drawn 5 to 15 m late, and every
driver seems to brake earlier than the others. The accelerometer tells the lag of each car; a few
racing laps of it are enough, so that is all that is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.field_reference import (
    BIN_M,
    FIELD_CHANNELS,
    FieldBand,
    FieldReference,
)
from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.units import KMH_PER_MPS
from htt_desktop.sources.packs.race_rows import car_of
from htt_desktop.sources.snowflake.columns import DISTANCE, TableShape
from htt_desktop.sources.snowflake.inventory import LapRows
from htt_desktop.sources.snowflake.queries import Query
from htt_desktop.sources.snowflake.race_book import Race
from htt_desktop.sources.snowflake.rows import clock_seconds, numbers, whole_numbers
from htt_desktop.sources.snowflake.statement import QueryResult
from htt_desktop.sources.snowflake.years import YearSpan, condition_of, race_words

ACCELERATION = SPEC_OF[Channel.ACCELERATION_LONG].column

LAPS_OF_A_CAR = 3
"""One gives the lag within 0.06 s, three within 0.03 s."""

_CAP = 400_000
"""Forty cars with three laps of 2,500 rows are three quarters of it."""

LARGEST_STEP_M = 60
"""The distance comes every 10 m; rows in a longer hole have no distance."""

LARGEST_STRETCH = 0.03
"""A lap whose logger distance differs more from the track's length is no whole lap."""

MOST_LAPS = 2_000
"""Forty cars with fifty laps; each is two bound values."""

SMALLEST_OVERLAP = 0.9
FEWEST_LAPS = 3

CarLap = tuple[int, int]
"""Vehicle number and logger lap."""


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


def lags_of(answer: QueryResult) -> Mapping[int, float]:
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


def labelled_clean_laps(race: Race) -> tuple[CarLap, ...]:
    """Return the clean laps of the field as the table labels them.

    The logger's labels are matched to official laps by time, because counters start anywhere and
    triggers stand behind the line.
    """
    found: list[CarLap] = []
    for number, laps in race.contents.timing.laps.items():
        car, vehicle = car_of(race.contents, number), race.vehicles.get(number)
        if car is None or car.refusal is not None or car.clock is None or vehicle is None:
            continue
        groups = [group for group in race.held.of(vehicle) if group.lap < COUNTER_NOT_WORKING]
        spans = car.clock.race_time_s(
            np.array([(group.first_s, group.last_s) for group in groups]).reshape(-1, 2)
        )
        for lap, reasons in zip(
            sorted(laps, key=lambda lap: lap.lap_number), timing_reasons(laps), strict=True
        ):
            if not reasons:
                found += _labelled(vehicle, groups, spans, lap.start_s, lap.elapsed_s)
    return tuple(found[:MOST_LAPS])


def _labelled(
    vehicle: int,
    groups: Sequence[LapRows],
    spans: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    start_s: float,
    end_s: float,
) -> list[CarLap]:
    overlap_s = np.minimum(spans[:, 1], end_s) - np.maximum(spans[:, 0], start_s)
    best = int(np.argmax(overlap_s)) if overlap_s.size else -1
    if best < 0 or overlap_s[best] < SMALLEST_OVERLAP * (end_s - start_s):
        return []
    return [(vehicle, groups[best].lap)]


def field_query(
    shape: TableShape,
    track_id: str,
    race: int,
    laps: Sequence[CarLap],
    lags_s: Mapping[int, float],
    length_m: float,
    span: YearSpan | None = None,
) -> Query:
    """Return the question for the field: BIN, LAPS, and three quantiles per channel.

    Parameters
    ----------
    laps
        Which laps take part; at least one.
    lags_s
        By how much speed is stamped late, by vehicle number; of every car that takes part.
    length_m
        Of the track.
    span
        Only rows of these years.
    """
    of_years, years = condition_of(shape, span)
    if not laps:
        message = "The field is asked for by its laps."
        raise ValueError(message)
    vehicle, lap, distance = (shape.sql(name) for name in ("VEHICLE_NUMBER", "LAP", DISTANCE))
    channels = channels_of(shape)
    pairs = ", ".join("(?, ?)" for _ in laps)
    values = ", ".join(f"{shape.sql(SPEC_OF[channel].column)} AS C{n}" for n, channel in channels)
    quantiles = ", ".join(
        f"PERCENTILE_CONT({share}) WITHIN GROUP (ORDER BY C{n}) AS C{n}_{percent}"
        for n, _ in channels
        for share, percent in (("0.25", 25), ("0.5", 50), ("0.75", 75))
    )
    names = ", ".join(f"C{n}" for n, _ in channels)
    others = "".join(f", C{n}" for n, channel in channels if channel is not Channel.SPEED)
    no_others = others.replace(", C", ", CAST(NULL AS FLOAT) AS C")
    cars = list(dict(laps))
    lag = f"CASE CAR {' '.join('WHEN ? THEN CAST(? AS FLOAT)' for _ in cars)} END"
    laps_of_cars = f"PARTITION BY {vehicle}, {lap}"
    before = (
        "(PARTITION BY CAR, CAR_LAP ORDER BY N ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    )
    after = (
        "(PARTITION BY CAR, CAR_LAP ORDER BY N ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
    )
    # The values are bound; what is formatted in are checked names and numbers of our own.
    sql = (
        f"WITH NUMBERED AS (SELECT {vehicle} AS CAR, {lap} AS CAR_LAP, {distance} AS D, "  # noqa: S608
        f"MAX({distance}) OVER ({laps_of_cars}) AS LAP_M, "
        f"ROW_NUMBER() OVER ({laps_of_cars} ORDER BY {shape.sql('TIMESTAMP')}) AS N, {values} "
        f"FROM {shape.table} WHERE {shape.sql('TRACK_ID')} = ? AND {shape.sql('RACE_NUM')} = ? "
        f"AND ({vehicle}, {lap}) IN ({pairs}){of_years}), "
        f"BETWEENS AS (SELECT CAR, CAR_LAP, LAP_M, N, {names}, "
        f"LAST_VALUE(D) IGNORE NULLS OVER {before} AS D0, "
        f"LAST_VALUE(CASE WHEN D IS NOT NULL THEN N END) IGNORE NULLS OVER {before} AS N0, "
        f"FIRST_VALUE(D) IGNORE NULLS OVER {after} AS D1, "
        f"FIRST_VALUE(CASE WHEN D IS NOT NULL THEN N END) IGNORE NULLS OVER {after} AS N1 "
        "FROM NUMBERED), "
        "PLACED AS (SELECT CAR, CAR_LAP, LAP_M, "
        "D0 + (D1 - D0) * (N - N0) / GREATEST(N1 - N0, 1) AS PLACE_M, "
        f"{names} FROM BETWEENS WHERE D1 BETWEEN D0 AND D0 + {LARGEST_STEP_M}), "
        "EARLIER AS (SELECT CAR, CAR_LAP, LAP_M, C0, "
        f"PLACE_M - C0 / {KMH_PER_MPS} * {lag} AS PLACE_M FROM PLACED WHERE C0 IS NOT NULL), "
        f"RIGHTLY AS (SELECT CAR, CAR_LAP, LAP_M, PLACE_M, CAST(NULL AS FLOAT) AS C0{others} "
        "FROM PLACED UNION ALL SELECT CAR, CAR_LAP, LAP_M, "
        # The first speed of a lap was driven at the end of the one before.
        "CASE WHEN PLACE_M < 0 THEN PLACE_M + LAP_M ELSE PLACE_M END AS PLACE_M, "
        f"C0{no_others} FROM EARLIER) "
        "SELECT CAST(FLOOR(PLACE_M / LAP_M * CAST(? AS FLOAT)) AS INTEGER) AS BIN, "
        f"COUNT(DISTINCT CAR * 100000 + CAR_LAP) AS LAPS, {quantiles} "
        "FROM RIGHTLY WHERE LAP_M BETWEEN CAST(? AS FLOAT) AND CAST(? AS FLOAT) "
        "GROUP BY 1 ORDER BY 1 LIMIT 20000"
    )
    parameters = (
        track_id,
        race,
        *(value for pair in laps for value in pair),
        *years,
        *(value for car in cars for value in (car, lags_s[car])),
        length_m / BIN_M,
        length_m * (1 - LARGEST_STRETCH),
        length_m * (1 + LARGEST_STRETCH),
    )
    return Query(sql, parameters, f"field of {race_words(track_id, race, span)}")


def channels_of(shape: TableShape) -> tuple[tuple[int, Channel], ...]:
    """Return the summarised channels that a table has, numbered."""
    return tuple(
        (n, channel)
        for n, channel in enumerate(FIELD_CHANNELS)
        if shape.has(SPEC_OF[channel].column)
    )


def reference_of(
    answer: QueryResult, shape: TableShape, laps: Sequence[CarLap], length_m: float
) -> FieldReference | None:
    """Return the field by the answer, ``None`` when too few laps took part."""
    columns: dict[str, list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]] = {}
    for batch in answer.batches():
        for name, column in zip(answer.names, batch.columns, strict=True):
            columns.setdefault(name.upper(), []).append(numbers(name, column))
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    if not whole or whole["LAPS"].max(initial=0) < FEWEST_LAPS:
        return None
    count = int(np.ceil(length_m / BIN_M))
    bins = whole["BIN"].astype(np.int64)
    inside = (bins >= 0) & (bins < count) & (whole["LAPS"] > 1)
    bands: dict[Channel, FieldBand] = {}
    for n, channel in channels_of(shape):
        quantiles = []
        for percent in (25, 50, 75):
            spread = np.full(count, np.nan)
            spread[bins[inside]] = whole[f"C{n}_{percent}"][inside]
            quantiles.append(spread)
        if np.isfinite(quantiles[1]).any():
            bands[channel] = FieldBand(*quantiles)
    if not bands:
        return None
    taking_part: Mapping[int, int] = dict(laps)
    return FieldReference(
        distance_m=(np.arange(count, dtype=np.float64) + 0.5) * BIN_M,
        bands=MappingProxyType(bands),
        laps=int(whole["LAPS"].max()),
        cars=len(taking_part),
    )
