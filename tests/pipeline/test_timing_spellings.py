"""What sheets get wrong: zeros lost, cells missing, loops out of order, names ambiguous."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.race import OfficialLap, RaceKey
from htt_desktop.pipeline.timing.reader import TimingReading, read_timing
from htt_desktop.sources.errors import SourceError
from tests.pipeline.timing_sheets import HEADER, analysis_row

KEY = RaceKey(2025, "barber", 1)
LOOPS = {"IM1a": 17.0, "IM1": 27.0, "IM2a": 57.0, "IM2": 70.0, "IM3a": 80.0}
NAME = "23_AnalysisEnduranceWithSections_Race_1.CSV"


def laps(count: int, lap_time_s: float = 100.0) -> list[OfficialLap]:
    return [
        OfficialLap(n, lap_time_s, n * lap_time_s, "GF", loops_s=LOOPS) for n in range(1, count + 1)
    ]


def read(folder: Path, *rows: str, header: str = HEADER) -> TimingReading:
    (folder / NAME).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return read_timing(folder, KEY)


def test_that_windows_line_ends_and_a_missing_byte_order_mark_change_nothing(
    tmp_path: Path,
) -> None:
    rows = [analysis_row("7", "A Driver", lap) for lap in laps(3)]
    plain = read(tmp_path, *rows).timing
    (tmp_path / NAME).write_bytes(("﻿" + "\r\n".join((HEADER, *rows))).encode())
    assert read_timing(tmp_path, KEY).timing == plain


def test_that_a_sector_printed_with_minutes_is_read(tmp_path: Path) -> None:
    lap = OfficialLap(1, 131.273, 131.273, "GF", loops_s={})
    row = analysis_row("7", "A Driver", lap, S1="1:01.273", S2="40.000", S3="30.000")
    found = read(tmp_path, row).timing.laps["7"][0]
    assert found.loops_s == {"IM1": 61.273, "IM2": 101.273}


def test_that_an_empty_cell_is_missing_and_never_zero(tmp_path: Path) -> None:
    lap = laps(1)[0]
    row = analysis_row("7", "A Driver", lap, IM2a_elapsed="", TOP_SPEED="", PIT_TIME="")
    found = read(tmp_path, row).timing.laps["7"][0]
    assert "IM2a" not in found.loops_s
    assert found.top_speed_kmh is None
    assert found.pit_time_s is None


def test_that_a_crossing_out_of_order_is_dropped_with_a_note(tmp_path: Path) -> None:
    row = analysis_row("7", "A Driver", laps(1)[0], IM2a_elapsed="75.000")
    reading = read(tmp_path, row)
    assert set(reading.timing.laps["7"][0].loops_s) == {"IM1a", "IM1", "IM2", "IM3a"}
    assert "IM2a" in reading.notes[0]


def test_that_sectors_that_do_not_add_up_cost_the_lap_its_sector_loops(tmp_path: Path) -> None:
    row = analysis_row("7", "A Driver", laps(1)[0], S3_SECONDS="31.000")
    reading = read(tmp_path, row)
    assert set(reading.timing.laps["7"][0].loops_s) == {"IM1a", "IM2a", "IM3a"}
    assert "101.000" in reading.notes[0]


def test_that_a_loop_that_disagrees_with_its_sector_is_dropped(tmp_path: Path) -> None:
    row = analysis_row("7", "A Driver", laps(1)[0], IM1_elapsed="27.500")
    assert "IM1" not in read(tmp_path, row).timing.laps["7"][0].loops_s


def test_that_two_drivers_under_one_number_are_told_apart_by_name(tmp_path: Path) -> None:
    (tmp_path / "Barberrd1Qualifying.csv").write_text(
        "POS;NUMBER;DRIVER_FIRSTNAME;DRIVER_SECONDNAME\n1;3;Jason;Kos\n2;03;Karl;Forman\n",
        encoding="utf-8",
    )
    rows = [analysis_row("3", "Jason Kos", lap) for lap in laps(2, 99.0)]
    rows += [analysis_row("3", "Karl Forman", lap) for lap in laps(3)]
    timing = read(tmp_path, *rows).timing
    assert timing.entries["03"].driver_name == "Karl Forman"
    assert (len(timing.laps["3"]), len(timing.laps["03"])) == (2, 3)


def test_that_a_lost_zero_is_given_back_when_other_sheets_keep_it(tmp_path: Path) -> None:
    (tmp_path / "Barberrd1Qualifying.csv").write_text(
        "POS;NUMBER;DRIVER_FIRSTNAME;DRIVER_SECONDNAME\n2;03;Karl;Forman\n",
        encoding="utf-8",
    )
    timing = read(tmp_path, *(analysis_row("3", "Karl Forman", lap) for lap in laps(2))).timing
    assert list(timing.entries) == ["03"]
    assert len(timing.laps["03"]) == 2


def test_that_a_second_lap_block_nobody_can_name_is_left_out_with_a_note(
    tmp_path: Path,
) -> None:
    rows = [analysis_row("3", "", lap) for lap in (*laps(2, 99.0), *laps(3))]
    reading = read(tmp_path, *rows)
    assert [lap.lap_time_s for lap in reading.timing.laps["3"]] == [99.0, 99.0]
    assert any("two cars" in note for note in reading.notes)


def test_that_a_bad_cell_is_named_by_file_row_and_column(tmp_path: Path) -> None:
    rows = [analysis_row("7", "A Driver", lap) for lap in laps(2)]
    rows.append(analysis_row("7", "A Driver", laps(3)[2], ELAPSED="soon"))
    with pytest.raises(SourceError, match=rf"{NAME}, row 4, column ELAPSED: 'soon'"):
        read(tmp_path, *rows)


def test_that_a_sheet_of_another_kind_is_refused_by_its_missing_column(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column LAP_TIME"):
        read(tmp_path, "1;7;1", header="POSITION;NUMBER;LAP_NUMBER")


def test_that_a_folder_of_the_other_race_is_not_taken_for_this_one(tmp_path: Path) -> None:
    (tmp_path / NAME.replace("Race_1", "__Race_2")).write_text(HEADER, encoding="utf-8")
    with pytest.raises(SourceError, match="no lap analysis of race 1 at barber"):
        read_timing(tmp_path, KEY)


def test_that_two_versions_of_equal_standing_are_not_chosen_between(tmp_path: Path) -> None:
    for name in (NAME, NAME.replace("Race_1", "Race 1_Anonymized")):
        (tmp_path / name).write_text(HEADER, encoding="utf-8")
    with pytest.raises(SourceError, match="more than one lap analysis"):
        read_timing(tmp_path, KEY)


def test_that_the_final_version_of_a_sheet_counts(tmp_path: Path) -> None:
    row = analysis_row("7", "A Driver", laps(1)[0])
    (tmp_path / NAME).write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    final = tmp_path / NAME.replace("Race_1", "Race_1_Final")
    final.write_text(f"{HEADER}\n{row.replace('A Driver', 'B Driver')}\n", encoding="utf-8")
    assert read_timing(tmp_path, KEY).timing.entries["7"].driver_name == "B Driver"


def test_that_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_timing(tmp_path / "nowhere", KEY)


@pytest.mark.parametrize("depth", ["", "barber", "barber/race_1"])
def test_that_root_track_and_race_folder_all_lead_to_the_sheet(
    tmp_path: Path,
    depth: str,
) -> None:
    folder = tmp_path / "barber" / "race_1"
    folder.mkdir(parents=True)
    row = analysis_row("7", "A Driver", laps(1)[0])
    (folder / NAME).write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    assert list(read_timing(tmp_path / depth, KEY).timing.entries) == ["7"]


def test_that_loops_named_int_are_sector_ends_even_without_sector_times(tmp_path: Path) -> None:
    row = analysis_row("7", "A Driver", laps(1)[0], S1_SECONDS="", S2_SECONDS="", S3_SECONDS="")
    reading = read(tmp_path, row, header=HEADER.replace("IM1_", "INT-1_").replace("IM2_", "INT-2_"))
    assert dict(reading.timing.laps["7"][0].loops_s) == LOOPS


def test_that_results_without_zeros_neither_add_entries_nor_mix_teams(tmp_path: Path) -> None:
    (tmp_path / "03_Results_Race_1.CSV").write_text(
        "POSITION;NUMBER;TEAM;DRIVER_FIRSTNAME;DRIVER_SECONDNAME\n"
        "1;3;Kos Racing;Jason;Kos\n2;3;Forman Racing;Karl;Forman\n3;8;Late Team;No;Start\n",
        encoding="utf-8",
    )
    rows = [analysis_row("3", "Jason Kos", lap, TEAM="") for lap in laps(2)]
    rows += [analysis_row("03", "Karl Forman", lap, TEAM="") for lap in laps(2)]
    entries = read(tmp_path, *rows).timing.entries
    assert {number: entry.team for number, entry in entries.items()} == {
        "3": "Kos Racing",
        "03": "Forman Racing",
        "8": "Late Team",
    }
