"""One panel's curves in pyqtgraph's view box, placed by the canvas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainterPath

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.curve_item import BandItem, LapCurve, ZeroLine
from htt_desktop.ui.charts.delta_data import DeltaData
from htt_desktop.ui.charts.lap_trace import difference
from htt_desktop.ui.charts.panel_data import ChannelPair, ChannelPanel, PanelKey
from htt_desktop.ui.charts.panel_layout import PanelRow
from htt_desktop.ui.painting import scales
from htt_desktop.ui.theme import Theme, blend

_DIMMED = 0.22
_BAND_SHARE = 0.18
_BRAKE_SHARE = 0.25
_HALF_FIGURE_PX = 5
_FIGURE_PX = 13.0
_MOST_TICKS = 8
_NOTHING: FloatArray = np.empty(0)


class PanelPlot:
    """The drawing area of one panel; its items are made once and then only fed.

    Attributes
    ----------
    low, high
        Range of the vertical axis on screen.
    as_difference
        Whether compared − reference is drawn instead of the two traces.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.low, self.high = 0.0, 1.0
        self.as_difference = False
        self.row = PanelRow(0, 1)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self._lines: list[_Line] = []
        self._band: BandItem | None = None
        self._zero = ZeroLine()
        self._brakes: BandItem | None = None
        self._panel: ChannelPanel | None = None

    def show_delta(self, delta: DeltaData) -> None:
        """Draw the delta with its band."""
        if self._band is None:
            self._band = BandItem()
            self.box.addItem(self._band, ignoreBounds=True)
            self.box.addItem(self._zero, ignoreBounds=True)
        self._grow(1)
        self._zero.setVisible(True)
        self._zero.set_ends(float(delta.x[0]), float(delta.x[-1]))
        self._lines[0].show_one(delta.x, delta.delta_s)
        self._band.set_band(delta.x, delta.delta_s - delta.band_s, delta.delta_s + delta.band_s)

    def show_channels(self, panel: ChannelPanel) -> None:
        """Draw the channels of both laps."""
        self._panel = panel
        self._grow(len(panel.channels))
        low, high = panel.low, panel.high
        if self.as_difference:
            largest = 0.0
            for line, pair in zip(self._lines, panel.channels, strict=False):
                apart = difference(pair.reference, pair.compared)
                line.show_one(*apart.outline())
                largest = max(largest, float(np.nanmax(np.abs(apart.value), initial=0.0)))
            low, high = scales.padded(-(largest or 1.0), largest or 1.0)
        else:
            for line, pair in zip(self._lines, panel.channels, strict=False):
                line.show_two(pair)
        if len(panel.channels) > 1:
            self._fill_brakes(panel.channels[1])
        for line in self._lines[len(panel.channels) :]:
            line.clear()
        self.set_value_range(low, high)

    def _fill_brakes(self, brakes: ChannelPair) -> None:
        # In one panel with the throttle, the filled area says which line is the brake.
        if self._brakes is None:
            self._brakes = BandItem()
            self.box.addItem(self._brakes, ignoreBounds=True)
        x, value = brakes.reference.outline()
        shown = _NOTHING if self.as_difference else value
        self._brakes.set_band(x[: shown.size], np.minimum(shown, 0.0), shown)

    def leave_brakes_to(self, *, background: bool) -> None:
        """Let the background fill the brake's area, under the field, or fill it here."""
        if self._brakes is not None:
            self._brakes.setVisible(not background)

    @property
    def brake_area(self) -> tuple[QPainterPath, QBrush] | None:
        """Area under the brake of the reference lap, in axis units and values."""
        return None if self._brakes is None else (self._brakes.path(), self._brakes.brush())

    def clear(self) -> None:
        """Draw nothing."""
        self._panel = None
        for line in self._lines:
            line.clear()
        if self._band is not None:
            self._band.set_band(_NOTHING, _NOTHING, _NOTHING)
            self._zero.setVisible(False)
        if self._brakes is not None:
            self._brakes.set_band(_NOTHING, _NOTHING, _NOTHING)

    def set_difference(self, shown: bool) -> None:
        """Draw compared − reference, or both traces again."""
        self.as_difference = shown
        if self._panel is not None:
            self.show_channels(self._panel)

    def set_theme(self, theme: Theme, *, dimmed: bool = False) -> None:
        """Take the colours of a theme; dimmed panels step behind the selected one."""

        def tone(color: str) -> QColor:
            return QColor(blend(color, theme.panel, _DIMMED) if dimmed else color)

        for index, line in enumerate(self._lines):
            line.reference.set_color(tone(theme.reference))
            line.compared.set_color(tone(theme.compared))
            line.single.set_color(tone(theme.muted if index else theme.text))
        if self._band is not None:
            self._band.setBrush(QBrush(QColor(blend(theme.text, theme.panel, _BAND_SHARE))))
            self._zero.set_color(QColor(theme.muted))
        if self._brakes is not None:
            self._brakes.setBrush(QBrush(tone(blend(theme.reference, theme.panel, _BRAKE_SHARE))))

    def set_row(self, row: PanelRow, width: int) -> None:
        """Move the panel to its place on the canvas."""
        self.row = row
        self.box.setGeometry(QRectF(0, row.top, width, row.height))

    def set_value_range(self, low: float, high: float) -> None:
        """Show values from ``low`` to ``high``."""
        self.low, self.high = low, high
        self.box.setYRange(low, high, padding=0)

    def set_view(self, start: float, end: float, pixels: int) -> None:
        """Show a stretch of the horizontal axis."""
        self.box.setXRange(start, end, padding=0)
        for line in self._lines:
            for curve in line.curves():
                curve.set_view(start, end, pixels)

    @property
    def is_thinned(self) -> bool:
        """Whether a trace has more samples in view than the screen has room for."""
        return any(curve.is_thinned for line in self._lines for curve in line.curves())

    def y_of(self, value: float) -> float:
        """Return the canvas pixel of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.row.bottom - share * self.row.height

    def ticks(self) -> tuple[float, ...]:
        """Return round values for the vertical axis, as many as fit with their figures."""
        if self._has_gears:
            return scales.gear_ticks(self._px_per_unit, _FIGURE_PX)
        found: tuple[float, ...] = ()
        for spacing in (26, 20, 15, 11):
            most = min(max(self.row.height // spacing, 1), _MOST_TICKS)
            values = scales.ticks(self.low, self.high, most)
            fitting = tuple(value for value in values if self._has_room(value))
            if found and self._closest_px(fitting) < _FIGURE_PX:
                break
            found = fitting
            if len(found) > 1:
                break
        return found

    def figures(self) -> tuple[tuple[float, int], ...]:
        """Return the values written beside the axis, and the column each stands in.

        Every gear has its figure; where they would touch, odd gears step aside.
        """
        if not self._has_gears:
            return tuple((value, 0) for value in self.ticks())
        apart = self._px_per_unit < _FIGURE_PX
        gears = range(1, scales.HIGHEST_GEAR + 1)
        return tuple((float(gear), gear % 2 if apart else 0) for gear in gears)

    @property
    def _has_gears(self) -> bool:
        return self.key == PanelKey.GEAR and not self.as_difference

    @property
    def _px_per_unit(self) -> float:
        return self.row.height / (self.high - self.low)

    def _closest_px(self, values: tuple[float, ...]) -> float:
        pixels = [self.y_of(value) for value in values]
        return min((above - below for above, below in pairwise(pixels)), default=_FIGURE_PX)

    def _has_room(self, value: float) -> bool:
        y = self.y_of(value)
        return self.row.top + _HALF_FIGURE_PX <= y <= self.row.bottom - _HALF_FIGURE_PX

    def _grow(self, lines: int) -> None:
        while len(self._lines) < lines:
            line = _Line()
            self._lines.append(line)
            for curve in line.curves():
                self.box.addItem(curve, ignoreBounds=True)


class _Line:
    """The three curves one channel can be drawn with."""

    def __init__(self) -> None:
        self.reference = LapCurve(dashed=False)
        self.compared = LapCurve(dashed=True)
        self.single = LapCurve(dashed=False)

    def curves(self) -> tuple[LapCurve, LapCurve, LapCurve]:
        """Return them in the order they are painted."""
        return self.reference, self.compared, self.single

    def show_two(self, pair: ChannelPair) -> None:
        """Draw both laps."""
        self.reference.set_points(*pair.reference.outline())
        self.compared.set_points(*pair.compared.outline())
        self.single.set_points(_NOTHING, _NOTHING)

    def show_one(self, x: FloatArray, y: FloatArray) -> None:
        """Draw one line for both laps."""
        self.reference.set_points(_NOTHING, _NOTHING)
        self.compared.set_points(_NOTHING, _NOTHING)
        self.single.set_points(x, y)

    def clear(self) -> None:
        """Draw nothing."""
        self.show_one(_NOTHING, _NOTHING)
