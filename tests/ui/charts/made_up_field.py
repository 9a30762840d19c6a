"""A made-up field around the made-up laps: quartiles of many laps that brake here and there."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.field_reference import BIN_M, FieldBand, FieldReference
from htt_desktop.domain.recording import FloatArray
from tests.ui.charts.two_laps import LENGTH_M, lap

_LAPS = 41


def field(laps: int = 312, cars: int = 28) -> FieldReference:
    """Return the quartiles of laps that take their corners up to 60 m earlier or later."""
    distance_m: FloatArray = (np.arange(int(LENGTH_M / BIN_M), dtype=np.float64) + 0.5) * BIN_M
    late_m = np.linspace(-60.0, 60.0, _LAPS)
    driven = [lap("1", float(late)) for late in late_m]
    bands = {}
    for channel in (Channel.SPEED, Channel.PEDAL, Channel.BRAKE_FRONT):
        values = np.array(
            [
                np.interp(distance_m, one.traces[channel].distance_m, one.traces[channel].value)
                for one in driven
            ]
        )
        bands[channel] = FieldBand(*np.quantile(values, (0.25, 0.5, 0.75), axis=0))
    return FieldReference(distance_m, bands, laps, cars)
