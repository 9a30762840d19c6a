from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.field_reference import FieldBand, FieldReference
from htt_desktop.ui.charts.curve_item import ZeroLine
from htt_desktop.ui.charts.field_data import FieldTrace
from htt_desktop.ui.charts.field_painter import (
    FieldPainter,
    _median_path,
    _Shape,
    band_color,
    median_color,
)
from htt_desktop.ui.charts.lap_axis import AxisMode, View
from htt_desktop.ui.charts.margin import LEGEND_PX, MARGIN_PX
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.panel_layout import PanelRow
from htt_desktop.ui.charts.panel_plot import PanelPlot
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.charts.readings import Quartiles
from htt_desktop.ui.theme import DARK, LIGHT, Theme, blend
from htt_desktop.ui.wording.formats import KM_PER_MILE, UnitSystem
from tests.ui.charts.made_up_field import field
from tests.ui.charts.two_laps import APEXES_M, comparison, lap

pytestmark = pytest.mark.slow

Show = Callable[[QWidget, int, int], QWidget]
Stack = Callable[..., PlotStack]
FIELD = field()
ASKED = "The field is being asked for."


@pytest.fixture
def stack(on_screen: Show) -> Stack:
    """Return a maker of stacks on screen with a field behind two laps."""

    def make(reference: FieldReference | None = FIELD, theme: Theme = DARK) -> PlotStack:
        made = PlotStack(theme)
        made.show_comparison(comparison(lap("7", -50.0), lap("47", 50.0)))
        made.show_field(reference, "" if reference else ASKED)
        on_screen(made, 1200, 800)
        return made

    return make


def share_of(picture: QImage, made: PlotStack, key: str, color: str) -> float:
    """Return how much of a panel has exactly this colour."""
    plot = made._view.canvas.panels[key]
    top = made._view.canvas.y() + plot.row.top
    wanted = QColor(color).rgb()
    found = [
        picture.pixel(x, y) == wanted
        for x in range(MARGIN_PX, made.width(), 2)
        for y in range(top, top + plot.row.height, 2)
    ]
    return sum(found) / len(found)


