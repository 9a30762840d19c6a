"""Percentiles, factors and the overall score: higher is better, and nothing bad ever helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_scores import score_drivers
from htt_desktop.domain.season.factor_table import (
    FACTORS,
    OVERALL_WEIGHTS,
    VARIABLES_BY_ID,
    Variable,
)
from htt_desktop.domain.season.lap_figures import middle_ranks, percentiles, rank_correlation
from tests.domain.season import real_season
from tests.domain.season.made_up_races import KEY, MadeUpFeatures, made_up_features

FEATURES, FINISHES = made_up_features(noise=0.0)
VARIABLES = tuple(VARIABLES_BY_ID.values())


def one_race(**values: dict[str, float | None]) -> MadeUpFeatures:
    blank: dict[str, float | None] = dict.fromkeys(VARIABLES_BY_ID)
    return {KEY: {driver: {**blank, **own} for driver, own in values.items()}}


def test_that_ranks_share_the_middle_of_a_tie() -> None:
    assert middle_ranks([1.0, 2.0, 2.0, 5.0]).tolist() == [1.0, 2.5, 2.5, 4.0]
    assert percentiles([7.0, 7.0]).tolist() == [50.0, 50.0]
    assert rank_correlation([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 9.0]) == pytest.approx(1.0)
    assert rank_correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) is None
    assert rank_correlation([1.0, 2.0], [1.0, 2.0]) is None


def test_that_the_best_driver_leads_every_factor_whatever_its_sign() -> None:
    scored = score_drivers(FEATURES)
    for factor in FACTORS:
        ranks = [scored[f"D{driver:02}"].factors[factor.id].rank for driver in range(20)]
        assert ranks == list(range(1, 21))
        assert scored["D00"].factors[factor.id].score == pytest.approx(97.5)
        assert scored["D19"].factors[factor.id].score == pytest.approx(2.5)
    assert scored["D00"].overall == pytest.approx(97.5)


def test_that_contributions_add_up_to_the_score_and_scores_to_the_overall() -> None:
    for scored in score_drivers(made_up_features()[0]).values():
        for factor in FACTORS:
            score = scored.factors[factor.id]
            parts = score.variables.values()
            assert sum(one.weight for one in parts) == pytest.approx(1.0)
            assert sum(one.contribution or 0.0 for one in parts) == pytest.approx(score.score)
            assert score.races == 8
        overall = sum(
            weight * (scored.factors[id_].score or 0.0) for id_, weight in OVERALL_WEIGHTS.items()
        )
        assert scored.overall == pytest.approx(overall)


def test_that_a_mean_is_drawn_to_the_field_by_its_prior_races_and_no_more() -> None:
    """By hand, two races each, means 1 and 3, field 2: qualifying weighs 0.7 more races."""
    races: dict[RaceKey, dict[str, dict[str, float | None]]] = {
        replace(KEY, race=race): dict(
            one_race(a={"qualifying_gap": 1.0 - step}, b={"qualifying_gap": 3.0 + step})[KEY]
        )
        for race, step in ((1, 0.5), (2, -0.5))
    }
    scored = score_drivers(races)
    raw = {
        driver: scored[driver].factors["speed"].variables["qualifying_gap"].raw for driver in "ab"
    }
    assert VARIABLES_BY_ID["qualifying_gap"].prior_races == 0.7
    assert raw == {"a": pytest.approx(2.0 - 2.0 / 2.7), "b": pytest.approx(2.0 + 2.0 / 2.7)}


def test_that_weights_of_what_is_missing_go_to_the_rest() -> None:
    features = one_race(a={"best_lap_gap": 0.0, "best_ten_gap": 0.0}, b={"qualifying_gap": 1.0})
    speed = score_drivers(features)["a"].factors["speed"]
    weights = {id_: one.weight for id_, one in speed.variables.items()}
    lap, ten = VARIABLES_BY_ID["best_lap_gap"].weight, VARIABLES_BY_ID["best_ten_gap"].weight
    assert weights["qualifying_gap"] == 0.0
    assert weights["best_lap_gap"] == pytest.approx(lap / (lap + ten))
    assert speed.variables["qualifying_gap"].raw is None
    assert speed.variables["qualifying_gap"].percentile is None
    assert speed.variables["qualifying_gap"].contribution is None


def test_that_a_factor_without_variables_has_no_score_and_no_overall() -> None:
    scored = score_drivers(one_race(a={"lap_spread": 1.0}, b={}))
    assert scored["a"].factors["racecraft"].score is None
    assert scored["a"].factors["racecraft"].rank is None
    assert scored["a"].factors["racecraft"].of == 0
    assert scored["a"].overall is None
    assert {score.score for score in scored["b"].factors.values()} == {None}


def test_that_equal_drivers_share_the_better_rank() -> None:
    features = one_race(a={"lap_spread": 1.0}, b={"lap_spread": 1.0}, c={"lap_spread": 2.0})
    scored = score_drivers(features)
    assert [scored[driver].factors["consistency"].rank for driver in "abc"] == [1, 1, 3]


def test_that_two_lucky_races_put_nobody_in_front_of_many_good_ones() -> None:
    features, _ = made_up_features(races=12)
    best = VARIABLES_BY_ID["lap_spread"]
    for key, cars in features.items():
        cars["D00"] = dict.fromkeys(VARIABLES_BY_ID, None)
        cars["D01"]["lap_spread"] = -2.0
        if key in list(features)[:2]:
            cars["D00"]["lap_spread"] = -2.2
    scored = score_drivers(features)
    one, two = (scored[d].factors["consistency"].variables[best.id] for d in ("D00", "D01"))
    assert (one.races, two.races) == (2, 12)
    assert one.percentile is not None
    assert two.percentile is not None
    assert one.percentile < two.percentile


def test_that_no_features_give_no_scores() -> None:
    assert score_drivers({}) == {}


values = st.none() | st.floats(-50.0, 50.0).map(lambda value: round(value, 3))
cars = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries({one.id: values for one in VARIABLES}),
    min_size=2,
)


@pytest.mark.slow
@settings(max_examples=80)
@given(
    st.lists(cars, min_size=1, max_size=3),
    st.sampled_from(VARIABLES),
    st.floats(0.001, 30.0),
    st.data(),
)
def test_that_a_worse_value_never_raises_a_score(
    races: list[dict[str, dict[str, float | None]]],
    variable: Variable,
    step: float,
    data: st.DataObject,
) -> None:
    features: MadeUpFeatures = {
        type(KEY)(2025, "barber", n): race for n, race in enumerate(races, start=1)
    }
    key = data.draw(st.sampled_from(list(features)))
    driver = data.draw(st.sampled_from(sorted(features[key])))
    value = features[key][driver][variable.id]
    if value is None:
        return
    worse_car = {**features[key][driver], variable.id: value - variable.sign * step}
    worse: MadeUpFeatures = {**features, key: {**features[key], driver: worse_car}}
    before, after = score_drivers(features)[driver], score_drivers(worse)[driver]
    for factor in FACTORS:
        old, new = before.factors[factor.id], after.factors[factor.id]
        assert (old.score is None) == (new.score is None)
        if old.score is not None and new.score is not None:
            assert 0.0 <= new.score <= old.score + 1e-9
            assert new.rank is not None
            assert old.rank is not None
            assert new.rank >= old.rank
    assert (before.overall is None) == (after.overall is None)
    if before.overall is not None and after.overall is not None:
        assert after.overall <= before.overall + 1e-9


def test_that_raw_values_and_percentiles_agree_in_the_real_seasons(shared_dir: Path) -> None:
    for year in (2025, 2024):
        scored = score_drivers(real_season.features(shared_dir, year)).values()
        for factor in FACTORS:
            for variable in factor.variables:
                pairs = [
                    (variable.sign * one.raw, one.percentile)
                    for driver in scored
                    if (one := driver.factors[factor.id].variables[variable.id]).raw is not None
                    and one.percentile is not None
                ]
                assert len(pairs) > 30
                ordered = sorted(pairs)
                assert [mark for _, mark in ordered] == sorted(mark for _, mark in pairs)
                assert 0.0 < ordered[0][1] < ordered[-1][1] < 100.0


def test_that_every_real_starter_has_factors_and_the_champion_is_fast(shared_dir: Path) -> None:
    scored = score_drivers(real_season.features(shared_dir, 2025))
    assert len(scored) == 45
    assert all(driver.overall is not None for driver in scored.values())
    champion = scored[real_season.CHAMPION]
    assert champion.factors["speed"].rank == 1
    assert champion.factors["speed"].races == 14
    better = [d for d, own in scored.items() if (own.overall or 0) > (champion.overall or 0)]
    assert len(better) <= 2
