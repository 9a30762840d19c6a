from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_table import FACTORS, VARIABLES_BY_ID
from htt_desktop.domain.season.similar_drivers import similar_drivers
from htt_desktop.ui.tabs.driver.compare import compare_rows, tally
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import DARK
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.factor_sentences import difference_sentences, sentence
from tests.made_up_season import made_up_season
from tests.ui.tabs.driver.conftest import Stage, texts

SONOMA_1, SONOMA_2 = RaceKey(2025, "sonoma", 1), RaceKey(2025, "sonoma", 2)
BARBER_1, BARBER_2 = RaceKey(2025, "barber", 1), RaceKey(2025, "barber", 2)


def variable_rows(stage: Stage) -> dict[str, list[str]]:
    model = stage.sections.factors.variables.model()
    rows = [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    return {row[0].strip(): row[1:] for row in rows}


def test_that_every_variable_shows_value_percentile_weight_and_races(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    rows = variable_rows(stage)
    for factor in FACTORS:
        score = stage.season.factors["Bob Bold"].factors[factor.id]
        assert rows[factor.title] == ["2nd", formats.number(score.score), "", "4"]
        for variable in factor.variables:
            known = score.variables[variable.id]
            assert rows[f"{variable.title}, {variable.unit}"] == [
                formats.number(known.raw, 2),
                formats.number(known.percentile),
                f"{formats.number(100 * known.weight)} %",
                "4",
            ]


def test_that_a_variable_he_lacks_is_missing_and_weighs_nothing(stage: Stage) -> None:
    stage.state.choose_driver("Ed Early")
    rows = variable_rows(stage)
    assert rows["Qualifying gap, %"] == ["–", "–", "0 %", "–"]
    assert rows["Tyre management"] == ["–", "–", "", "–"]
    assert rows["Best lap gap, %"][3] == "1"


def test_that_the_rival_stands_beside_in_the_variables(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    stage.state.choose_rival("Anna Ace")
    assert variable_rows(stage)["Best lap gap, %"] == ["0.80", "80", "4", "0.50", "95", "25 %"]


def test_that_the_variables_are_copied_with_the_records_own_values(stage: Stage) -> None:
    stage.state.choose_rival("Ed Early")
    table = stage.sections.factors.variables
    table.setFocus()
    stage.qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert len(rows) == 2 * len(VARIABLES_BY_ID)
    for row in rows:
        score = stage.season.factors[row["driver"]].factors[row["factor"]]
        known = score.variables[row["variable"]]
        for field in ("raw", "percentile", "weight", "contribution", "races"):
            value = getattr(known, field)
            assert row[field] == ("" if value is None else str(value))


def test_that_each_strip_has_its_sentence_and_the_model_says_what_it_is_worth(
    stage: Stage,
) -> None:
    panel = stage.sections.factors
    for factor in FACTORS:
        said = panel.sentences[factor.id].text()
        assert said == sentence(stage.season, "Anna Ace", factor.id)
    assert panel.model_note.text() == (
        "The factors explain about two thirds of the finishing order; they forecast nothing."
    )
    assert "Leaving one race out: R² 0.61, mean error 3.4 places" in panel.model_note.toolTip()


def test_that_a_row_of_the_results_chooses_the_race_of_the_charts(stage: Stage) -> None:
    laps = stage.sections.laps
    stage.sections.drawer.setCurrentWidget(laps)
    assert laps.choice.races.currentData() == BARBER_2
    stage.results.setFocus()
    stage.press(Qt.Key.Key_Home)
    assert stage.page.race == SONOMA_1
    assert laps.choice.races.currentText() == "Sonoma R1"
    # Only Sonoma R1 has six starters.
    assert len(laps.order.scene.series) == 6


def test_that_the_race_list_moves_the_row_of_the_results(stage: Stage) -> None:
    laps = stage.sections.laps
    stage.sections.drawer.setCurrentWidget(laps)
    laps.choice.races.setCurrentIndex(1)
    laps.choice.races.activated.emit(1)
    assert stage.results.race == stage.page.race == SONOMA_2
    assert len(laps.order.scene.series) == 5


def test_that_the_chart_of_grid_and_finish_chooses_the_race(stage: Stage) -> None:
    stage.sections.grid_finish.race_chosen.emit(BARBER_1)
    assert stage.results.race == stage.page.race == BARBER_1


def test_that_anybody_of_the_race_can_be_laid_over_the_laps(stage: Stage) -> None:
    laps = stage.sections.laps
    stage.sections.drawer.setCurrentWidget(laps)
    stage.page.show_race(SONOMA_1)
    rivals = laps.choice.rivals
    lines = [rivals.itemText(row) for row in range(rivals.count())]
    assert lines[:3] == ["nobody", "P2  7  Bob Bold", "P3  3  Cy Calm"]
    assert len(lines) == 6
    rivals.activated.emit(2)
    assert stage.state.selection.rival == "Cy Calm"
    assert laps.choice.summary.text() == "━ Anna Ace: P1   ╍ Cy Calm: P3, +2.000 s"


def test_that_laps_of_a_driver_who_did_not_start_are_told(stage: Stage) -> None:
    stage.sections.drawer.setCurrentWidget(stage.sections.laps)
    stage.state.choose_driver("Ed Early")
    stage.page.show_race(SONOMA_2)
    assert stage.sections.laps.choice.summary.text() == "━ Ed Early: did not start"
    assert "Ed Early" in stage.sections.laps.order.scene.footnote


def test_that_without_a_rival_the_comparison_says_what_to_do(stage: Stage) -> None:
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    assert "choose a rival at the top right" in stage.sections.compare.says


def test_that_the_comparison_shows_both_race_by_race(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    stage.state.choose_rival("Anna Ace")
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    rows = stage.sections.compare.table.rows
    assert texts(rows, 0) == [
        "Sonoma R1", "2", "1", "2", "1",
        "1:52.800", "1:52.500", "−0.300", "1:52.900", "1:52.600", "−0.300",
        "18", "25", "╍ 13 by 1",
    ]  # fmt: skip
    assert texts(rows, 2)[3:5] == ["–", "–"]
    role = Qt.ItemDataRole.ForegroundRole
    assert rows.index(0, 7).data(role).name().upper() == DARK.compared
    stage.state.swap()
    assert texts(rows, 0)[7] == "+0.300"
    assert rows.index(0, 7).data(role).name().upper() == DARK.reference


def test_that_the_comparison_counts_only_races_where_both_have_the_figure(stage: Stage) -> None:
    pair = Pair(made_up_season(), "Cy Calm", "Anna Ace")
    assert tally(pair) == (
        "Cy Calm against Anna Ace in 4 races: finished ahead 0–4, qualified ahead 0–2, "
        "had the faster best lap 0–4, had the faster median 0–4."
    )
    few = Pair(made_up_season(), "Cy Calm", "Ed Early")
    assert tally(few).startswith("Cy Calm against Ed Early in 1 race: finished ahead 1–0, had")
    assert len(compare_rows(few)) == 4


def test_that_equal_figures_count_for_neither(stage: Stage) -> None:
    season = made_up_season()
    own, other = season.results["Cy Calm"], season.results["Anna Ace"]
    level = replace(own[0], clean_median_s=other[0].clean_median_s)
    season = replace(season, results={**season.results, "Cy Calm": (level, *own[1:])})
    pair = Pair(season, "Cy Calm", "Anna Ace")
    assert "had the faster median 0–3." in tally(pair)
    assert compare_rows(pair)[0].cells[10].text == "0.000"


def test_that_the_comparison_says_what_differs_in_the_factors(stage: Stage) -> None:
    stage.state.choose_rival("Cy Calm")
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    for line in difference_sentences(stage.season, "Anna Ace", "Cy Calm"):
        assert line in stage.sections.compare.says


def test_that_enter_in_the_comparison_chooses_the_race_and_copying_parses_back(
    stage: Stage,
) -> None:
    stage.state.choose_rival("Bob Bold")
    stage.sections.drawer.setCurrentWidget(stage.sections.compare)
    table = stage.sections.compare.table
    table.setFocus()
    table.setCurrentIndex(table.rows.index(1, 0))
    stage.press(Qt.Key.Key_Return)
    assert stage.page.race == SONOMA_2
    stage.qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [row["finish_own"] for row in rows] == ["1"] * 4
    assert float(rows[0]["best_lap_s_rival"]) == stage.season.results["Bob Bold"][0].best_lap_s
    assert rows[2]["grid_own"] == ""
    assert stage.said[-1] == "Copied as CSV: comparison."


def test_that_similar_drivers_show_distance_and_what_differs(stage: Stage) -> None:
    stage.state.choose_driver("Bob Bold")
    stage.sections.drawer.setCurrentWidget(stage.sections.similar)
    found = similar_drivers(stage.season.factors, "Bob Bold", 8)
    rows = stage.sections.similar.table.rows
    assert rows.rowCount() == len(found) == 5
    for place, similar in enumerate(found):
        shown = texts(rows, place)
        assert shown[1:3] == [similar.driver, formats.number(similar.distance, 1)]
        gaps = dict(similar.differences)
        assert shown[3:] == [formats.signed(gaps.get(factor.id)) for factor in FACTORS]
    assert f"{found[0].driver} is most similar to Bob Bold" in stage.sections.similar.note.text()


@pytest.mark.parametrize("by_key", [True, False])
def test_that_a_similar_driver_becomes_the_rival(stage: Stage, by_key: bool) -> None:
    stage.sections.drawer.setCurrentWidget(stage.sections.similar)
    table = stage.sections.similar.table
    table.setFocus()
    chosen = texts(table.rows, 1)[1]
    if by_key:
        table.setCurrentIndex(table.rows.index(1, 0))
        stage.press(Qt.Key.Key_Return)
    else:
        place = table.visualRect(table.rows.index(1, 1)).center()
        stage.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert stage.state.selection.rival == chosen
    assert stage.state.selection.driver == "Anna Ace"


def test_that_a_driver_without_factors_has_nobody_like_him(stage: Stage) -> None:
    season = made_up_season()
    factors = {name: one for name, one in season.factors.items() if name != "Gus Guest"}
    stage.seasons.show(replace(season, factors=factors))
    stage.state.choose_driver("Gus Guest")
    stage.sections.drawer.setCurrentWidget(stage.sections.similar)
    assert stage.sections.similar.table.rows.rowCount() == 0
    assert "too few factors" in stage.sections.similar.note.text()
    assert "no factors" in stage.page.missing.text()


def test_that_a_driver_in_no_result_sheet_is_shown_with_words(stage: Stage) -> None:
    season = made_up_season()
    results = {name: rows for name, rows in season.results.items() if name != "Gus Guest"}
    stage.seasons.show(replace(season, results=results), stage.seasons.laps)
    stage.state.choose_driver("Gus Guest")
    assert stage.results.results.rowCount() == 0
    assert "in no result sheet" in stage.page.missing.text()
    stage.sections.drawer.setCurrentWidget(stage.sections.laps)
    assert "no laps to show" in stage.sections.laps.says
    assert stage.page.race is None
