import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.delta_data import gain_color
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.margin import MARGIN_PX
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.charts.readings import RangeStatistics
from htt_desktop.ui.charts.track_marks import SegmentMark
from htt_desktop.ui.theme import DARK, LIGHT, Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import KM_PER_MILE, UnitSystem
from tests.ui.charts.two_laps import ALL_CHANNELS, APEXES_M, GAP_M, LENGTH_M, comparison, lap

pytestmark = pytest.mark.slow

Show = Callable[[QWidget, int, int], QWidget]
Stack = Callable[..., PlotStack]


@pytest.fixture
def stack(on_screen: Show) -> Stack:
    """Return a maker of stacks on screen."""

    def make(pair: Comparison | None = None, theme: Theme = DARK) -> PlotStack:
        made = PlotStack(theme)
        made.show_comparison(pair or comparison())
        on_screen(made, 1200, 800)
        return made

    return make


def row_of(made: PlotStack, key: str) -> range:
    """Return the picture rows of a panel."""
    plot = made._view.canvas.panels[key]
    top = made._view.canvas.y() + plot.row.top
    return range(top + 1, top + plot.row.height - 1)


def near(picture: QImage, color: str, x: range, y: range) -> int:
    """Return how many pixels of a stretch look like a trace of this colour."""
    wanted = QColor(color)
    found = 0
    for column in x:
        for line in y:
            pixel = picture.pixelColor(column, line)
            apart = (
                abs(pixel.red() - wanted.red())
                + abs(pixel.green() - wanted.green())
                + abs(pixel.blue() - wanted.blue())
            )
            found += apart < 90
    return found


def pixels(made: PlotStack, start_m: float, end_m: float) -> range:
    """Return the picture columns of a stretch of lap distance."""
    canvas = made._view.canvas
    return range(
        MARGIN_PX + round(canvas.x_of(start_m)) + 3, MARGIN_PX + round(canvas.x_of(end_m)) - 3
    )


def press(made: PlotStack, qtbot: QtBot, x: float, y: int = 300) -> None:
    qtbot.mouseClick(
        made._view.pointer,
        Qt.MouseButton.LeftButton,
        pos=QPoint(round(made._view.canvas.x_of(x)), y),
    )


def drag(made: PlotStack, qtbot: QtBot, start_m: float, end_m: float) -> None:
    first, last = (QPoint(round(made._view.canvas.x_of(x)), 200) for x in (start_m, end_m))
    qtbot.mousePress(made._view.pointer, Qt.MouseButton.LeftButton, pos=first)
    qtbot.mouseMove(made._view.pointer, last)
    qtbot.mouseRelease(made._view.pointer, Qt.MouseButton.LeftButton, pos=last)


# -------------------------------------------------------------------------------- drawing


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_both_traces_are_on_screen_in_their_colours(stack: Stack, theme: Theme) -> None:
    made = stack(theme=theme)
    picture = made.grab().toImage()
    rows, columns = row_of(made, PanelKey.SPEED), pixels(made, 100, 3900)
    assert near(picture, theme.reference, columns, rows) > 500
    assert near(picture, theme.compared, columns, rows) > 300


def test_that_a_gap_of_the_reference_has_no_pixel_of_its_colour(stack: Stack) -> None:
    made = stack(comparison(lap("7", gap=True)))
    made.zoom_to(1500.0, 1800.0)
    picture = made.grab().toImage()
    # Speed is sampled every nine metres or so: the gap opens at the last good sample.
    inside = pixels(made, GAP_M[0] + 20, GAP_M[1] - 2)
    rows = row_of(made, PanelKey.SPEED)
    assert near(picture, DARK.reference, inside, rows) == 0
    assert near(picture, DARK.compared, inside, rows) > 20
    assert near(picture, DARK.reference, pixels(made, 1500, 1580), rows) > 20


def test_that_a_constant_channel_is_drawn(stack: Stack) -> None:
    laps = []
    for number in ("7", "47"):
        one = lap(number)
        gear = one.traces[Channel.GEAR]
        flat = replace(gear, value=np.full(gear.value.shape, 3.0))
        laps.append(replace(one, traces={**one.traces, Channel.GEAR: flat}))
    made = stack(comparison(*laps))
    rows, columns = row_of(made, PanelKey.GEAR), pixels(made, 100, 3900)
    assert near(made.grab().toImage(), DARK.reference, columns, rows) > 200


