"""Who drives alike, and what differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from htt_desktop.domain.season.factor_records import DriverFactors, FactorScore
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.similar_drivers import similar_drivers


def driver(name: str, *scores: float | None) -> DriverFactors:
    return DriverFactors(
        name=name,
        driver_number="1",
        factors={
            factor.id: FactorScore(score=score, rank=None, of=0, races=0, variables={})
            for factor, score in zip(FACTORS, scores, strict=True)
        },
        overall_score=None,
        circuits=(),
    )


FIELD = {
    one.name: one
    for one in (
        driver("own", 50.0, 50.0, 50.0, 50.0),
        driver("near", 52.0, 50.0, 50.0, 50.0),
        driver("far", 90.0, 10.0, 50.0, 50.0),
        driver("half", 60.0, 50.0, None, None),
        driver("blank", 50.0, None, None, None),
    )
}


def test_that_the_nearest_comes_first_with_the_largest_difference_in_front() -> None:
    near, half, far = similar_drivers(FIELD, "own")
    assert (near.driver, half.driver, far.driver) == ("near", "half", "far")
    assert near.differences[0] == ("speed", 2.0)
    assert far.differences[:2] == (("speed", 40.0), ("consistency", -40.0))


def test_that_distance_is_weighted_over_the_common_factors() -> None:
    near, half, _ = similar_drivers(FIELD, "own")
    assert near.distance == pytest.approx((0.4 * 4.0) ** 0.5)
    assert half.distance == pytest.approx((0.4 * 100.0 / 0.6) ** 0.5)
    assert [factor for factor, _ in half.differences] == ["speed", "consistency"]


def test_that_a_difference_in_a_heavier_factor_counts_more() -> None:
    field = {
        "own": driver("own", 50.0, 50.0, 50.0, 50.0),
        "speed": driver("speed", 60.0, 50.0, 50.0, 50.0),
        "tyres": driver("tyres", 50.0, 50.0, 50.0, 60.0),
    }
    assert [one.driver for one in similar_drivers(field, "own")] == ["tyres", "speed"]


def test_that_one_common_factor_makes_nobody_alike() -> None:
    assert "blank" not in {one.driver for one in similar_drivers(FIELD, "own")}
    assert similar_drivers(FIELD, "blank") == ()


def test_that_likeness_is_mutual() -> None:
    there = next(one for one in similar_drivers(FIELD, "own") if one.driver == "far")
    back = next(one for one in similar_drivers(FIELD, "far") if one.driver == "own")
    assert there.distance == back.distance
    assert dict(back.differences)["speed"] == -40.0


def test_that_only_so_many_are_named_and_a_stranger_has_none() -> None:
    assert len(similar_drivers(FIELD, "own", count=1)) == 1
    assert similar_drivers(FIELD, "nobody") == ()


def test_that_equal_distances_go_by_name() -> None:
    field = {**FIELD, "also": replace(FIELD["near"], name="also")}
    assert [one.driver for one in similar_drivers(field, "own", 2)] == ["also", "near"]
