"""Who was put back without a time penalty."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.stewards import Driven, put_back
from tests.domain.season import real_season


def test_that_an_exclusion_shows_in_the_order_alone() -> None:
    cars = {
        "winner": Driven(1, 17, 2821.1),
        "third": Driven(2, 17, 2823.0),
        "retired": Driven(3, 2, 308.5),
        "excluded": Driven(4, 17, 2821.5),
    }
    assert put_back(cars) == {"excluded": 2}


def test_that_a_time_penalty_is_in_the_time_and_no_exclusion() -> None:
    cars = {
        "one": Driven(1, 17, 2821.1),
        "two": Driven(2, 17, 2900.0),
        "no lap": Driven(3, 0, None),
    }
    assert put_back(cars) == {}


def test_that_only_two_cars_of_two_seasons_were_put_back(shared_dir: Path) -> None:
    found = {}
    for year in (2025, 2024):
        for race in real_season.sheets(shared_dir, year).races:
            cars = {
                line.number: Driven(line.position, line.laps, line.total_time_s)
                for line in race.results
                if line.position is not None
            }
            if back := put_back(cars):
                found[year, race.key.track_id, race.key.race] = dict(back)
    assert found == {(2025, "roadamerica", 2): {"72": 2, "47": 3}}
    kept = real_season.counting(shared_dir, 2025)
    key = next(key for key in kept if (key.track_id, key.race) == ("roadamerica", 2))
    assert isinstance(key, RaceKey)
    assert not {"Ethan Goulart", "Parker DeLong"} & kept[key].keys()