def test_that_the_delta_has_no_pixel_where_it_is_unknown(stack: Stack) -> None:
    made = stack(comparison(lap("7", gap=True)))
    made.zoom_to(1500.0, 1800.0)
    inside, plot = pixels(made, *GAP_M), made._view.canvas.panels[PanelKey.DELTA]
    rows = row_of(made, PanelKey.DELTA)
    zero = made._view.canvas.y() + round(plot.y_of(0.0))
    free = [row for row in rows if abs(row - zero) > 2]
    ticks = {made._view.canvas.y() + round(plot.y_of(value)) for value in plot.ticks()}
    picture = made.grab().toImage()
    for row in set(free) - ticks:
        assert near(picture, DARK.text, inside, range(row, row + 1)) == 0


def test_that_a_missing_channel_leaves_no_empty_panel(stack: Stack) -> None:
    few = [Channel.SPEED, Channel.GEAR]
    made = stack(comparison(lap("7", channels=few), lap("47", 15.0, channels=few)))
    assert made.panel_keys() == (PanelKey.DELTA, PanelKey.SPEED, PanelKey.GEAR)
    rows = [made._view.canvas.panels[key].row for key in made.panel_keys()]
    assert sum(row.height for row in rows) > 0.9 * made._view.canvas.height()


def test_that_panels_share_their_left_edge_and_fill_the_height(stack: Stack) -> None:
    made = stack()
    boxes = [made._view.canvas.panels[key].box.geometry() for key in made.panel_keys()]
    assert {box.left() for box in boxes} == {0.0}
    assert {box.width() for box in boxes} == {float(made._view.canvas.width())}
    for above, below in itertools.pairwise(boxes):
        assert above.bottom() <= below.top()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_panels_and_corners_have_the_grounds_of_the_theme(stack: Stack, theme: Theme) -> None:
    made = stack(theme=theme)
    made.set_grid(False)
    picture, row = made.grab().toImage(), row_of(made, PanelKey.SPEED)[3]
    for place_m, token in ((1650.0, theme.panel), (APEXES_M[2] + 30, theme.corner_shade)):
        column = MARGIN_PX + round(made._view.canvas.x_of(place_m))
        assert picture.pixelColor(column, row) == QColor(token)


def test_that_speed_is_the_tallest_panel(stack: Stack) -> None:
    made = stack()
    heights = {key: made._view.canvas.panels[key].row.height for key in made.panel_keys()}
    assert max(heights, key=heights.__getitem__) == PanelKey.SPEED


def test_that_nothing_is_drawn_without_a_comparison(stack: Stack) -> None:
    made = stack()
    made.set_cursor(1000.0)
    made.show_comparison(None)
    assert made.panel_keys() == ()
    assert made.readings_at(1000.0) == ()
    assert made.visible_rows() is None
    picture = made.grab().toImage()
    assert near(picture, DARK.reference, range(0, 1200, 5), range(0, 800, 5)) == 0


# --------------------------------------------------------------------------------- cursor


def test_that_a_click_parks_the_cursor_there(stack: Stack, qtbot: QtBot) -> None:
    made = stack()
    with qtbot.waitSignal(made.cursor_moved) as moved:
        press(made, qtbot, 1500.0)
    assert moved.args == [pytest.approx(1500.0, abs=3.0)]
    assert made.cursor_m == moved.args[0]


