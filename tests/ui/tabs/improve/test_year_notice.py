"""Season tabs of one year and telemetry of another: nobody is taken for somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import bundled_seasons, read_season
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.improve.season_link import number_of
from htt_desktop.ui.tabs.improve.status_texts import year_notice
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY, OTHER_KEY, inventory
from tests.made_up_season import made_up_season
from tests.ui.desktop_stage import Stage, make_stage

PAIR = Selection(KEY, LapChoice("7", 3), LapChoice("47", 3))
LAST_YEAR = replace(KEY, year=KEY.year - 1)


def season_of(year: int) -> Season:
    """Return a season in which other people drove number 7 and 47 of the made-up race."""
    season = made_up_season(year)
    results = {
        name: tuple(replace(row, track_id=KEY.track_id) for row in rows if row.track_id == "sonoma")
        for name, rows in season.results.items()
    }
    return replace(season, results=results)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(qtbot, tmp_path)
    try:
        stage.desktop.seasons.show(season_of(LAST_YEAR.year))
        stage.open_loaded(PAIR)
        yield stage
    finally:
        stage.close()


def drawn(stage: Stage) -> list[tuple[RaceKey, str, str]]:
    loaded = stage.tab.page.loaded
    assert loaded is not None
    comparison = loaded.comparison
    pair = comparison.reference.entry, comparison.compared.entry
    return [(comparison.key, entry.number, entry.driver_name) for entry in pair]


def test_that_a_driver_of_another_season_never_gets_somebody_elses_lap(stage: Stage) -> None:
    before, state = drawn(stage), stage.desktop.state
    # Di Dash drove number 03 last year; number 03 of this year's telemetry is Cy Zero.
    assert made_up_season().drivers["Di Dash"].driver_number == "03"
    state.choose_driver("Di Dash")
    stage.tab.come_to_front()
    assert stage.desktop.telemetry.current is None
    assert drawn(stage) == before
    assert stage.said[-1] == (
        "Di Dash was chosen in the season 2024, and this race is of 2025; the laps stay."
    )
    assert state.selection.driver == "Di Dash"


def test_that_laps_of_another_year_choose_nobody_on_the_season_tabs(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.desktop.telemetry.loaded):
        stage.desktop.state.choose(
            replace(stage.desktop.state.selection, reference=LapChoice("03"))
        )
    assert (stage.desktop.state.selection.driver, stage.desktop.state.selection.rival) == (
        None,
        None,
    )


def test_that_the_page_says_which_year_is_drawn_and_that_there_is_none_of_the_other(
    stage: Stage,
) -> None:
    notice = stage.tab.page.notice
    assert notice.isVisible()
    assert notice.text() == (
        "This is Ring R1 2025, the season tabs show 2024: there is no telemetry of 2024."
    )
    assert stage.tab.page.bar.race.currentText() == "R1 2025"
    assert stage.desktop.window.status.left.text().startswith("Ring R1 2025 · ")
    stage.desktop.seasons.show(season_of(2025))
    assert not notice.isVisible()
    stage.desktop.seasons.show(season_of(2024))
    assert notice.isVisible()


def test_that_races_of_both_years_are_on_offer_and_the_year_is_chosen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stage = make_stage(qtbot, tmp_path)
    stage.source.offered = (LAST_YEAR, KEY, OTHER_KEY)
    try:
        stage.desktop.seasons.show(season_of(2024))
        stage.open_loaded(PAIR)
        bar, notice = stage.tab.page.bar, stage.tab.page.notice
        races = [bar.race.itemText(row) for row in range(bar.race.count())]
        assert races == ["R1 2024", "R1 2025", "R2 2025"]
        assert notice.text().endswith("show 2024: Ring R1 of 2024 can be chosen above.")
        with qtbot.waitSignal(stage.desktop.telemetry.loaded):
            bar.race.activated.emit(0)
        assert stage.desktop.state.selection.key == LAST_YEAR
        assert {key for key, *_ in drawn(stage)} == {LAST_YEAR}
        assert not notice.isVisible()
    finally:
        stage.close()


def test_that_telemetry_of_the_year_elsewhere_is_told() -> None:
    far = RaceKey(2024, "far", 1)
    assert year_notice(2024, KEY, (KEY, far), "Ring") == (
        "This is Ring R1 2025, the season tabs show 2024: there is telemetry of 2024 at other "
        "tracks only."
    )
    assert year_notice(2025, KEY, (KEY,), "Ring") == ""


def test_that_a_person_is_found_by_name_and_not_by_number() -> None:
    race = inventory()
    # The season prints number 7, but the race has that driver under another number.
    assert number_of("Cy Zero", "7", race) == "03"
    assert number_of("ben  quick", "99", race) == "47"
    # Somebody else has the number.
    assert number_of("Gresham Wagner", "7", race) is None
    # Sheets spell first names in several ways.
    assert number_of("Adelaide Swift", "7", race) == "7"
    # A brother with the number is somebody else.
    assert number_of("Bo Swift", "7", race) is None


def test_that_somebody_elses_number_in_the_same_season_is_told(
    qtbot: QtBot, tmp_path: Path
) -> None:
    stage = make_stage(qtbot, tmp_path)
    try:
        stage.desktop.seasons.show(season_of(2025))
        stage.open_loaded(PAIR)
        before = drawn(stage)
        stage.desktop.state.choose_driver("Di Dash")
        stage.tab.come_to_front()
        assert drawn(stage) == before
        assert stage.said[-1] == (
            "Number 03 is Cy Zero in the telemetry of this race, not Di Dash; the laps stay."
        )
    finally:
        stage.close()


def test_that_wagner_of_2024_is_not_number_5_of_2025(data_dir: Path) -> None:
    seasons = {year: read_season(folder) for year, folder in bundled_seasons().items()}
    cota = RaceKey(2025, "cota", 1)
    assert seasons[2024].result("Gresham Wagner", replace(cota, year=2024)) is not None
    assert seasons[2024].result("Gresham Wagner", cota) is None
    assert seasons[2024].driver_of(cota, "5") is None
    assert seasons[2025].driver_of(cota, "5") == "Beltre Curtis"
