from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.sources.snowflake.rows import cars_of, clock_seconds
from htt_desktop.sources.snowflake.statement import QueryResult

NAMES = ("VEHICLE_NUMBER", "LAP", "TIMESTAMP", "SPEED", "GEAR")


def answer_of(*batches: list[list[Any]]) -> QueryResult:
    answer = QueryResult("", NAMES)
    for rows in batches:
        columns = list(zip(*rows, strict=True))
        answer.add(pa.record_batch([pa.array(column) for column in columns], names=list(NAMES)))
    return answer


def test_that_rows_are_sorted_by_time_and_split_by_car_over_all_answers() -> None:
    first = answer_of([[13, 1, 3.0, 30.0, 1], [2, 1, 1.0, 10.0, 1]], [[13, 1, 1.0, 10.0, 1]])
    second = answer_of([[13, 2, 2.0, 20.0, 1]])
    cars = cars_of([first, second])
    assert cars.keys() == {2, 13}
    np.testing.assert_array_equal(cars[13].clock_s, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(cars[13].logger_lap, [1, 2, 1])
    np.testing.assert_array_equal(cars[13].channels[Channel.SPEED], [10.0, 20.0, 30.0])


def test_that_a_stamp_that_comes_twice_becomes_one_row_with_all_its_values() -> None:
    cars = cars_of(
        [answer_of([[13, 1, 1.0, None, 3], [13, 1, 1.0, 10.0, None], [13, 1, 2.0, 20.0, 4]])]
    )
    np.testing.assert_array_equal(cars[13].clock_s, [1.0, 2.0])
    np.testing.assert_array_equal(cars[13].channels[Channel.SPEED], [10.0, 20.0])
    np.testing.assert_array_equal(cars[13].channels[Channel.GEAR], [3.0, 4.0])
    assert cars[13].repeats == 1


def test_that_a_value_missing_at_every_repeat_stays_missing() -> None:
    rows: list[list[Any]] = [[13, 1, 1.0, None, 3], [13, 1, 1.0, None, 3], [13, 1, 2.0, 20.0, 4]]
    np.testing.assert_array_equal(
        cars_of([answer_of(rows)])[13].channels[Channel.SPEED], [np.nan, 20.0]
    )


def test_that_rows_without_car_or_time_are_left_out_and_without_lap_are_marked() -> None:
    rows: list[list[Any]] = [
        [None, 1, 1.0, 10.0, 1],
        [13, None, 2.0, 20.0, 1],
        [13, 1, None, 30.0, 1],
    ]
    cars = cars_of([answer_of(rows)])
    assert cars.keys() == {13}
    np.testing.assert_array_equal(cars[13].clock_s, [2.0])
    np.testing.assert_array_equal(cars[13].logger_lap, [COUNTER_NOT_WORKING])


def test_that_sensor_faults_are_missing_as_after_an_import() -> None:
    cars = cars_of([answer_of([[13, 1, 1.0, 9999.0, 1], [13, 1, 2.0, 20.0, 1]])])
    np.testing.assert_array_equal(cars[13].channels[Channel.SPEED], [np.nan, 20.0])


def test_that_a_channel_nobody_recorded_is_absent() -> None:
    cars = cars_of([answer_of([[13, 1, 1.0, 10.0, None]])])
    assert cars[13].channels.keys() == {Channel.SPEED}


def test_that_a_column_of_words_is_refused_by_its_name() -> None:
    with pytest.raises(SnowflakeError, match="column SPEED"):
        cars_of([answer_of([[13, 1, 1.0, "fast", 1]])])


MOMENT = dt.datetime(2025, 9, 6, 19, 16, 55, 207_000)  # noqa: DTZ001 - as the table has it


@pytest.mark.parametrize(
    "column",
    [
        pa.array([MOMENT, None], pa.timestamp("ms")),
        pa.array([MOMENT, None], pa.timestamp("us")),
        pa.array([MOMENT, None], pa.timestamp("ns")),
        pa.array([MOMENT, None], pa.timestamp("us", "UTC")),
        pa.array(["2025-09-06T19:16:55.207Z", None]),
        pa.array(["2025-09-06 19:16:55.207", None]),
        pa.array(["2025-09-06 19:16:55.207 +00:00", None]),
        pa.array([1757186215.207, None]),
        pa.array([1757186215207, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_that_stamps_of_every_type_mean_the_same_moment(column: Any) -> None:  # noqa: ANN401
    np.testing.assert_array_equal(clock_seconds(column), [1757186215207 / 1000.0, np.nan])


def test_that_stamps_finer_than_milliseconds_keep_what_they_have() -> None:
    column = pa.array([MOMENT + dt.timedelta(microseconds=5)], pa.timestamp("ns"))
    np.testing.assert_allclose(clock_seconds(column), [1757186215.207005], rtol=0, atol=3e-7)


def test_that_rows_beyond_a_cap_are_left_out_whatever_the_batches() -> None:
    for cap in range(1, 7):
        answer = answer_of(
            [[13, 1, 1.0, 1.0, 1], [13, 1, 2.0, 1.0, 1]],
            [[13, 1, 3.0, 1.0, 1], [13, 1, 4.0, 1.0, 1], [13, 1, 5.0, 1.0, 1]],
        )
        assert answer.drop_beyond(cap) == (cap < 5)
        assert answer.rows == min(cap, 5)
        assert cars_of([answer])[13].clock_s.size == min(cap, 5)
