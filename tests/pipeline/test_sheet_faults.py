"""Sheets that were once read wrongly: each is right with a note, or refused at its cell."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.raw.readers import recognise
from htt_desktop.pipeline.season.build import build_season
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.timing.reader import read_timing
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.decode import decode_season
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.sources.whole_file import write_whole
from tests.pipeline.season_folder import FIELD, slower, write_laps, write_race, write_results

ANALYSIS = "23_AnalysisEnduranceWithSections_Race_1.CSV"
RESULTS = "03_Results_GR_Cup_Race_1_Official.CSV"
QUALIFYING = "Barberrd1Qualifying.csv"
WEATHER = "26_Weather_Race_1.CSV"
KEY = RaceKey(2025, "barber", 1)


def told(root: Path) -> tuple[object, tuple[str, ...]]:
    """Return all figures of a season and its notes."""
    built = build_season(read_sheets([root]), load_tracks(data_dir()), {})
    encode(built.season, built.laps)
    season = built.season
    return (season.results, season.stats, built.laps.races), season.origin.notes


def edited(root: Path, name: str, edit: Callable[[str], str]) -> Path:
    """Write a race with one sheet changed and return that sheet."""
    path = write_race(root) / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def cell(row: int, column: str, text: str, delimiter: str = ";") -> Callable[[str], str]:
    """Return a change of one cell; the header is row 1."""

    def edit(sheet: str) -> str:
        lines = sheet.splitlines()
        names = [name.strip().lstrip("﻿") for name in lines[0].split(delimiter)]
        cells = lines[row - 1].split(delimiter)
        cells[names.index(column)] = text
        lines[row - 1] = delimiter.join(cells)
        return "\n".join(lines) + "\n"

    return edit


@pytest.mark.parametrize(
    "folder,said",
    [
        ("01_zero_lap_time", "row 4, column LAP_TIME: '0:00.000' is not between 10 and 7,200 s"),
        ("04_unbalanced_quote", "row 9, column TEAM: a quote without its partner"),
        ("07_duplicate_header_ELAPSED", "row 1, column ELAPSED: stands there twice"),
        ("09_weather_milliseconds", "row 2, column TIME_UTC_SECONDS: '1757184078000' is not"),
        ("11_weather_1969", "row 2, column TIME_UTC_SECONDS: '-5' is not between"),
        ("15_two_drivers_one_name", "row 8, column DRIVER_NAME: Ada Berg drives #4 in row 2 too"),
        ("19_two_in_position_1", "row 3, column POSITION: 1 is the position of row 2 too"),
    ],
)
def test_that_a_known_fault_is_refused_at_its_cell(
    shared_dir: Path, folder: str, said: str
) -> None:
    with pytest.raises(SourceError, match=re.escape(said)):
        told(shared_dir / "gr_cup" / "faults" / folder)


@pytest.mark.parametrize(
    "folder,note",
    [
        ("02_one_row_twice", "#4 lap 2: printed twice alike, counted once"),
        ("03_name_spelled_two_ways", "#4: Ada T. Berg is taken as Ada Berg, one driver under two"),
        ("06_numbers_like_4.0", "cars are printed like 4.0 and read as 4"),
        ("16_utf16", None),
        ("18_mac_resource_fork", None),
    ],
)
def test_that_a_known_fault_is_read_right(shared_dir: Path, folder: str, note: str | None) -> None:
    faults = shared_dir / "gr_cup" / "faults"
    figures, notes = told(faults / folder)
    sound, usual = told(faults / "00_good")
    assert figures == sound
    more = [one for one in notes if one not in usual]
    assert len(more) == (note is not None)
    assert note is None or note in more[0]


@pytest.mark.parametrize(
    "name,row,column,text,said",
    [
        (ANALYSIS, 3, "LAP_TIME", "99394", "'99394' is not between 10 and 7,200 s"),
        (ANALYSIS, 3, "LAP_TIME", "1:99.394", "60 is the next minute"),
        (ANALYSIS, 3, "LAP_TIME", "nan", "'nan' is not a time"),
        (ANALYSIS, 3, "LAP_TIME", "-1:39.394", "'-1:39.394' is not a time"),
        (ANALYSIS, 3, "LAP_TIME", "٩٩", "is not a time"),
        (ANALYSIS, 3, "ELAPSED", "9" * 5000, "is not a time"),
        (ANALYSIS, 3, "TOP_SPEED", "inf", "'inf' is not a number"),
        (ANALYSIS, 3, "TOP_SPEED", "1821", "'1821' is not between 1 and 400 km/h"),
        (ANALYSIS, 3, "KPH", "-133", "'-133' is not between"),
        (ANALYSIS, 3, "LAP_NUMBER", "0", "'0' is not between 1 and 2,000"),
        (ANALYSIS, 3, "LAP_NUMBER", "3", None),
        (ANALYSIS, 3, "LAP_NUMBER", "2.5", "'2.5' is not a whole number"),
        (ANALYSIS, 3, "NUMBER", "", "is empty"),
        (ANALYSIS, 3, "NUMBER", "44", None),
        (ANALYSIS, 3, "NUMBER", "123456789", "is not the number of a car"),
        (ANALYSIS, 3, "FLAG_AT_FL", "XX", "'XX' is none of GF, FCY, FF, RF"),
        (ANALYSIS, 3, "CROSSING_FINISH_LINE_IN_PIT", "yes", "'YES' is neither B nor empty"),
        (ANALYSIS, 3, "DRIVER_NAME", "Max Moss", "Max Moss in #13, driven by Anna Ace above"),
        (ANALYSIS, 3, "S1_SECONDS", "abc", "'abc' is not a time"),
        (ANALYSIS, 3, "HOUR", "noon", "'noon' is not a time"),
        (ANALYSIS, 2, "TEAM", "T" * 101, "has 101 characters"),
        (RESULTS, 3, "POSITION", "0", "'0' is not between 1 and 200"),
        (RESULTS, 3, "POSITION", "", "is empty although the status is 'Classified'"),
        (RESULTS, 3, "LAPS", "1e3", "'1e3' is not a whole number"),
        (RESULTS, 3, "TOTAL_TIME", "99:99:99", "60 is the next minute"),
        (RESULTS, 3, "FL_TIME", "97394", "is not between 10 and 7,200 s"),
        (QUALIFYING, 3, "POS", "1", "1 is the position of row 2 too"),
        (QUALIFYING, 3, "TIME", "nan", "'nan' is not a time"),
        (WEATHER, 2, "TIME_UTC_SECONDS", "1e9", "'1e9' is not a number"),
        (WEATHER, 2, "AIR_TEMP", "293", "'293' is not between -50 and 60 °C"),
        (WEATHER, 2, "HUMIDITY", "nan", "'nan' is not a number"),
    ],
)
def test_that_a_cell_out_of_its_range_is_named(
    tmp_path: Path, name: str, row: int, column: str, text: str, said: str | None
) -> None:
    """Without a word of its own the sentence needs only to name the cell."""
    edited(tmp_path, name, cell(row, column, text))
    where = rf"{re.escape(name)}, row \d+, column \S+: .*{re.escape(said or '')}"
    with pytest.raises(SourceError, match=where):
        told(tmp_path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace(text.splitlines()[0], text.splitlines()[0].lower(), 1),
        lambda text: "sep=;\n" + text.lstrip("﻿"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace(";", ","),
        lambda text: text.replace(";", "\t"),
        lambda text: text.replace(";GF;", ";gf;"),
        lambda text: text + "\n;;;\n\n",
        lambda text: "\n".join((text.splitlines()[0], *text.splitlines()[:0:-1])) + "\n",
    ],
    ids=["small", "sep", "windows", "mac", "comma", "tab", "flags", "blank", "backwards"],
)
def test_that_another_way_of_writing_changes_nothing(
    tmp_path: Path, edit: Callable[[str], str]
) -> None:
    write_race(tmp_path / "plain")
    edited(tmp_path / "edited", ANALYSIS, edit)
    assert sorted_cars(told(tmp_path / "edited")) == sorted_cars(told(tmp_path / "plain"))


def sorted_cars(season: tuple[object, tuple[str, ...]]) -> str:
    return str(season)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_that_a_sheet_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = write_race(tmp_path) / ANALYSIS
    plain = told(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode(encoding))
    assert told(tmp_path) == plain


def test_that_the_code_page_of_windows_is_read_with_a_note(tmp_path: Path) -> None:
    path = write_race(tmp_path) / RESULTS
    text = path.read_text(encoding="utf-8-sig").replace("A Team", "Équipe")
    path.write_bytes(text.encode("cp1252"))
    season = build_season(read_sheets([tmp_path]), load_tracks(data_dir()), {}).season
    assert season.stats["Anna Ace"].team == "Équipe"
    assert any("not UTF-8, read as Windows-1252" in note for note in season.origin.notes)


def test_that_a_damaged_letter_is_no_letter_of_another_code_page(tmp_path: Path) -> None:
    path = write_race(tmp_path) / ANALYSIS
    text = path.read_text(encoding="utf-8-sig").replace("Anna Ace", "Anná Ace").encode()
    path.write_bytes(text.replace("á".encode(), "á".encode()[:1], 1))
    with pytest.raises(SourceError, match=r"row 2: byte \d+ is no UTF-8"):
        told(tmp_path)


def test_that_a_title_above_the_header_is_passed_over_with_a_note(tmp_path: Path) -> None:
    figures, notes = told(write_race(tmp_path / "plain").parent.parent)
    edited(tmp_path / "edited", ANALYSIS, lambda text: f"GR Cup;Barber\n\n{text.lstrip('﻿')}")
    same, more = told(tmp_path / "edited")
    assert same == figures
    [note] = [one for one in more if one not in notes]
    assert "above its header stands 'GR Cup;Barber', passed over" in note


def test_that_a_missing_flag_column_is_named(tmp_path: Path) -> None:
    edited(tmp_path, ANALYSIS, lambda text: text.replace("FLAG_AT_FL", "FLAGGED", 1))
    with pytest.raises(SourceError, match=rf"{ANALYSIS}, row 1: no column FLAG_AT_FL, so it is"):
        told(tmp_path)


def test_that_a_missing_column_is_missed(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ANALYSIS,
        lambda text: text.replace("IM2_elapsed", "IM2_elapsd", 1).replace("TOP_SPEED", "TOP", 1),
    )
    notes = " ".join(told(tmp_path)[1])
    assert "no column IM2_elapsed, so nobody is timed there" in notes
    assert "no column TOP_SPEED, so nothing it would tell is known" in notes


def test_that_a_row_with_other_content_for_the_same_lap_is_refused(tmp_path: Path) -> None:
    def twice(text: str) -> str:
        lines = text.splitlines()
        return "\n".join((*lines[:3], lines[2].replace("GF", "FCY"), *lines[3:])) + "\n"

    edited(tmp_path, ANALYSIS, twice)
    with pytest.raises(SourceError, match="row 4, column LAP_NUMBER: lap 2 of #13 is in row 3"):
        told(tmp_path)


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.8])
def test_that_a_lap_sheet_cut_between_two_rows_is_refused(tmp_path: Path, kept: float) -> None:
    def cut(text: str) -> str:
        lines = text.splitlines()
        return "\n".join(lines[: int(len(lines) * kept)]) + "\n"

    edited(tmp_path, ANALYSIS, cut)
    with pytest.raises(SourceError, match=f"{ANALYSIS} has .* so it is cut off or of another race"):
        told(tmp_path)


def test_that_a_sheet_cut_within_a_row_is_refused_at_the_missing_column(tmp_path: Path) -> None:
    edited(tmp_path, ANALYSIS, lambda text: text[: len(text) // 2])
    with pytest.raises(SourceError, match=rf"{ANALYSIS}, row \d+, column \S+: the row ends before"):
        told(tmp_path)


def test_that_a_result_sheet_cut_off_is_refused(tmp_path: Path) -> None:
    edited(tmp_path, RESULTS, lambda text: "\n".join(text.splitlines()[:4]) + "\n")
    with pytest.raises(SourceError, match="ends after 3 cars without #03 Di Dash, #8 Ed Early"):
        told(tmp_path)


def test_that_somebody_disqualified_without_a_position_stays_in_the_season(tmp_path: Path) -> None:
    def disqualify(text: str) -> str:
        return cell(6, "POSITION", "")(cell(6, "STATUS", "Disqualified")(text))

    edited(tmp_path, RESULTS, disqualify)
    built = build_season(read_sheets([tmp_path]), load_tracks(data_dir()), {})
    [row] = built.season.results["Ed Early"]
    assert (row.finish, row.points, row.status, row.laps) == (None, 0, "disqualified", 5)
    stats = built.season.stats["Ed Early"]
    assert (stats.races, stats.dnfs, stats.dns) == (1, 0, 0)
    files = encode(built.season, built.laps)
    assert decode_season(files, "").results["Ed Early"] == (row,)


def test_that_a_position_beside_the_word_disqualified_is_shown_as_printed(tmp_path: Path) -> None:
    edited(tmp_path, RESULTS, cell(6, "STATUS", "DISQUALIFIED"))
    built = build_season(read_sheets([tmp_path]), load_tracks(data_dir()), {})
    [row] = built.season.results["Ed Early"]
    assert (row.finish, row.status) == (5, "disqualified")


def test_that_a_car_without_a_name_moves_nobody(tmp_path: Path) -> None:
    (write_race(tmp_path / "plain") / QUALIFYING).unlink()
    figures, _ = told(tmp_path / "plain")
    path = edited(
        tmp_path / "edited",
        RESULTS,
        lambda text: text.replace("Bob;Bold", ";"),
    )
    (path.parent / QUALIFYING).unlink()
    same, notes = told(tmp_path / "edited")
    assert same == figures
    assert any("#7 has no name in" in note and "taken as Bob Bold" in note for note in notes)


def test_that_the_lap_sheet_says_who_drove(tmp_path: Path) -> None:
    write_race(tmp_path / "plain")
    figures, _ = told(tmp_path / "plain")
    edited(tmp_path / "edited", RESULTS, lambda text: text.replace("Bob;Bold", "Max;Moss"))
    same, notes = told(tmp_path / "edited")
    assert same == figures
    assert any("names Max Moss, the lap analysis Bob Bold; believed" in note for note in notes)


def test_that_one_race_under_two_names_is_refused(tmp_path: Path) -> None:
    write_race(tmp_path)
    shutil.copytree(tmp_path / "barber", tmp_path / "cota")
    with pytest.raises(SourceError, match="hold the same laps, so one race would count as barber"):
        told(tmp_path)
    (tmp_path / "cota" / "race_1" / ANALYSIS).unlink()
    write_laps(tmp_path / "cota" / "race_1", slower(FIELD))
    with pytest.raises(SourceError, match="hold the same finishing times"):
        told(tmp_path)


@pytest.mark.parametrize("track,other", [("cota", "vir"), ("barber", "indianapolis")])
def test_that_sheets_of_another_track_are_refused(
    shared_dir: Path, tmp_path: Path, track: str, other: str
) -> None:
    source = shared_dir / "gr_cup" / "timing" / other / "race_1"
    shutil.copytree(source, tmp_path / track / "race_1")
    with pytest.raises(SourceError, match=f"column KPH: .* that is the length of {other}"):
        told(tmp_path)


def test_that_sheets_of_a_track_nobody_knows_are_refused(tmp_path: Path) -> None:
    def as_le_mans(text: str) -> str:
        for row in range(2, len(text.splitlines()) + 1):
            text = cell(row, "KPH", "331.3")(text)
        return text

    edited(tmp_path, ANALYSIS, as_le_mans)
    with pytest.raises(SourceError, match=r"column KPH: .* but Barber .* has 3,675 m; give"):
        told(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes among its files")
def test_that_a_pipe_is_no_sheet(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    (folder / RESULTS).unlink()
    os.mkfifo(folder / RESULTS)
    with pytest.raises(SourceError, match=rf"{RESULTS} cannot be read \(a pipe, not a file\)"):
        told(tmp_path)


def test_that_the_import_of_telemetry_reads_by_the_same_rules(tmp_path: Path) -> None:
    edited(tmp_path, ANALYSIS, cell(3, "LAP_TIME", "0:00.000"))
    with pytest.raises(SourceError, match=r"row 3, column LAP_TIME: '0:00\.000' is not between"):
        read_timing(tmp_path, KEY)
    write_results(tmp_path / "barber" / "race_1", FIELD[:2])


def test_that_of_two_equal_fastest_laps_the_first_one_counts(tmp_path: Path) -> None:
    """The second car drove the same best lap, later on the clock of the race."""
    cars = (FIELD[0], replace(FIELD[1], pace_s=FIELD[0].pace_s, first_s=9.0), *FIELD[2:])
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder, cars)
    write_results(folder, (cars[1], cars[0], *cars[2:]))
    season = build_season(read_sheets([tmp_path], 2025), load_tracks(data_dir()), {}).season
    fastest = {name for name, rows in season.results.items() if rows[0].is_fastest_lap}
    assert fastest == {"Anna Ace"}
    assert season.tracks["barber"].races[0].fastest_lap == "Anna Ace"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes among its files")
def test_that_a_pipe_is_neither_written_nor_imported(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="pipe is a pipe, not a file"):
        write_whole(pipe, "text")
    with pytest.raises(SourceError, match="pipe is a pipe, not a file"):
        recognise(pipe)
    with pytest.raises(SourceError, match="null is a device, not a file"):
        write_whole(Path(os.devnull), "text")
