from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.ui.charts.map_painter import MapScale, paint_picture
from htt_desktop.ui.charts.map_picture import Gain, MapPicture, cars_at, gain_along, picture_of
from htt_desktop.ui.charts.track_map import TrackMap
from htt_desktop.ui.painting.labels import Box, DirectedLabel, place_labels
from htt_desktop.ui.theme import DARK
from tests.ui.charts.two_laps import APEXES_M, GAP_M, LENGTH_M, comparison, lap

Show = Callable[[QWidget, int, int], QWidget]


def test_that_the_line_is_coloured_by_the_slope_of_the_delta() -> None:
    pair = comparison()
    distance_m = np.arange(100.0, LENGTH_M - 100, 10.0)
    gain = gain_along(pair.delta, distance_m)
    change = np.interp(distance_m + 30, pair.delta.distance_m, pair.delta.delta_s) - np.interp(
        distance_m - 30, pair.delta.distance_m, pair.delta.delta_s
    )
    assert (change[gain == Gain.LOSES.value] > 0).all()
    assert (change[gain == Gain.GAINS.value] < 0).all()
    assert {Gain.LOSES.value, Gain.GAINS.value} <= set(gain.tolist())


def test_that_swapping_the_drivers_swaps_the_colours() -> None:
    distance_m = np.arange(0.0, LENGTH_M, 10.0)
    there = gain_along(comparison(lap("7"), lap("47", 15.0)).delta, distance_m)
    back = gain_along(comparison(lap("47", 15.0), lap("7")).delta, distance_m)
    np.testing.assert_array_equal(there, -back)


def test_that_a_stretch_without_telemetry_belongs_to_nobody() -> None:
    pair = comparison(lap("7", gap=True))
    inside = np.arange(GAP_M[0] + 5, GAP_M[1] - 5, 5.0)
    assert set(gain_along(pair.delta, inside).tolist()) == {Gain.UNKNOWN.value}


def test_that_the_runs_cover_the_line_without_a_hole() -> None:
    picture = picture_of(comparison())
    assert picture is not None
    assert picture.runs[0].first == 0
    assert picture.runs[-1].last == picture.distance_m.size - 1
    for before, after in zip(picture.runs[:-1], picture.runs[1:], strict=True):
        assert before.last == after.first


def test_that_gps_of_a_lap_stands_in_for_a_missing_line() -> None:
    picture = picture_of(comparison(lap("7", gps=False), line=False))
    assert picture is not None
    assert not picture.reconstructed
    assert picture_of(comparison(lap("7", gps=False), lap("47", gps=False), line=False)) is None


def test_that_the_cars_are_shown_at_the_same_time_since_the_line() -> None:
    pair = comparison()
    reference_m, compared_m = cars_at(pair, 2000.0)
    times_s = [
        np.interp(place_m, one.knot_m, one.knot_s)
        for place_m, one in ((reference_m, pair.reference), (compared_m, pair.compared))
    ]
    assert reference_m == 2000.0
    assert times_s[0] == pytest.approx(times_s[1])


def _ink(picture: MapPicture, ratio: float, area: QRect) -> float:
    """Return which share of an area of the painted map is not plain ground."""
    size = QSize(600, 400)
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(DARK.panel))
    with QPainter(image) as painter:
        paint_picture(painter, DARK, picture, MapScale.fitting(picture, 600, 400))
    part = image.copy(QRect(area.topLeft() * ratio, area.size() * ratio))
    ground = QColor(DARK.panel).rgb()
    pixels = [part.pixel(x, y) for x in range(part.width()) for y in range(part.height())]
    return sum(pixel != ground for pixel in pixels) / len(pixels)


@pytest.mark.parametrize("reconstructed", [False, True], ids=["north", "reconstructed"])
@pytest.mark.parametrize("area", [QRect(0, 378, 300, 22), QRect(400, 378, 200, 22)], ids=str)
def test_that_key_and_note_are_painted_at_every_density(
    qapp: object, area: QRect, reconstructed: bool
) -> None:
    found = picture_of(comparison())
    assert found is not None
    picture = replace(found, reconstructed=reconstructed)
    plain = _ink(picture, 1.0, area)
    assert plain > 0
    for ratio in (1.25, 1.5, 2.0):
        # Antialiasing makes small print a little wider.
        assert _ink(picture, ratio, area) > 0.6 * plain


def test_that_corner_numbers_stay_above_the_key_at_every_density(qapp: object) -> None:
    picture = picture_of(comparison())
    assert picture is not None
    gap = QRect(280, 380, 100, 20)
    assert [_ink(picture, ratio, gap) for ratio in (1.0, 1.5, 2.0)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("size", [(600, 400), (300, 220), (200, 500)])
def test_that_the_aspect_is_locked_and_the_line_stays_inside(size: tuple[int, int]) -> None:
    picture = picture_of(comparison())
    assert picture is not None
    scale = MapScale.fitting(picture, *size)
    line = scale.line(picture)
    assert line.min() >= 0
    assert line[:, 0].max() <= size[0]
    assert line[:, 1].max() <= size[1]
    spans = np.ptp(line, axis=0) / (np.ptp(picture.east_m), np.ptp(picture.north_m))
    assert spans[0] == pytest.approx(spans[1])
    point = QPointF(50.0, 60.0)
    assert scale.to_pixels(*scale.to_metres(point)) == point


def test_that_labels_never_touch_one_another_or_the_line() -> None:
    angle = np.linspace(0, 2 * np.pi, 200)
    line = 150 + 100 * np.column_stack((np.cos(angle), np.sin(angle)))
    labels = [
        DirectedLabel(str(n), float(x), float(y), 1.0, 0.0, 24.0, 14.0)
        for n, (x, y) in enumerate(line[::6])
    ]
    placed = place_labels(labels, line, Box(0, 0, 300, 300))
    assert len(placed) > 10
    for index, (_, box) in enumerate(placed):
        assert not box.holds_any(line, 0.0)
        assert not any(box.touches(other) for _, other in placed[index + 1 :])


def test_that_a_click_on_the_line_chooses_that_place(on_screen: Show, qtbot: QtBot) -> None:
    made = TrackMap(DARK)
    on_screen(made, 500, 400)
    made.show_comparison(comparison())
    made.grab()
    assert made._picture is not None
    assert made._scale is not None
    place = made._scale.to_pixels(*made._picture.place(APEXES_M[1]))
    with qtbot.waitSignal(made.place_chosen) as chosen:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert chosen.args == [pytest.approx(APEXES_M[1], abs=10)]
    with qtbot.assertNotEmitted(made.place_chosen):
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPointF(250, 180).toPoint())


def test_that_the_reference_car_is_a_dot_at_its_place(on_screen: Show) -> None:
    made = TrackMap(DARK)
    on_screen(made, 500, 400)
    made.show_comparison(comparison())
    made.set_cursor(1500.0)
    picture = made.grab().toImage()
    assert made._picture is not None
    assert made._scale is not None
    place = made._scale.to_pixels(*made._picture.place(1500.0)).toPoint()
    assert picture.pixelColor(place) == QColor(DARK.reference)


def test_that_a_map_without_a_line_says_why(on_screen: Show) -> None:
    made = TrackMap(DARK)
    on_screen(made, 500, 300)
    blank = made.grab().toImage()
    made.show_comparison(comparison(lap("7", gps=False), lap("47", gps=False), line=False))
    assert made.grab().toImage() != blank
