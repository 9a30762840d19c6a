"""What the time of reception says about a logger's clock, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.offsets import (
    CrossingOffsets,
    clock_drift_ppm,
    quickest_reception_s,
    race_start_error_s,
    reception_offset_s,
    robust_offset,
)
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray

START_OF_DAY_S = 50_000.0
"""Local time of day of the start; the logger's clock stands at 400 s there."""

CLOCK_S = np.array([500.0, 1750.0, 3000.0])


def received(reception_s: list[float] | None) -> LoggerRows:
    return LoggerRows(
        "GR86-002-2",
        "2",
        CLOCK_S,
        np.array([1, 2, 3]),
        {},
        None if reception_s is None else np.array(reception_s),
    )


def late(hours: int = 0) -> LoggerRows:
    """Return rows received 0.2 s, 5 s and an unknown time after they were stamped."""
    start_s = START_OF_DAY_S + 3600.0 * hours - 400.0
    return received([start_s + 505.0, start_s + 1750.2, float("nan")])


def test_that_the_quickest_message_is_counted_from_its_stamp_to_its_reception() -> None:
    assert quickest_reception_s(late()) == pytest.approx(50_000.0 - 400.0 + 0.2)
    assert np.isnan(quickest_reception_s(received(None)))
    assert np.isnan(quickest_reception_s(received([float("nan")] * 3)))


@pytest.mark.parametrize("hours", [0, 5, -4])
def test_that_the_clock_stands_at_400_s_at_the_start_in_any_time_zone(hours: int) -> None:
    assert reception_offset_s(late(hours), START_OF_DAY_S) == pytest.approx(400.0)


@pytest.mark.parametrize("offset_s, error_s", [(400.0, 0.0), (403.0, 3.0), (390.0, -10.0)])
def test_that_an_offset_too_large_is_contradicted_by_as_much(
    offset_s: float, error_s: float
) -> None:
    assert race_start_error_s(late(5), offset_s, START_OF_DAY_S) == pytest.approx(error_s, abs=1e-6)
    assert np.isnan(race_start_error_s(late(), offset_s, None))


LAPS = tuple(OfficialLap(n, 100.0, 100.0 * n) for n in range(1, 9))


ZIGZAG = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0])
"""Neither its mean nor its slope differs from zero, so it is what is left of a straight line."""


def offsets(values_s: FloatArray) -> CrossingOffsets:
    return CrossingOffsets(
        np.arange(1, values_s.size + 1), values_s, np.ones(values_s.size, dtype=np.bool_)
    )


def test_that_the_spread_is_a_standard_deviation_in_milliseconds() -> None:
    centre_s, spread_ms, count = robust_offset(offsets(np.array([7.0, 7.01, 7.02, 7.03, 7.04])))
    assert (centre_s, count) == (7.02, 5)
    # Half of the crossings lie within 10 ms, as of a normal law with 14.826 ms.
    assert spread_ms == pytest.approx(14.826)


@pytest.mark.parametrize("errors,drifts", [(3.8, False), (4.2, True)])
def test_that_a_drift_needs_four_standard_errors(errors: float, drifts: bool) -> None:
    slope = 200e-6
    # Standard error of a slope through 8 points 100 s apart: √(8a²/6) / (100·√42).
    scatter_s = slope * 100 * 42**0.5 / (errors * (8 / 6) ** 0.5)
    race_s = np.array([lap.elapsed_s for lap in LAPS])
    found = clock_drift_ppm(offsets(5000.0 + slope * race_s + scatter_s * ZIGZAG), LAPS)
    assert found == (pytest.approx(200.0) if drifts else None)
