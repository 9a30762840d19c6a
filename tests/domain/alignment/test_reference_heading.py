"""The heading of the track is the median of many laps, whatever heading each began with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.alignment.reference_heading import (
    GRID_STEP_M,
    OVERHANG_M,
    _median,
    heading_grid_m,
    learn_reference_heading,
)

GRID_M = heading_grid_m(1000.0)


def heading(
    distance_m: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.sin(distance_m / 150.0)


def test_that_the_grid_reaches_beyond_both_ends_of_the_lap() -> None:
    assert GRID_M[0] == -OVERHANG_M
    assert 1000.0 + OVERHANG_M - GRID_STEP_M <= GRID_M[-1] < 1000.0 + OVERHANG_M
    assert np.diff(GRID_M) == pytest.approx(GRID_STEP_M)


def test_that_laps_from_any_heading_agree_and_an_odd_one_is_outvoted() -> None:
    places = np.arange(0.0, 1000.0, 7.0)
    runs = [(places, heading(places) + start) for start in (0.0, 2.0, -7.0, 40.0)]
    runs.append((places, 3.0 * heading(places)))
    reference_heading = learn_reference_heading(GRID_M, runs)
    assert reference_heading is not None
    assert reference_heading.laps == 5
    at = np.arange(20.0, 980.0, 11.0)
    found = reference_heading.heading_at(at)
    assert np.ptp(found - heading(at)) < 0.02
    # The slope is what corners are known by.
    assert np.abs(reference_heading.curvature_at(at) - np.cos(at / 150.0) / 150.0).max() < 4e-4


def test_that_one_lap_teaches_nothing_about_itself() -> None:
    places = np.arange(0.0, 1000.0, 7.0)
    run = places, heading(places)
    blind = places, np.full(places.size, np.nan)
    assert learn_reference_heading(GRID_M, [run]) is None
    assert learn_reference_heading(GRID_M, [run, blind]) is None
    assert learn_reference_heading(GRID_M, []) is None
    assert learn_reference_heading(GRID_M, [run, run]) is not None


def test_that_what_no_lap_drove_is_unknown() -> None:
    first, second = np.arange(300.0, 700.0, 5.0), np.arange(400.0, 800.0, 5.0)
    reference_heading = learn_reference_heading(
        GRID_M, [(first, heading(first)), (second, heading(second) + 1.0)]
    )
    assert reference_heading is not None
    assert np.isnan(reference_heading.heading_at(np.array([290.0, 810.0, -400.0, 5000.0]))).all()
    assert np.isfinite(reference_heading.heading_at(np.array([320.0, 500.0, 780.0]))).all()
    # Where only one lap was, it still continues the other without a step.
    at = np.arange(310.0, 790.0, 5.0)
    assert np.ptp(reference_heading.heading_at(at) - heading(at)) < 0.02


@given(
    st.lists(
        st.lists(st.floats(-9, 9) | st.just(float("nan")), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_that_the_median_passes_over_what_is_missing(rows: list[list[float]]) -> None:
    values = np.array(rows)
    found = _median(values, axis=0)
    for column, middle in zip(values.T, found, strict=True):
        known = column[np.isfinite(column)]
        if known.size:
            assert middle == pytest.approx(np.median(known))
        else:
            assert np.isnan(middle)


def test_that_laps_joined_only_through_another_draw_together_in_three_rounds() -> None:
    """The last lap shares no place with the longest, and begins 8 rad off.

    By hand: round 1 finds nothing to shift it by and takes the mean of it and the middle lap,
    4 rad; round 2 shifts it by 4 and the mean is 2; round 3 shifts it by 2 and the mean is 1.
    """
    grid_m = np.arange(15.0)
    longest, middle, last = grid_m[:10], grid_m[6:], grid_m[11:]
    runs = [(longest, 0 * longest), (middle, 0 * middle), (last, 0 * last + 8.0)]

    reference_heading = learn_reference_heading(grid_m, runs)

    assert reference_heading is not None
    assert reference_heading.heading_rad.tolist() == [0.0] * 11 + [1.0] * 4
