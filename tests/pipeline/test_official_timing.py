"""Official timing of every published race, against values known from elsewhere."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from htt_desktop.domain.race import INNER_LOOPS, OfficialLap, RaceKey, RaceTiming
from htt_desktop.pipeline.timing.reader import read_timing

TRACKS = ("sonoma", "cota", "sebring", "vir", "roadamerica", "barber", "indianapolis")
RACES = [(track, race) for track in TRACKS for race in (1, 2)]

LAPS_PRINTED = {
    ("sonoma", 1): 669,
    ("sonoma", 2): 650,
    ("cota", 1): 486,
    ("cota", 2): 508,
    ("sebring", 1): 401,
    ("sebring", 2): 332,
    ("vir", 1): 415,
    ("vir", 2): 441,
    ("roadamerica", 1): 415,
    ("roadamerica", 2): 430,
    ("barber", 1): 579,
    ("barber", 2): 602,
    ("indianapolis", 1): 669,
    ("indianapolis", 2): 617,
}


def timing_of(shared_dir: Path, track: str, race: int) -> RaceTiming:
    return read_timing(shared_dir / "gr_cup" / "timing", RaceKey(2025, track, race)).timing


def best(timing: RaceTiming, number: str) -> OfficialLap:
    return min(timing.laps[number], key=lambda lap: lap.lap_time_s)


@pytest.mark.parametrize("track,race", RACES)
def test_that_every_printed_lap_of_every_race_is_read(
    shared_dir: Path,
    track: str,
    race: int,
) -> None:
    reading = read_timing(shared_dir / "gr_cup" / "timing", RaceKey(2025, track, race))
    assert sum(map(len, reading.timing.laps.values())) == LAPS_PRINTED[track, race]
    assert reading.notes == ()
    assert reading.start_of_day_s is not None
    assert reading.session_utc_s is not None


@pytest.mark.parametrize("track,race", RACES)
def test_that_every_entry_has_a_name_and_a_team(
    shared_dir: Path,
    track: str,
    race: int,
) -> None:
    for number, entry in timing_of(shared_dir, track, race).entries.items():
        assert entry.number == number
        assert entry.driver_name
        assert "*" not in entry.driver_name
        assert entry.team


@pytest.mark.parametrize("track,race", RACES)
def test_that_race_time_follows_from_lap_times_and_loops_rise(
    shared_dir: Path,
    track: str,
    race: int,
) -> None:
    for laps in timing_of(shared_dir, track, race).laps.values():
        assert [lap.lap_number for lap in laps] == list(range(1, len(laps) + 1))
        assert laps[0].start_s == pytest.approx(0, abs=0.0015)
        for before, after in pairwise(laps):
            assert after.start_s == pytest.approx(before.elapsed_s, abs=0.0015)
        for lap in laps:
            crossed = [lap.loops_s[name] for name in INNER_LOOPS if name in lap.loops_s]
            assert crossed == sorted(set(crossed))
            assert not crossed or 0 < crossed[0] < crossed[-1] < lap.lap_time_s


@pytest.mark.parametrize("track", [track for track in TRACKS if track != "indianapolis"])
@pytest.mark.parametrize("race", [1, 2])
def test_that_the_sheets_published_elsewhere_tell_the_same_laps(
    shared_dir: Path,
    track: str,
    race: int,
) -> None:
    elsewhere = shared_dir / "gr_cup" / "timing_more" / track / "2025"
    again = read_timing(elsewhere, RaceKey(2025, track, race)).timing
    assert again.laps == timing_of(shared_dir, track, race).laps


def test_that_barber_1_holds_the_known_best_laps_and_sectors(shared_dir: Path) -> None:
    timing = timing_of(shared_dir, "barber", 1)
    seven, thirteen = best(timing, "7"), best(timing, "13")
    assert (seven.lap_number, seven.lap_time_s) == (9, 98.581)
    assert (thirteen.lap_number, thirteen.lap_time_s) == (8, 97.428)
    assert seven.loops_s["IM1"] == 26.964
    assert seven.loops_s["IM2"] == pytest.approx(26.964 + 42.867, abs=0.0015)
    assert thirteen.loops_s["IM1"] == 26.630
    assert thirteen.loops_s["IM2"] == pytest.approx(26.630 + 42.380, abs=0.0015)


@pytest.mark.parametrize(
    "track,race,number,lap_time_s",
    [
        ("cota", 1, "3", 151.035),
        ("cota", 1, "03", 152.070),
        ("sonoma", 2, "2", 112.615),
        ("sonoma", 2, "7", 112.521),
        ("roadamerica", 1, "2", 160.838),
    ],
)
def test_that_known_best_laps_hold(
    shared_dir: Path,
    track: str,
    race: int,
    number: str,
    lap_time_s: float,
) -> None:
    assert best(timing_of(shared_dir, track, race), number).lap_time_s == lap_time_s


def test_that_number_2s_best_lap_at_road_america_has_no_sector_loops(shared_dir: Path) -> None:
    lap = best(timing_of(shared_dir, "roadamerica", 1), "2")
    assert lap.lap_number == 14
    assert "IM1" not in lap.loops_s


def test_that_sonomas_own_loop_names_become_ours(shared_dir: Path) -> None:
    lap = best(timing_of(shared_dir, "sonoma", 1), "2")
    assert set(lap.loops_s) == set(INNER_LOOPS)
    assert set(best(timing_of(shared_dir, "sonoma", 2), "2").loops_s) == {"IM1", "IM2"}


def test_that_3_and_03_are_two_drivers(shared_dir: Path) -> None:
    entries = timing_of(shared_dir, "cota", 1).entries
    assert (entries["3"].driver_name, entries["03"].driver_name) == ("Jason Kos", "Karl Forman")


def test_that_21_and_021_are_two_drivers(shared_dir: Path) -> None:
    entries = timing_of(shared_dir, "indianapolis", 1).entries
    assert entries["21"].driver_name == "Ford Koch"
    assert entries["021"].driver_name == "Michael Edwards"


def test_that_a_car_that_did_not_start_is_an_entry_without_laps(shared_dir: Path) -> None:
    timing = timing_of(shared_dir, "sebring", 2)
    assert timing.entries["80"].driver_name == "Paityn Feyen"
    assert "80" not in timing.laps


def test_that_number_58_drove_at_barber_and_78_did_not(shared_dir: Path) -> None:
    entries = timing_of(shared_dir, "barber", 1).entries
    assert "58" in entries
    assert "78" not in entries
