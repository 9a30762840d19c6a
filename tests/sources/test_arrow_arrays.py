from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from htt_desktop.sources.packs.arrow import to_wide_array

_NAN = np.nan


@pytest.mark.parametrize(
    "column, floats",
    [
        (pa.array([1, None, -3], pa.int8()), [1.0, _NAN, -3.0]),
        (pa.array([1, None, 200], pa.uint8()), [1.0, _NAN, 200.0]),
        (pa.array([2**53, None, -(2**53)]), [2.0**53, _NAN, -(2.0**53)]),
        (pa.array([1.5, None, _NAN], pa.float32()), [1.5, _NAN, _NAN]),
        (pa.array([0.1, None, np.inf]), [0.1, _NAN, np.inf]),
        (
            pa.array([Decimal("0.10"), None, Decimal("-2.25")], pa.decimal128(38, 2)),
            [0.1, _NAN, -2.25],
        ),
        (pa.array([Decimal(7), None, Decimal(-2)], pa.decimal128(38, 0)), [7.0, _NAN, -2.0]),
        (pa.array([], pa.int16()), []),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_that_numbers_of_every_width_become_the_same_floats(
    column: Any,  # noqa: ANN401
    floats: list[float],
) -> None:
    found = to_wide_array(column, np.float64, _NAN)
    assert found is not None
    np.testing.assert_array_equal(found, floats)
    # A slice has its values and its nulls further on in the same memory.
    part = to_wide_array(column.slice(1), np.float64, _NAN)
    assert part is not None
    np.testing.assert_array_equal(part, floats[1:])


@pytest.mark.parametrize(
    "column, whole",
    [
        (pa.array([1, None, -3], pa.int8()), [1, -1, -3]),
        (pa.array([2**62, None]), [2**62, -1]),
        (pa.array([4.0, None]), [4, -1]),
        (pa.array([Decimal("4.00"), None], pa.decimal128(38, 2)), [4, -1]),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_that_whole_numbers_of_every_kind_stay_whole(
    column: Any,  # noqa: ANN401
    whole: list[int],
) -> None:
    found = to_wide_array(column, np.int64, -1)
    assert found is not None
    assert found.dtype == np.int64
    assert found.tolist() == whole


@pytest.mark.parametrize(
    "column, dtype",
    [
        (pa.array(["4"]), np.float64),
        (pa.array([2**53 + 1]), np.float64),
        (pa.array([Decimal(10**30)], pa.decimal128(38, 0)), np.float64),
        (pa.array([Decimal(2**53 + 1)], pa.decimal128(38, 0)), np.int64),
        (pa.array([1.5]), np.int64),
        (pa.array([_NAN]), np.int64),
        (pa.array([1e300]), np.int64),
        (pa.array([2**63], pa.uint64()), np.int64),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_that_what_would_not_be_exact_is_left_to_arrow(
    column: Any,  # noqa: ANN401
    dtype: type[np.int64 | np.float64],
) -> None:
    assert to_wide_array(column, dtype, 0) is None
