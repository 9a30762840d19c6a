"""Every variable of one race, with known answers and with gaps."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from htt_desktop.domain.race import Entry
from htt_desktop.domain.season.factor_table import FACTORS, OVERALL_WEIGHTS, VARIABLES_BY_ID
from htt_desktop.domain.season.race_features import race_features
from tests.domain.season import real_season
from tests.domain.season.made_up_races import changed, race, yellow

LAPS = 15
FIELD = {str(n): (110.0,) + (100.0 + 0.1 * n,) * LAPS for n in range(1, 12)}
"""Eleven cars like clockwork, each 0.1 s slower than the one before."""


def one(number: str, timing_field: dict[str, tuple[float, ...]], variable: str) -> float:
    value = race_features(race(timing_field), {})[number][variable]
    assert value is not None
    return value


def test_that_the_weights_of_every_factor_add_up() -> None:
    for factor in FACTORS:
        assert math.isclose(sum(one.weight for one in factor.variables), 1.0)
    assert math.isclose(sum(OVERALL_WEIGHTS.values()), 1.0)
    assert list(OVERALL_WEIGHTS) == [factor.id for factor in FACTORS]


def test_that_every_entry_has_every_variable_even_without_a_lap() -> None:
    timing = race(FIELD)
    timing = replace(timing, entries={**timing.entries, "99": Entry("99", "Not Started")})
    found = race_features(timing, {})
    assert list(found) == [*FIELD, "99"]
    assert {tuple(variables) for variables in found.values()} == {tuple(VARIABLES_BY_ID)}
    assert set(found["99"].values()) == {None}


def test_that_gaps_are_per_cent_above_the_best() -> None:
    found = race_features(race(FIELD), {"1": 100.0, "2": 101.0})
    assert found["1"]["qualifying_gap"] == 0.0
    assert found["2"]["qualifying_gap"] == pytest.approx(1.0)
    assert found["3"]["qualifying_gap"] is None
    assert found["1"]["best_lap_gap"] == found["1"]["best_ten_gap"] == 0.0
    assert found["11"]["best_lap_gap"] == pytest.approx(100.0 * (101.1 / 100.1 - 1.0))
    assert found["11"]["late_gap"] == pytest.approx(100.0 * (101.1 / 100.1 - 1.0))


def test_that_a_qualifying_lap_never_driven_at_speed_does_not_count() -> None:
    found = race_features(race(FIELD), {"1": 100.0, "2": 111.0, "3": 130.0})
    assert found["2"]["qualifying_gap"] == pytest.approx(11.0)
    assert found["3"]["qualifying_gap"] is None


def test_that_clockwork_has_no_spread_and_no_trouble() -> None:
    for number in FIELD:
        assert one(number, FIELD, "lap_spread") == pytest.approx(0.0, abs=1e-9)
        assert one(number, FIELD, "sector_spread") == pytest.approx(0.0, abs=1e-9)
        assert one(number, FIELD, "trouble_share") == 0.0


def test_that_a_steady_trend_is_no_spread_but_scatter_is() -> None:
    trend = tuple(100.0 + 0.05 * lap for lap in range(LAPS))
    scatter = tuple(100.0 + 0.2 * (7 * lap % 5) for lap in range(LAPS))
    cars = {**FIELD, "20": (110.0, *trend), "21": (110.0, *scatter)}
    assert one("20", cars, "lap_spread") == pytest.approx(0.0, abs=1e-9)
    assert one("21", cars, "lap_spread") > 0.2


def test_that_a_time_won_in_one_sector_and_lost_in_the_next_is_sector_spread() -> None:
    timing = race(FIELD)
    laps = tuple(
        replace(lap, loops_s=MappingProxyType({"IM1": 33.0 + 7 * lap.lap_number % 5, "IM2": 67.0}))
        for lap in timing.laps["5"]
    )
    found = race_features(replace(timing, laps={**timing.laps, "5": laps}), {})["5"]
    assert found["lap_spread"] == pytest.approx(0.0, abs=1e-9)
    assert found["sector_spread"] is not None
    assert found["sector_spread"] > 0.5


def test_that_laps_without_sectors_have_no_sector_spread() -> None:
    timing = race(FIELD)
    laps = tuple(replace(lap, loops_s=MappingProxyType({})) for lap in timing.laps["5"])
    found = race_features(replace(timing, laps={**timing.laps, "5": laps}), {})["5"]
    assert found["sector_spread"] is None
    assert found["lap_spread"] is not None


def test_that_a_spin_and_a_stop_are_trouble_and_a_slow_field_is_not() -> None:
    times = list(FIELD["5"])
    times[6] = 112.0
    assert one("5", {**FIELD, "5": tuple(times)}, "trouble_share") == pytest.approx(100.0 / 16)
    timing = changed(race(FIELD), "5", 8, in_pit=True)
    value = race_features(timing, {})["5"]["trouble_share"]
    assert value == pytest.approx(200.0 / 16)
    slow = {n: (*times[:6], 115.0, *times[7:]) for n, times in FIELD.items()}
    assert one("5", slow, "trouble_share") == 0.0


def test_that_a_yellow_is_nobodys_trouble() -> None:
    timing = yellow(race(FIELD), 6)
    assert {found["trouble_share"] for found in race_features(timing, {}).values()} == {0.0}


def test_that_a_car_slower_late_than_the_field_lets_expect_loses_pace() -> None:
    cars = {
        n: tuple(time_s + 0.02 * (int(n) % 3) * (lap > 6) for lap, time_s in enumerate(times))
        for n, times in FIELD.items()
    }
    fading = tuple(time_s + (1.0 if lap > 10 else 0.0) for lap, time_s in enumerate(cars["5"]))
    before = {n: one(n, cars, "pace_loss") for n in cars}
    after = {n: one(n, {**cars, "5": fading}, "pace_loss") for n in cars}
    assert after["5"] > before["5"] + 0.3
    assert max(after, key=lambda n: after[n]) == "5"


def test_that_what_the_whole_field_loses_is_nobodys_pace_loss() -> None:
    tired = {
        n: tuple(time_s + 0.1 * max(lap - 9, 0) for lap, time_s in enumerate(times))
        for n, times in FIELD.items()
    }
    for n in FIELD:
        assert one(n, tired, "pace_loss") == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    "laps, missing",
    [
        (1, {"best_lap_gap", "trouble_share", "lap_spread", "best_ten_gap", "late_gap"}),
        (4, {"lap_spread", "sector_spread", "best_ten_gap", "pace_loss", "late_gap"}),
        (8, {"best_ten_gap", "pace_loss", "late_gap"}),
        (9, {"pace_loss", "late_gap"}),
    ],
)
def test_that_few_laps_leave_out_what_they_cannot_tell(laps: int, missing: set[str]) -> None:
    found = race_features(race({**FIELD, "5": FIELD["5"][:laps]}), {})["5"]
    duels = {"attack_rate", "defence_rate"}
    unknown = {id_ for id_, value in found.items() if value is None} - duels
    assert missing <= unknown
    assert ("lap_spread" in unknown) == (laps < 7)


def test_that_who_never_was_close_has_neither_attacked_nor_defended() -> None:
    spread = {n: (100.0 + 5 * int(n),) + (100.0,) * LAPS for n in FIELD}
    for found in race_features(race(spread), {}).values():
        assert found["attack_rate"] is None
        assert found["defence_rate"] is None


def test_that_a_race_without_laps_has_no_figures() -> None:
    timing = replace(race({}), entries={"7": Entry("7", "Nobody")})
    assert set(race_features(timing, {})["7"].values()) == {None}


def test_that_figures_of_real_races_are_numbers_in_their_range(shared_dir: Path) -> None:
    bounds = dict.fromkeys(VARIABLES_BY_ID, (0.0, 30.0)) | {
        "trouble_share": (0.0, 100.0),
        "attack_rate": (-50.0, 80.0),
        "defence_rate": (-80.0, 50.0),
        "pace_loss": (-10.0, 20.0),
    }
    for year in (2025, 2024):
        for cars in real_season.features(shared_dir, year).values():
            for variables in cars.values():
                for id_, value in variables.items():
                    low, high = bounds[id_]
                    assert value is None or low <= value <= high, (id_, value)


def test_that_pole_and_fastest_lap_have_no_gap_in_real_races(shared_dir: Path) -> None:
    features = real_season.features(shared_dir, 2025)
    for record in real_season.sheets(shared_dir, 2025).races:
        poles = [line.driver_name for line in record.qualifying if line.position == 1]
        for driver in poles:
            if driver in features[record.key]:
                assert features[record.key][driver]["qualifying_gap"] == 0.0
        if record.key.track_id == "indianapolis":
            assert {cars["qualifying_gap"] for cars in features[record.key].values()} == {None}
    assert features[record.key]
    barber = next(cars for key, cars in features.items() if key.track_id == "barber")
    assert barber[real_season.CHAMPION]["best_lap_gap"] == 0.0
