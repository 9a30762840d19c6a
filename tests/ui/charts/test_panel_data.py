from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.comparison import Delta
from htt_desktop.domain.driving.compare_laps import nudged
from htt_desktop.domain.error_band import bands_from
from htt_desktop.ui.charts.curve_item import needs_thinning, peaks
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.lap_trace import LapTrace, difference
from htt_desktop.ui.charts.panel_data import PanelKey, prepare_panels
from htt_desktop.ui.charts.panel_readings import readings_at, statistics_between, visible_rows
from htt_desktop.ui.charts.readings import Reading, Spread
from htt_desktop.ui.wording.formats import UnitSystem
from tests.ui.charts.two_laps import ALL_CHANNELS, GAP_M, LENGTH_M, comparison, lap


def reading(readings: tuple[Reading, ...], label: str) -> Reading:
    return next(found for found in readings if found.label == label)


def test_that_every_recorded_channel_has_its_panel() -> None:
    assert prepare_panels(comparison()).keys == tuple(PanelKey)


def test_that_a_channel_neither_lap_has_leaves_no_panel() -> None:
    rest = [channel for channel in ALL_CHANNELS if channel is not Channel.STEERING]
    pair = comparison(lap("7", channels=rest), lap("47", channels=rest))
    assert PanelKey.STEERING not in prepare_panels(pair).keys


def test_that_the_valve_stands_in_where_only_it_was_recorded_by_both() -> None:
    laps = []
    for number, channels in (("7", ALL_CHANNELS), ("47", ALL_CHANNELS[:1])):
        one = lap(number, channels=channels)
        pedal = lap(number).traces[Channel.PEDAL]
        laps.append(replace(one, traces={**one.traces, Channel.THROTTLE_VALVE: pedal}))
    pedals = prepare_panels(comparison(*laps)).panels[1]
    assert pedals.channels[0].spec.channel is Channel.THROTTLE_VALVE
    assert pedals.channels[0].compared.x.size


def test_that_a_channel_of_one_lap_alone_is_shown_without_the_other() -> None:
    pair = comparison(lap("7"), lap("47", channels=[Channel.SPEED]))
    found = reading(readings_at(prepare_panels(pair), 1000.0), "gear")
    assert found.reference is not None
    assert found.compared is None
    assert found.difference is None


def test_that_nothing_is_read_in_a_gap() -> None:
    panels = prepare_panels(comparison(lap("7", gap=True)))
    for found in readings_at(panels, sum(GAP_M) / 2):
        assert found.reference is None
        assert found.difference is None


def test_that_the_delta_is_not_drawn_where_it_is_not_known() -> None:
    data = prepare_panels(comparison(lap("7", gap=True))).delta
    inside = (data.distance_m > GAP_M[0]) & (data.distance_m < GAP_M[1])
    assert np.isnan(data.delta_s[inside]).all()
    assert np.isnan(data.band_s[inside]).all()
    assert np.isfinite(data.delta_s[~inside]).all()


def test_that_speed_is_interpolated_and_gear_is_held() -> None:
    x = np.array([0.0, 10.0])
    values = np.array([2.0, 4.0])
    assert LapTrace(x, values, x, stepped=False).value_at(9.0) == pytest.approx(3.8)
    assert LapTrace(x, values, x, stepped=True).value_at(9.0) == 2.0
    assert LapTrace(x, values, x, stepped=True).value_at(10.0) == 4.0


@given(st.floats(0.0, LENGTH_M))
def test_that_one_reading_and_many_readings_agree(x: float) -> None:
    for panel in PANELS.panels:
        for pair in panel.channels:
            for trace in (pair.reference, pair.compared):
                one = trace.value_at(x)
                many = float(trace.values_at(np.array([x]))[0])
                assert (np.nan if one is None else one) == pytest.approx(many, nan_ok=True)


def test_that_a_stepped_line_turns_only_at_samples() -> None:
    x = np.array([0.0, 5.0, 9.0])
    outline = LapTrace(x, np.array([1.0, 2.0, 2.0]), x, stepped=True).outline()
    assert outline[0].tolist() == [0, 5, 5, 9, 9]
    assert outline[1].tolist() == [1, 1, 2, 2, 2]


def test_that_a_difference_has_the_gaps_of_both_laps() -> None:
    pair = comparison(lap("7", gap=True), lap("47", 15.0))
    panel = prepare_panels(pair).panels[0]
    apart = difference(panel.channels[0].reference, panel.channels[0].compared)
    inside = (apart.x > GAP_M[0] + 20) & (apart.x < GAP_M[1] - 20)
    assert inside.any()
    assert np.isnan(apart.value[inside]).all()


def test_that_swapping_the_laps_flips_the_difference() -> None:
    one, other = PANELS.panels[0].channels[0].reference, PANELS.panels[0].channels[0].compared
    forth, back = difference(one, other), difference(other, one)
    np.testing.assert_allclose(forth.value, -back.value)


def test_that_both_laps_are_read_at_the_same_time_on_a_time_axis() -> None:
    pair = comparison()
    panels = prepare_panels(pair, AxisMode.TIME)
    found = reading(readings_at(panels, 2000.0), "speed")
    time_s = float(np.interp(2000.0, pair.reference.knot_m, pair.reference.knot_s))
    trace = pair.compared.traces[Channel.SPEED]
    assert found.compared == pytest.approx(np.interp(time_s, trace.time_s, trace.value))