def test_that_hovering_does_not_steal_the_cursor(stack: Stack, qtbot: QtBot) -> None:
    made = stack()
    made.set_cursor(1500.0)
    # Qt delivers moves without a button only to widgets that track the mouse.
    made._view.pointer.setMouseTracking(True)
    with qtbot.assertNotEmitted(made.cursor_moved):
        for x in (400.0, 500.0, 600.0):
            place = QPointF(x, 300.0)
            none = Qt.MouseButton.NoButton
            hover = QMouseEvent(
                QEvent.Type.MouseMove, place, made._view.pointer.mapToGlobal(place), none, none,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(made._view.pointer, hover)
    assert made.cursor_m == 1500.0


def test_that_the_cursor_line_crosses_every_panel(stack: Stack) -> None:
    made = stack()
    made.set_cursor(1500.0)
    picture, column = made.grab().toImage(), MARGIN_PX + round(made._view.canvas.x_of(1500.0))
    for key in made.panel_keys():
        for line in row_of(made, key):
            assert picture.pixelColor(column, line) == QColor(DARK.text)


def on_glass(made: PlotStack) -> QImage:
    """Return what the window really shows, without painting anything again."""
    QApplication.processEvents()
    return made.screen().grabWindow(made.winId()).toImage()


def test_that_a_moved_cursor_leaves_no_trail(stack: Stack) -> None:
    made = stack()
    made.set_cursor(800.0)
    before = on_glass(made)
    made.set_cursor(1200.0)
    assert on_glass(made) != before
    made.set_cursor(800.0)
    assert on_glass(made) == before


def test_that_a_cleared_range_leaves_no_trail(stack: Stack) -> None:
    made = stack()
    made.set_cursor(800.0)
    before = on_glass(made)
    made.toggle_second_cursor()
    made.set_cursor(2000.0)
    made.toggle_second_cursor()
    made.set_cursor(800.0)
    assert on_glass(made) == before


def test_that_steps_are_pixels_and_finer_when_zoomed_in(stack: Stack) -> None:
    made = stack()
    made.set_cursor(1500.0)
    made.step_cursor(1)
    coarse = made.cursor_m
    made.zoom_to(1450.0, 1550.0)
    made.set_cursor(1500.0)
    made.step_cursor(-10)
    width = made._view.canvas.width()
    assert coarse == pytest.approx(1500.0 + LENGTH_M / width)
    assert made.cursor_m == pytest.approx(1500.0 - 10 * 100.0 / width)


def test_that_the_view_follows_a_cursor_that_leaves_it(stack: Stack) -> None:
    made = stack()
    made.zoom_to(1000.0, 1200.0)
    made.set_cursor(3000.0)
    start_m, end_m = made.visible_range()
    assert start_m < 3000.0 < end_m
    assert end_m - start_m == pytest.approx(200.0)


def test_that_the_cursor_stays_within_the_lap(stack: Stack) -> None:
    made = stack()
    made.set_cursor(99_999.0)
    assert made.cursor_m == LENGTH_M
    made.set_cursor(-5.0)
    assert made.cursor_m == 0.0


def test_that_the_second_cursor_selects_a_range_and_clears_it(stack: Stack, qtbot: QtBot) -> None:
    made = stack()
    ranges: list[RangeStatistics | None] = []
    made.range_selected.connect(ranges.append)
    made.set_cursor(1000.0)
    made.toggle_second_cursor()
    made.set_cursor(1800.0)
    made.toggle_second_cursor()
    assert ranges[1] is not None
    assert (ranges[1].start_m, ranges[1].end_m) == (1000.0, 1800.0)
    assert ranges[-1] is None


# ----------------------------------------------------------------------------------- zoom


def test_that_a_box_to_the_right_zooms_in_and_one_to_the_left_out(
    stack: Stack, qtbot: QtBot
) -> None:
    made = stack()
    drag(made, qtbot, 1000.0, 2000.0)
    assert made.visible_range() == pytest.approx((1000.0, 2000.0), abs=5)
    drag(made, qtbot, 1750.0, 1250.0)
    assert made.visible_range() == pytest.approx((500.0, 2500.0), abs=15)


def test_that_the_wheel_keeps_the_place_under_the_pointer(stack: Stack) -> None:
    made = stack()
    point = QPointF(made._view.canvas.x_of(1000.0), 200)
    turn = QWheelEvent(
        point, made._view.pointer.mapToGlobal(point), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(made._view.pointer, turn)
    start_m, end_m = made.visible_range()
    assert end_m - start_m == pytest.approx(LENGTH_M / 1.25**2)
    assert made._view.canvas.x_of(1000.0) == pytest.approx(point.x())


def test_that_zooms_are_undone_and_redone(stack: Stack) -> None:
    made = stack()
    views = [made.visible_range()]
    for stretch in ((500.0, 2500.0), (1000.0, 1500.0)):
        made.zoom_to(*stretch)
        views.append(made.visible_range())
    made.undo_zoom()
    made.undo_zoom()
    assert made.visible_range() == pytest.approx(views[0])
    made.undo_zoom()
    made.redo_zoom()
    made.redo_zoom()
    assert made.visible_range() == pytest.approx(views[2])


def test_that_the_way_back_has_an_end(stack: Stack) -> None:
    made = stack()
    for step in range(500):
        made.zoom_to(100.0 + step, 900.0)
    for _ in range(500):
        made.undo_zoom()
    assert made.visible_range()[0] == pytest.approx(499.0, abs=1.0)


def test_that_a_new_zoom_ends_the_way_forward(stack: Stack) -> None:
    made = stack()
    made.zoom_to(500.0, 2500.0)
    made.undo_zoom()
    made.zoom_to(1000.0, 1500.0)
    made.redo_zoom()
    assert made.visible_range() == pytest.approx((1000.0, 1500.0))


def test_that_no_view_leaves_the_lap(stack: Stack) -> None:
    made = stack()
    made.zoom_to(-500.0, 600.0)
    assert made.visible_range() == pytest.approx((0.0, 1100.0))
    made.zoom_by(0.001)
    assert made.visible_range() == pytest.approx((0.0, LENGTH_M))


def test_that_cursor_and_zoom_survive_other_laps_of_the_track(stack: Stack) -> None:
    made = stack()
    made.zoom_to(1000.0, 2000.0)
    made.set_cursor(1700.0)
    made.show_comparison(comparison(lap("47", 15.0), lap("7")))
    assert made.visible_range() == pytest.approx((1000.0, 2000.0))
    assert made.cursor_m == 1700.0


def test_that_place_and_zoom_survive_a_change_of_axis(stack: Stack) -> None:
    made = stack()
    made.zoom_to(1000.0, 2000.0)
    made.set_cursor(1700.0)
    made.set_axis(AxisMode.TIME)
    assert made.visible_range() == pytest.approx((1000.0, 2000.0), abs=0.1)
    assert made.cursor_m == 1700.0
    made.set_axis(AxisMode.DISTANCE)
    assert made.visible_range() == pytest.approx((1000.0, 2000.0), abs=0.1)


# --------------------------------------------------------------------------------- panels


def test_that_panels_are_hidden_shown_moved_and_remembered(stack: Stack) -> None:
    made = stack()
    made.toggle_panel(PanelKey.GEAR)
    made.move_panel(PanelKey.STEERING, 0)
    layout = made.panel_layout()
    other = stack()
    other.restore_layout({**layout, "order": [*layout["order"], "nonsense"]})
    assert other.panel_keys()[0] == PanelKey.STEERING
    assert not other.is_panel_shown(PanelKey.GEAR)
    other.toggle_panel(PanelKey.GEAR)
    assert other.is_panel_shown(PanelKey.GEAR)


def test_that_the_last_panel_cannot_be_hidden(stack: Stack) -> None:
    made = stack()
    for key in made.panel_keys():
        made.toggle_panel(key)
    assert sum(made.is_panel_shown(key) for key in made.panel_keys()) == 1


@pytest.mark.parametrize(
    "dragged, target", [("gear", "speed"), ("delta", "steering"), ("speed", "throttle_brake")]
)
def test_that_a_dragged_legend_lands_above_the_one_it_is_dropped_on(
    stack: Stack, qtbot: QtBot, dragged: str, target: str
) -> None:
    made = stack()
    rest = [key for key in made.panel_keys() if key != dragged]
    rows = made._view.margin._legend_rows
    start, end = QPoint(20, rows[dragged].top + 9), QPoint(20, rows[target].top + 2)
    qtbot.mousePress(made._view.margin, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(made._view.margin, end)
    qtbot.mouseRelease(made._view.margin, Qt.MouseButton.LeftButton, pos=end)
    rest.insert(rest.index(target), dragged)
    assert list(made.panel_keys()) == rest
    assert made.selected_panel == dragged


@pytest.mark.parametrize("hide", ["panel", "everything"])
def test_that_a_legend_hidden_while_it_is_dragged_is_let_go(
    stack: Stack, qtbot: QtBot, hide: str
) -> None:
    made = stack()
    rows = made._view.margin._legend_rows
    start, end = QPoint(20, rows["gear"].top + 9), QPoint(20, rows["speed"].top + 2)
    qtbot.mousePress(made._view.margin, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(made._view.margin, end)
    if hide == "panel":
        made.toggle_panel("gear")
    else:
        made.show_comparison(None)
    keys = made.panel_keys()
    qtbot.mouseMove(made._view.margin, end + QPoint(0, 3))
    qtbot.mouseRelease(made._view.margin, Qt.MouseButton.LeftButton, pos=end)
    assert made.panel_keys() == keys


def test_that_an_expanded_panel_takes_most_of_the_height_until_asked_again(stack: Stack) -> None:
    made = stack()
    before = made._view.canvas.panels[PanelKey.STEERING].row
    made.expand_panel(4)
    assert (
        made._view.canvas.panels[PanelKey.STEERING].row.height > 0.35 * made._view.canvas.height()
    )
    made.expand_panel(4)
    assert made._view.canvas.panels[PanelKey.STEERING].row == before


def test_that_legends_fit_at_the_least_height(stack: Stack) -> None:
    made = stack()
    made.resize(900, 100)
    QApplication.processEvents()
    lines: dict[str, int] = {PanelKey.DELTA: 2, PanelKey.PEDALS: 4}
    for key, row in made._view.margin._legend_rows.items():
        assert row.height >= 14 * lines.get(key, 2)


@pytest.mark.parametrize("height", [430, 520, 640, 900, 2000])
def test_that_axis_figures_never_overlap(stack: Stack, height: int) -> None:
    made = stack()
    made.resize(1000, height)
    QApplication.processEvents()
    for key in made.panel_keys():
        plot = made._view.canvas.panels[key]
        heights = [plot.y_of(value) for value in plot.ticks()]
        assert heights
        assert all(below - above >= 12 for below, above in itertools.pairwise(heights))


def test_that_a_difference_replaces_both_traces(stack: Stack) -> None:
    made = stack()
    made.select_panel(PanelKey.SPEED)
    made.toggle_difference()
    rows, columns = row_of(made, PanelKey.SPEED), pixels(made, 300, 3800)
    picture = made.grab().toImage()
    assert near(picture, DARK.reference, columns, rows) == 0
    assert near(picture, DARK.text, columns, rows) > 300
    made.toggle_difference()
    assert near(made.grab().toImage(), DARK.reference, columns, rows) > 300


def test_that_overlapped_panels_share_one_place_and_tile_again(stack: Stack) -> None:
    made = stack()
    made.toggle_overlap()
    rows = {made._view.canvas.panels[key].row for key in made.panel_keys() if key != PanelKey.DELTA}
    assert len(rows) == 1
    made.toggle_overlap()
    rows = {made._view.canvas.panels[key].row for key in made.panel_keys() if key != PanelKey.DELTA}
    assert len(rows) == 7


def test_that_a_click_selects_the_panel_it_hits(stack: Stack, qtbot: QtBot) -> None:
    made = stack()
    row = made._view.canvas.panels[PanelKey.GEAR].row
    with qtbot.waitSignal(made.panel_selected) as chosen:
        press(made, qtbot, 1500.0, row.top + row.height // 2)
    assert chosen.args == [PanelKey.GEAR]


def test_that_the_menu_of_a_panel_names_every_panel(stack: Stack) -> None:
    made = stack()
    menu = made._build_menu(PanelKey.GEAR)
    checked = [action.text() for action in menu.actions() if action.isChecked()]
    assert len(checked) == len(made.panel_keys())
    next(action for action in menu.actions() if action.text() == "Gear").trigger()
    assert not made.is_panel_shown(PanelKey.GEAR)


# ------------------------------------------------------------------------ delta and export


def test_that_a_nudge_is_written_on_the_screen_until_undone(stack: Stack) -> None:
    made = stack()
    made.nudge_compared(4.0)
    assert made._view.top.toolTip() == "nudged +4.0 m"
    made.nudge_compared(0.0)
    assert made._view.top.toolTip() == ""


def test_that_a_rezeroed_delta_reads_zero_there(stack: Stack) -> None:
    made = stack()
    made.rezero_delta(1200.0)
    assert made.readings_at(1200.0)[0].difference == pytest.approx(0.0, abs=1e-9)
    assert made.delta_zero_m == 1200.0
    made.rezero_delta(None)
    assert made.readings_at(0.0)[0].difference == pytest.approx(0.0, abs=1e-9)


def test_that_the_export_holds_the_shown_panels_over_the_shown_stretch(stack: Stack) -> None:
    made = stack(comparison(lap("7", channels=ALL_CHANNELS[:2]), lap("47", channels=ALL_CHANNELS)))
    made.zoom_to(1000.0, 1200.0)
    made.toggle_panel(PanelKey.DELTA)
    table = made.visible_rows()
    assert table is not None
    assert "delta" not in " ".join(table.headings)
    assert table.values[[0, -1], 0].tolist() == [1000.0, 1200.0]
    gear = table.values[:, table.headings.index("gear 7")]
    assert np.isnan(gear).all()


def test_that_a_nudge_and_a_new_zero_keep_the_way_back(stack: Stack) -> None:
    made = stack()
    made.zoom_to(1000.0, 1500.0)
    made.nudge_compared(2.0)
    made.rezero_delta(1200.0)
    made.undo_zoom()
    assert made.visible_range() == pytest.approx((0.0, LENGTH_M))


def test_that_the_zoom_stays_in_place_when_a_slower_lap_comes_over_time(stack: Stack) -> None:
    made = stack()
    made.set_axis(AxisMode.TIME)
    made.zoom_to(3000.0, 3500.0)
    made.show_comparison(comparison(lap("47", 60.0), lap("7")))
    assert made.visible_range() == pytest.approx((3000.0, 3500.0), abs=0.1)


def test_that_miles_change_what_is_written_and_nothing_else(stack: Stack) -> None:
    made = stack()
    made.zoom_to(1000.0, 2000.0)
    metric = made.readings_at(1500.0)[1]
    made.set_units(UnitSystem.IMPERIAL)
    miles = made.readings_at(1500.0)[1]
    assert (metric.unit, miles.unit) == ("km/h", "mph")
    assert metric.reference == pytest.approx((miles.reference or 0.0) * KM_PER_MILE)
    assert made.visible_range() == pytest.approx((1000.0, 2000.0))
    feet = [tick / 0.3048 for tick in made._view.canvas.x_ticks()]
    assert feet == pytest.approx([round(tick, -2) for tick in feet])


@pytest.mark.parametrize("height", [430, 520, 720, 900, 2000])
def test_that_every_gear_has_its_figure(stack: Stack, height: int) -> None:
    made = stack()
    made.resize(1000, height)
    QApplication.processEvents()
    plot = made._view.canvas.panels[PanelKey.GEAR]
    assert [value for value, _ in plot.figures()] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    for column in (0, 1):
        places = [plot.y_of(value) for value, at in plot.figures() if at == column]
        assert all(below - above >= 9 for below, above in itertools.pairwise(places))
        assert all(plot.row.top + 3 <= y <= plot.row.bottom - 3 for y in places)


# --------------------------------------------------------------------- the delta and its band


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_the_zero_line_is_seen_inside_the_band(stack: Stack, theme: Theme) -> None:
    pair = comparison()
    wide = replace(pair.delta, band_s=8.0 * pair.delta.band_s)
    made = stack(replace(pair, delta=wide), theme)
    assert made._state.data is not None
    delta, plot = made._state.data.delta, made._view.canvas.panels[PanelKey.DELTA]
    zero = plot.y_of(0.0)
    curve_px = np.array([plot.y_of(value) for value in delta.delta_s])
    edge_px = np.array([plot.y_of(value) for value in delta.delta_s + delta.band_s])
    covered = (curve_px > zero + 4) & (edge_px < zero - 4)
    places = [x for x in delta.x[covered] if _is_free(made, float(x))]
    assert len(places) > 10
    picture = made.grab().toImage()
    row = made._view.canvas.y() + round(zero)
    columns = [MARGIN_PX + round(made._view.canvas.x_of(float(x))) for x in places]
    seen = [
        max(near(picture, theme.muted, range(x, x + 1), range(row - 1, row + 2)), 0)
        for x in columns
    ]
    assert min(seen) >= 1
    # One line, and the band on both of its sides.
    assert max(seen) == 1


def _is_free(made: PlotStack, x: float) -> bool:
    """Return whether neither loop, grid line nor dot is near."""
    assert made._state.data is not None
    marks = [loop.x for loop in made._state.data.marks.loops]
    return all(abs(made._view.canvas.x_of(x) - made._view.canvas.x_of(mark)) > 8 for mark in marks)


def legend(made: PlotStack) -> tuple[str, ...]:
    return made._view.margin._band


def test_that_the_legend_says_how_wide_the_band_is_and_where_the_delta_is_exact(
    stack: Stack,
) -> None:
    made = stack()
    pair = made.comparison
    assert pair is not None
    widest = formats.band(float(pair.delta.band_s.max()))
    assert legend(made) == (f"between loops {widest} s", "(95 %), exact at ●")
    made.nudge_compared(4.0)
    assert legend(made) == ("shifted by hand: no longer", "what the loops (●) timed")
    made.nudge_compared(0.0)
    one = lap("7")
    made.show_comparison(comparison(one, one))
    assert legend(made) == ("the same lap twice:", "exactly 0")


def test_that_the_dots_of_a_rezeroed_delta_say_that_they_are_not_exact(stack: Stack) -> None:
    made = stack()
    assert made._state.data is not None
    dot = made._state.data.delta.loops[1]

    def color_of_dot() -> QColor:
        assert made._state.data is not None
        plot, shown = made._view.canvas.panels[PanelKey.DELTA], made._state.data.delta.loops[1]
        y = made._view.canvas.y() + round(plot.y_of(shown.official_delta_s))
        return (
            made.grab().toImage().pixelColor(MARGIN_PX + round(made._view.canvas.x_of(shown.x)), y)
        )

    assert color_of_dot() == QColor(DARK.text)
    made.rezero_delta(1100.0)
    data = made._state.data.delta
    assert data.zero_band_s == pytest.approx(
        np.interp(1100.0, data.distance_m, made.comparison.delta.band_s)  # type: ignore[union-attr]
    )
    # The band of a difference between two places, at the loop as wide as the zero's own.
    assert data.at(dot.x)[1] == pytest.approx(data.zero_band_s)
    zero, widest = formats.band(data.zero_band_s), formats.band(float(np.nanmax(data.band_s)))
    assert legend(made) == (f"from 1100 m {widest} s", f"(95 %), at ○ {zero} s")
    row = made._view.canvas.panels[PanelKey.DELTA].row
    tip = made._view.tip_at(QPoint(round(made._view.canvas.x_of(2000.0)), row.top + 5))
    assert "Δ zero 1100 m" in tip
    assert tip.endswith(f"at the loops (○) can be off by {zero} s.")
    assert color_of_dot() == QColor(DARK.panel)
    # A loop is official, so a difference counted from it still is.
    made.rezero_delta(1400.0)
    assert legend(made)[1] == "(95 %), exact at ●"
    assert color_of_dot() == QColor(DARK.text)


def test_that_hovering_says_how_the_band_is_known_and_speaks_of_nothing_else(
    stack: Stack,
) -> None:
    made = stack()
    made.show_field(None, "Snowflake was not asked for the field.")
    row = made._view.canvas.panels[PanelKey.DELTA].row
    x = round(made._view.canvas.x_of(1000.0))
    on_curve = made._view.tip_at(QPoint(x, row.top + 5))
    on_ribbon = made._view.tip_at(QPoint(x, row.bottom + 5))
    assert re.match(r"Δ at 100\d m: −0\.\d+ s ±0\.\d+ s \(95 %\)\n", on_curve)
    assert re.match(r"T1: 47 gains 0\.\d+ s ±0\.004 s \(95 %\), not more", on_ribbon)
    for tip in (on_curve, on_ribbon, made._view.margin.tip_of(PanelKey.DELTA)):
        assert "the line and 5 timing loops (●)" in tip
        assert "speed, heading and GPS" in tip
        assert "95 of 100" in tip
        assert "Snowflake" not in tip
    assert "Snowflake" in made._view.margin.tip_of(PanelKey.SPEED)
    assert made._view.tip_at(QPoint(x, row.bottom + 60)) == ""


def test_that_figures_that_read_alike_are_coloured_alike() -> None:
    """0.0602 ± 0.0598 and 0.0598 ± 0.0602 are both written 0.06 ± 0.06."""
    pairs = ((0.0602, 0.0598), (0.0598, 0.0602), (0.0651, 0.0598))
    written = [(formats.delta(d, b), formats.band(b)) for d, b in pairs]
    assert written == [("+0.06", "±0.06"), ("+0.06", "±0.06"), ("+0.07", "±0.06")]
    for (delta_s, band_s), is_beyond in zip(pairs, (False, False, True), strict=True):
        mark = SegmentMark("T1", 0.0, 1.0, delta_s, band_s)
        assert mark.is_decided is is_beyond
        color = DARK.loss if is_beyond else DARK.muted
        assert gain_color(DARK, delta_s, band_s) == color
