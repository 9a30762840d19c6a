from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from pytestqt.qtbot import QtBot

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.readings import (
    ChannelStatistics,
    RangeStatistics,
    Reading,
    Spread,
)
from htt_desktop.ui.tables.cell_painter import CellPainter
from htt_desktop.ui.tables.corner_table import CornerTable
from htt_desktop.ui.tables.readings_table import ReadingsTable
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import DARK, LIGHT, Theme, dress
from htt_desktop.ui.wording.formats import KM_PER_MILE, UnitSystem
from htt_desktop.workers.telemetry_requests import Loaded

DRAWER_PX = 444
LOST_S = (0.02, -0.11, 0.3, 0.001)
BAND_S = 0.01


@pytest.fixture
def comparison(loaded: Loaded) -> Comparison:
    corners = tuple(
        replace(corner, delta_s=lost_s, band_s=BAND_S)
        for corner, lost_s in zip(loaded.comparison.corners, LOST_S, strict=True)
    )
    return replace(loaded.comparison, corners=corners)


def texts(model: QAbstractItemModel, column: int) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_that_corners_are_sorted_by_time_lost_with_arrow_and_sign(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    model = table.model()
    assert isinstance(model, RowsModel)
    assert texts(model, 0) == ["T3", "T1", "T4", "T2"]
    assert texts(model, 1) == [
        "▲ +0.300 ±0.010",
        "▲ +0.020 ±0.010",
        "▲ +0.001 ±0.010",
        "▼ −0.110 ±0.010",
    ]


def test_that_a_loss_within_its_band_is_grey(qtbot: QtBot, comparison: Comparison) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    role = Qt.ItemDataRole.ForegroundRole
    colors = [table.model().index(row, 1).data(role).name().upper() for row in range(4)]
    assert colors == [DARK.loss, DARK.loss, DARK.muted, DARK.gain]
    table.set_theme(LIGHT)
    assert table.model().index(0, 1).data(role).name().upper() == LIGHT.loss


def test_that_clicking_a_heading_sorts_and_the_order_survives_new_laps(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    for _ in range(2):
        table.horizontalHeader().sectionClicked.emit(0)
    model = table.model()
    assert isinstance(model, RowsModel)
    assert texts(model, 0) == ["T1", "T2", "T3", "T4"]
    table.show_comparison(replace(comparison, corners=comparison.corners[::-1]))
    assert texts(model, 0) == ["T1", "T2", "T3", "T4"]


def test_that_enter_and_click_choose_the_corner_of_the_row(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show_comparison(comparison)
    table.show()
    table.setCurrentIndex(table.model().index(3, 0))
    with qtbot.waitSignal(table.corner_chosen) as heard:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert heard.args[0].corner.number == "2"
    place = table.visualRect(table.model().index(0, 1)).center()
    with qtbot.waitSignal(table.corner_chosen) as heard:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args[0].corner.number == "3"


def test_that_both_drivers_metrics_stand_side_by_side(qtbot: QtBot, comparison: Comparison) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    headings = [
        table.model().headerData(column, Qt.Orientation.Horizontal)
        for column in range(table.model().columnCount())
    ]
    column = next(i for i, text in enumerate(headings) if text.startswith("min\n"))
    assert headings[column : column + 2] == ["min\n━ 7", "km/h\n╍ 47"]
    corner = comparison.corners[2]
    shown = [table.model().index(0, column + side).data() for side in (0, 1)]
    slowest = corner.reference.minimum_speed_kmh, corner.compared.minimum_speed_kmh
    assert shown == [f"{speed:.1f}" for speed in slowest if speed is not None]


def test_that_missing_values_sort_last_whatever_the_order() -> None:
    model = RowsModel(DARK)
    rows = [Row((Cell(str(v), v),)) for v in (2.0, None, float("nan"), 1.0)]
    model.show_rows([Heading("x")], rows)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(0, order)
        assert {texts(model, 0)[2], texts(model, 0)[3]} == {"None", "nan"}


def test_that_rows_of_the_same_shape_are_updated_without_a_reset(qtbot: QtBot) -> None:
    model = RowsModel(DARK)
    model.show_rows([Heading("x")], [Row((Cell("1"),))])
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.show_rows([Heading("x")], [Row((Cell("2"),))])
    assert texts(model, 0) == ["2"]


def test_that_readings_show_both_laps_and_their_difference(qtbot: QtBot) -> None:
    table = ReadingsTable(DARK)
    qtbot.addWidget(table)
    table.set_names("7", "47")
    readings = (
        Reading("delta", "delta", "s", 3, None, None, 0.0634, band=0.04),
        Reading("speed", "speed", "km/h", 1, 142.1, 138.4, -3.7),
        Reading("gear", "gear", "", 0, None, 3.0, None),
    )
    table.show_readings(1234.4, readings)
    assert table.heading.text() == "at the cursor, 1234 m"
    rows = [[table.model.index(r, c).data() for c in range(4)] for r in range(3)]
    assert rows == [
        ["delta s", "–", "–", "+0.06"],
        ["speed km/h", "142.1", "138.4", "−3.7"],
        ["gear", "–", "3", "–"],
    ]


def test_that_two_cursors_show_the_statistics_between_them(qtbot: QtBot) -> None:
    table = ReadingsTable(DARK)
    qtbot.addWidget(table)
    table.set_names("7", "47")
    speed = ChannelStatistics("speed", "speed", "km/h", 1, Spread(80, 120, 99.5), None)
    table.show_statistics(RangeStatistics(100, 350, 6.0, 6.063, 0.063, (speed,), 0.04))
    assert table.heading.text() == "100 m to 350 m: 250 m, 47 loses +0.06 ±0.04 s"
    row = [table.model.index(0, c).data() for c in range(7)]
    assert row == ["speed km/h", "80.0", "99.5", "120.0", "–", "–", "–"]


def headings_of(table: CornerTable) -> list[str]:
    model = table.model()
    return [
        model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())
    ]


def test_that_braking_later_is_a_difference_with_both_places_behind_it(
    qtbot: QtBot, comparison: Comparison
) -> None:
    early = replace(comparison.corners[2].reference, braking_point_m=1800.4)
    late = replace(comparison.corners[2].compared, braking_point_m=1809.0)
    corner = replace(comparison.corners[2], reference=early, compared=late)
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(replace(comparison, corners=(corner,)))
    column = headings_of(table).index("brake\nΔ m")
    cell = table.model().index(0, column)
    assert cell.data() == "+9"
    assert cell.data(Qt.ItemDataRole.ToolTipRole) == "1800 m against 1809 m"


def test_that_every_heading_of_the_corner_table_explains_itself(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    tips = [
        table.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for column in range(table.model().columnCount())
    ]
    assert all(tip and len(tip) > 20 for tip in tips)


@pytest.mark.parametrize("units", list(UnitSystem))
def test_that_the_essential_columns_need_no_scrolling_in_the_drawer(
    qtbot: QtBot, comparison: Comparison, units: UnitSystem
) -> None:
    long = tuple(
        replace(corner, corner=replace(corner.corner, number="10a"), delta_s=-0.123, band_s=0.012)
        for corner in comparison.corners
    )
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.set_units(units)
    dress(DARK)
    table.resize(DRAWER_PX, 300)
    table.show_comparison(replace(comparison, corners=long))
    table.show()
    last = next(i for i, text in enumerate(headings_of(table)) if text.startswith("exit")) + 1
    edge = table.columnViewportPosition(last) + table.columnWidth(last)
    assert edge <= table.viewport().width()


def test_that_miles_and_feet_reach_cells_and_headings(qtbot: QtBot, comparison: Comparison) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    table.set_units(UnitSystem.IMPERIAL)
    headings = headings_of(table)
    assert not [text for text in headings if {"km/h", "m"} & set(text.split())]
    column = headings.index("mph\n╍ 47") - 1
    slowest_kmh = comparison.corners[2].reference.minimum_speed_kmh
    assert slowest_kmh is not None
    assert table.model().index(0, column).data() == f"{slowest_kmh / KM_PER_MILE:.1f}"
    assert table.model().index(0, 1).data() == "▲ +0.300 ±0.010"


def marked(view: RowsView, column: int = 0) -> tuple[str | None, list[str]]:
    """Return the text of the current row and of the selected ones."""
    rows = view.selectionModel().selectedRows(column)
    return view.currentIndex().siblingAtColumn(column).data(), [index.data() for index in rows]


def test_that_the_marked_corner_stays_when_other_laps_change_the_order(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    table.selectRow(texts(table.model(), 0).index("T3"))
    others = [
        replace(corner, delta_s=lost_s)
        for corner, lost_s in zip(comparison.corners, (0.1, 0.3, -0.2, 0.0), strict=True)
    ]
    table.show_comparison(replace(comparison, corners=tuple(others)))
    assert texts(table.model(), 0) == ["T2", "T1", "T4", "T3"]
    assert marked(table) == ("T3", ["T3"])


def test_that_the_marked_corner_stays_when_the_headings_change(
    qtbot: QtBot, comparison: Comparison
) -> None:
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(comparison)
    table.selectRow(texts(table.model(), 0).index("T1"))
    stranger = replace(comparison.compared, entry=replace(comparison.compared.entry, number="113"))
    with qtbot.waitSignal(table.model().modelReset):
        table.show_comparison(
            replace(comparison, compared=stranger, corners=comparison.corners[:2])
        )
    assert marked(table) == ("T1", ["T1"])


def rows_of(*words: str) -> list[Row]:
    return [Row((Cell(word), Cell(word))) for word in words]


@pytest.mark.parametrize("later", [("c", "b", "a"), ("x", "b"), ("b", "y", "z", "q")])
def test_that_marks_stay_with_their_subject(qtbot: QtBot, later: tuple[str, ...]) -> None:
    model = RowsModel(DARK)
    view = RowsView(model)
    qtbot.addWidget(view)
    model.setParent(view)
    headings = [Heading("x"), Heading("y")]
    model.show_rows(headings, rows_of("a", "b", "c"))
    view.selectRow(1)
    model.show_rows(headings, rows_of(*later))
    assert marked(view) == ("b", ["b"])


def test_that_a_mark_goes_when_its_subject_does(qtbot: QtBot) -> None:
    model = RowsModel(DARK)
    view = RowsView(model)
    qtbot.addWidget(view)
    model.setParent(view)
    for later in (("x", "y", "z"), ("x", "y")):
        model.show_rows([Heading("x"), Heading("y")], rows_of("a", "b", "c"))
        view.selectRow(1)
        model.show_rows([Heading("x"), Heading("y")], rows_of(*later))
        assert marked(view) == (None, [])


def test_that_corners_that_read_alike_are_coloured_alike_and_say_how_they_are_known(
    qtbot: QtBot, comparison: Comparison
) -> None:
    pairs = ((0.0602, 0.0598), (0.0598, 0.0602), (0.0651, 0.0598), (0.0, 0.0))
    corners = tuple(
        replace(corner, delta_s=delta_s, band_s=band_s)
        for corner, (delta_s, band_s) in zip(comparison.corners, pairs, strict=True)
    )
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(replace(comparison, corners=corners))
    model = table.model()
    role = Qt.ItemDataRole.ForegroundRole
    seen = {
        model.index(row, 0).data(): (
            model.index(row, 1).data(),
            model.index(row, 1).data(role).name().upper(),
        )
        for row in range(4)
    }
    assert seen == {
        "T1": ("▲ +0.06 ±0.06", DARK.muted),
        "T2": ("▲ +0.06 ±0.06", DARK.muted),
        "T3": ("▲ +0.07 ±0.06", DARK.loss),
        "T4": ("0.000", DARK.muted),
    }
    tips = [model.index(row, 1).data(Qt.ItemDataRole.ToolTipRole) for row in range(4)]
    assert tips[0].startswith("47 loses 0.07 s ±0.06 s (95 %).\nOfficial times pin")
    assert "not more than its band: it may be noise" in tips[1]


def colors_of(view: RowsView, place: int, column: int) -> set[str]:
    """Return the colours of a cell on screen."""
    picture = view.viewport().grab(view.visualRect(view.model().index(place, column))).toImage()
    return {
        picture.pixelColor(x, y).name().upper()
        for x in range(picture.width())
        for y in range(2, picture.height() - 2)
    }


TONES = (Tone.LOSS, Tone.GAIN, Tone.MUTED)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("painted", [True, False], ids=["painted cells", "plain cells"])
def test_that_a_selected_row_keeps_its_colours(
    qtbot: QtBot, theme: Theme, *, painted: bool
) -> None:
    dress(theme)
    model = RowsModel(theme)
    view = RowsView(model)
    qtbot.addWidget(view)
    model.setParent(view)
    if painted:
        view.setItemDelegate(CellPainter(model, theme, view))
    row = Row(tuple(Cell("▲ ███", tone=tone) for tone in TONES))
    model.show_rows([Heading("x")] * len(TONES), [row, row])
    view.resize(400, 120)
    view.show()
    view.selectRow(0)
    for column, tone in enumerate(TONES):
        wanted = str(getattr(theme, tone)).upper()
        assert wanted in colors_of(view, 1, column)
        selected = colors_of(view, 0, column)
        assert wanted in selected
        assert theme.selected_row in selected


def test_that_a_disputed_corner_says_why_and_whose_numbers_are_used(
    qtbot: QtBot, comparison: Comparison
) -> None:
    doubted = comparison.corners[0]
    corner = replace(doubted.corner, confidence="low", doubt="others call it turn 2")
    track = replace(comparison.track, numbering="Numbers as the map prints them.")
    table = CornerTable(DARK)
    qtbot.addWidget(table)
    table.show_comparison(
        replace(
            comparison,
            track=track,
            corners=(replace(doubted, corner=corner), *comparison.corners[1:]),
        )
    )
    model = table.model()
    tips = {
        model.index(row, 0).data(): model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
        for row in range(model.rowCount())
    }
    told = "others call it turn 2\nNumbers as the map prints them."
    assert tips[f"T{corner.number} ?"].endswith(told)
    sure = comparison.corners[1].corner
    assert tips[f"T{sure.number}"].count("\n") == 1
