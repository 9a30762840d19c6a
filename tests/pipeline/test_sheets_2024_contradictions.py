"""Sheets of 2024 that contradict themselves or each other: what is believed, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.pipeline.season.sheets_2024.reading import read_season_2024
from htt_desktop.sources.errors import SourceError
from tests.pipeline.sheets_2024 import (
    LAP_COLUMNS,
    LAP_SHEET,
    LAPS,
    RESULT_COLUMNS,
    RESULT_SHEET,
    WEBSITE_COLUMNS,
    WEBSITE_SHEET,
    changed,
    lap_cells,
    only_race,
    result_cells,
    website_cells,
    with_laps,
    with_results,
    write_race,
    write_sheet,
)


def test_that_a_row_printed_twice_is_one_lap(tmp_path: Path) -> None:
    rows = lap_cells()
    race = with_laps(tmp_path, [*rows, rows[4]])
    assert len(race.timing.laps["03"]) == LAPS
    assert "#03 lap 2: printed twice alike, counted once" in race.notes


def test_that_one_lap_with_two_times_is_refused(tmp_path: Path) -> None:
    rows = lap_cells()
    other = changed([list(rows[4])], 0, LAP_COLUMNS, "Lap Time (ms)", "99000")
    with pytest.raises(SourceError, match="lap 2 of #03 is in row 6 with other content"):
        with_laps(tmp_path, [*rows, *other])


def test_that_a_lap_without_a_time_is_left_out_and_told(tmp_path: Path) -> None:
    race = with_laps(tmp_path, changed(lap_cells(), 4, LAP_COLUMNS, "Lap Time (ms)", ""))
    assert [lap.lap_number for lap in race.timing.laps["03"]] == [1, 3]
    assert "#03 lap 2: no lap time printed, lap left out" in race.notes
    assert "#03: no lap between 1 and 3" in race.notes


def test_that_a_missing_first_lap_is_told(tmp_path: Path) -> None:
    race = with_laps(tmp_path, lap_cells()[1:])
    assert "#3: no lap before 2" in race.notes


def test_that_race_time_that_jumps_is_told(tmp_path: Path) -> None:
    race = with_laps(tmp_path, changed(lap_cells(), 1, LAP_COLUMNS, "Elapsed Time (ms)", "200009"))
    assert "#3 lap 2: race time jumps" in race.notes


def test_that_sectors_that_miss_the_lap_time_take_the_loops_with_them(tmp_path: Path) -> None:
    race = with_laps(tmp_path, changed(lap_cells(), 1, LAP_COLUMNS, "S2 (ms)", "41000"))
    assert race.timing.laps["3"][1].loops_s == {}
    assert "#3 lap 2: sectors add up to 101.000 s, loops left out" in race.notes


def test_that_a_missing_sector_leaves_the_loops_before_it(tmp_path: Path) -> None:
    race = with_laps(tmp_path, changed(lap_cells(), 1, LAP_COLUMNS, "S2 (ms)", ""))
    assert dict(race.timing.laps["3"][1].loops_s) == {"IM1a": 12.0, "IM1": 30.0}


def test_that_half_a_sector_no_car_can_drive_loses_its_loop(tmp_path: Path) -> None:
    rows = changed(lap_cells(), 1, LAP_COLUMNS, "S1a (ms)", "9000")
    rows = changed(rows, 1, LAP_COLUMNS, "S1b (ms)", "21000")
    race = with_laps(tmp_path, rows)
    assert "IM1a" not in race.timing.laps["3"][1].loops_s
    assert race.timing.laps["3"][1].loops_s["IM1"] == 30.0
    assert "IM1a" in race.timing.laps["3"][2].loops_s


def test_that_a_final_sheet_outranks_all_others(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    rows = result_cells()
    rows[0][0], rows[1][0] = "2", "1"
    write_sheet(
        folder / "Race 1 Final - Results CSV.csv", RESULT_COLUMNS, [rows[1], rows[0], rows[2]]
    )
    race = only_race(tmp_path)
    assert [line.number for line in race.results] == ["03", "3", "7"]
    assert any("position 1 became 2" in note for note in race.notes)


def test_that_laps_without_a_result_are_told(tmp_path: Path) -> None:
    race = with_results(tmp_path, result_cells()[:2])
    assert [line.number for line in race.results] == ["3", "03"]
    assert any(
        note.startswith("#7 Cy Cedar has laps in 7 - Laps CSV.csv but no line")
        for note in race.notes
    )
    assert race.timing.entries["7"].driver_name == "Cy Cedar"


def test_that_the_words_for_no_position_are_known(tmp_path: Path) -> None:
    rows = result_cells()
    for line, word in enumerate(("DNS", "dnf", "DSQ")):
        changed(rows, line, RESULT_COLUMNS, "Pos", word)
    race = with_results(tmp_path, rows)
    assert [line.status for line in race.results] == [
        "Not started",
        "Not classified",
        "Disqualified",
    ]
    assert {line.position for line in race.results} == {None}


def test_that_two_spellings_of_one_driver_are_one_and_two_drivers_two(tmp_path: Path) -> None:
    """#7 is misspelled once; #3 is driven by somebody else in the second race."""
    write_race(tmp_path, race=1)
    second = write_race(tmp_path, race=2)
    rows = website_cells()
    rows[0][4], rows[2][4] = "Eve Elm", "Cy Ceder"
    for row in rows:
        row[9] = row[9].replace("5:", "6:")
    write_sheet(second / WEBSITE_SHEET, WEBSITE_COLUMNS, rows, ";")
    (second / LAP_SHEET).unlink()
    (second / RESULT_SHEET).unlink()
    season = read_season_2024([tmp_path])
    names = [[line.driver_name for line in race.results] for race in season.races]
    # Seen once each, so the later spelling is used, in both races alike.
    assert names == [["Ann Ash", "Ben Birch", "Cy Ceder"], ["Eve Elm", "Ben Birch", "Cy Ceder"]]
    assert "Cy Cedar (#7) is taken as Cy Ceder, the usual or later spelling" in season.notes
