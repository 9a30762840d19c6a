from __future__ import annotations

import csv
import io
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.tabs.driver.laps import race_summary
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.result_columns import CSV_COLUMNS, RESULT_COLUMNS
from htt_desktop.ui.tabs.driver.results import ResultsTree
from htt_desktop.ui.theme import DARK, LIGHT
from tests.made_up_season import disqualified, made_up_season
from tests.ui.tabs.driver.conftest import Stage, cells, details

PENALTY = "30.000 s of penalty in the race time, P1 on the road"
RIVAL_LINE = "╍ Anna Ace: P1 · qualifying 1:52.500 · best lap 1:52.500 · median 1:52.600"


@pytest.fixture
def tree(qtbot: QtBot) -> ResultsTree:
    tree = ResultsTree(DARK)
    qtbot.addWidget(tree)
    tree.resize(1400, 500)
    return tree


def show(tree: ResultsTree, driver: str, rival: str | None = None) -> None:
    tree.show_pair(Pair(made_up_season(), driver, rival))
    tree.show()


def test_that_every_figure_of_a_result_is_shown(tree: ResultsTree) -> None:
    show(tree, "Cy Calm")
    assert cells(tree, 1) == {
        "race": "Sonoma R2",
        "grid": "3",
        "lap 1": "3",
        "finish": "3",
        "±": "0",
        "points": "15",
        "status": "finished",
        "note": "penalty",
        "gap": "+2.000",
        "best lap": "1:53.100",
        "on lap": "3",
        "quali time": "1:52.900",
        "to pole": "0.400",
        "median": "1:53.200",
        "spread": "0.120",
        "clean": "7",
        "made": "2",
        "lost": "1",
        "laps": "12",
        "S1": "34.100",
        "S2": "–",
        "S3": "33.300",
        "race time": "23:22.000",
        "penalty": "30.000",
        "no.": "3",
        "team": "Ace Racing",
        "round": "2",
        "date": "2025-03-02",
    }


def test_that_every_field_of_the_record_has_a_column() -> None:
    names = {field.name for field in fields(RaceResult)} - {"sector_bests"}
    columns = {column.field for column in CSV_COLUMNS}
    assert names | {"s1_s", "s2_s", "s3_s", "places_gained", "notes"} == columns


def test_that_every_heading_explains_itself() -> None:
    assert all(len(column.tip) > 8 for column in RESULT_COLUMNS)


def test_that_the_winner_and_the_fastest_lap_carry_signs_and_not_colour_alone(
    tree: ResultsTree,
) -> None:
    show(tree, "Anna Ace")
    shown = cells(tree, 0)
    assert (shown["gap"], shown["best lap"]) == ("winner", "★ 1:52.500")
    role = Qt.ItemDataRole.ForegroundRole
    column = [column.heading for column in RESULT_COLUMNS].index("best lap")
    assert tree.results.index(0, column).data(role).name().upper() == DARK.best
    tree.set_theme(LIGHT)
    assert tree.results.index(0, column).data(role).name().upper() == LIGHT.best


def test_that_a_car_that_did_not_take_the_flag_is_laps_down_and_says_so(tree: ResultsTree) -> None:
    show(tree, "Di Dash")
    shown = cells(tree, 1)
    assert (shown["status"], shown["gap"], shown["laps"]) == ("not running", "+8 laps", "4")
    assert any("not running at the end" in line for line in details(tree, 1))


def test_that_places_gained_carry_arrow_and_sign(tree: ResultsTree) -> None:
    season = made_up_season()
    rows = season.results["Cy Calm"]
    moved = (replace(rows[0], grid=9), replace(rows[1], grid=1), *rows[2:])
    season = replace(season, results={**season.results, "Cy Calm": moved})
    tree.show_pair(Pair(season, "Cy Calm", None))
    assert [cells(tree, row)["±"] for row in range(3)] == ["▲ +6", "▼ −2", "–"]


def test_that_a_race_that_was_not_started_says_so_and_holds_no_figures(tree: ResultsTree) -> None:
    show(tree, "Ed Early")
    shown = cells(tree, 1)
    assert shown["status"] == "not started"
    missing = {"finish", "gap", "best lap", "median", "laps", "race time", "made", "lost", "grid"}
    assert {shown[heading] for heading in missing} == {"–"}
    assert details(tree, 1)[:2] == [
        "Race: entered, did not start",
        "Qualifying: no time in the sheets",
    ]


