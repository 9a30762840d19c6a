"""The bundled races as the charts show them."""

from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.curve_item import needs_thinning
from htt_desktop.ui.charts.map_picture import Gain, picture_of
from htt_desktop.ui.charts.panel_data import PanelKey, PanelSet, prepare_panels
from htt_desktop.ui.charts.panel_readings import readings_at
from tests.ui.charts.real_laps import compare


@pytest.fixture(scope="module")
def indianapolis(data_dir: Path) -> Comparison:
    return compare(data_dir, "indianapolis", ("7", "47"))


@pytest.fixture(scope="module")
def cota(data_dir: Path) -> Comparison:
    return compare(data_dir, "cota", ("11", "113"))


def test_that_indianapolis_shows_all_panels(indianapolis: Comparison) -> None:
    assert prepare_panels(indianapolis).keys == tuple(PanelKey)


def test_that_the_delta_under_a_cursor_on_the_line_is_the_official_one(
    indianapolis: Comparison,
) -> None:
    length_m = float(indianapolis.reference.knot_m[-1])
    delta = readings_at(prepare_panels(indianapolis), length_m)[0]
    assert delta.difference == pytest.approx(indianapolis.lap_time_delta_s, abs=5e-4)


@pytest.mark.parametrize("race", ["indianapolis", "cota"])
def test_that_every_loops_dot_lies_on_the_drawn_delta(
    request: pytest.FixtureRequest, race: str
) -> None:
    delta = prepare_panels(request.getfixturevalue(race)).delta
    drawn = np.interp([dot.x for dot in delta.loops], delta.x, delta.delta_s)
    official = np.array([dot.official_delta_s for dot in delta.loops])
    known = np.isfinite(drawn)
    assert known.sum() >= 3
    np.testing.assert_allclose(drawn[known], official[known], atol=1e-3)


def test_that_cota_shows_the_valve_and_nothing_before_the_logger_starts(cota: Comparison) -> None:
    panels: PanelSet = prepare_panels(cota)
    pedals = next(panel for panel in panels.panels if panel.key is PanelKey.PEDALS)
    assert pedals.channels[0].spec.channel is Channel.THROTTLE_VALVE
    assert all(found.reference is None for found in readings_at(panels, 150.0))
    assert readings_at(panels, 150.0)[0].difference is None


def test_that_cotas_map_is_marked_as_reconstructed(cota: Comparison) -> None:
    picture = picture_of(cota)
    assert picture is not None
    assert picture.reconstructed
    assert picture.runs[0].gain is Gain.UNKNOWN


def test_that_real_laps_are_never_thinned_on_a_usable_screen(cota: Comparison) -> None:
    for panel in prepare_panels(cota).panels:
        for pair in panel.channels:
            assert not needs_thinning(pair.reference.outline()[0].size, 420)
