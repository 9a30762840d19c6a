"""Sheets of 2024 that are missing, cut off, edited or contradict each other."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.sheets_2024.reading import read_season_2024
from htt_desktop.sources.errors import SourceError
from tests.pipeline.sheets_2024 import (
    DRIVERS,
    LAP_COLUMNS,
    LAP_SHEET,
    LAPS,
    RESULT_COLUMNS,
    RESULT_SHEET,
    WEBSITE_SHEET,
    changed,
    lap_cells,
    only_race,
    result_cells,
    with_laps,
    with_results,
    write_race,
    write_sheet,
)


def refused_with(root: Path) -> str | None:
    """Return why a season is refused, ``None`` if it is read."""
    try:
        read_season_2024([root])
    except SourceError as error:
        return str(error)
    return None


def test_that_a_whole_race_is_read_without_complaint(tmp_path: Path) -> None:
    write_race(tmp_path)
    race = only_race(tmp_path)
    assert race.key == RaceKey(2024, "sonoma", 1)
    assert [line.number for line in race.results] == ["3", "03", "7"]
    assert [line.points for line in race.results] == [24, 23, 22]
    assert {number: len(laps) for number, laps in race.timing.laps.items()} == dict.fromkeys(
        DRIVERS, LAPS
    )
    assert race.timing.laps["03"][0].start_s == pytest.approx(0.5)
    assert [path.name for path in race.files] == [LAP_SHEET, WEBSITE_SHEET, RESULT_SHEET]
    assert len(race.notes) == 2  # No qualifying sheet, and no final version.


def test_that_a_folder_without_races_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sonoma" / "2024" / "practice_1").mkdir(parents=True)
    with pytest.raises(SourceError, match="holds no race of 2024; give the folder above"):
        read_season_2024([tmp_path])


def test_that_a_missing_lap_sheet_leaves_the_results(tmp_path: Path) -> None:
    (write_race(tmp_path) / LAP_SHEET).unlink()
    race = only_race(tmp_path)
    assert len(race.results) == len(DRIVERS)
    assert race.timing.laps == {}
    assert list(race.timing.entries) == list(DRIVERS)
    assert "no lap sheet; results only" in race.notes


def test_that_missing_results_leave_the_laps(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    (folder / RESULT_SHEET).unlink()
    (folder / WEBSITE_SHEET).unlink()
    race = only_race(tmp_path)
    assert race.results == ()
    assert race.timing.entries["03"].driver_name == "Ben Birch"
    assert "no result sheet; laps only" in race.notes


def test_that_a_weekend_with_one_race_says_that_the_other_is_missing(tmp_path: Path) -> None:
    write_race(tmp_path, "barber", 2)
    season = read_season_2024([tmp_path])
    assert [race.key for race in season.races] == [RaceKey(2024, "barber", 2)]
    assert "barber race 1: neither results nor laps, left out" in season.notes


def test_that_the_spelling_of_the_sheets_chooses_the_reader_and_not_their_year(
    tmp_path: Path,
) -> None:
    folder = write_race(tmp_path).parent
    folder.rename(folder.with_name("2023"))
    season = read_sheets([tmp_path], 2023)
    assert [race.key for race in season.races] == [RaceKey(2023, "sonoma", 1)]
    assert not any(note.startswith("no sheets of") for note in season.notes)


def test_that_two_lap_sheets_are_refused(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    write_sheet(folder / "7 - Laps CSV (1).csv", LAP_COLUMNS, lap_cells())
    with pytest.raises(SourceError, match="several lap sheets"):
        only_race(tmp_path)


@pytest.mark.parametrize(
    "column,text,said",
    [
        ("Lap Time (ms)", "1:40.000", "'1:40.000' is not a time in milliseconds"),
        ("Lap Time (ms)", "nan", "'nan' is not a time"),
        ("Lap Time (ms)", "-100000", "'-100000' is not between 10 and 7,200 s"),
        ("Lap Time (ms)", "9" * 40, "is not a time"),
        ("Elapsed Time (ms)", "early", "'early' is not a time"),
        ("S2 (ms)", "4e4", "'4e4' is not a time"),
        ("S3b (ms)", "x", "'x' is not a time"),
        ("Laps", "0", "is not a lap number"),
        ("Laps", "", "is not a lap number"),
        ("Laps", "2.5", "'2.5' is not a whole number"),
        ("Flag", "Purple Flag", "'Purple Flag' is none of Green Flag, Yellow Flag"),
        ("#", "", "is empty"),
        ("Name", "Di Dale", "Di Dale in #3, driven by Ann Ash above"),
    ],
)
def test_that_a_bad_lap_cell_is_named(tmp_path: Path, column: str, text: str, said: str) -> None:
    where = re.escape(f"{LAP_SHEET}, row 3, column {column}: ") + ".*" + re.escape(said)
    with pytest.raises(SourceError, match=where):
        with_laps(tmp_path, changed(lap_cells(), 1, LAP_COLUMNS, column, text))


@pytest.mark.parametrize(
    "column,text,said",
    [
        ("Pos", "first", "'first' is not a whole number"),
        ("Pos", "1", "1 is the position of row 2 too"),
        ("#", "3", "3 is printed twice"),
        ("Name", "", "is empty"),
        ("Name", "Ann  Ash*", "Ann Ash drives in row 2 too"),
        ("Laps", "-3", "'-3' is not a whole number"),
        ("Total Time", "fast", "'fast' is not a time"),
        ("Best Time", "inf", "'inf' is not a time"),
        ("Best Lap", "two", "'two' is not a whole number"),
        ("Points", "18.5", "'18.5' is not a whole number"),
        ("Start Pos", "?", "'?' is not a whole number"),
    ],
)
def test_that_a_bad_result_cell_is_named(tmp_path: Path, column: str, text: str, said: str) -> None:
    where = re.escape(f"{RESULT_SHEET}, row 3, column {column}: {said}")
    with pytest.raises(SourceError, match=where):
        with_results(tmp_path, changed(result_cells(), 1, RESULT_COLUMNS, column, text))


@pytest.mark.parametrize("column", ["#", "Laps", "Flag", "S2 (ms)"])
def test_that_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    gone = LAP_COLUMNS.index(column)
    columns = [name for name in LAP_COLUMNS if name != column]
    rows = [[cell for index, cell in enumerate(row) if index != gone] for row in lap_cells()]
    write_sheet(write_race(tmp_path) / LAP_SHEET, columns, rows)
    with pytest.raises(SourceError, match=re.escape(f"row 1: no column {column};")):
        only_race(tmp_path)


def test_that_a_sheet_cut_off_within_a_row_is_refused(tmp_path: Path) -> None:
    path = write_race(tmp_path) / LAP_SHEET
    path.write_text(path.read_text("utf-8")[:-40], "utf-8")
    with pytest.raises(
        SourceError, match=r"row 10, column S1a \(ms\): the row ends before it \(\d+ cells under 17"
    ):
        only_race(tmp_path)


def test_that_a_sheet_cut_off_within_quotes_is_refused(tmp_path: Path) -> None:
    path = write_race(tmp_path) / LAP_SHEET
    path.write_text(path.read_text("utf-8") + '"7","Cy', "utf-8")
    with pytest.raises(SourceError, match="unexpected end of data"):
        only_race(tmp_path)


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\n\n", b"\x00\x01\x02", b"\xff\xfe#\x00"])
def test_that_what_is_no_sheet_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = write_race(tmp_path) / LAP_SHEET
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=re.escape(str(path))):
        only_race(tmp_path)


@pytest.mark.parametrize("sheet", [LAP_SHEET, RESULT_SHEET, WEBSITE_SHEET])
def test_that_any_damage_ends_in_a_sentence_or_in_a_race(tmp_path: Path, sheet: str) -> None:
    """Whatever is overwritten, cut or doubled: never another exception."""
    path = write_race(tmp_path) / sheet
    whole = path.read_bytes()
    chance = random.Random(24)
    refused = 0
    for _ in range(300):
        begin = chance.randrange(len(whole))
        piece = whole[begin : begin + chance.randrange(1, 60)]
        new = chance.choice([b"", piece * 2, chance.randbytes(len(piece)), b'"', b"\n", b","])
        path.write_bytes(whole[:begin] + new + whole[begin + len(piece) :])
        refusal = refused_with(tmp_path)
        refused += refusal is not None
        assert refusal is None or sheet in refusal
    assert 100 < refused < 300