def test_that_a_car_that_drove_without_a_place_is_not_classified(tree: ResultsTree) -> None:
    season = made_up_season()
    rows = season.results["Di Dash"]
    unplaced = (rows[0], replace(rows[1], finish=None, gap_laps=0), *rows[2:])
    tree.show_pair(Pair(replace(season, results={"Di Dash": unplaced}), "Di Dash", None))
    race = next(line for line in details(tree, 1) if line.startswith("Race:"))
    assert race.startswith("Race: not classified · 23:23.000 for 4 laps · not running at the end")


def test_that_a_disqualified_car_says_so_on_screen_and_in_the_csv(tree: ResultsTree) -> None:
    season = disqualified(made_up_season(), "Cy Calm", 0)
    tree.show_pair(Pair(season, "Cy Calm", None))
    shown = cells(tree, 0)
    assert (shown["status"], shown["finish"], shown["laps"]) == ("disqualified", "–", "12")
    assert "Race: disqualified · 23:22.000 for 12 laps" in details(tree, 0)
    line = next(csv.DictReader(io.StringIO(tree.csv())))
    assert (line["status"], line["finish"]) == ("disqualified", "")
    tree.show_pair(Pair(season, "Anna Ace", "Cy Calm"))
    assert details(tree, 0)[-1].startswith("╍ Cy Calm: disqualified · qualifying 1:52.900")
    assert race_summary(season, ("Cy Calm",), RaceKey(2025, "sonoma", 1)) == (
        "━ Cy Calm: disqualified"
    )


def test_that_a_rival_who_qualified_and_did_not_start_has_the_qualifying_time(
    tree: ResultsTree,
) -> None:
    season = made_up_season()
    rows = list(season.results["Ed Early"])
    rows[1] = replace(rows[1], grid=5, qualifying_s=113.3)
    season = replace(season, results={**season.results, "Ed Early": tuple(rows)})
    tree.show_pair(Pair(season, "Anna Ace", "Ed Early"))
    assert details(tree, 1)[-1] == "╍ Ed Early: did not start · qualifying 1:53.300"


def test_that_an_unfolded_race_shows_sectors_gaps_penalty_and_passes(tree: ResultsTree) -> None:
    show(tree, "Cy Calm", "Anna Ace")
    assert details(tree, 1) == [
        "Sectors, gap to the race's best: S1 34.100 (+2.000) · S2 – · S3 33.300 (best)",
        "Qualifying: P3, 1:52.900, +0.400 s to pole",
        f"Race: P3, +2.000 s to the winner · 23:22.000 for 12 laps · {PENALTY}",
        "Clean laps: 7 · best 1:53.100 on lap 3 · median 1:53.200, spread 0.120 s",
        "Passes: 2 made, 1 lost · P3 after lap 1",
        "Same team: 13 Anna Ace P1, 47 Ed Early did not start",
        RIVAL_LINE,
    ]


def test_that_penalties_exclusions_and_lost_points_stand_beside_the_result(
    tree: ResultsTree, data_dir: Path
) -> None:
    real_season = read_season(data_dir / "season" / "2025")

    def last(driver: str, track_id: str, race: int) -> tuple[dict[str, str], list[str], str]:
        tree.show_pair(Pair(real_season, driver, None))
        rows = tree.results.rows
        place = [(row.track_id, row.race) for row in rows].index((track_id, race))
        note = [column.heading for column in RESULT_COLUMNS].index("note")
        tip = tree.results.index(place, note).data(Qt.ItemDataRole.ToolTipRole)
        for heading in ("finish", "points"):
            column = [one.heading for one in RESULT_COLUMNS].index(heading)
            assert tree.results.index(place, column).data(Qt.ItemDataRole.ToolTipRole) == tip
        line = list(csv.DictReader(io.StringIO(tree.csv())))[place]
        return cells(tree, place), details(tree, place), line["notes"]

    shown, told, exported = last("Ethan Goulart", "roadamerica", 2)
    assert (shown["finish"], shown["note"], shown["penalty"]) == ("26", "put back", "–")
    words = "put back to P26 by the stewards, P2 on the road, no time penalty published"
    assert any(line.startswith("Race: P26") and line.endswith(words) for line in told)
    assert exported.startswith(f"Stewards: {words} | #72 Ethan Goulart, ")
    assert not any("no penalty" in line for line in told)
    shown, told, exported = last("Ethan Ayars", "sonoma", 1)
    assert (shown["finish"], shown["points"], shown["note"]) == ("6", "0", "note")
    assert any(line.startswith("Note: #78 Ethan Ayars finished P6 for 8 points") for line in told)
    assert "has 0 in" in exported
    shown, told, _ = last("Jackson Tovo", "roadamerica", 2)
    assert (shown["note"], shown["penalty"]) == ("penalty", "52.000")
    assert any(
        line.endswith("52.000 s of penalty in the race time, P7 on the road") for line in told
    )


