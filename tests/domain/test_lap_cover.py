"""Cover adds up to the lap, and holes are holes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.lap_rules import DROPOUT_S, lap_cover
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray

LAP = OfficialLap(3, 100.0, 300.0)
ROWS_S = np.arange(150.0, 350.0, 0.043)


def without(start_s: float, end_s: float) -> FloatArray:
    return ROWS_S[~((start_s <= ROWS_S) & (end_s >= ROWS_S))]


def test_that_a_recorded_lap_is_covered_whole() -> None:
    cover = lap_cover(ROWS_S, LAP)
    assert cover is not None
    assert cover.covered_s == pytest.approx(100.0)
    assert (cover.longest_dropout_s, cover.missing_start_s, cover.missing_end_s) == (0, 0, 0)


def test_that_a_lap_without_rows_has_no_cover() -> None:
    assert lap_cover(without(199.0, 301.0), LAP) is None
    assert lap_cover(np.empty(0), LAP) is None


@given(start_s=st.floats(201.0, 290.0), length_s=st.floats(0.6, 8.0))
def test_that_a_dropout_is_measured_and_taken_off(start_s: float, length_s: float) -> None:
    cover = lap_cover(without(start_s, start_s + length_s), LAP)
    assert cover is not None
    assert cover.longest_dropout_s == pytest.approx(length_s, abs=0.09)
    assert cover.covered_s == pytest.approx(100 - cover.longest_dropout_s, abs=1e-6)


def test_that_a_recording_that_begins_late_misses_the_start() -> None:
    cover = lap_cover(ROWS_S[ROWS_S > 207.4], LAP)
    assert cover is not None
    assert cover.missing_start_s == pytest.approx(7.4, abs=0.05)
    assert cover.longest_dropout_s == 0
    assert cover.covered_s + cover.missing_start_s == pytest.approx(100.0)


def test_that_a_dropout_over_the_line_counts_in_both_laps() -> None:
    before = OfficialLap(2, 100.0, 200.0)
    rows_s = np.concatenate((np.arange(99.0, 199.0, 0.043), np.arange(201.0, 350.0, 0.043)))
    first, second = lap_cover(rows_s, before), lap_cover(rows_s, LAP)
    assert first is not None
    assert second is not None
    assert first.missing_end_s == pytest.approx(1.0, abs=0.05)
    assert second.missing_start_s == pytest.approx(1.0, abs=0.05)


@given(st.floats(0.05, 1.0))
def test_that_rows_as_far_apart_as_in_thinned_files_are_no_dropout(step_s: float) -> None:
    cover = lap_cover(np.arange(150.0, 350.0, step_s), LAP)
    assert cover is not None
    assert (cover.longest_dropout_s > 0) == (step_s > DROPOUT_S)
