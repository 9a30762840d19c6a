"""Readings, statistics and rows taken from the panels."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.error_band import band_between
from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.panel_data import ChannelPair, PanelKey, PanelSet
from htt_desktop.ui.charts.readings import ChannelStatistics, RangeStatistics, Reading
from htt_desktop.ui.exporting import csv_text
from htt_desktop.ui.wording.formats import UnitSystem, in_units
from htt_desktop.ui.wording.lap_texts import lap_names


def readings_at(panels: PanelSet, distance_m: float) -> tuple[Reading, ...]:
    """Return what both laps read under a cursor at a lap distance, delta first.

    Over time both laps are read at the same time since the line, as they are drawn.
    """
    x = panels.axis.to_x(distance_m)
    delta_s, band_s = panels.delta.at(x)
    readings = [Reading(PanelKey.DELTA, "delta", "s", 3, None, None, delta_s, band_s)]
    for panel in panels.panels:
        for pair in panel.channels:
            reference = pair.reference.value_at(x)
            compared = pair.compared.value_at(x)
            field = None if panels.field is None else panels.field.traces.get(pair.spec.channel)
            both = reference is not None and compared is not None
            readings.append(
                Reading(
                    panel.key,
                    pair.name,
                    pair.unit,
                    pair.spec.decimals,
                    reference,
                    compared,
                    compared - reference if both else None,  # type: ignore[operator]
                    field=None if field is None else field.at(x),
                )
            )
    return tuple(readings)


def statistics_between(
    panels: PanelSet, comparison: Comparison, first_m: float, second_m: float
) -> RangeStatistics:
    """Return times and channel statistics of the stretch of track between two places."""
    start_m, end_m = sorted((first_m, second_m))
    times = [
        float(np.diff(np.interp((start_m, end_m), lap.knot_m, lap.knot_s))[0])
        for lap in (comparison.reference, comparison.compared)
    ]
    before_s, _ = panels.delta.at(panels.axis.to_x(start_m))
    after_s, _ = panels.delta.at(panels.axis.to_x(end_m))
    delta_s = None if before_s is None or after_s is None else after_s - before_s
    channels = tuple(
        ChannelStatistics(
            panel.key,
            pair.name,
            pair.unit,
            pair.spec.decimals,
            pair.reference.spread(start_m, end_m),
            pair.compared.spread(start_m, end_m),
        )
        for panel in panels.panels
        for pair in panel.channels
    )
    delta = comparison.delta
    band_s = None if delta_s is None else band_between(delta)(start_m, end_m)
    return RangeStatistics(start_m, end_m, times[0], times[1], delta_s, channels, band_s)


@dataclass(frozen=True, eq=False)
class VisibleTable:
    """Columns of numbers with their headings.

    Attributes
    ----------
    headings
        One per column, with unit, such as ``"speed km/h 7"``.
    values
        Shape ``(rows, columns)``; NaN where nothing is drawn.
    """

    headings: tuple[str, ...]
    values: FloatArray

    def csv(self) -> str:
        """Return the table as CSV; missing values are empty."""
        return csv_text(self.headings, (map(_text, row) for row in self.values.tolist()))


def visible_rows(
    panels: PanelSet,
    comparison: Comparison,
    shown: Sequence[str],
    view: tuple[float, float],
    units: UnitSystem = UnitSystem.METRIC,
    field_keys: Collection[str] = (),
    notes: Sequence[str] = (),
) -> VisibleTable:
    """Return the shown panels over the shown stretch.

    Rows are the points of the delta's grid inside ``view`` (axis units); channels are
    read there as they are drawn. Headings state the units. ``field_keys`` are the panels
    that show the field, ``notes`` what was done to the delta by hand.
    """
    inside = (panels.delta.x >= view[0]) & (panels.delta.x <= view[1])
    x = panels.delta.x[inside]
    names = lap_names(comparison)
    times_s = np.interp(
        panels.delta.distance_m[inside], comparison.reference.knot_m, comparison.reference.knot_s
    )
    factor, unit = in_units(1.0, "m", units)
    headings = [f"lap distance {unit}", f"time since line s {names[0]}"]
    columns: list[FloatArray] = [panels.delta.distance_m[inside] * factor, times_s]
    by_key = {panel.key.value: panel for panel in panels.panels}
    for key in shown:
        if key == PanelKey.DELTA:
            delta = f"delta s {names[1]} - {names[0]}"
            headings += [", ".join((delta, *notes)), "band s"]
            columns += [panels.delta.delta_s[inside], panels.delta.band_s[inside]]
        elif key in by_key:
            for pair in by_key[key].channels:
                headings += [_heading(pair, name) for name in names]
                columns += [pair.reference.values_at(x), pair.compared.values_at(x)]
                field = panels.field.traces.get(pair.spec.channel) if panels.field else None
                if field is not None and key in field_keys:
                    headings += [
                        _heading(pair, name) for name in ("field q25", "field median", "field q75")
                    ]
                    columns += field.values_at(x)
    return VisibleTable(tuple(headings), np.column_stack(columns))


def _heading(pair: ChannelPair, name: str) -> str:
    return " ".join(part for part in (pair.name, pair.unit, name) if part)


def _text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
