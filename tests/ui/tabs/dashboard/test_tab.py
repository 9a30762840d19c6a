from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.tables.cell_painter import CellPainter
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, ColumnId
from htt_desktop.ui.theme import DARK, LIGHT, Theme
from htt_desktop.ui.track_page.card import TrackCard
from tests.made_up_season import made_up_season
from tests.ui.contrast import contrast
from tests.ui.tabs.dashboard.conftest import Dashboard

NAME = PLACE_OF[ColumnId.NAME]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def place_of(dashboard: Dashboard, name: str, column: int = NAME) -> QPoint:
    row = dashboard.column(NAME).index(name)
    return dashboard.view.visualRect(dashboard.view.rows.index(row, column)).center()


def click(
    qtbot: QtBot,
    dashboard: Dashboard,
    name: str,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    column: int = NAME,
) -> None:
    qtbot.mouseClick(
        dashboard.view.viewport(),
        Qt.MouseButton.LeftButton,
        modifier,
        place_of(dashboard, name, column),
    )


def without(season: Season, *names: str) -> Season:
    return replace(
        season,
        drivers={key: row for key, row in season.drivers.items() if key not in names},
        stats={key: row for key, row in season.stats.items() if key not in names},
        results={key: row for key, row in season.results.items() if key not in names},
        factors={key: row for key, row in season.factors.items() if key not in names},
    )


def test_that_without_a_season_one_sentence_says_so(qtbot: QtBot, empty: Dashboard) -> None:
    assert empty.tab.page.sentence.isVisible()
    assert "read" in empty.tab.page.sentence.text()
    empty.seasons.failed.emit("driver_factors.json: field drivers is missing.")
    assert "driver_factors.json" in empty.tab.page.sentence.text()
    empty.seasons.show(made_up_season())
    assert empty.view.isVisible()


def test_that_a_failure_leaves_the_last_season_on_screen(dashboard: Dashboard) -> None:
    dashboard.seasons.failed.emit("laps.json is cut off.")
    assert dashboard.view.isVisible()
    assert len(dashboard.column(NAME)) == 6


