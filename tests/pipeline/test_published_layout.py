"""The layout the series publishes in: sessions beside each other, sheets in several versions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.build import BuiltSeason, build_season
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.timing.sheet_files import find_sheets
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import load_tracks
from tests.pipeline.season_2025 import built_2025, printed_rows
from tests.pipeline.season_folder import (
    FIELD,
    write_laps,
    write_qualifying,
    write_race,
    write_results,
    write_weather,
)

BARBER = RaceKey(2025, "barber", 1)


def built(*roots: Path, year: int | None = 2025) -> BuiltSeason:
    return build_season(read_sheets(roots, year), load_tracks(data_dir()), {})


def published(root: Path) -> Path:
    """Write a weekend as published and return its folder."""
    weekend = root / "barber" / "2025"
    write_laps(weekend / "race_1")
    write_results(weekend / "race_1")
    write_weather(weekend / "race_1")
    first, second, *others = FIELD
    write_qualifying(weekend / "qualifying_1", FIELD, name="03_Provisional Results_Qualify 1.csv")
    write_qualifying(
        weekend / "qualifying_1", (second, first, *others), name="03_Results_Qualify 1.csv"
    )
    write_qualifying(weekend / "practice_1", others, name="03_Results_Practice 1.csv")
    return weekend


def grid(season: BuiltSeason) -> dict[str, int | None]:
    return {driver: row.grid for driver, row in season.season.classifications[BARBER]}


def test_that_the_final_qualifying_sheet_makes_the_grid_and_versions_are_compared(
    tmp_path: Path,
) -> None:
    published(tmp_path)
    season = built(tmp_path)
    assert grid(season) == {
        "Anna Ace": 2, "Bob Bold": 1, "Cy Calm": 3, "Di Dash": 4, "Ed Early": 5,
    }  # fmt: skip
    assert [note for note in season.season.origin.notes if "Provisional" in note] == [
        (
            "barber race 1: 1 cars moved up since 03_Provisional Results_Qualify 1.csv; believed "
            "03_Results_Qualify 1.csv, the version that counts"
        ),
        (
            "barber race 1: #13 Anna Ace, 03_Provisional Results_Qualify 1.csv: position 1 became "
            "2; believed 03_Results_Qualify 1.csv, the version that counts"
        ),
    ][::-1]
    assert "barber/2025/qualifying_1/03_Results_Qualify 1.csv" in season.season.origin.files


def test_that_a_copy_beside_the_race_yields_to_the_sheet_of_qualifying(tmp_path: Path) -> None:
    flat = tmp_path / "flat"
    write_race(flat)
    published(tmp_path / "published")
    season = built(flat, tmp_path / "published")
    assert grid(season)["Bob Bold"] == 1
    assert grid(built(flat))["Bob Bold"] == 2


def test_that_sheets_of_two_folders_count_once(tmp_path: Path) -> None:
    write_race(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    alone, both = built(tmp_path / "a"), built(tmp_path / "a", tmp_path / "b")
    assert both.season.results == alone.season.results
    assert both.season.stats == alone.season.stats
    assert both.season.origin.notes == alone.season.origin.notes
    assert {name.split("/")[0] for name in both.season.origin.files} == {"a", "b"}


def test_that_two_lap_analyses_of_one_race_must_be_equal(tmp_path: Path) -> None:
    write_race(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    path = next((tmp_path / "b").rglob("23_Analysis*"))
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace("Anna Ace", "Anna Oce")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"row 4, column DRIVER_NAME: 'Anna Oce', but .*Ace"):
        built(tmp_path / "a", tmp_path / "b")
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError):
        built(tmp_path / "a", tmp_path / "b")


def test_that_a_result_beside_another_race_is_found_by_its_name(tmp_path: Path) -> None:
    weekend = published(tmp_path)
    first, second, *others = FIELD
    write_results(weekend / "race_1", name="03_Provisional Results_Race 1.csv")
    (weekend / "race_1" / "03_Results_GR_Cup_Race_1_Official.CSV").unlink()
    write_laps(weekend / "race_2")
    name = "23_AnalysisEnduranceWithSections_Race_"
    (weekend / "race_2" / f"{name}1.CSV").rename(weekend / "race_2" / f"{name}2.CSV")
    write_results(weekend / "race_2", (second, first, *others), "03_Results Race 1 Official.csv")
    found = find_sheets(weekend / "race_1", BARBER)
    assert [path.name for path in found.results] == [
        "03_Results Race 1 Official.csv",
        "03_Provisional Results_Race 1.csv",
    ]
    assert find_sheets(weekend / "race_2", RaceKey(2025, "barber", 2)).results == ()


def test_that_qualifying_of_the_other_race_and_other_sheets_of_it_are_left_alone(
    tmp_path: Path,
) -> None:
    weekend = published(tmp_path)
    qualifying = weekend / "qualifying_1"
    for name in (
        "03_Results_Qualify 2.csv",
        "05_Results by Class_Qualify 1.csv",
        "23_Time Cards_Qualify 1.csv",
        "26_Weather_Qualify 1.csv",
        "99_Best 10 Laps By Driver_Qualify 1.csv",
        "._03_Results_Qualify 1.csv",
    ):
        (qualifying / name).write_text("not to be read", encoding="utf-8")
    found = find_sheets(tmp_path, BARBER)
    assert [path.name for path in found.qualifying] == [
        "03_Results_Qualify 1.csv",
        "03_Provisional Results_Qualify 1.csv",
    ]


def test_that_a_misspelt_provisional_sheet_does_not_count(tmp_path: Path) -> None:
    qualifying = published(tmp_path) / "qualifying_1"
    misspelt = qualifying / "03_Provisonal_Results_Qualify 1.csv"
    (qualifying / "03_Provisional Results_Qualify 1.csv").rename(misspelt)
    found = find_sheets(tmp_path, BARBER)
    assert [path.name for path in found.qualifying] == ["03_Results_Qualify 1.csv", misspelt.name]


def test_that_the_grid_of_road_america_is_the_final_one(shared_dir: Path) -> None:
    folder = shared_dir / "gr_cup" / "timing_more" / "roadamerica" / "2025" / "qualifying_2"
    final = {
        row["NUMBER"]: int(row["POS"]) if row["TIME"] else None
        for row in printed_rows(folder / "03_Results_Qualify 2.csv")
        if row["NUMBER"]
    }
    season = built_2025(shared_dir).season
    rows = dict(season.classifications[RaceKey(2025, "roadamerica", 2)])
    assert {row.driver_number: row.grid for row in rows.values()} == final
    assert rows["Jackson Tovo"].grid is None
    assert rows["Spike Kohlbecker"].grid == 3
    assert [note for note in season.origin.notes if "RoadAmericard2Qualifying" in note] == [
        (
            "roadamerica race 2: #31 Jackson Tovo, RoadAmericard2Qualifying.csv: position 3 became "
            "nothing, time 2:30.734 became nothing; believed 03_Results_Qualify 2.csv, the version "
            "that counts"
        ),
        (
            "roadamerica race 2: 25 cars moved up since RoadAmericard2Qualifying.csv; believed "
            "03_Results_Qualify 2.csv, the version that counts"
        ),
    ]


def test_that_the_published_layout_alone_tells_the_same_of_its_races(shared_dir: Path) -> None:
    whole = built_2025(shared_dir).season
    part = built(shared_dir / "gr_cup" / "timing_more", year=2025).season
    assert len(part.races) == 12
    for key in part.races:
        told = [
            (driver, row.finish, row.grid, row.total_time_s, row.best_lap_s, row.laps)
            for driver, row in part.classifications[key]
        ]
        assert told == [
            (driver, row.finish, row.grid, row.total_time_s, row.best_lap_s, row.laps)
            for driver, row in whole.classifications[key]
        ], key
