"""Inverted and biased accelerometers are found, sound ones are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import (
    AccelerometerCorrection,
    accelerometer_corrections,
)
from htt_desktop.domain.clock.logger_rows import LoggerRows
from tests.domain.synthetic_race import field, only, record

ROWS = record(field()[1], lag_s=0.37)
LONG, LAT = Channel.ACCELERATION_LONG, Channel.ACCELERATION_LAT


def with_readings(channel: Channel, sign: int, bias_g: float) -> LoggerRows:
    return replace(
        ROWS, channels={**ROWS.channels, channel: sign * ROWS.channels[channel] + bias_g}
    )


def test_that_sound_sensors_are_left_alone() -> None:
    found = accelerometer_corrections(ROWS)
    assert set(found) == {LONG, LAT}
    assert not any(each.changes_anything for each in found.values())


@pytest.mark.parametrize("sign, bias_g", [(-1, -0.27), (1, 0.28), (-1, 0.0), (1, -0.1)])
def test_that_the_longitudinal_axis_is_put_right(sign: int, bias_g: float) -> None:
    found = accelerometer_corrections(with_readings(LONG, sign, bias_g))[LONG]
    assert found.sign == sign
    assert found.bias_g == pytest.approx(bias_g, abs=0.02)
    readings = sign * ROWS.channels[LONG] + bias_g
    np.testing.assert_allclose(found.apply(readings), ROWS.channels[LONG], atol=0.02)


def test_that_an_inverted_lateral_axis_is_turned() -> None:
    found = accelerometer_corrections(with_readings(LAT, -1, 0.0))[LAT]
    assert found.sign == -1
    assert found.correlation < -0.9


def test_that_a_large_lateral_bias_is_taken_off_and_camber_is_not() -> None:
    found = accelerometer_corrections(with_readings(LAT, 1, 0.4))[LAT]
    assert found.bias_g == pytest.approx(0.4, abs=0.05)
    assert not accelerometer_corrections(with_readings(LAT, 1, 0.08))[LAT].changes_anything


def test_that_a_long_corner_is_not_taken_for_a_straight() -> None:
    angle_deg = 30 * np.sign(np.sin(ROWS.clock_s / 20)) + 0.1
    rows = replace(
        ROWS, channels={**ROWS.channels, Channel.STEERING: angle_deg, LAT: angle_deg / 25}
    )
    assert not accelerometer_corrections(rows)[LAT].changes_anything


def test_that_weak_evidence_corrects_nothing_and_is_recorded() -> None:
    noise = np.random.default_rng(5).normal(0, 0.5, ROWS.clock_s.size)
    found = accelerometer_corrections(replace(ROWS, channels={**ROWS.channels, LONG: noise - 0.4}))
    assert not found[LONG].changes_anything
    assert abs(found[LONG].correlation) < 0.3
    short = only(with_readings(LONG, -1, -0.27), ROWS.clock_s < ROWS.clock_s[0] + 20)
    found = accelerometer_corrections(short)
    assert not found[LONG].changes_anything
    assert found[LONG].samples < 150


def test_that_a_missing_axis_or_missing_speed_is_no_error() -> None:
    channels = {LONG: ROWS.channels[LONG]}
    found = accelerometer_corrections(replace(ROWS, channels=channels))
    assert found == {LONG: AccelerometerCorrection(1, 0.0, 0.0, 0)}
