"""What both drivers did in a corner, as columns; those most looked at come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from htt_desktop.domain.comparison import CornerComparison, CornerMetrics
from htt_desktop.ui import formats
from htt_desktop.ui.formats import UnitSystem, in_units
from htt_desktop.ui.tables.rows_model import Cell, Heading, Tone


@dataclass(frozen=True)
class Measure:
    """One measure: a column per driver, or one with the difference.

    Attributes
    ----------
    label
        Heading without the unit.
    unit
        Unit of what ``value`` returns.
    tip
        What is measured, for the heading.
    value
        The number of one lap, ``None`` where the data cannot tell.
    as_difference
        One column with compared − reference; the cell's tip gives both values.
    """

    label: str
    unit: str
    tip: str
    decimals: int
    value: Callable[[CornerMetrics], float | None]
    as_difference: bool = False

    def headings(self, names: tuple[str, str], units: UnitSystem) -> list[Heading]:
        """Return one heading or two, with the unit."""
        unit = in_units(1.0, self.unit, units)[1]
        if self.as_difference:
            return [Heading(f"{self.label}\nΔ {unit}", self.tip)]
        return [
            Heading(f"{self.label}\n━ {names[0]}", self.tip, Tone.REFERENCE),
            Heading(f"{unit}\n╍ {names[1]}", self.tip, Tone.COMPARED),
        ]

    def titles(self, names: tuple[str, str], units: UnitSystem) -> list[str]:
        """Return the headings of both laps in a file."""
        unit = in_units(1.0, self.unit, units)[1]
        return [f"{self.label} {unit} {name}" for name in names]

    def values(self, item: CornerComparison, units: UnitSystem) -> list[float | None]:
        """Return the numbers of both laps, rounded as on screen."""
        factor = in_units(1.0, self.unit, units)[0]
        both = [_times(self.value(lap), factor) for lap in (item.reference, item.compared)]
        return [None if value is None else round(value, self.decimals) for value in both]

    def cells(self, item: CornerComparison, units: UnitSystem) -> list[Cell]:
        """Return the cells below the headings."""
        factor, unit = in_units(1.0, self.unit, units)
        both = [_times(self.value(lap), factor) for lap in (item.reference, item.compared)]
        texts = [formats.number(value, self.decimals) for value in both]
        if not self.as_difference:
            return [Cell(text, value) for text, value in zip(texts, both, strict=True)]
        first, second = both
        difference = None if first is None or second is None else second - first
        tip = f"{texts[0]} {unit} against {texts[1]} {unit}"
        return [Cell(formats.signed(difference, self.decimals), difference, tip=tip)]


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


_BRAKING = "Braking point: lap distance at which the brake is first pressed for the corner."
_THROTTLE = "Throttle pick-up: lap distance at which its longest closed phase ends."
_SIGN = " Here compared − reference: + is later on the track, − earlier."

MEASURES = (
    Measure("brake", "m", _BRAKING + _SIGN, 0, lambda lap: lap.braking_point_m, True),
    Measure("min", "km/h", "Lowest speed in the corner.", 1, lambda lap: lap.minimum_speed_kmh),
    Measure("thr.", "m", _THROTTLE + _SIGN, 0, lambda lap: lap.throttle_pickup_m, True),
    Measure("exit", "km/h", "Speed where the corner's arc ends, at the same place for both.", 1,
            lambda lap: lap.exit_speed_kmh),
    Measure("brake at", "m", _BRAKING, 0, lambda lap: lap.braking_point_m),
    Measure("thr. at", "m", _THROTTLE, 0, lambda lap: lap.throttle_pickup_m),
    Measure("entry", "km/h", "Speed where the corner's arc begins, at the same place for both.", 1,
            lambda lap: lap.entry_speed_kmh),
    Measure("peak", "bar", "Highest brake pressure.", 0,
            lambda lap: lap.peak_brake_bar),
    Measure("min at", "m", "Lap distance of the lowest speed.", 0,
            lambda lap: lap.minimum_speed_m),
    Measure("coast", "m", "Distance rolled with neither throttle nor brake.", 0,
            lambda lap: lap.coasting_m),
    Measure("time", "s", "Time in the corner's stretch.", 3, lambda lap: lap.time_s),
)  # fmt: skip
"""In the order of the columns; without scrolling at least the first four are seen."""
