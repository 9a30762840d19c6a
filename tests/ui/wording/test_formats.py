from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.ui.wording import formats


@given(st.floats(-1e4, 1e4))
def test_that_no_number_is_written_with_a_hyphen_or_as_negative_zero(value: float) -> None:
    text = formats.number(value, 2)
    assert "-" not in text
    assert text != "−0.00"


@given(st.integers(0, 10_000_000))
def test_that_a_lap_time_keeps_every_millisecond(milliseconds: int) -> None:
    minutes, rest = formats.lap_time(milliseconds / 1000).split(":")
    seconds, thousandths = rest.split(".")
    assert int(minutes) * 60_000 + int(seconds) * 1000 + int(thousandths) == milliseconds


@pytest.mark.parametrize(
    "band_s, text", [(0.0, "+0.063"), (0.012, "+0.063"), (0.06, "+0.06"), (0.4, "+0.1")]
)
def test_that_a_delta_shows_no_more_digits_than_its_band_supports(band_s: float, text: str) -> None:
    assert formats.delta(0.0634, band_s) == text


@pytest.mark.parametrize("write", [formats.number, formats.signed, formats.lap_time, formats.delta])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_that_a_missing_value_is_a_dash(
    write: Callable[[float | None], str], value: float | None
) -> None:
    assert write(value) == "–"


@given(st.floats(0, 400))
def test_that_miles_and_kilometres_agree(speed_kmh: float) -> None:
    mph, unit = formats.in_units(speed_kmh, "km/h", formats.UnitSystem.IMPERIAL)
    assert unit == "mph"
    assert mph * formats.KM_PER_MILE == pytest.approx(speed_kmh)
