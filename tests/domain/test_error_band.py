"""The error band grows between crossings and covers 19 of 20 errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.error_band import (
    DEFAULT_Q_S2_PER_M,
    FEWEST_RESIDUALS,
    NORMAL_95,
    BandModel,
    fit_band_model,
)

PINS_M = np.array([0.0, 700.0, 1450.0, 4000.0])
MODEL = BandModel({Tier.LOOPS: 4e-6}, {Tier.LOOPS: 50})


def test_that_the_error_is_zero_at_crossings_and_largest_halfway() -> None:
    at = np.arange(0.0, 4000.5, 0.5)
    sigma = MODEL.lap_sigma_s(Tier.LOOPS, at, PINS_M)
    assert sigma[np.isin(at, PINS_M)].tolist() == [0.0] * 4
    assert (sigma[~np.isin(at, PINS_M)] > 0).all()
    for left, right in itertools.pairwise(PINS_M):
        inside = (at >= left) & (at <= right)
        assert at[inside][np.argmax(sigma[inside])] == (left + right) / 2
        middle = MODEL.lap_sigma_s(Tier.LOOPS, np.array([(left + right) / 2]), PINS_M)[0]
        assert middle == pytest.approx(np.sqrt(4e-6 * (right - left) / 4))


@given(st.floats(0.0, 1.0))
def test_that_the_error_is_the_same_from_either_end(share: float) -> None:
    at = np.array([1450.0 + share * 2550.0, 4000.0 - share * 2550.0])
    first, second = MODEL.lap_sigma_s(Tier.LOOPS, at, PINS_M)
    assert first == pytest.approx(second, abs=1e-6)


def test_that_the_error_grows_without_end_beyond_the_last_crossing() -> None:
    sigma = MODEL.lap_sigma_s(Tier.LOOPS, np.array([4100.0, 4400.0, -100.0]), PINS_M)
    assert sigma.tolist() == pytest.approx(np.sqrt(4e-6 * np.array([100.0, 400.0, 100.0])))


def test_that_a_tier_without_residuals_gets_the_cautious_default() -> None:
    at = np.array([2000.0])
    for tier in (Tier.LINE, Tier.GPS_AND_LOOPS):
        alone = BandModel(DEFAULT_Q_S2_PER_M, {}).lap_sigma_s(tier, at, PINS_M)
        assert MODEL.lap_sigma_s(tier, at, PINS_M) == pytest.approx(alone)
    cautious = [DEFAULT_Q_S2_PER_M[tier] for tier in (Tier.GPS_AND_LOOPS, Tier.LOOPS, Tier.LINE)]
    assert cautious == sorted(cautious)
    assert len(set(cautious)) == 3


@pytest.mark.parametrize("q", [1e-6, 3e-5])
def test_that_the_fit_covers_19_of_20_errors(q: float) -> None:
    random = np.random.default_rng(5)
    bridges = random.uniform(50.0, 600.0, 2000)
    errors = random.normal(0, np.sqrt(q * bridges))
    model = fit_band_model(
        [(Tier.LOOPS, e, b) for e, b in zip(errors.tolist(), bridges.tolist(), strict=True)]
    )
    assert model.q_s2_per_m[Tier.LOOPS] == pytest.approx(q, rel=0.1)
    assert model.residuals == {Tier.LOOPS: 2000}
    inside = np.abs(errors) <= NORMAL_95 * np.sqrt(model.q_s2_per_m[Tier.LOOPS] * bridges)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.002)


def test_that_few_residuals_fit_nothing_and_tiers_do_not_mix() -> None:
    few = [(Tier.LINE, 0.1, 100.0)] * (FEWEST_RESIDUALS - 1)
    enough = [(Tier.LOOPS, 0.02, 100.0)] * FEWEST_RESIDUALS
    unusable = [(Tier.GPS_AND_LOOPS, 0.1, 0.0)] * 50
    model = fit_band_model([*few, *enough, *unusable])
    assert set(model.q_s2_per_m) == {Tier.LOOPS}
    assert model.q_s2_per_m[Tier.LOOPS] == pytest.approx((0.002 / NORMAL_95) ** 2)
    assert fit_band_model([]) == BandModel({}, {})
