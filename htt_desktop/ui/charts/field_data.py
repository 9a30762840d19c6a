"""The field's median and quartiles over the horizontal axis, in the units on screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.field_reference import BIN_M, FieldReference
from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.lap_axis import AxisMode, LapAxis
from htt_desktop.ui.charts.readings import Quartiles
from htt_desktop.ui.wording.formats import UnitSystem, in_units


@dataclass(frozen=True, eq=False)
class FieldTrace:
    """One channel of the field.

    Attributes
    ----------
    x
        Middle of each stretch of track, strictly increasing.
    q25, median, q75
        Same shape, NaN where too few laps have a sample.
    """

    x: FloatArray
    q25: FloatArray
    median: FloatArray
    q75: FloatArray

    def at(self, x: float) -> Quartiles | None:
        """Return the quartiles as drawn at an axis position, ``None`` where there are none."""
        found = [float(values[0]) for values in self.values_at(np.array([x]))]
        return Quartiles(*found) if all(math.isfinite(value) for value in found) else None

    def values_at(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the quartiles as drawn at many positions, NaN where there are none."""
        q25, median, q75 = (
            np.interp(x, self.x, values, left=np.nan, right=np.nan)
            for values in (self.q25, self.median, self.q75)
        )
        return q25, median, q75


@dataclass(frozen=True, eq=False)
class FieldSet:
    """The field behind the traces.

    Attributes
    ----------
    traces
        By channel.
    laps, cars
        How many took part.
    mode
        What the axis counts.
    """

    traces: Mapping[Channel, FieldTrace]
    laps: int
    cars: int
    mode: AxisMode

    @property
    def label(self) -> str:
        """What the band is and how much it rests on."""
        return f"field q25–q75, {self.laps} laps"

    @property
    def tip(self) -> str:
        """The same in a sentence."""
        place = " · over time, each place where the reference lap passed it"
        return (
            f"Field: median and quartiles of {self.laps} clean laps of {self.cars} cars per "
            f"{BIN_M:.0f} m of lap distance{place if self.mode is AxisMode.TIME else ''}"
        )


def prepare_field(reference: FieldReference, axis: LapAxis, units: UnitSystem) -> FieldSet:
    """Return a field on an axis.

    Over time it stands, like corners and loops, where the reference lap passed the place.
    """
    x = axis.many_to_x(reference.distance_m)
    traces = {}
    for channel, band in reference.bands.items():
        factor = in_units(1.0, SPEC_OF[channel].unit, units)[0]
        quantiles = (band.q25 * factor, band.median * factor, band.q75 * factor)
        traces[channel] = FieldTrace(x, *quantiles)
    return FieldSet(MappingProxyType(traces), reference.laps, reference.cars, axis.mode)
