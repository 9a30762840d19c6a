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


@pytest.mark.parametrize("lag_s", [0.1625, 0.17, 0.1775, 0.1825])
def test_that_the_lag_of_speed_is_read_between_the_steps_tried(lag_s: float) -> None:
    fine_s = np.arange(0.0, 400.0, 0.02)
    pulse = 2 * np.pi / 12.0
    speed_s = np.arange(5.0, 395.0, 0.22)
    # Speed 150 ± 40 km/h; its derivative in g, felt at once, while speed is stamped late.
    speed_kmh = 150 + 40 * np.sin(pulse * (speed_s - lag_s))
    felt_g = 40 / 3.6 * pulse * np.cos(pulse * fine_s) / 9.80665
    assert speed_lag(speed_s, speed_kmh, fine_s, felt_g).lag_s == pytest.approx(lag_s, abs=2e-3)


def test_that_hard_braking_takes_part_in_the_lag_and_a_jump_does_not() -> None:
    time_s = np.arange(0.0, 100.0, 0.02)
    speed_s = np.arange(1.0, 99.0, 0.22)
    felt_g = np.cos(time_s)
    calm = speed_lag(speed_s, 150 + 35 * np.sin(speed_s), time_s, felt_g)
    assert calm.samples > 400
    jumps = np.where(np.arange(speed_s.size) % 20 == 0, 300.0, 150 + 35 * np.sin(speed_s))
    assert speed_lag(speed_s, jumps, time_s, felt_g).samples < 0.95 * calm.samples
