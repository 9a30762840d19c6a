"""Where the speed channel is silent, GPS chords speak."""

from __future__ import annotations

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.travel import HOLE_MARGIN_S, filled_from_gps, travel
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.units import METRES_PER_DEGREE_OF_ARC

HOLE = (20.0, 27.0)


def driven_m(time_s: FloatArray) -> FloatArray:
    return 40.0 * time_s + 60.0 * np.sin(time_s / 5.0)


def driven_kmh(time_s: FloatArray) -> FloatArray:
    return 3.6 * (40.0 + 12.0 * np.cos(time_s / 5.0))


def gps(noise_m: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Drive north-east at 60° north, a fix every 0.086 s."""
    time_s = np.arange(0.0, 60.0, 0.086)
    noise = np.random.default_rng(1).normal(0, 1, (2, time_s.size)) * noise_m
    north_m, east_m = driven_m(time_s) * np.sqrt(0.5) + noise
    latitude = 60.0 + north_m / METRES_PER_DEGREE_OF_ARC
    return time_s, latitude, 10.0 + east_m / METRES_PER_DEGREE_OF_ARC / np.cos(np.radians(60.005))


def speed() -> tuple[FloatArray, FloatArray]:
    time_s = np.arange(0.0, 60.0, 0.215)
    time_s = time_s[(time_s <= HOLE[0]) | (time_s >= HOLE[1])]
    return time_s, driven_kmh(time_s)


def test_that_a_hole_is_filled_with_the_speed_driven() -> None:
    time_s, speed_kmh = speed()
    filled_s, filled_kmh = filled_from_gps(time_s, speed_kmh, *gps(), 1.2)
    added = ~np.isin(filled_s, time_s)
    assert added.sum() > 60
    assert (np.diff(filled_s) > 0).all()
    inside = filled_s[added]
    edges = time_s[time_s <= HOLE[0]][-1], time_s[time_s >= HOLE[1]][0]
    assert inside.min() > edges[0] + HOLE_MARGIN_S
    assert inside.max() < edges[1] - HOLE_MARGIN_S
    assert np.abs(filled_kmh[added] - driven_kmh(inside)).max() < 0.6
    assert np.array_equal(filled_kmh[~added], speed_kmh)


def test_that_gps_noise_does_not_add_up_over_a_hole() -> None:
    filled_s, filled_kmh = filled_from_gps(*speed(), *gps(noise_m=0.3), 1.2)
    metres = np.diff(filled_s) @ (filled_kmh[1:] + filled_kmh[:-1]) / 7.2
    assert metres == pytest.approx(np.ptp(driven_m(filled_s[[0, -1]])), abs=3.0)


def test_that_short_holes_and_missing_gps_change_nothing() -> None:
    time_s, speed_kmh = speed()
    nothing = np.empty(0)
    for answer in (
        filled_from_gps(time_s, speed_kmh, *gps(), 8.0),
        filled_from_gps(time_s, speed_kmh, nothing, nothing, nothing, 1.2),
    ):
        assert np.array_equal(answer[0], time_s)
        assert np.array_equal(answer[1], speed_kmh)
    alone = filled_from_gps(time_s[:1], speed_kmh[:1], *gps(), 1.2)
    assert alone[0].tolist() == time_s[:1].tolist()


def test_that_no_speed_is_made_up_where_gps_is_silent_too() -> None:
    time_s, speed_kmh = speed()
    gps_s, latitude, longitude = gps()
    heard = (gps_s < HOLE[0] - 3) | (gps_s > HOLE[1] + 3)
    filled_s, _ = filled_from_gps(
        time_s, speed_kmh, gps_s[heard], latitude[heard], longitude[heard], 1.2
    )
    assert np.array_equal(filled_s, time_s)


class Wheel:
    """A channel of speed and nothing else."""

    def __init__(self, time_s: list[float]) -> None:
        self._time_s = np.array(time_s)

    def samples(self, channel: Channel) -> tuple[FloatArray, FloatArray]:
        if channel is not Channel.SPEED:
            return np.empty(0), np.empty(0)
        return self._time_s, np.full(self._time_s.size, 72.0)


def test_that_speed_is_carried_over_a_second_and_not_over_more() -> None:
    way = travel(Wheel([0.0, 1.0, 2.15, 3.45, 4.0]))
    assert way.piece.tolist() == [0, 0, 0, 1, 1]
    # 72 km/h are 20 m/s, over the hole as well.
    assert way.metres.tolist() == pytest.approx([0.0, 20.0, 43.0, 69.0, 80.0])
