"""The panels of a comparison as finished arrays; nothing here knows about widgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel, ChannelSpec
from htt_desktop.domain.comparison import AlignedLap, Comparison
from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.ui.charts.delta_data import DeltaData, prepare_delta
from htt_desktop.ui.charts.field_data import FieldSet, prepare_field
from htt_desktop.ui.charts.lap_axis import AxisMode, LapAxis
from htt_desktop.ui.charts.lap_trace import LapTrace
from htt_desktop.ui.charts.track_marks import TrackMarks
from htt_desktop.ui.painting import scales
from htt_desktop.ui.wording.formats import UnitSystem, in_units

_AT_LEAST: dict[Channel, tuple[float, float]] = {
    Channel.PEDAL: (0.0, 100.0),
    Channel.THROTTLE_VALVE: (0.0, 100.0),
    Channel.BRAKE_FRONT: (0.0, 100.0),
    Channel.BRAKE_REAR: (0.0, 100.0),
    # Room for the figures of the lowest and the highest gear.
    Channel.GEAR: (0.6, 6.4),
    Channel.STEERING: (-30.0, 30.0),
    Channel.ACCELERATION_LAT: (-1.0, 1.0),
    Channel.ACCELERATION_LONG: (-1.0, 0.5),
}
"""Values every axis of the channel shows, so that a quiet lap is not blown up."""


class PanelKey(StrEnum):
    """Panels in the order in which a new user sees them."""

    DELTA = "delta"
    SPEED = "speed"
    PEDALS = "throttle_brake"
    STEERING = "steering"
    GEAR = "gear"
    ENGINE_SPEED = "engine_speed"
    LATERAL = "lateral_g"
    LONGITUDINAL = "longitudinal_g"


PANEL_TITLES = {
    PanelKey.DELTA: "Delta",
    PanelKey.SPEED: "Speed",
    PanelKey.PEDALS: "Throttle and brake",
    PanelKey.STEERING: "Steering",
    PanelKey.GEAR: "Gear",
    PanelKey.ENGINE_SPEED: "Engine speed",
    PanelKey.LATERAL: "Lateral g",
    PanelKey.LONGITUDINAL: "Longitudinal g",
}
"""What menus call the panels."""

_CHOICES: dict[PanelKey, tuple[tuple[Channel, ...], ...]] = {
    PanelKey.SPEED: ((Channel.SPEED,),),
    # Tracks record either the pedal or the valve; the front circuit leads the brakes.
    PanelKey.PEDALS: (
        (Channel.PEDAL, Channel.THROTTLE_VALVE),
        (Channel.BRAKE_FRONT, Channel.BRAKE_REAR),
    ),
    PanelKey.STEERING: ((Channel.STEERING,),),
    PanelKey.GEAR: ((Channel.GEAR,),),
    PanelKey.ENGINE_SPEED: ((Channel.ENGINE_SPEED,),),
    PanelKey.LATERAL: ((Channel.ACCELERATION_LAT,),),
    PanelKey.LONGITUDINAL: ((Channel.ACCELERATION_LONG,),),
}
"""Per panel its lines; per line the channels that can fill it, best first."""


@dataclass(frozen=True, eq=False)
class ChannelPair:
    """One channel of both laps; a lap that did not record it has an empty trace.

    Attributes
    ----------
    unit
        Unit of the values on screen; ``spec`` speaks of the recorded ones.
    """

    spec: ChannelSpec
    unit: str
    reference: LapTrace
    compared: LapTrace

    @property
    def name(self) -> str:
        """Label short enough for the margin."""
        return {"throttle pedal": "throttle", "throttle valve": "throttle"}.get(
            self.spec.label, self.spec.label
        )


@dataclass(frozen=True, eq=False)
class ChannelPanel:
    """One panel of channels.

    Attributes
    ----------
    low, high
        Fixed range of the vertical axis.
    """

    key: PanelKey
    channels: tuple[ChannelPair, ...]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PanelSet:
    """Everything the stack draws of one comparison.

    Attributes
    ----------
    field
        What lies behind the traces; ``None`` where nothing does.
    """

    axis: LapAxis
    marks: TrackMarks
    delta: DeltaData
    panels: tuple[ChannelPanel, ...]
    field: FieldSet | None = None

    def field_keys(self) -> tuple[PanelKey, ...]:
        """Return the panels that have something of the field behind them."""
        channels = () if self.field is None else self.field.traces
        return tuple(
            panel.key
            for panel in self.panels
            if any(pair.spec.channel in channels for pair in panel.channels)
        )

    @property
    def keys(self) -> tuple[PanelKey, ...]:
        """Panels that have data, delta first."""
        return (PanelKey.DELTA, *(panel.key for panel in self.panels))


def prepare_panels(
    comparison: Comparison,
    mode: AxisMode = AxisMode.DISTANCE,
    zero_m: float | None = None,
    units: UnitSystem = UnitSystem.METRIC,
) -> PanelSet:
    """Return the panels of a comparison over distance or time.

    Parameters
    ----------
    comparison
        Two aligned laps.
    mode
        Over time every lap runs by its own clock since the line.
    zero_m
        Place the delta is counted from; the line when ``None``.
    units
        Speeds are turned into them; distances stay in metres.

    Returns
    -------
    PanelSet
        Panels without a channel in either lap are absent.
    """
    axis = LapAxis.of(mode, comparison.reference, comparison.compared)
    panels = []
    for key, lines in _CHOICES.items():
        pairs = tuple(_pairs(comparison, lines, _Drawing(mode, units)))
        if pairs:
            panels.append(ChannelPanel(key, pairs, *_value_range(pairs)))
    return PanelSet(
        axis,
        TrackMarks.of(comparison, axis),
        prepare_delta(comparison, axis, zero_m),
        tuple(panels),
    )


def rezeroed(panels: PanelSet, comparison: Comparison, zero_m: float | None) -> PanelSet:
    """Return the panels with the delta counted from another place."""
    return replace(panels, delta=prepare_delta(comparison, panels.axis, zero_m))


def with_field(panels: PanelSet, reference: FieldReference, units: UnitSystem) -> PanelSet:
    """Return the panels with a field behind them; axes grow where it would leave them."""
    field = prepare_field(reference, panels.axis, units)
    grown = []
    for panel in panels.panels:
        traces = [field.traces.get(pair.spec.channel) for pair in panel.channels]
        known = [trace for trace in traces if trace is not None]
        low, high = panel.low, panel.high
        for trace in known:
            low = float(np.nanmin(trace.q25, initial=low))
            high = float(np.nanmax(trace.q75, initial=high))
        grown.append(replace(panel, low=low, high=high))
    return replace(panels, panels=tuple(grown), field=field)


@dataclass(frozen=True)
class _Drawing:
    """How traces are to be drawn."""

    mode: AxisMode
    units: UnitSystem


def _pairs(
    comparison: Comparison, lines: Iterable[tuple[Channel, ...]], drawing: _Drawing
) -> Iterable[ChannelPair]:
    laps = comparison.reference, comparison.compared
    for choices in lines:
        # A channel both laps have beats a better one that only one lap has.
        ranked = sorted(choices, key=lambda channel: -sum(channel in lap.traces for lap in laps))
        channel = ranked[0]
        if not any(channel in lap.traces for lap in laps):
            continue
        spec = SPEC_OF[channel]
        yield ChannelPair(
            spec,
            in_units(1.0, spec.unit, drawing.units)[1],
            _lap_trace(comparison.reference, channel, drawing),
            _lap_trace(comparison.compared, channel, drawing),
        )


def _lap_trace(lap: AlignedLap, channel: Channel, drawing: _Drawing) -> LapTrace:
    spec = SPEC_OF[channel]
    trace = lap.traces.get(channel)
    if trace is None:
        empty = np.empty(0)
        return LapTrace(empty, empty, empty, spec.stepped)
    x = trace.distance_m if drawing.mode is AxisMode.DISTANCE else trace.time_s
    factor = in_units(1.0, spec.unit, drawing.units)[0]
    value = trace.value * factor if factor != 1.0 else trace.value
    return LapTrace(x, value, trace.distance_m, spec.stepped)


def _value_range(pairs: tuple[ChannelPair, ...]) -> tuple[float, float]:
    lows, highs = [], []
    for pair in pairs:
        for trace in (pair.reference, pair.compared):
            finite = trace.value[np.isfinite(trace.value)]
            if finite.size:
                lows.append(float(finite.min()))
                highs.append(float(finite.max()))
        floor = _AT_LEAST.get(pair.spec.channel)
        if floor is not None:
            lows.append(floor[0])
            highs.append(floor[1])
    return scales.padded(min(lows, default=0.0), max(highs, default=1.0))