def test_that_places_stand_at_the_reference_laps_time_on_a_time_axis() -> None:
    pair = comparison()
    panels = prepare_panels(pair, AxisMode.TIME)
    loop = pair.reference.lap.loops_s["IM2a"]
    assert [mark.x for mark in panels.marks.loops if mark.label == "IM2a"] == pytest.approx([loop])
    assert panels.axis.to_distance(loop) == pytest.approx(2100.0, abs=0.01)


def test_that_sector_loops_are_called_by_their_sector() -> None:
    assert [mark.label for mark in PANELS.marks.loops] == ["IM1a", "S1", "IM2a", "S2", "IM3a"]


def test_that_a_rezeroed_delta_is_zero_there_and_keeps_its_shape() -> None:
    plain, moved = PANELS.delta, prepare_panels(PAIR, zero_m=1000.0).delta
    assert moved.at(1000.0)[0] == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(moved.delta_s + moved.zero_s, plain.delta_s)
    for before, after in zip(plain.loops, moved.loops, strict=True):
        assert after.official_delta_s == pytest.approx(before.official_delta_s - moved.zero_s)


def test_that_the_band_shrinks_to_nothing_at_the_new_zero_and_opens_beyond_it() -> None:
    distance_m = np.linspace(0.0, 1000.0, 1001)
    bridge = np.sqrt(np.clip(distance_m % 500 * (500 - distance_m % 500), 0, None))
    delta = Delta(distance_m, 0.0 * bridge, bridge, bridge >= 0.0)
    moved = bands_from(delta, 125.0)
    assert moved[125] == pytest.approx(0.0)
    # At either pin only the zero's own error is left.
    assert moved[0] == pytest.approx(bridge[125])
    assert moved[500] == pytest.approx(bridge[125])
    assert moved[750] == pytest.approx(np.hypot(bridge[750], bridge[125]))


def test_that_a_nudge_moves_the_compared_lap_alone() -> None:
    moved = prepare_panels(nudged(PAIR, 12.0))
    speed, plain = moved.panels[0].channels[0], PANELS.panels[0].channels[0]
    np.testing.assert_array_equal(speed.reference.x, plain.reference.x)
    np.testing.assert_allclose(speed.compared.x, plain.compared.x + 12.0)
    assert moved.delta.loops == PANELS.delta.loops
    assert np.interp(2000.0, moved.delta.x, moved.delta.delta_s) < np.interp(
        2000.0, PANELS.delta.x, PANELS.delta.delta_s
    )


def test_that_statistics_are_those_of_the_samples_between_the_cursors() -> None:
    found = statistics_between(PANELS, PAIR, 2500.0, 1000.0)
    trace = PAIR.reference.traces[Channel.SPEED]
    inside = trace.value[(trace.distance_m >= 1000.0) & (trace.distance_m <= 2500.0)]
    speed = next(channel for channel in found.channels if channel.label == "speed")
    assert found.distance_m == pytest.approx(1500.0)
    spread = Spread(inside.min(), inside.max(), inside.mean())
    assert speed.reference == spread
    assert found.delta_s == pytest.approx(found.compared_time_s - found.reference_time_s, abs=1e-6)


def test_that_the_band_between_two_cursors_is_that_of_a_delta_counted_from_the_first() -> None:
    found = statistics_between(PANELS, PAIR, 1000.0, 2500.0)
    zeroed = prepare_panels(PAIR, zero_m=1000.0).delta.at(2500.0)
    assert found.band_s is not None
    assert found.band_s > 0
    assert (found.delta_s, found.band_s) == pytest.approx(zeroed)


def test_that_exported_rows_hold_the_shown_panels_over_the_shown_stretch() -> None:
    table = visible_rows(PANELS, PAIR, ["speed", "delta"], (1000.0, 1500.0))
    assert table.headings[2:4] == ("speed km/h 7", "speed km/h 47")
    assert table.values.shape == (251, 6)
    distance_m, speed = table.values[:, 0], table.values[:, 2]
    assert (distance_m[0], distance_m[-1]) == (1000.0, 1500.0)
    assert speed[7] == pytest.approx(reading(readings_at(PANELS, distance_m[7]), "speed").reference)


def test_that_exported_rows_state_miles_and_feet() -> None:
    miles = prepare_panels(PAIR, units=UnitSystem.IMPERIAL)
    table = visible_rows(miles, PAIR, ["speed"], (1000.0, 1500.0), UnitSystem.IMPERIAL)
    assert (table.headings[0], table.headings[2]) == ("lap distance ft", "speed mph 7")
    assert table.values[0, 0] == pytest.approx(1000.0 / 0.3048)


def test_that_a_lap_is_never_thinned_on_a_usable_screen() -> None:
    assert not needs_thinning(2400, 400)


@given(st.integers(1, 50))
def test_that_thinning_keeps_peaks_and_gaps(pixels: int) -> None:
    x = np.arange(5000.0)
    y = np.sin(x / 40)
    y[1234], y[3000:3200] = 9.0, np.nan
    thin_x, thin_y = peaks(x, y, pixels)
    assert thin_x.size < x.size
    assert (np.diff(thin_x) >= 0).all()
    assert np.isnan(thin_y).any()
    if pixels > 8:
        assert np.nanmax(thin_y) == 9.0


PAIR = comparison()
PANELS = prepare_panels(PAIR)
