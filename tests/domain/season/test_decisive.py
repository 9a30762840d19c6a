"""What went with the finish at a track."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.decisive import decided_by
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from tests.domain.season import real_season
from tests.domain.season.made_up_races import Features, Finishes, made_up_features


def one_track(seed: int = 1, drivers: int = 20) -> tuple[Features, Finishes]:
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


def test_that_real_weekends_were_decided_by_speed_or_late_pace(shared_dir: Path) -> None:
    features = real_season.features(shared_dir, 2025)
    finishes = real_season.finishes(shared_dir, 2025)
    for track in dict.fromkeys(key.track_id for key in features):
        keys = [RaceKey(2025, track, race) for race in (1, 2)]
        first = decided_by({k: features[k] for k in keys}, {k: finishes[k] for k in keys})[0]
        assert first.factor in {"speed", "tire_management"}, track
        assert first.has_evidence
        assert 24 <= first.n <= 62
