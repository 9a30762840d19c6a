"""The model of the finish: what it finds, that folds are clean, and what it is worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_scores import COLUMNS, race_skills
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.finish_model import (
    PURPOSE,
    Sample,
    by_race,
    explain_finishes,
    fit_finish_model,
    folds_by,
    non_negative_solution,
    predict_folds,
    predicted_order,
    samples_of,
    validation_of,
)
from htt_desktop.domain.season.season_proof import check_directions
from tests.domain.season import real_season
from tests.domain.season.made_up_races import MadeUpFeatures, MadeUpFinishes, made_up_features


def test_that_a_season_decided_by_skill_is_explained() -> None:
    features, finishes = made_up_features(noise=0.1)
    card = explain_finishes(features, finishes)
    assert card.purpose == PURPOSE
    assert card.features == tuple(VARIABLES_BY_ID)
    for row in (card.leave_one_race_out, card.leave_one_driver_out):
        assert row is not None
        assert row.n == 160
        assert row.r2 > 0.95
        assert row.mae_places < 1.0
        assert row.spearman > 0.97


def test_that_noise_is_not_explained() -> None:
    """With finishes drawn by lot the left-out races are no better predicted than by the middle."""
    features, _ = made_up_features(races=10)
    random = np.random.default_rng(5)
    finishes: MadeUpFinishes = {
        key: {f"D{d:02}": int(place) + 1 for place, d in enumerate(random.permutation(20))}
        for key in features
    }
    card = explain_finishes(features, finishes)
    assert card.leave_one_race_out is not None
    assert card.leave_one_race_out.r2 < 0.03
    assert abs(card.leave_one_race_out.spearman) < 0.2


def test_that_only_what_decides_gains_places() -> None:
    features, finishes = made_up_features(noise=0.05)
    random = np.random.default_rng(3)
    for cars in features.values():
        for own in cars.values():
            for id_ in VARIABLES_BY_ID:
                if id_ not in {"qualifying_gap", "best_lap_gap", "best_ten_gap"}:
                    own[id_] = float(random.normal())
    gains = explain_finishes(features, finishes).coefficients
    assert gains["speed"] > 4.0
    assert all(0.0 <= gains[factor.id] < 0.4 for factor in FACTORS if factor.id != "speed")


def test_that_a_skill_that_spoke_against_the_finish_gets_nothing() -> None:
    features, finishes = made_up_features(noise=0.3)
    for cars in features.values():
        for own in cars.values():
            for variable in next(f for f in FACTORS if f.id == "racecraft").variables:
                own[variable.id] = -(own[variable.id] or 0.0)
    assert explain_finishes(features, finishes).coefficients["racecraft"] == 0.0


@pytest.mark.parametrize("what", ["key", "driver"])
def test_that_a_left_out_fold_owes_nothing_to_its_own_finishes(what: str) -> None:
    """Turn the finishes of the fold upside down: its prediction must stay what it was."""
    features, finishes = made_up_features(races=6, drivers=10)
    samples = samples_of(features, finishes)
    fold = folds_by(samples, "key" if what == "key" else "driver")[0]
    before = predict_folds(features, finishes, samples, [fold])
    last = {key: len(order) + 1 for key, order in finishes.items()}
    turned: MadeUpFinishes = {key: dict(order) for key, order in finishes.items()}
    for sample in fold:
        turned[sample.key][sample.driver] = last[sample.key] - sample.finish
    again = samples_of(features, turned)
    same_fold = [s for s in again if (s.key, s.driver) in {(s.key, s.driver) for s in fold}]
    after = predict_folds(features, turned, again, [same_fold])
    assert {(s.key, s.driver): place for s, place in after.items()} == {
        (s.key, s.driver): place for s, place in before.items()
    }


def test_that_the_scale_of_a_driver_left_out_owes_nothing_to_him() -> None:
    """A training race is the same whether the driver left out was fast or slow in it."""
    features, finishes = made_up_features(races=4, drivers=8)
    samples = samples_of(features, finishes)
    kept = [sample for sample in samples if sample.driver != "D00"]
    before = fit_finish_model(features, finishes, kept).gains
    other: MadeUpFeatures = {
        key: {**cars, "D00": {id_: 99.0 * one.sign for id_, one in VARIABLES_BY_ID.items()}}
        for key, cars in features.items()
    }
    assert fit_finish_model(other, finishes, kept).gains.tolist() == before.tolist()


def test_that_a_driver_left_out_is_ranked_against_the_others() -> None:
    features, finishes = made_up_features(races=4, drivers=8)
    samples = samples_of(features, finishes)
    fold = [sample for sample in samples if sample.driver == "D03"]
    kept = [sample for sample in samples if sample.driver != "D03"]
    model = fit_finish_model(features, finishes, kept)
    for sample, place in predict_folds(features, finishes, samples, [fold]).items():
        others = [one.driver for one in kept if one.key == sample.key]
        skills = race_skills(features[sample.key], ["D03"], others)
        assert place == pytest.approx(float(model.positions(skills, 8)[0]))


def test_that_few_races_or_drivers_are_not_validated() -> None:
    features, finishes = made_up_features(races=2, drivers=6)
    card = explain_finishes(features, finishes)
    assert card.leave_one_race_out is None
    assert card.leave_one_driver_out is not None
    nothing = explain_finishes({}, {})
    assert nothing.leave_one_race_out is nothing.leave_one_driver_out is None
    assert set(nothing.coefficients.values()) == {0.0}


def test_that_a_car_without_any_variable_is_expected_in_the_middle() -> None:
    features, finishes = made_up_features(noise=0.1)
    key = RaceKey(2025, "track0", 1)
    features[key]["D00"] = dict.fromkeys(VARIABLES_BY_ID, None)
    samples = samples_of(features, finishes)
    predicted = predict_folds(features, finishes, samples, folds_by(samples, "key"))
    place = next(p for s, p in predicted.items() if s.key == key and s.driver == "D00")
    assert place == pytest.approx(10.5)


def test_that_a_missing_variable_stands_where_its_factor_stands() -> None:
    features, _ = made_up_features(noise=0.0)
    cars = next(iter(features.values()))
    cars["D00"] = {**cars["D00"], "qualifying_gap": None}
    skills = race_skills(cars, ["D00"], list(cars))[0]
    assert skills[0] == pytest.approx((skills[1] + skills[2]) / 2)


def test_that_non_starters_and_strangers_are_not_predicted() -> None:
    features, finishes = made_up_features(races=3, drivers=6)
    finishes[RaceKey(2025, "track0", 1)]["Nobody"] = 7
    assert len(samples_of(features, finishes)) == 18


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from(COLUMNS), st.integers(0, 7), st.floats(0.01, 5.0))
def test_that_being_better_at_anything_never_worsens_the_prediction(
    seed: int, variable: object, driver: int, step: float
) -> None:
    features, finishes = made_up_features(seed, races=3, drivers=8, noise=1.5)
    model = fit_finish_model(features, finishes, samples_of(features, finishes))
    assert np.all(model.gains >= 0.0)
    column = COLUMNS[[one is variable for one in COLUMNS].index(True)]
    cars = next(iter(features.values()))
    name = f"D{driver:02}"
    own = cars[name]
    better = {**cars, name: {**own, column.id: (own[column.id] or 0.0) + column.sign * step}}
    before, after = (
        float(model.positions(race_skills(field, [name], list(field)), 8)[0])
        for field in (cars, better)
    )
    assert after <= before + 1e-9


@settings(max_examples=300)
@given(st.integers(0, 100_000), st.integers(1, 10), st.integers(2, 20))
def test_that_the_solution_is_the_best_without_negative_coefficients(
    seed: int, columns: int, rows: int
) -> None:
    """Karush, Kuhn and Tucker: no free coefficient pulls, no fixed one wants to rise."""
    random = np.random.default_rng(seed)
    alike = random.normal(size=(rows, 1))
    x, y = alike + 0.5 * random.normal(size=(rows, columns)), alike[:, 0] + random.normal(size=rows)
    gram, target = x.T @ x + 0.5 * np.eye(columns), x.T @ y
    found = non_negative_solution(gram, target)
    pull = target - gram @ found
    assert np.all(found >= 0.0)
    assert np.all(pull <= 1e-6)
    assert np.all(np.abs(pull[found > 0.0]) <= 1e-6)


def test_that_a_perfect_prediction_measures_as_one() -> None:
    features, finishes = made_up_features(races=2, drivers=5)
    row = validation_of({sample: float(sample.finish) for sample in samples_of(features, finishes)})
    assert (row.n, row.r2, row.mae_places) == (10, 1.0, 0.0)
    assert row.spearman == pytest.approx(1.0)


def test_that_the_real_finishes_are_explained_as_well_as_measured(shared_dir: Path) -> None:
    """On 2025, and on 2024, on which no variable was chosen."""
    for year, n, r2, mae, spearman in (
        (2025, 371, 0.52, 3.95, 0.74),
        (2024, 324, 0.64, 3.35, 0.80),
    ):
        card = real_season.proof(shared_dir, year).card
        for row in (card.leave_one_race_out, card.leave_one_driver_out):
            assert row is not None
            assert row.n == n
            assert row.r2 >= r2
            assert row.mae_places <= mae
            assert row.spearman >= spearman
        assert all(gain > 0.3 for gain in card.coefficients.values())


def test_that_the_model_of_one_season_explains_the_other(shared_dir: Path) -> None:
    old, new = (
        (real_season.features(shared_dir, year), real_season.finishes(shared_dir, year))
        for year in (2025, 2024)
    )
    model = fit_finish_model(*old, samples_of(*old))
    features, finishes = new
    predicted: dict[Sample, float] = {}
    for key, rows in by_race(samples_of(features, finishes)).items():
        drivers = [row.driver for row in rows]
        skills = race_skills(features[key], drivers, drivers)
        predicted.update(
            zip(rows, model.positions(skills, len(finishes[key])).tolist(), strict=True)
        )
    found = validation_of(predicted)
    assert found.n == 324
    assert found.r2 > 0.6
    assert found.mae_places < 3.6
    assert found.spearman > 0.8


def test_that_the_champion_is_predicted_in_front(shared_dir: Path) -> None:
    order = predicted_order(
        real_season.features(shared_dir, 2025), real_season.finishes(shared_dir, 2025)
    )
    assert order[0][0] == real_season.CHAMPION
    assert len(order) == 45


def test_that_nothing_made_worse_ever_helps_in_the_real_seasons(shared_dir: Path) -> None:
    for year in (2025, 2024):
        found = real_season.proof(shared_dir, year).directions
        assert found.scores > 400
        assert found.places > 2900
        assert (found.scores_wrong, found.places_wrong) == (0, 0)


def test_that_the_check_of_directions_sees_a_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a model that takes places for better laps, the check must say so."""
    features, finishes = made_up_features(races=4, drivers=8)

    def upside_down(*_: object) -> object:
        model = fit_finish_model(features, finishes, samples_of(features, finishes))
        return type(model)(-model.gains - 1.0)

    monkeypatch.setattr("htt_desktop.domain.season.season_proof.fit_finish_model", upside_down)
    found = check_directions(features, finishes)
    assert found.scores_wrong == 0
    assert found.places_wrong > 0.5 * found.places