def color_at(made: PlotStack, key: str, distance_m: float, value: float) -> str:
    """Return the colour on screen at a value of a panel."""
    plot, canvas = made._view.canvas.panels[key], made._view.canvas
    x = MARGIN_PX + round(canvas.x_of(distance_m))
    y = canvas.y() + round(plot.y_of(value))
    return made.grab().toImage().pixelColor(x, y).name().upper()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_the_median_is_as_thick_on_dense_screens_as_on_plain_ones(ratio: float) -> None:
    picture = QImage(round(200 * ratio), round(100 * ratio), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(DARK.panel))
    x = np.linspace(0.0, 1.0, 50)
    nowhere = np.full(x.size, np.nan)
    trace = FieldTrace(x, nowhere, np.full(x.size, 0.5), nowhere)
    field_painter = FieldPainter()
    field_painter._shapes = {"speed": [_Shape(0, QPainterPath(), _median_path(trace))]}
    plot = PanelPlot("speed")
    plot.row = PanelRow(0, 100)
    with QPainter(picture) as painter:
        field_painter.paint(painter, DARK, {"speed": plot}, ["speed"], View(0.0, 1.0), 200)
    ground, line = QColor(DARK.panel).green(), QColor(median_color(DARK)).green()
    column = [picture.pixelColor(picture.width() // 2, y).green() for y in range(picture.height())]
    painted_px = sum((green - ground) / (line - ground) for green in column)
    assert painted_px == pytest.approx(ratio, abs=0.1)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio, rows", [(1.0, 1), (2.0, 2), (3.0, 3)])
def test_that_the_zero_line_is_as_thick_on_dense_screens_as_on_plain_ones(
    ratio: float, rows: int
) -> None:
    picture = QImage(round(40 * ratio), round(40 * ratio), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor("black"))
    line = ZeroLine()
    line.set_color(QColor("white"))
    line.set_ends(0.0, 40.0)
    with QPainter(picture) as painter:
        painter.translate(0.0, 20.0)
        line.paint(painter, QStyleOptionGraphicsItem())
    column = [picture.pixelColor(picture.width() // 2, y).green() for y in range(picture.height())]
    assert column.count(255) == rows
    assert column.count(0) == len(column) - rows


def quartiles_at(distance_m: float, channel: Channel = Channel.SPEED) -> Quartiles:
    band = FIELD.bands[channel]
    return Quartiles(
        *(
            float(np.interp(distance_m, FIELD.distance_m, values))
            for values in (band.q25, band.median, band.q75)
        )
    )


# -------------------------------------------------------------------------------- drawing


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_that_the_band_fills_what_lies_between_the_quartiles(stack: Stack, theme: Theme) -> None:
    made = stack(theme=theme)
    made.set_grid(False)
    place_m = 1920.0
    there = quartiles_at(place_m)
    between = (there.q25 + there.median) / 2
    assert color_at(made, PanelKey.SPEED, place_m, between) == band_color(theme, 0).upper()
    for outside in (there.q25 - 8.0, there.q75 + 8.0):
        assert color_at(made, PanelKey.SPEED, place_m, outside) != band_color(theme, 0).upper()


def test_that_the_traces_and_the_grid_lie_on_the_band(stack: Stack) -> None:
    wide = FieldReference(
        FIELD.distance_m,
        {Channel.SPEED: FieldBand(*(np.full(FIELD.distance_m.shape, v) for v in (0, 1, 300)))},
        9,
        3,
    )
    made = stack(wide)
    picture = made.grab().toImage()
    assert share_of(picture, made, PanelKey.SPEED, band_color(DARK, 0)) > 0.8
    assert share_of(picture, made, PanelKey.SPEED, DARK.grid) > 0.01
    plot = made._view.canvas.panels[PanelKey.SPEED]
    rows = range(plot.row.top, plot.row.bottom)
    column = MARGIN_PX + round(made._view.canvas.x_of(1100.0))
    seen = {picture.pixelColor(column, made._view.canvas.y() + y).blue() for y in rows}
    assert max(seen) > 200  # the reference's blue


def test_that_brake_and_throttle_have_bands_of_their_own(stack: Stack) -> None:
    made = stack()
    picture = made.grab().toImage()
    assert share_of(picture, made, PanelKey.PEDALS, band_color(DARK, 0)) > 0.01
    assert share_of(picture, made, PanelKey.PEDALS, band_color(DARK, 1)) > 0.01
    area = blend(DARK.reference, DARK.panel, 0.25)
    assert share_of(picture, made, PanelKey.PEDALS, area) > 0.01
    assert share_of(picture, made, PanelKey.GEAR, band_color(DARK, 0)) == 0


def test_that_the_brakes_area_lies_under_the_band(stack: Stack) -> None:
    made = stack()
    made.set_grid(False)
    brake = lap("7", -50.0).traces[Channel.BRAKE_FRONT]
    band = FIELD.bands[Channel.BRAKE_FRONT]
    driven = np.interp(FIELD.distance_m, brake.distance_m, brake.value)
    room = np.minimum(driven, band.median) - band.q25
    at = int(room.argmax())
    assert room[at] > 8
    value = float(band.q25[at] + room[at] / 2)
    seen = color_at(made, PanelKey.PEDALS, float(FIELD.distance_m[at]), value)
    assert seen == band_color(DARK, 1).upper()
    made.set_field_shown(False)
    seen = color_at(made, PanelKey.PEDALS, float(FIELD.distance_m[at]), value)
    assert seen == blend(DARK.reference, DARK.panel, 0.25).upper()


def test_that_a_channel_the_field_lacks_has_no_band(stack: Stack) -> None:
    speed = replace(FIELD, bands={Channel.SPEED: FIELD.bands[Channel.SPEED]})
    made = stack(speed)
    picture = made.grab().toImage()
    assert share_of(picture, made, PanelKey.SPEED, band_color(DARK, 0)) > 0.05
    assert share_of(picture, made, PanelKey.PEDALS, band_color(DARK, 0)) == 0
    assert made._view.margin._field_keys == (PanelKey.SPEED,)


def test_that_the_band_has_a_gap_where_too_few_laps_were(stack: Stack) -> None:
    band = FIELD.bands[Channel.SPEED]
    gone = (FIELD.distance_m > 1850.0) & (FIELD.distance_m < 1950.0)
    cut = FieldBand(*(np.where(gone, np.nan, v) for v in (band.q25, band.median, band.q75)))
    made = stack(replace(FIELD, bands={Channel.SPEED: cut}))
    made.set_grid(False)
    there = quartiles_at(1900.0)
    between = (there.q25 + there.median) / 2
    assert color_at(made, PanelKey.SPEED, 1900.0, between) != band_color(DARK, 0).upper()
    found = made.readings_at(1900.0)
    assert next(reading for reading in found if reading.label == "speed").field is None


def test_that_without_a_field_nothing_changes_and_the_reason_is_told(stack: Stack) -> None:
    made = stack(None)
    assert share_of(made.grab().toImage(), made, PanelKey.SPEED, band_color(DARK, 0)) == 0
    assert ASKED in made._view.margin.tip_of("speed")
    assert all(reading.field is None for reading in made.readings_at(1000.0))
    made.show_field(FIELD)
    assert ASKED not in made._view.margin.tip_of("speed")
    assert "312 clean laps of 28 cars per 5 m" in made._view.margin.tip_of("speed")


def test_that_the_field_can_be_hidden_and_stays_hidden_for_the_next_race(stack: Stack) -> None:
    made = stack()
    before = made.grab().toImage()
    made.set_field_shown(False)
    assert share_of(made.grab().toImage(), made, PanelKey.SPEED, band_color(DARK, 0)) == 0
    assert made.readings_at(1000.0)[1].field is None
    made.show_field(field(laps=40))
    assert share_of(made.grab().toImage(), made, PanelKey.SPEED, band_color(DARK, 0)) == 0
    made.show_field(FIELD)
    made.set_field_shown(True)
    assert made.grab().toImage() == before


def test_that_a_difference_has_no_field_behind_it(stack: Stack) -> None:
    made = stack()
    made.select_panel(PanelKey.SPEED)
    made.toggle_difference()
    picture = made.grab().toImage()
    assert share_of(picture, made, PanelKey.SPEED, band_color(DARK, 0)) == 0
    assert share_of(picture, made, PanelKey.PEDALS, band_color(DARK, 0)) > 0
    made.toggle_difference()
    assert share_of(made.grab().toImage(), made, PanelKey.SPEED, band_color(DARK, 0)) > 0.05


def test_that_of_overlapping_panels_only_the_front_one_has_its_field(stack: Stack) -> None:
    made = stack()
    made.toggle_overlap()
    for key, there in ((PanelKey.SPEED, True), (PanelKey.PEDALS, True), (PanelKey.GEAR, False)):
        made.select_panel(key)
        assert made._view.margin._field_keys == ((key,) if there else ())
        seen = share_of(made.grab().toImage(), made, key, band_color(DARK, 0))
        assert (seen > 0.001) == there


def test_that_an_axis_grows_for_a_field_that_would_leave_it(stack: Stack) -> None:
    band = FIELD.bands[Channel.SPEED]
    slow = FieldBand(band.q25 - 60.0, band.median, band.q75)
    made = stack(replace(FIELD, bands={Channel.SPEED: slow}))
    plot = made._view.canvas.panels[PanelKey.SPEED]
    assert plot.low <= float(slow.q25.min())
    made.set_field_shown(False)
    assert made._view.canvas.panels[PanelKey.SPEED].low > float(slow.q25.min())


# ------------------------------------------------------------------------- places and values


def test_that_the_quartiles_are_read_at_the_cursor(stack: Stack) -> None:
    made = stack()
    for place_m in (702.5, 1901.0):
        by_label = {reading.label: reading.field for reading in made.readings_at(place_m)}
        for label, channel in (
            ("speed", Channel.SPEED),
            ("throttle", Channel.PEDAL),
            ("brake front", Channel.BRAKE_FRONT),
        ):
            found, expected = by_label[label], quartiles_at(place_m, channel)
            assert found is not None
            assert found.q25 == pytest.approx(expected.q25)
            assert found.median == pytest.approx(expected.median)
            assert found.q75 == pytest.approx(expected.q75)
        assert by_label["gear"] is None


def test_that_over_time_the_field_stands_where_the_reference_lap_passed(stack: Stack) -> None:
    made = stack()
    at_distance = {r.label: r.field for r in made.readings_at(1901.0)}
    made.set_axis(AxisMode.TIME)
    over_time = {r.label: r.field for r in made.readings_at(1901.0)}
    ours, theirs = over_time["speed"], at_distance["speed"]
    assert ours is not None
    assert theirs is not None
    assert ours.median == pytest.approx(theirs.median, abs=0.2)
    assert "reference lap passed" in made._view.margin.tip_of("speed")
    assert share_of(made.grab().toImage(), made, PanelKey.SPEED, band_color(DARK, 0)) > 0.05


def test_that_the_field_follows_the_units(stack: Stack) -> None:
    made = stack()
    before = made.readings_at(1901.0)[1].field
    made.set_units(UnitSystem.IMPERIAL)
    after = made.readings_at(1901.0)[1].field
    assert before is not None
    assert after is not None
    assert after.median == pytest.approx(before.median / KM_PER_MILE)


def test_that_the_legend_says_what_the_band_is(stack: Stack) -> None:
    made = stack()
    made.set_cursor(APEXES_M[0])
    plot = made._view.canvas.panels[PanelKey.SPEED]
    area = made._view.margin.geometry().adjusted(0, plot.row.top, 0, 0)
    area.setSize(area.size().boundedTo(made._view.margin.size()))
    area.setWidth(LEGEND_PX)
    area.setHeight(plot.row.height)
    with_field = made.grab(area).toImage()
    made.set_field_shown(False)
    assert made.grab(area).toImage() != with_field


def test_that_the_table_has_the_quartiles_of_what_is_shown(stack: Stack) -> None:
    made = stack()
    rows = made.visible_rows()
    assert rows is not None
    names = ("field q25", "field median", "field q75")
    for label in ("speed km/h", "throttle %", "brake front bar"):
        assert {f"{label} {name}" for name in names} <= set(rows.headings)
    assert len(rows.headings) == rows.values.shape[1]
    column = rows.headings.index("speed km/h field median")
    at = int(np.abs(rows.values[:, 0] - 1900.0).argmin())
    expected = quartiles_at(float(rows.values[at, 0])).median
    assert rows.values[at, column] == pytest.approx(expected)
    made.select_panel(PanelKey.SPEED)
    made.toggle_difference()
    part = made.visible_rows()
    assert part is not None
    assert "speed km/h field median" not in part.headings
    assert "throttle % field median" in part.headings
    made.set_field_shown(False)
    none = made.visible_rows()
    assert none is not None
    assert not any("field" in heading for heading in none.headings)
