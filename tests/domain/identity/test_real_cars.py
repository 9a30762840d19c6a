"""Real cars: who they are, what their clocks and sensors say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import accelerometer_corrections
from htt_desktop.domain.clock.car_clock import fit_clock
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.offsets import race_start_error_s
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.errors import (
    DeadClockError,
    DomainError,
    IdentityError,
    InterleavedCarsError,
    TimingMismatchError,
)
from htt_desktop.domain.identity.entry_match import Identity, identify
from htt_desktop.domain.identity.interleaved import mixed_windows
from tests.domain.real_rows import RealRace, real_cars, real_race
from tests.domain.synthetic_race import mixed

BARBER = "barber_r1_one_lap_17_cars.parquet"
COTA = "cota_r1_one_lap_30_cars.parquet"
INDIANAPOLIS = "indianapolis_r1_cars_47_7.parquet"

Scratch = pytest.TempPathFactory
Cars = Mapping[str, LoggerRows]
Races = Mapping[str, RealRace]


@pytest.fixture(scope="module")
def barber(shared_dir: Path, tmp_path_factory: Scratch) -> Cars:
    return real_cars(shared_dir, BARBER, tmp_path_factory.mktemp("barber"))


@pytest.fixture(scope="module")
def cota(shared_dir: Path, tmp_path_factory: Scratch) -> Cars:
    return real_cars(shared_dir, COTA, tmp_path_factory.mktemp("cota"))


@pytest.fixture(scope="module")
def indianapolis(shared_dir: Path, tmp_path_factory: Scratch) -> Cars:
    return real_cars(shared_dir, INDIANAPOLIS, tmp_path_factory.mktemp("indianapolis"))


@pytest.fixture(scope="module")
def races(shared_dir: Path, data_dir: Path) -> Races:
    return {
        track_id: real_race(shared_dir, data_dir, track_id, 1)
        for track_id in ("barber", "cota", "indianapolis")
    }


@cache
def named(rows: LoggerRows, race: RealRace, taken: frozenset[str] = frozenset()) -> Identity:
    return identify(rows, race.timing, race.track, start_of_day_s=race.start_of_day_s, taken=taken)


def test_that_every_barber_car_is_known_by_one_lap(barber: Cars, races: Races) -> None:
    found = {
        name: named(rows, races["barber"]).entry_number
        for name, rows in barber.items()
        if name != "GR86-013-80"
    }
    expected = {name: name.rsplit("-", 1)[-1] for name in found}
    expected |= {"GR86-060-2": "111", "GR86-040-3": "03"}
    assert found == expected


def test_that_a_wrong_number_does_not_own_a_lap_without_time_of_reception(
    barber: Cars, races: Races
) -> None:
    race, of_seven = races["barber"], barber["GR86-006-7"]
    assert identify(of_seven, race.timing, race.track).entry_number == "7"
    with pytest.raises(IdentityError, match=r"fit #47, .*#7.* equally well"):
        # #47 misses its line by 0.102 s, #7 by 0.027 s.
        identify(replace(of_seven, printed_number="47"), race.timing, race.track)


def test_that_the_dead_clock_at_barber_is_refused(barber: Cars, races: Races) -> None:
    with pytest.raises(DeadClockError, match="GR86-013-80"):
        named(barber["GR86-013-80"], races["barber"])


def test_that_every_cota_car_is_known_by_one_lap(cota: Cars, races: Races) -> None:
    found: dict[str, str] = {}
    refused: dict[str, DomainError] = {}
    for name, rows in cota.items():
        try:
            found[name] = named(rows, races["cota"]).entry_number
        except IdentityError as error:
            refused[name] = error
    assert set(refused) <= {"GR86-002-2", "GR86-037-03"}
    assert "stays at 1 for" in str(refused["GR86-002-2"])
    found["GR86-037-03"] = named(
        cota["GR86-037-03"], races["cota"], frozenset(found.values())
    ).entry_number
    expected = {name: name.rsplit("-", 1)[-1] for name in found} | {"GR86-037-03": "3"}
    assert found == expected


def test_that_cars_of_one_race_agree_on_when_it_began(
    barber: Cars, cota: Cars, races: Races
) -> None:
    for cars, track_id, spread_s in ((barber, "barber", 0.05), (cota, "cota", 0.06)):
        race = races[track_id]
        errors = []
        for rows in cars.values():
            try:
                who = named(rows, race)
            except DomainError:
                continue
            fit = fit_clock(rows, race.timing.laps[who.entry_number], race.track, who.lap_offset)
            errors.append(race_start_error_s(rows, fit.offset_s, race.start_of_day_s))
        assert len(errors) >= 15
        assert np.std(errors) < spread_s


def test_that_whole_races_fix_their_clocks(indianapolis: Cars, races: Races) -> None:
    race = races["indianapolis"]
    for name, number, crossings in (("GR86-025-47", "47", 25), ("GR86-006-7", "7", 10)):
        who = named(indianapolis[name], race)
        assert (who.entry_number, who.lap_offset, who.corrected) == (number, 2, False)
        fit = fit_clock(indianapolis[name], race.timing.laps[number], race.track, 2)
        assert fit.crossings >= crossings
        assert fit.spread_ms < 70
        assert fit.drift_ppm is None


def test_that_the_thinned_wide_file_is_number_2(
    shared_dir: Path, races: Races, tmp_path: Path
) -> None:
    file = "barber_r1_car_000_wide_decimated.csv"
    rows = real_cars(shared_dir, file, tmp_path, vehicle="000")["000"]
    who = named(rows, races["barber"])
    assert (who.entry_number, who.lap_offset, who.corrected) == ("2", 2, True)
    assert who.runner_up_error_s is not None
    assert who.runner_up_error_s > 1.5 * who.median_error_s


def test_that_timing_of_the_other_race_fits_nobody(
    indianapolis: Cars, shared_dir: Path, data_dir: Path
) -> None:
    other = real_race(shared_dir, data_dir, "indianapolis", 2)
    for rows in indianapolis.values():
        with pytest.raises(TimingMismatchError):
            named(rows, other)


def test_that_the_stuck_counter_is_refused_with_its_reason(
    shared_dir: Path, races: Races, tmp_path: Path
) -> None:
    file = "fixtures/R1_cota_car_2_stuck_lap_counter.csv.gz"
    (rows,) = real_cars(shared_dir, file, tmp_path).values()
    with pytest.raises(IdentityError, match="stays at 2 for 25 minutes"):
        named(rows, races["cota"])


def test_that_real_cars_are_single_and_two_of_them_are_not(
    indianapolis: Cars, cota: Cars, races: Races
) -> None:
    for rows in (*indianapolis.values(), *cota.values()):
        assert mixed_windows(rows)[0] == 0
    first, second = indianapolis["GR86-025-47"], indianapolis["GR86-006-7"]
    both = mixed(first, second, 3515.6)
    with pytest.raises(InterleavedCarsError):
        named(both, races["indianapolis"])
    first, second = cota["GR86-004-78"], cota["GR86-006-7"]
    # Nose to tail, with equal speeds almost everywhere: the hardest case.
    nose_to_tail = mixed(first, second, first.clock_s[0] - second.clock_s[0] + 0.02)
    with pytest.raises(InterleavedCarsError):
        named(nose_to_tail, races["cota"])


def test_that_known_bad_accelerometers_are_found(
    indianapolis: Cars, barber: Cars, cota: Cars
) -> None:
    long, lat = Channel.ACCELERATION_LONG, Channel.ACCELERATION_LAT
    inverted = accelerometer_corrections(indianapolis["GR86-025-47"])
    assert (inverted[long].sign, inverted[lat].sign) == (-1, -1)
    assert inverted[long].bias_g == pytest.approx(-0.26, abs=0.02)
    for cars in (barber, cota):
        biased = accelerometer_corrections(cars["GR86-038-93"])
        assert biased[long].sign == 1
        assert biased[long].bias_g == pytest.approx(0.275, abs=0.02)
    sound = accelerometer_corrections(indianapolis["GR86-006-7"])
    assert not any(each.changes_anything for each in sound.values())


def test_that_speed_is_late_by_one_of_two_lags(
    barber: Cars, cota: Cars, indianapolis: Cars
) -> None:
    lags_s = np.array(
        [
            speed_lag(*rows.samples(Channel.SPEED), *rows.samples(Channel.ACCELERATION_LONG)).lag_s
            for cars in (barber, cota, indianapolis)
            for name, rows in cars.items()
            if name not in {"GR86-013-80", "GR86-002-2"}
        ]
    )
    short, long = lags_s[lags_s < 0.26], lags_s[lags_s > 0.26]
    assert min(short.size, long.size) >= 15
    assert short.mean() == pytest.approx(0.17, abs=0.02)
    assert long.mean() == pytest.approx(0.35, abs=0.03)
    assert max(short.std(), long.std()) < 0.035
