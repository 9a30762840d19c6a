"""The picture of a track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.theme import DARK, LIGHT
from htt_desktop.ui.track_page.track_view import (
    DRAWN,
    DRAWN_NORTH_UP,
    MEASURED,
    NO_POSITIONS,
    NOTHING,
    TrackView,
    label_levels,
)

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def view(on_screen: OnScreen) -> TrackView:
    made = TrackView(DARK)
    on_screen(made, 460, 300)
    return made


def ink(view: TrackView, color: str) -> int:
    """Return how many pixels of the picture have a colour."""
    image = view.grab().toImage()
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(image.pixelColor(x, y).name().upper() == color for x, y in places)


def test_that_a_measured_line_carries_corners_where_it_passes_them(
    view: TrackView, real_season: Season
) -> None:
    view.show_track(real_season, "barber")
    picture, track = view.picture, real_season.geometry["barber"]

    assert picture is not None
    assert view.note == MEASURED
    assert [mark.distance_m for mark in picture.corners] == [each.apex_m for each in track.corners]
    line = real_season.lines["barber"]
    for mark in picture.corners:
        nearest = round(mark.distance_m / line.step_m) % len(line.x_m)
        apart = np.hypot(mark.east_m - line.x_m[nearest], mark.north_m - line.y_m[nearest])
        assert apart <= line.step_m


def test_that_uncertain_corners_carry_a_question_mark(view: TrackView, real_season: Season) -> None:
    view.show_track(real_season, "barber")
    assert view.picture is not None
    unsure = {
        corner.number
        for corner in real_season.geometry["barber"].corners
        if corner.confidence == "low"
    }

    assert unsure
    labels = {mark.label for mark in view.picture.corners}
    assert {label.removesuffix("?") for label in labels if label.endswith("?")} == unsure


def test_that_a_line_drawn_without_positions_says_so(view: TrackView, real_season: Season) -> None:
    geometry = dict(real_season.geometry)
    for bearing_deg, note in ((128.5, DRAWN_NORTH_UP), (None, DRAWN)):
        geometry["cota"] = replace(geometry["cota"], line_bearing_deg=bearing_deg)
        view.show_track(replace(real_season, geometry=geometry), "cota")

        assert view.note == note
        assert view.accessibleDescription() == note
    assert DRAWN_NORTH_UP.startswith("N ↑")


def test_that_the_picture_closes_at_the_finish_line(view: TrackView, real_season: Season) -> None:
    view.show_track(real_season, "barber")
    picture = view.picture
    assert picture is not None

    assert picture.distance_m[-1] == real_season.tracks["barber"].length_m
    assert (picture.east_m[-1], picture.north_m[-1]) == (picture.east_m[0], picture.north_m[0])
    assert (np.diff(picture.distance_m) > 0).all()


def test_that_a_track_without_positions_is_laid_out_straight(
    view: TrackView, real_season: Season
) -> None:
    view.show_track(real_season, "sebring")

    assert view.picture is None
    assert view.note == NO_POSITIONS
    assert ink(view, DARK.raised) > 1000
    view.set_theme(LIGHT)
    assert ink(view, LIGHT.raised) > 1000


def test_that_a_track_of_which_nothing_is_known_says_so(view: TrackView, season: Season) -> None:
    view.show_track(replace(season, geometry={}), "sonoma")
    assert view.note == NOTHING
    view.grab()
    view.show_track(replace(season, geometry={}), "barber")
    assert view.picture is not None
    assert view.picture.corners == ()


@pytest.mark.parametrize("size", [(240, 200), (320, 240), (3000, 1600)])
def test_that_every_track_can_be_drawn_in_every_size(
    view: TrackView, real_season: Season, size: tuple[int, int]
) -> None:
    view.resize(*size)
    for track_id in real_season.tracks:
        view.show_track(real_season, track_id)
        view.grab()


def test_that_labels_without_room_share_the_last_row() -> None:
    assert label_levels([0.0, 1.0, 2.0, 3.0], [10.0] * 4, 3) == [0, 1, 2, 2]
    assert label_levels([], [], 3) == []
