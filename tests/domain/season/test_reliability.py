"""What comes back when the season is cut in two."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.season_proof import finish_correlations, half_season_correlations
from tests.domain.season import real_season
from tests.domain.season.made_up_races import made_up_features


def test_that_a_skill_comes_back_and_lots_do_not() -> None:
    features, finishes = made_up_features(races=10, drivers=30, noise=0.2)
    random = np.random.default_rng(4)
    for cars in features.values():
        for own in cars.values():
            own["attack_rate"] = float(random.normal())
    found = half_season_correlations(features)
    assert found["best_ten_gap"] > 0.97
    assert abs(found["attack_rate"]) < 0.25
    assert set(found) == {*VARIABLES_BY_ID, *(factor.id for factor in FACTORS)}
    with_finish = finish_correlations(features, finishes)
    assert with_finish["best_ten_gap"] > 0.97
    assert abs(with_finish["attack_rate"]) < 0.25


def test_that_drivers_of_a_single_race_prove_nothing() -> None:
    features, _ = made_up_features(races=2)
    assert half_season_correlations(features) == {}
    assert half_season_correlations({}) == {}
    assert finish_correlations({}, {}) == {}


def test_that_halves_are_the_same_every_time() -> None:
    features, _ = made_up_features(noise=2.0)
    turned = dict(reversed(list(features.items())))
    assert half_season_correlations(turned) == half_season_correlations(features)


def test_that_the_real_factors_come_back_in_both_seasons(shared_dir: Path) -> None:
    least = {"speed": 0.9, "consistency": 0.5, "racecraft": 0.5, "tire_management": 0.6}
    for year in (2025, 2024):
        found = real_season.proof(shared_dir, year).half_seasons
        for factor, correlation in least.items():
            assert found[factor] > correlation, (year, factor)


def test_that_no_sign_of_the_table_is_wrong_in_either_season(shared_dir: Path) -> None:
    for year in (2025, 2024):
        with_finish = real_season.proof(shared_dir, year).with_finish
        assert set(with_finish) == set(VARIABLES_BY_ID)
        assert all(correlation > 0.05 for correlation in with_finish.values()), (year, with_finish)
