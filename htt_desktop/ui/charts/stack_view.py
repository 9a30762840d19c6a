"""The widgets of the stack: they draw its state and decide nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QGridLayout, QWidget

from htt_desktop.ui.charts.canvas import PlotCanvas
from htt_desktop.ui.charts.delta_data import band_legend, delta_tip, how_known, segment_tip
from htt_desktop.ui.charts.lap_axis import AxisMode
from htt_desktop.ui.charts.margin import PanelMargin
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.panel_layout import (
    RIBBON_PX,
    least_height,
    overlap_rows,
    share_height,
    stacked_legends,
)
from htt_desktop.ui.charts.pointer_layer import PointerLayer
from htt_desktop.ui.charts.rulers import BOTTOM_PX, TOP_PX, AxisRuler, TrackRuler
from htt_desktop.ui.charts.stack_state import StackState
from htt_desktop.ui.charts.track_marks import TrackMarks
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import lap_names

_NO_MARKS = TrackMarks((), (), ())


class StackView:
    """Canvas, margin, rulers and the mouse layer on a widget, sharing one left edge.

    After a change of the state call the narrowest of :meth:`show_data`, :meth:`arrange`,
    :meth:`show_view` and :meth:`show_cursor`; each does what the later ones do, too.
    """

    def __init__(self, theme: Theme, state: StackState, host: QWidget) -> None:
        self._host = host
        self._state = state
        self._theme = theme
        self.top = TrackRuler(theme, host)
        self.margin = PanelMargin(theme, host)
        self.canvas = PlotCanvas(theme, host)
        self.bottom = AxisRuler(theme, host)
        self.pointer = PointerLayer(theme, host, self.tip_at)
        self._grid = grid = QGridLayout(host)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.top, 0, 0, 1, 2)
        grid.addWidget(self.margin, 1, 0)
        grid.addWidget(self.canvas, 1, 1)
        grid.addWidget(self.bottom, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self.top, self.margin, self.bottom, self.pointer):
            part.set_theme(theme)
        self.canvas.set_theme(theme, self._state.front())

    def show_data(self) -> None:
        """Draw other laps, or the same ones over another axis or in other units."""
        unit = "m" if self._state.mode is AxisMode.DISTANCE else "s"
        self.canvas.axis_factor = formats.in_units(1.0, unit, self._state.units)[0]
        self.canvas.show_panels(self._state.data)
        self.arrange()

    def arrange(self) -> None:
        """Share out the height and draw everything in its new place."""
        state = self._state
        shown = state.panels.shown()
        self._host.setMinimumHeight(least_height(shown) + TOP_PX + BOTTOM_PX)
        self._grid.activate()
        height = self.canvas.height()
        if state.overlapped:
            rows = overlap_rows(shown, height)
            legend_rows = stacked_legends(rows, height)
        else:
            rows = legend_rows = share_height(shown, height, state.panels.expanded)
        front = state.front()
        self.canvas.place(rows)
        self.canvas.set_theme(self._theme, front)
        self.margin.set_panels(state.data, self.canvas.panels)
        self.show_field()
        self.margin.place(rows, legend_rows, front)
        self.margin.set_selected(state.panels.selected)
        self.pointer.setGeometry(self.canvas.geometry())
        self.pointer.raise_()
        self.show_view()

    def show_field(self) -> None:
        """Say where the field is drawn and what it is."""
        state = self._state
        field = None if state.data is None else state.data.field
        keys = state.field_keys()
        self.canvas.set_field_keys(keys)
        if field is None:
            self.margin.set_field((), "", "" if state.field else state.why_no_field)
        else:
            self.margin.set_field(keys, field.label, field.tip)

    def show_view(self) -> None:
        """Draw the visible stretch."""
        state, canvas = self._state, self.canvas
        canvas.set_view(state.zoom.view)
        self.show_cursor()
        data, comparison = state.data, state.comparison
        if data is None or comparison is None:
            self.top.show_marks(_NO_MARKS, ("", ""), canvas.x_of)
            self.bottom.show_axis(state.mode, (), canvas.x_of)
            self.top.set_notes(())
            self.margin.set_band((), "")
            return
        self.top.show_marks(data.marks, lap_names(comparison), canvas.x_of)
        self.bottom.show_axis(state.mode, canvas.x_ticks(), canvas.x_of)
        self.top.set_notes(state.notes(thinned=canvas.is_thinned))
        legend = band_legend(data.delta, comparison, state.zero_m, state.nudge_m, state.units)
        self.margin.set_band(legend, how_known(comparison))
        # The delta's axis follows the view, so its figures have to be written again.
        self.margin.update_figures(PanelKey.DELTA)

    def show_cursor(self) -> None:
        """Draw the cursors and write what stands under them."""
        state = self._state
        if state.data is None:
            self.pointer.set_cursors(None, None)
            self.bottom.set_cursors(())
            self.margin.set_readings(())
            return
        places = [
            state.data.axis.to_x(place)
            for place in (state.cursor_m, state.second_m)
            if place is not None
        ]
        pixels = [self.canvas.x_of(x) for x in places]
        # The last pixel column belongs to the line, where a cursor must still be seen.
        pixels = [min(pixel, self.canvas.width() - 1.0) for pixel in pixels]
        self.pointer.set_cursors(*(*pixels, None, None)[:2])
        self.bottom.set_cursors(tuple(places))
        under = () if state.cursor_m is None else state.readings_at(state.cursor_m)
        self.margin.set_readings(under)

    def tip_at(self, place: QPoint) -> str:
        """Return what hovering over the canvas says: about the delta and its ribbon."""
        state = self._state
        data, comparison = state.data, state.comparison
        if data is None or comparison is None or PanelKey.DELTA not in state.panels.shown():
            return ""
        row, x = self.canvas.panels[PanelKey.DELTA].row, self.canvas.at_pixel(place.x())
        if row.top <= place.y() < row.bottom:
            length = formats.length(data.axis.to_distance(x), state.units)
            where = ", ".join((length, *state.notes()))
            return delta_tip(data.delta, comparison, where, x, state.nudge_m)
        if row.bottom <= place.y() < row.bottom + RIBBON_PX:
            marks = data.marks.segments
            found = next((mark for mark in marks if mark.start <= x < mark.end), None)
            return "" if found is None else segment_tip(found, comparison)
        return ""
