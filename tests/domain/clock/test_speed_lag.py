"""The lateness of the speed channel is measured against the accelerometer."""

from __future__ import annotations

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.speed_lag import speed_lag
from tests.domain.synthetic_race import field, record

DRIVE = field()[2]


@pytest.mark.parametrize("lag_s", [0.0, 0.17, 0.37])
@pytest.mark.parametrize("sign", [1, -1])
def test_that_the_lag_is_measured_whatever_the_sign_and_bias(lag_s: float, sign: int) -> None:
    rows = record(DRIVE, lag_s=lag_s)
    time_s, reading_g = rows.samples(Channel.ACCELERATION_LONG)
    lag = speed_lag(*rows.samples(Channel.SPEED), time_s, sign * reading_g - 0.27)
    assert lag.lag_s == pytest.approx(lag_s, abs=0.015)
    assert np.sign(lag.correlation) == sign


def test_that_nothing_is_claimed_without_evidence() -> None:
    rows = record(DRIVE, lag_s=0.37)
    time_s, reading_g = rows.samples(Channel.ACCELERATION_LONG)
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(0, 0.3, reading_g.size)
        assert speed_lag(*rows.samples(Channel.SPEED), time_s, noise).lag_s == 0
    speed_s, speed_kmh = rows.samples(Channel.SPEED)
    assert speed_lag(speed_s[:100], speed_kmh[:100], time_s, reading_g).lag_s == 0
    empty = np.empty(0)
    assert speed_lag(empty, empty, time_s, reading_g).samples == 0