def test_that_a_rival_who_was_not_there_is_told(tree: ResultsTree) -> None:
    show(tree, "Cy Calm", "Ed Early")
    assert details(tree, 1)[-1] == "╍ Ed Early: did not start"
    assert details(tree, 2)[-1] == "╍ Ed Early: not entered"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_that_enter_and_space_unfold_and_fold_a_race(stage: Stage, key: Qt.Key) -> None:
    results = stage.results
    assert results.hasFocus()
    top = results.results.index(3, 0)
    assert results.currentIndex().row() == 3
    stage.press(key)
    assert results.isExpanded(top)
    assert results.isFirstColumnSpanned(0, top)
    stage.press(key)
    assert not results.isExpanded(top)


def test_that_a_click_on_the_arrow_unfolds(stage: Stage) -> None:
    results = stage.results
    place = results.visualRect(results.results.index(1, 0))
    arrow = QPoint(place.left() - 8, place.center().y())
    stage.qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    assert results.unfolded() == [RaceKey(2025, "sonoma", 2)]


def test_that_race_and_unfolded_rows_stay_when_the_driver_changes(stage: Stage) -> None:
    stage.press(Qt.Key.Key_Up, Qt.Key.Key_Space)
    stage.state.choose_driver("Bob Bold")
    assert stage.results.unfolded() == [RaceKey(2025, "barber", 1)]
    assert stage.results.race == stage.page.race == RaceKey(2025, "barber", 1)
    assert stage.results.isFirstColumnSpanned(0, stage.results.results.index(2, 0))


def test_that_the_race_moves_to_one_the_driver_has(stage: Stage) -> None:
    assert stage.page.race == RaceKey(2025, "barber", 2)
    stage.state.choose_driver("Ed Early")
    # Sonoma R2 is later, but Ed did not start there.
    assert stage.page.race == stage.results.race == RaceKey(2025, "sonoma", 1)


def test_that_the_copied_table_holds_the_records_own_values(stage: Stage) -> None:
    stage.state.choose_driver("Cy Calm")
    stage.qtbot.keyClick(stage.results, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    records = stage.season.results["Cy Calm"]
    assert len(rows) == len(records) == 4
    for row, record in zip(rows, records, strict=True):
        for field in fields(RaceResult):
            if field.name == "sector_bests":
                continue
            value = getattr(record, field.name)
            assert row[field.name] == ("" if value is None else str(value))
        assert float(row["s1_s"]) == record.sector_bests.s1_s
        assert row["s2_s"] == ""
    assert stage.said[-1] == "Copied as CSV: results."


def test_that_all_results_of_a_season_are_seen_at_once(stage: Stage) -> None:
    rows = stage.results.results.rowCount()
    last = stage.results.visualRect(stage.results.results.index(rows - 1, 0))
    room = stage.results.viewport().height()
    assert last.bottom() + (14 - rows) * last.height() <= room


def test_that_an_unfolded_race_at_the_bottom_comes_into_view(stage: Stage) -> None:
    results = stage.results
    results.setFixedHeight(150)
    QApplication.processEvents()
    stage.press(Qt.Key.Key_End, Qt.Key.Key_Space)
    top = results.results.index(3, 0)
    for index in (top, results.results.index(2, 0, top)):
        assert results.viewport().rect().contains(results.visualRect(index).center())


@pytest.mark.parametrize("driver", ["Anna Ace", "Cy Calm", "Di Dash", "Ed Early", "Gus Guest"])
def test_that_no_cell_is_cut_off_whoever_was_shown_first(tree: ResultsTree, driver: str) -> None:
    season = made_up_season()
    tree.show_pair(Pair(season, "Anna Ace", None))
    tree.show_pair(Pair(season, driver, None))
    tree.show()
    option = QStyleOptionViewItem()
    option.initFrom(tree)
    option.font = tree.font()
    for column in range(1, len(RESULT_COLUMNS)):
        for row in range(tree.results.rowCount()):
            index = tree.results.index(row, column)
            needed = tree.itemDelegate().sizeHint(option, index).width()
            assert needed <= tree.columnWidth(column), index.data()
