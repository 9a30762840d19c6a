"""Seasons of made-up sheets: what may be missing, what was lost, and what contradicts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.build import BuiltSeason, build_season
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.reading import read_season_2025
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.tracks import load_tracks
from tests.pipeline.season_folder import (
    BEST_TEN_HEADER,
    BY_CLASS_HEADER,
    FIELD,
    LAPS,
    RESULT_HEADER,
    Car,
    slower,
    write_laps,
    write_qualifying,
    write_race,
    write_results,
    write_sheet,
    write_standings,
    write_weather,
)
from tests.pipeline.timing_sheets import printed

BARBER = RaceKey(2025, "barber", 1)
EVENTS = ("Barber_Race 1", "Barber_Race 2")


def built(root: Path, year: int | None = 2025) -> BuiltSeason:
    """Return the season of a folder, proved to be writable."""
    season = build_season(read_season_2025([root], year), load_tracks(data_dir()), {})
    encode(season.season, season.laps)
    return season


def notes_of(season: BuiltSeason, words: str) -> list[str]:
    return [note for note in season.season.origin.notes if words in note]


def test_that_a_complete_race_is_read_without_a_note(tmp_path: Path) -> None:
    write_race(tmp_path)
    write_standings(
        tmp_path / "barber",
        [(car.number, car.driver, [won]) for car, won in zip(FIELD, (25, 18, 15, 12, 10),
                                                            strict=True)],
        EVENTS[:1],
    )  # fmt: skip
    season = built(tmp_path, None)
    assert season.season.year == 2025
    assert season.season.origin.notes == ()
    assert [row.finish for _, row in season.season.classifications[BARBER]] == [1, 2, 3, 4, 5]


def test_that_lap_analysis_and_results_alone_make_a_season(tmp_path: Path) -> None:
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder)
    write_results(folder)
    season = built(tmp_path)
    rows = dict(season.season.classifications[BARBER])
    assert [row.points for row in rows.values()] == [25, 18, 15, 12, 10]
    assert {row.grid for row in rows.values()} == {None}
    assert {figures.championship_position for figures in season.season.stats.values()} == {None}
    assert list(season.season.drivers) == [car.driver for car in FIELD]
    for words in (
        "no qualifying sheet",
        "no weather sheet",
        "points follow the finishing positions as 25-18-15-12-10-8-6-4-2-1",
        "in the order of the 2025 calendar",
    ):
        assert len(notes_of(season, words)) == 1, words


def test_that_the_lap_analysis_alone_makes_a_season(tmp_path: Path) -> None:
    write_laps(tmp_path / "barber" / "race_1")
    season = built(tmp_path)
    rows = dict(season.season.classifications[BARBER])
    assert list(rows) == [car.driver for car in FIELD]
    assert rows["Anna Ace"].best_lap_number == 2
    assert len(notes_of(season, "no result sheet")) == 1


def test_that_a_season_needs_to_know_its_year(tmp_path: Path) -> None:
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder)
    with pytest.raises(SourceError, match="year is unknown; say it with --year"):
        read_season_2025([tmp_path])
    write_weather(folder)
    assert read_season_2025([tmp_path]).year == 2025
    with pytest.raises(SourceError, match="weather sheets of 2025"):
        read_season_2025([tmp_path], 2024)


def test_that_two_years_in_one_folder_are_refused(tmp_path: Path) -> None:
    write_weather(write_race(tmp_path, "barber"))
    write_weather(write_race(tmp_path, "cota"), first_utc_s=1725648078)
    told = r"2024 \(.*cota.*\), 2025 \(.*barber.*\); give the folder of one season"
    with pytest.raises(SourceError, match=told):
        read_season_2025([tmp_path])


@pytest.mark.parametrize("spelled_in", ["results", "qualifying", "standings"])
def test_that_a_lost_zero_is_found_again_by_the_name(tmp_path: Path, spelled_in: str) -> None:
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder, lose_zeros=True)
    write_results(folder, lose_zeros=spelled_in != "results")
    if spelled_in == "qualifying":
        write_qualifying(folder)
    if spelled_in == "standings":
        cells = [(car.number, car.driver, [0]) for car in FIELD]
        write_standings(tmp_path, [*cells[:-1], ("8", "Ed Early", [1])], EVENTS[:1])
    season = built(tmp_path)
    cars = season.laps.races[BARBER].cars
    assert {number: car.driver for number, car in cars.items()} == {
        car.number: car.driver for car in FIELD
    }
    for car in FIELD:
        row = season.season.result(car.driver, BARBER)
        assert row is not None
        assert row.driver_number == car.number
        assert row.best_lap_s == min(lap.lap_time_s for lap in car.driven()[1:])
        assert cars[car.number].lap_time_s == tuple(lap.lap_time_s for lap in car.driven())


def test_that_a_car_nobody_can_name_is_left_out_whole_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder, lose_zeros=True)
    write_results(folder, lose_zeros=True)
    season = built(tmp_path)
    assert "Di Dash" not in season.season.drivers
    assert season.season.result("Cy Calm", BARBER) is not None
    assert sum(len(car.lap_number) for car in season.laps.races[BARBER].cars.values()) == (
        3 * LAPS + 5
    )
    assert len(notes_of(season, "no other sheet spells the second (Di Dash), left out")) == 1
    assert len(notes_of(season, "#3 Di Dash of 03_Results")) == 1


def test_that_a_line_without_a_name_is_told_by_its_best_lap(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    lines = [BEST_TEN_HEADER]
    for car in FIELD:
        best = car.driven()[1]
        lines.append(
            f"{car.number.lstrip('0')};;;{car.laps};{printed(best.lap_time_s)};2;{';' * 18}"
        )
    write_sheet(folder / "99_Best_10_Laps_By_Driver_Race_1.CSV", lines)
    assert notes_of(built(tmp_path), "99_Best_10") == []


def test_that_the_official_version_is_believed_and_every_difference_named(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    ace, bold, *others = FIELD
    write_results(folder, (ace, bold, *others), "03_Provisional_Results_Race_1.CSV")
    path = write_results(folder, (bold, *others, ace))
    late = printed(ace.driven()[-1].elapsed_s + 30.0)
    text = path.read_text(encoding="utf-8").replace(printed(ace.driven()[-1].elapsed_s), late)
    path.write_text(text, encoding="utf-8")
    season = built(tmp_path)
    row = season.season.result("Anna Ace", BARBER)
    assert row is not None
    assert (row.finish, row.penalty_s) == (5, 30.0)
    [note] = notes_of(season, "Anna Ace, 03_Provisional")
    assert "position 1 became 5" in note
    assert "believed 03_Results_GR_Cup_Race_1_Official.CSV" in note
    assert len(notes_of(season, "4 cars moved up since 03_Provisional")) == 1


def test_that_sheets_that_contradict_the_lap_analysis_are_named(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    laps = FIELD[0].driven()
    total, best = printed(laps[-1].elapsed_s), printed(laps[1].lap_time_s)
    write_sheet(
        folder / "99_Best_10_Laps_By_Driver_Race_1.CSV",
        [BEST_TEN_HEADER, f"13;Anna;Ace;{LAPS - 1};1:30.000;2;{';' * 18}"],
    )
    write_sheet(
        folder / "05_Results_by_Class_GR_Cup_Race_1_Official.CSV",
        [
            BY_CLASS_HEADER,
            f"Am;2;2;13;A Team;Car;Anna Ace;{LAPS};{total};{best};",
        ],
    )
    season = built(tmp_path)
    [best_ten] = notes_of(season, "99_Best_10")
    assert "11 laps, not 12" in best_ten
    assert "believed the lap analysis" in best_ten
    [by_class] = notes_of(season, "05_Results_by_Class")
    assert "position 2, not 1" in by_class


def test_that_a_lap_the_results_do_not_count_is_named(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    path = folder / "03_Results_GR_Cup_Race_1_Official.CSV"
    text = path.read_text(encoding="utf-8")
    best = printed(FIELD[0].driven()[1].lap_time_s)
    slower = printed(FIELD[0].driven()[2].lap_time_s)
    path.write_text(text.replace(f";2;{best};", f";3;{slower};", 1), encoding="utf-8")
    season = built(tmp_path)
    row = season.season.result("Anna Ace", BARBER)
    assert row is not None
    assert (row.best_lap_number, row.best_lap_s) == (3, FIELD[0].driven()[2].lap_time_s)
    assert len(notes_of(season, f"lap 2 of {best} beats the published best lap {slower}")) == 1


def test_that_standings_which_stop_early_are_continued_without_positions(tmp_path: Path) -> None:
    write_race(tmp_path)
    folder = tmp_path / "barber" / "race_2"
    write_laps(folder, slower(FIELD))
    write_results(folder, slower(FIELD), name="03_Results_Race_2_Official.CSV")
    (folder / "23_AnalysisEnduranceWithSections_Race_1.CSV").rename(
        folder / "23_AnalysisEnduranceWithSections_Race_2.CSV"
    )
    extra = write_sheet(
        tmp_path / "more",
        [
            "6;66;Classified;0;;;0;;A Team;Am;Gus;Guest;",
            "7;77;Classified;0;;;0;;A Team;Am;Zed;Zero;",
        ],
    )
    path = tmp_path / "barber" / "race_1" / "03_Results_GR_Cup_Race_1_Official.CSV"
    path.write_text(path.read_text("utf-8") + extra.read_text("utf-8-sig"), "utf-8")
    scorers = [*((car.number, car.driver) for car in FIELD), ("77", "Zed Zero")]
    points = zip(scorers, (25, 18, 15, 12, 10, 0), strict=True)
    write_standings(tmp_path, [(*who, [won, ""]) for who, won in points], EVENTS)
    season = built(tmp_path)
    assert season.season.stats["Anna Ace"].points == 50
    assert season.season.stats["Anna Ace"].championship_position is None
    assert list(season.season.drivers)[-2:] == ["Zed Zero", "Gus Guest"]
    assert len(notes_of(season, "does not count this race yet")) == 1


def test_that_the_newest_standings_win_and_older_opinions_are_named(tmp_path: Path) -> None:
    write_race(tmp_path)
    cells = [(car.number, car.driver, [won]) for car, won in zip(FIELD, (25, 18, 15, 12, 10),
                                                                strict=True)]  # fmt: skip
    write_standings(tmp_path / "sonoma", cells, EVENTS[:1], "GR_Driver_Championship.csv")
    newer = [(number, driver, [*won, 0]) for number, driver, won in cells]
    newer[0] = ("13", "Anna Ace", [0, 25])
    write_standings(tmp_path / "barber", newer, EVENTS)
    season = built(tmp_path)
    row = season.season.result("Anna Ace", BARBER)
    assert row is not None
    assert row.points == 0
    [note] = notes_of(season, "Anna Ace has 25 points in sonoma/GR_Driver_Championship.csv")
    assert "believed the latter, which is newer" in note


def test_that_guests_hand_their_points_on(tmp_path: Path) -> None:
    write_race(tmp_path)
    scoring = [car for car in FIELD if car.driver != "Bob Bold"]
    write_standings(
        tmp_path,
        [(c.number, c.driver, [won]) for c, won in zip(scoring, (25, 18, 15, 12), strict=True)],
        EVENTS[:1],
    )
    season = built(tmp_path)
    guest = season.season.stats["Bob Bold"]
    assert (guest.points, guest.championship_position) == (0, None)
    assert list(season.season.drivers)[-1] == "Bob Bold"
    [note] = season.season.origin.notes
    assert "#7 Bob Bold is not in GR_Drivers_Championship.csv" in note
    assert "this is a guest who finished P2 without points" in note


def test_that_a_total_that_does_not_add_up_is_named(tmp_path: Path) -> None:
    write_race(tmp_path)
    cells = [(car.number, car.driver, [won]) for car, won in zip(FIELD, (25, 18, 15, 12, 10),
                                                                strict=True)]  # fmt: skip
    path = write_standings(tmp_path, cells, EVENTS[:1])
    path.write_text(path.read_text(encoding="utf-8").replace("Ace;25;", "Ace;26;"), "utf-8")
    season = built(tmp_path)
    assert season.season.stats["Anna Ace"].points == 26
    assert len(notes_of(season, "add up to 25, the file says 26")) == 1


@pytest.mark.parametrize(
    "column,cell,words",
    [
        ("POSITION", "first", "row 2, column POSITION: 'first' is not a whole number"),
        ("POSITION", "", "row 2, column POSITION: is empty although the status is 'Classified'"),
        ("POSITION", "1.5", "row 2, column POSITION: '1.5' is not a whole number"),
        ("LAPS", "many", "row 2, column LAPS: 'many' is not a whole number"),
        ("TOTAL_TIME", "1 Lap", "row 2, column TOTAL_TIME: '1 Lap' is not a time"),
        ("FL_TIME", "x", "row 2, column FL_TIME: 'x' is not a time"),
    ],
)
def test_that_a_bad_cell_is_named_with_file_row_and_column(
    tmp_path: Path, column: str, cell: str, words: str
) -> None:
    path = write_race(tmp_path) / "03_Results_GR_Cup_Race_1_Official.CSV"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(";")
    cells[RESULT_HEADER.split(";").index(column)] = cell
    path.write_text("\n".join([lines[0], ";".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_season_2025([tmp_path], 2025)
    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_that_a_position_printed_as_a_float_is_read(tmp_path: Path) -> None:
    path = write_race(tmp_path) / "03_Results_GR_Cup_Race_1_Official.CSV"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n1;13;", "\n1.0;13;"), encoding="utf-8")
    assert read_season_2025([tmp_path]).races[0].results[0].position == 1


def test_that_a_sheet_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = write_race(tmp_path) / "Barberrd1Qualifying.csv"
    path.write_text("POS;NUMBER;\n1;13;\n", encoding="utf-8")
    with pytest.raises(SourceError, match="row 1: no column TIME, so it is not a qualifying sheet"):
        read_season_2025([tmp_path])


def test_that_a_folder_without_races_says_where_races_are_expected(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no folder like barber/race_1"):
        read_sheets([tmp_path], 2025)
    with pytest.raises(SourceError, match="is not a folder"):
        read_sheets([tmp_path / "absent"])


def test_that_a_track_nobody_knows_is_refused(tmp_path: Path) -> None:
    write_race(tmp_path, "atlantis")
    with pytest.raises(SourceError, match="atlantis is not in the track table"):
        built(tmp_path)


def test_that_two_cars_on_one_position_are_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    path = write_race(tmp_path) / "03_Results_GR_Cup_Race_1_Official.CSV"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n2;7;", "\n1;7;"), encoding="utf-8")
    with pytest.raises(SourceError, match="row 3, column POSITION: 1 is the position of row 2"):
        built(tmp_path)


def test_that_no_lap_moves_when_the_field_is_printed_in_another_order(tmp_path: Path) -> None:
    write_race(tmp_path / "one")
    folder = write_race(tmp_path / "other")
    write_laps(folder, tuple(reversed(FIELD)))
    assert built(tmp_path / "one").laps == built(tmp_path / "other").laps


def test_that_a_driver_who_changed_his_number_is_one_driver(tmp_path: Path) -> None:
    write_race(tmp_path, "sonoma")
    other = slower(
        tuple(replace(car, number="99") if car.driver == "Bob Bold" else car for car in FIELD)
    )
    folder = tmp_path / "barber" / "race_1"
    write_laps(folder, other)
    write_results(folder, other)
    write_weather(folder)
    season = built(tmp_path)
    assert [entry.driver_number for entry in season.season.stats["Bob Bold"].entries] == ["99", "7"]
    assert season.season.stats["Bob Bold"].races == 2


def test_that_a_car_without_a_lap_is_a_start_that_did_not_finish(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    path = folder / "03_Results_GR_Cup_Race_1_Official.CSV"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "6;55;Classified;0;;12 Laps;0;;A Team;Am;Flo;Fair;\n", "utf-8")
    season = built(tmp_path)
    row = season.season.result("Flo Fair", BARBER)
    assert row is not None
    assert (row.status, row.finish, row.laps, row.clean_laps) == ("not running", 6, 0, 0)
    assert (row.lap_1_position, row.best_lap_s, row.passes_made) == (None, None, None)
    assert season.season.factors["Flo Fair"].overall_score is None
    assert season.season.stats["Flo Fair"].dnfs == 1


def test_that_a_field_of_one_car_can_be_built(tmp_path: Path) -> None:
    folder = tmp_path / "barber" / "race_1"
    alone = (Car("1", "Al One", 97.0),)
    write_laps(folder, alone)
    write_results(folder, alone)
    season = built(tmp_path)
    assert list(season.season.drivers) == ["Al One"]
    assert season.season.model.leave_one_race_out is None


def test_that_a_fast_first_lap_is_no_best_lap(tmp_path: Path) -> None:
    # Lap 1 begins at the start signal, ahead of the line.
    folder = tmp_path / "barber" / "race_1"
    cars = tuple(replace(car, first_s=-3.0) for car in FIELD)
    write_laps(folder, cars)
    without_results = built(tmp_path).season.result("Anna Ace", BARBER)
    assert without_results is not None
    assert without_results.best_lap_number == 2
    write_results(folder, cars)
    assert notes_of(built(tmp_path), "beats the published best lap") == []


def test_that_who_set_no_time_has_no_position_on_the_grid(tmp_path: Path) -> None:
    path = write_qualifying(write_race(tmp_path))
    time = printed(FIELD[4].pace_s - 1.0)
    path.write_text(path.read_text(encoding="utf-8").replace(f"3;{time};", "0;;"), "utf-8")
    season = built(tmp_path).season
    row = season.result("Ed Early", BARBER)
    assert row is not None
    assert (row.grid, row.qualifying_s, row.qualifying_gap_s) == (None, None, None)
    assert season.stats["Ed Early"].avg_qualifying is None


def test_that_the_fastest_qualifier_who_did_not_race_leaves_no_pole(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    write_qualifying(folder, (Car("99", "Abe Absent", 96.0), *FIELD))
    season = built(tmp_path)
    assert season.season.races[BARBER].pole is None
    assert sum(figures.poles for figures in season.season.stats.values()) == 0
    row = season.season.result("Anna Ace", BARBER)
    assert row is not None
    assert (row.grid, row.qualifying_gap_s) == (2, 1.0)
    assert len(notes_of(season, "#99 Abe Absent is in Barberrd1Qualifying.csv")) == 1


def test_that_the_winner_on_the_road_who_was_put_last_has_no_gap(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    write_results(folder, (*FIELD[1:4], FIELD[0], FIELD[4]))
    season = built(tmp_path)
    row = season.season.result("Anna Ace", BARBER)
    assert row is not None
    assert (row.finish, row.gap_s, row.gap_laps) == (4, None, 0)
    [note] = notes_of(season, "#13 Anna Ace is classified P4 behind #03 Di Dash in spite of")
    assert "carries the stewards' decisions" in note


def test_that_races_of_the_standings_without_sheets_are_named(tmp_path: Path) -> None:
    write_race(tmp_path)
    points = zip(FIELD, (25, 18, 15, 12, 10), strict=True)
    cells = [(car.number, car.driver, [25, won]) for car, won in points]
    write_standings(tmp_path, cells, ("Sonoma Raceway_Race 2", "Barber_Race 1"))
    season = built(tmp_path)
    assert season.season.stats["Anna Ace"].points == 50
    assert season.season.stats["Anna Ace"].championship_position == 1
    [note] = season.season.origin.notes
    assert "counts sonoma race 2, of which there are no sheets" in note


def test_that_the_official_qualifying_sheet_makes_the_grid(tmp_path: Path) -> None:
    folder = write_race(tmp_path)
    (folder / "Barberrd1Qualifying.csv").rename(folder / "Qualifying_Official.csv")
    write_qualifying(folder, FIELD[::-1], "Qualifying_Provisional.csv")
    row = built(tmp_path).season.result("Anna Ace", BARBER)
    assert row is not None
    assert row.grid == 1


def test_that_a_time_of_zero_is_no_time(tmp_path: Path) -> None:
    path = write_qualifying(write_race(tmp_path))
    time = printed(FIELD[0].pace_s - 1.0)
    path.write_text(path.read_text(encoding="utf-8").replace(f";{time};", ";0:00.000;"), "utf-8")
    season = built(tmp_path).season
    row = season.result("Anna Ace", BARBER)
    assert row is not None
    assert (row.grid, row.qualifying_s) == (None, None)
