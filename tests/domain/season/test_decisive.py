"""What went with the finish at a track."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.season.decisive import decided_by
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID, VARIABLES_BY_ID
from tests.domain.season import real_season
from tests.domain.season.made_up_races import MadeUpFeatures, MadeUpFinishes, made_up_features


def one_track(seed: int = 1, drivers: int = 20) -> tuple[MadeUpFeatures, MadeUpFinishes]:
    """Return two races decided by speed alone; the other variables are drawn by lot."""
    features, finishes = made_up_features(seed, races=2, drivers=drivers, noise=0.3)
    random = np.random.default_rng(seed)
    speed = {one.id for one in FACTORS[0].variables}
    for cars in features.values():
        for own in cars.values():
            own |= {id_: float(random.normal()) for id_ in VARIABLES_BY_ID if id_ not in speed}
    return features, finishes


def test_that_what_decided_comes_first_with_evidence() -> None:
    first, *others = decided_by(*one_track())
    assert first.factor == "speed"
    assert first.correlation is not None
    assert first.low is not None
    assert first.high is not None
    assert 0.9 < first.low <= first.correlation <= first.high <= 1.0
    assert first.has_evidence
    assert first.n == 40
    assert {one.factor for one in others} == {"consistency", "racecraft", "tire_management"}
    assert [abs(one.correlation or 0) for one in others] == sorted(
        (abs(one.correlation or 0) for one in others), reverse=True
    )


def test_that_a_factor_is_named_only_if_it_leads_in_nine_draws_of_ten() -> None:
    first, *others = decided_by(*one_track())
    assert first.leads_share == 1.0
    assert first.stands_out
    assert first.n_drivers == 20
    assert [one.leads_share for one in others] == [0.0, 0.0, 0.0]
    assert not any(one.stands_out for one in others)


def test_that_of_two_equal_factors_none_stands_out() -> None:
    features, finishes = made_up_features(1, races=2, drivers=20, noise=0.3)
    found = decided_by(features, finishes)
    assert found[0].has_evidence
    assert sum(one.leads_share or 0.0 for one in found) <= 1.0
    assert not any(one.stands_out for one in found)


def test_that_a_negative_correlation_never_stands_out() -> None:
    features, finishes = one_track()
    turned = {
        key: {driver: 21 - place for driver, place in order.items()}
        for key, order in finishes.items()
    }
    first = decided_by(features, turned)[0]
    assert first.factor == "speed"
    assert (first.correlation or 0.0) < -0.9
    assert not first.stands_out


def test_that_all_factors_are_compared_on_the_same_starts() -> None:
    """The retired lack tyre management; speed lost on them must not count against speed."""
    features, finishes = one_track()
    before = decided_by(features, finishes)
    for key, order in finishes.items():
        retired = [f"R{number}" for number in range(6)]
        fastest = min(order, key=order.__getitem__)
        for place, driver in enumerate(retired, start=21):
            order[driver] = place
            features[key][driver] = {
                **features[key][fastest],
                **{one.id: None for one in FACTORS_BY_ID["tire_management"].variables},
            }
    after = decided_by(features, finishes)
    assert [one.n for one in after] == [40] * 4
    assert [one.n_drivers for one in after] == [20] * 4
    assert after[0].factor == before[0].factor == "speed"
    assert after[0].correlation == pytest.approx(before[0].correlation, abs=0.05)


@pytest.mark.slow
def test_that_lots_are_rarely_taken_for_evidence() -> None:
    claims = [
        one.has_evidence
        for seed in range(20)
        for one in decided_by(*one_track(seed))
        if one.factor != "speed"
    ]
    assert len(claims) == 60
    assert sum(claims) <= 8


def test_that_the_same_sheets_give_the_same_interval() -> None:
    features, finishes = one_track()
    turned = {key: dict(reversed(list(cars.items()))) for key, cars in features.items()}
    order = {key: dict(reversed(list(found.items()))) for key, found in finishes.items()}
    assert decided_by(features, finishes) == decided_by(turned, order)


def test_that_a_factor_nobody_has_is_said_to_be_unknown() -> None:
    features, finishes = one_track()
    for cars in features.values():
        for own in cars.values():
            own["attack_rate"] = own["defence_rate"] = None
    last = decided_by(features, finishes)[-1]
    assert last.factor == "racecraft"
    assert (last.correlation, last.low, last.high, last.n) == (None, None, None, 0)
    assert not last.has_evidence


def test_that_a_handful_of_cars_decides_nothing() -> None:
    for one in decided_by(*one_track(drivers=5)):
        assert one.correlation is None
        assert not one.has_evidence


def test_that_a_track_without_races_has_four_unknown_factors() -> None:
    assert [one.factor for one in decided_by({}, {})] == [factor.id for factor in FACTORS]


def test_that_speed_leads_on_the_same_starts_of_real_weekends(shared_dir: Path) -> None:
    features = real_season.features(shared_dir, 2025)
    finishes = real_season.finishes(shared_dir, 2025)
    told = {}
    for track in dict.fromkeys(key.track_id for key in features):
        keys = [key for key in features if key.track_id == track]
        found = decided_by({k: features[k] for k in keys}, {k: finishes[k] for k in keys})
        assert len({(one.n, one.n_drivers) for one in found}) == 1, track
        assert found[0].factor == "speed", track
        told[track] = [one.factor for one in found if one.stands_out]
        if track == "cota":
            assert (found[0].n_drivers, found[0].n) == (30, 50)
            correlations = {one.factor: round(one.correlation or 0.0, 2) for one in found}
            assert (correlations["speed"], correlations["tire_management"]) == (0.92, 0.73)
        if track == "indianapolis":
            correlations = {one.factor: round(one.correlation or 0.0, 2) for one in found}
            assert (correlations["speed"], correlations["tire_management"]) == (0.97, 0.82)
    assert {track for track, names in told.items() if names == ["speed"]} == {
        "cota", "vir", "roadamerica", "indianapolis",
    }  # fmt: skip
    assert [told[track] for track in ("sonoma", "sebring", "barber")] == [[], [], []]