def test_that_a_click_chooses_the_driver_and_one_with_shift_or_control_the_rival(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    click(qtbot, dashboard, "Bob Bold")
    click(qtbot, dashboard, "Cy Calm", SHIFT)
    chosen = dashboard.state.selection
    assert (chosen.driver, chosen.rival) == ("Bob Bold", "Cy Calm")
    assert dashboard.view.current_driver == "Bob Bold"
    click(qtbot, dashboard, "Di Dash", CONTROL)
    assert dashboard.state.selection.rival == "Di Dash"
    click(qtbot, dashboard, "Di Dash", CONTROL)
    assert dashboard.state.selection.rival is None


def test_that_a_choice_made_elsewhere_moves_the_row_without_an_echo(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    with qtbot.assertNotEmitted(dashboard.view.driver_chosen):
        dashboard.state.choose_driver("Ed Early")
    assert dashboard.view.current_driver == "Ed Early"
    rows = dashboard.view.selectionModel().selectedRows()
    assert [dashboard.column(NAME)[index.row()] for index in rows] == ["Ed Early"]


def test_that_sorting_and_filtering_keep_the_driver(dashboard: Dashboard) -> None:
    dashboard.state.choose_driver("Cy Calm")
    for column in range(1, 15):
        dashboard.view.sort_by(column)
        assert dashboard.view.current_driver == "Cy Calm"
    standings = dashboard.tab.page.standings
    standings.filter.setText("bold")
    assert dashboard.view.current_driver is None
    assert dashboard.state.selection.driver == "Cy Calm"
    standings.filter.clear()
    assert dashboard.view.current_driver == "Cy Calm"


def test_that_arrows_home_and_end_move_the_driver(qtbot: QtBot, dashboard: Dashboard) -> None:
    for key, name in (
        (Qt.Key.Key_Home, "Anna Ace"),
        (Qt.Key.Key_Down, "Bob Bold"),
        (Qt.Key.Key_End, "Gus Guest"),
        (Qt.Key.Key_Up, "Ed Early"),
    ):
        qtbot.keyClick(dashboard.view, key)
        assert dashboard.state.selection.driver == name


def test_that_shift_and_arrows_move_the_rival_past_the_driver(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    dashboard.state.choose_driver("Bob Bold")
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up,
                Qt.Key.Key_Up):  # fmt: skip
        qtbot.keyClick(dashboard.view, key, SHIFT)
        seen.append(dashboard.state.selection.rival)
    assert seen == ["Anna Ace", "Cy Calm", "Di Dash", "Cy Calm", "Anna Ace", "Anna Ace"]
    assert dashboard.state.selection.driver == "Bob Bold"


def test_that_enter_and_a_double_click_open_the_driver(qtbot: QtBot, dashboard: Dashboard) -> None:
    dashboard.state.choose_driver("Di Dash")
    heard: list[str] = []
    dashboard.tab.driver_opened.connect(heard.append)
    dashboard.tab.tab_wanted.connect(heard.append)
    qtbot.keyClick(dashboard.view, Qt.Key.Key_Return)
    assert heard == ["Di Dash", "Driver"]
    click(qtbot, dashboard, "Bob Bold")
    with qtbot.waitSignal(dashboard.tab.driver_opened) as opened:
        qtbot.mouseDClick(
            dashboard.view.viewport(),
            Qt.MouseButton.LeftButton,
            pos=place_of(dashboard, "Bob Bold"),
        )
    assert opened.args == ["Bob Bold"]
    assert dashboard.state.selection.driver == "Bob Bold"


def test_that_the_dashboard_can_be_used_by_keyboard_alone(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    standings = dashboard.tab.page.standings
    qtbot.keyClicks(dashboard.view, "b")
    qtbot.keyClicks(standings.filter, "ob")
    qtbot.keyClick(standings.filter, Qt.Key.Key_Return)
    with qtbot.waitSignal(dashboard.tab.driver_opened) as opened:
        qtbot.keyClick(dashboard.view, Qt.Key.Key_Return)
    assert opened.args == ["Bob Bold"]


def charted(dashboard: Dashboard) -> set[str]:
    return {str(name) for name in dashboard.tab.page.standings._charted}


def test_that_the_points_chart_starts_with_the_first_five_and_the_check_marks_change_it(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    names = list(dashboard.season.drivers)
    assert charted(dashboard) == set(names[:5])
    click(qtbot, dashboard, "Gus Guest", column=0)
    assert charted(dashboard) == set(names)
    assert dashboard.state.selection.driver is None
    dashboard.state.choose_driver("Anna Ace")
    qtbot.keyClick(dashboard.view, Qt.Key.Key_Insert)
    assert charted(dashboard) == set(names[1:])


def test_that_another_season_begins_with_its_own_first_five_until_somebody_chose(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    names = list(dashboard.season.drivers)
    dashboard.seasons.show(without(made_up_season(2024), names[0]))
    assert charted(dashboard) == set(names[1:])
    click(qtbot, dashboard, names[2], column=0)
    dashboard.seasons.show(made_up_season())
    assert charted(dashboard) == {names[1], *names[3:]}


def shown_series(dashboard: Dashboard) -> set[str | None]:
    return {series.driver for series in dashboard.tab.page.charts.points.scene.series}


def test_that_the_points_chart_draws_who_is_checked_and_who_is_chosen(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    first = list(dashboard.season.drivers)[:5]
    assert shown_series(dashboard) == set(first)
    for name in first:
        click(qtbot, dashboard, name, column=0)
    dashboard.state.choose_driver("Cy Calm")
    dashboard.state.choose_rival("Di Dash")
    assert shown_series(dashboard) == {"Cy Calm", "Di Dash"}


def test_that_a_driver_chosen_in_a_chart_is_chosen_everywhere(dashboard: Dashboard) -> None:
    dashboard.tab.page.charts.map.driver_chosen.emit("Di Dash")
    assert dashboard.state.selection.driver == "Di Dash"
    assert dashboard.view.current_driver == "Di Dash"


def test_that_another_season_keeps_the_driver_if_it_has_him(dashboard: Dashboard) -> None:
    dashboard.state.choose_driver("Cy Calm")
    dashboard.state.choose_rival("Di Dash")
    dashboard.seasons.show(without(made_up_season(2024), "Di Dash"))
    assert dashboard.view.current_driver == "Cy Calm"
    assert dashboard.state.selection.driver == "Cy Calm"
    dashboard.seasons.show(without(made_up_season(2023), "Cy Calm"))
    assert dashboard.view.current_driver is None
    dashboard.seasons.show(made_up_season())
    assert dashboard.view.current_driver == "Cy Calm"


def test_that_a_hidden_tab_waits_and_catches_up_when_shown(dashboard: Dashboard) -> None:
    dashboard.tab.hide()
    dashboard.state.choose_driver("Bob Bold")
    assert dashboard.view.current_driver is None
    dashboard.tab.show()
    assert dashboard.view.current_driver == "Bob Bold"
    dashboard.tab.hide()
    dashboard.seasons.show(without(made_up_season(), "Di Dash"))
    dashboard.tab.show()
    assert "Di Dash" not in dashboard.column(NAME)


def test_that_the_status_line_counts_races_and_drivers(qtbot: QtBot, dashboard: Dashboard) -> None:
    with qtbot.waitSignal(dashboard.tab.facts_changed) as heard:
        dashboard.tab.come_to_front()
    facts = heard.args[0]
    assert facts.shown == "season 2025 · 4 races · 6 drivers"
    assert facts.origin == "season: in memory · from 1 official sheet"
    assert facts.has_laps


def test_that_cancel_shows_everybody_again_and_then_leaves_the_filter(
    dashboard: Dashboard,
) -> None:
    line = dashboard.tab.page.standings.filter
    line.setFocus()
    line.setText("bold")
    dashboard.tab.cancel()
    assert len(dashboard.column(NAME)) == 6
    assert line.hasFocus()
    dashboard.tab.cancel()
    assert dashboard.view.hasFocus()


def test_that_the_export_writes_picture_and_table(dashboard: Dashboard, tmp_path: Path) -> None:
    assert CommandId.EXPORT in dashboard.tab.handlers()
    assert CommandId.COPY in dashboard.tab.handlers()
    dashboard.tab._exporter.write(tmp_path / "standings.png")
    assert (tmp_path / "standings.png").stat().st_size > 1000
    table = (tmp_path / "standings.csv").read_bytes()
    lines = [line for line in table.split(b"\r\n") if not line.startswith((b"#", b"\xef\xbb\xbf#"))]
    assert lines[0].startswith(b"championship_position,driver_number,name,team,class,points")
    assert len(lines[1:-1]) == 6
    dashboard.tab._exporter.write(tmp_path / "absent" / "standings.png")
    assert "could not be written" in dashboard.said[-1]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_text_and_bars_have_enough_contrast(dashboard: Dashboard, theme: Theme) -> None:
    cells = CellPainter(dashboard.view.rows, theme)
    for text, ground in (
        (cells._text, cells._chosen),
        (cells._text, cells._bar),
        (cells._text, cells._best_bar),
        (cells._muted, cells._track),
        (cells._best, cells._panel),
        (cells._compared, cells._panel),
        (cells._panel, cells._reference),
    ):
        assert contrast(text.name().upper(), ground.name().upper()) >= 4.5
    for line in (cells._muted, cells._best):
        assert contrast(line.name().upper(), cells._track.name().upper()) >= 3


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_that_bars_and_their_tracks_are_seen_in_both_themes(
    dashboard: Dashboard, theme: Theme
) -> None:
    dashboard.tab.set_theme(theme)
    picture = dashboard.view.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    row = dashboard.column(NAME).index("Bob Bold")
    cell = dashboard.view.visualRect(dashboard.view.rows.index(row, PLACE_OF["speed"]))

    def color_at(x: float, y: float) -> str:
        return picture.pixelColor(int(x * ratio), int(y * ratio)).name()

    bar = color_at(cell.left() + 6, cell.center().y())
    track = color_at(cell.right() - 4, cell.top() + 5)
    panel = color_at(cell.right(), cell.top() + 1)
    assert len({bar, track, panel}) == 3


def test_that_driver_and_rival_are_told_apart_without_colour(dashboard: Dashboard) -> None:
    dashboard.state.choose_driver("Anna Ace")
    dashboard.state.choose_rival("Di Dash")
    picture = dashboard.view.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()

    def edge(name: str) -> list[str]:
        rect = dashboard.view.visualRect(
            dashboard.view.rows.index(dashboard.column(NAME).index(name), 0)
        )
        return [
            picture.pixelColor(int(ratio), int(y * ratio)).name()
            for y in range(rect.top() + 1, rect.bottom() - 1)
        ]

    assert len(set(edge("Anna Ace"))) == 1
    assert len(set(edge("Di Dash"))) == 2
    assert edge("Anna Ace")[0] not in edge("Ed Early")


def card_of(dashboard: Dashboard, track_id: str) -> TrackCard:
    cards = dashboard.tab.page.cards.cards
    return next(card for card in cards if card.facts.track_id == track_id)


def test_that_a_card_opens_its_track_and_escape_goes_back_to_the_card(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    page = dashboard.tab.page
    assert page.track is None
    card = card_of(dashboard, "barber")
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert page.track is not None
    assert page.track.isVisible()
    assert not dashboard.view.isVisible()
    assert "Barber" in page.track.accessibleName()
    qtbot.keyClick(page.track, Qt.Key.Key_Escape)
    assert dashboard.view.isVisible()
    assert card.hasFocus()
    assert not card.isChecked()


def test_that_cancel_closes_the_track_before_it_clears_the_filter(dashboard: Dashboard) -> None:
    page = dashboard.tab.page
    page.standings.filter.setText("bold")
    page.open_track("sonoma")
    dashboard.tab.cancel()
    assert dashboard.view.isVisible()
    assert page.standings.filter.text() == "bold"


def test_that_the_palette_finds_the_tracks(dashboard: Dashboard) -> None:
    entries = {entry.text: entry for entry in dashboard.tab.palette_entries()}
    assert set(entries) == {"Sonoma Raceway", "Barber Motorsports Park"}
    entries["Sonoma Raceway"].run()
    assert dashboard.tab.page.track is not None
    assert "Sonoma" in dashboard.tab.page.track.accessibleName()


def test_that_an_open_track_follows_the_season_and_closes_where_it_is_missing(
    dashboard: Dashboard,
) -> None:
    page = dashboard.tab.page
    page.open_track("sonoma")
    dashboard.seasons.show(made_up_season(2024))
    assert page.track is not None
    assert page.track.isVisible()
    season = made_up_season(2023)
    tracks = {"barber": season.tracks["barber"]}
    dashboard.seasons.show(replace(season, tracks=tracks))
    assert dashboard.view.isVisible()


def test_that_a_driver_chosen_on_a_track_is_chosen_everywhere(dashboard: Dashboard) -> None:
    page = dashboard.tab.page
    page.open_track("sonoma")
    assert page.track is not None
    page.track.driver_chosen.emit("Cy Calm")
    assert dashboard.state.selection.driver == "Cy Calm"
    page.close_track()
    assert dashboard.view.current_driver == "Cy Calm"


class PaintedRegions(QObject):
    """Remembers which pixels of a widget were painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.region = QRegion()
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def test_that_another_rival_repaints_his_row_and_the_one_before_only(
    qtbot: QtBot, dashboard: Dashboard
) -> None:
    dashboard.state.choose_driver("Anna Ace")
    dashboard.state.choose_rival("Di Dash")
    QApplication.processEvents()
    painted = PaintedRegions(dashboard.view.viewport())
    dashboard.state.choose_rival("Cy Calm")
    QApplication.processEvents()
    for name, repainted in (("Di Dash", True), ("Cy Calm", True), ("Gus Guest", False)):
        assert painted.region.contains(place_of(dashboard, name)) is repainted
    dashboard.state.choose_rival(None)
    QApplication.processEvents()
    assert dashboard.view.cells._rival is None
