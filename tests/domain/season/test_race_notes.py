"""Notes and decisions find the result they are about."""

from __future__ import annotations

from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.stewards import note_of_race, notes_by_race
from htt_desktop.sources.season.files import read_season

SONOMA = RaceKey(2025, "sonoma", 1)
ENTRIES = {SONOMA: {"7": "Ann Ace", "78": "Ed Early"}}


def test_that_a_note_goes_to_the_driver_of_the_car_it_names_first() -> None:
    note = "#78 Ed Early is classified P26 behind #7 Ann Ace in spite of more laps"
    found = notes_by_race([note_of_race(SONOMA, note)], ENTRIES)[SONOMA]
    assert found.about == {"Ed Early": (note,)}
    assert found.others == ()


def test_that_a_note_without_a_number_goes_by_the_name() -> None:
    found = notes_by_race(["sonoma race 1: Ann Ace has 8 points in an older file"], ENTRIES)
    assert found[SONOMA].about == {"Ann Ace": ("Ann Ace has 8 points in an older file",)}


def test_that_notes_about_nobody_stay_with_the_race_and_others_stay_out() -> None:
    notes = [
        "sonoma race 1: no weather sheet",
        "sonoma race 1: #99 Jo Stranger is not in the results",
        "sonoma race 2: no weather sheet",
        "no sheets of indianapolis",
    ]
    found = notes_by_race(notes, ENTRIES)
    assert set(found) == {SONOMA}
    assert found[SONOMA].others == ("no weather sheet", "#99 Jo Stranger is not in the results")


def test_that_every_unexplained_result_of_2025_is_explained(data_dir: Path) -> None:
    season = read_season(data_dir / "season" / "2025")
    ayars = season.notes[RaceKey(2025, "sonoma", 1)].about["Ethan Ayars"]
    assert any("finished P6 for 8 points but has 0" in note for note in ayars)
    decisions = season.decisions[RaceKey(2025, "roadamerica", 2)]
    goulart, delong = decisions["Ethan Goulart"], decisions["Parker DeLong"]
    assert (goulart.is_put_back, goulart.position_on_road, goulart.penalty_s) == (True, 2, None)
    assert (delong.is_put_back, delong.position_on_road, delong.penalty_s) == (True, 3, None)
    tovo = decisions["Jackson Tovo"]
    assert (tovo.is_put_back, tovo.position_on_road, tovo.penalty_s) == (False, 7, 52.0)
    every = [one for found in season.decisions.values() for one in found.values()]
    rows = [row for found in season.results.values() for row in found]
    assert sum(one.penalty_s is not None for one in every) == sum(bool(r.penalty_s) for r in rows)
    assert sum(one.is_put_back for one in every) == 2
