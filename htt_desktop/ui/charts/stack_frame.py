"""Widgets and state of the stack, and how a change of state reaches the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.ui.charts import panel_readings
from htt_desktop.ui.charts.canvas import PlotCanvas
from htt_desktop.ui.charts.delta_data import band_legend, delta_tip, how_known, segment_tip
from htt_desktop.ui.charts.lap_axis import AxisMode, View, ZoomHistory
from htt_desktop.ui.charts.margin import PanelMargin
from htt_desktop.ui.charts.panel_data import PanelKey, PanelSet, prepare_panels, with_field
from htt_desktop.ui.charts.panel_layout import (
    RIBBON_PX,
    PanelOrder,
    least_height,
    overlap_rows,
    share_height,
    stacked_legends,
)
from htt_desktop.ui.charts.pointer_layer import PointerLayer
from htt_desktop.ui.charts.rulers import BOTTOM_PX, TOP_PX, AxisRuler, TrackRuler
from htt_desktop.ui.charts.stack_notes import notes_of
from htt_desktop.ui.charts.track_marks import TrackMarks
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem, in_units
from htt_desktop.ui.wording.lap_texts import lap_names

_NO_MARKS = TrackMarks((), (), ())


class StackFrame(QWidget):
    """Canvas, margin, rulers and the mouse layer, sharing one left edge.

    Subclasses change the state and then call the narrowest of :meth:`_prepare`,
    :meth:`_arrange`, :meth:`_show_view` and :meth:`_show_cursor`.
    """

    cursor_moved = Signal(float)
    range_selected = Signal(object)
    view_changed = Signal(float, float)
    panel_selected = Signal(str)
    layout_changed = Signal()
    nudged = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._given: Comparison | None = None
        self._comparison: Comparison | None = None
        self._data: PanelSet | None = None
        self._mode = AxisMode.DISTANCE
        self._order = PanelOrder()
        self._history = ZoomHistory(View(0.0, 1.0))
        self._cursor_m: float | None = None
        self._second_m: float | None = None
        self._zero_m: float | None = None
        self._nudge_m = 0.0
        self._overlapped = False
        self._field: FieldReference | None = None
        self._field_shown = True
        self._why_no_field = ""
        self._units = UnitSystem.METRIC
        self._top = TrackRuler(theme, self)
        self._margin = PanelMargin(theme, self)
        self._canvas = PlotCanvas(theme, self)
        self._bottom = AxisRuler(theme, self)
        self._pointer = PointerLayer(theme, self, self.tip_at)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._top, 0, 0, 1, 2)
        grid.addWidget(self._margin, 1, 0)
        grid.addWidget(self._canvas, 1, 1)
        grid.addWidget(self._bottom, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self._top, self._margin, self._bottom, self._pointer):
            part.set_theme(theme)
        self._canvas.set_theme(theme, self._front())

    def show_view(self, view: View, gesture: str | None = None) -> None:
        """Show a stretch of the horizontal axis; one gesture is one step of the history."""
        if self._data is None:
            return
        view = view.within(self._data.axis.end)
        if view != self._history.view:
            self._history.go(view, gesture)
            self._show_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the mouse layer over the canvas."""
        super().resizeEvent(event)
        self._arrange()

    def _prepare(self, *, keep_view: bool) -> None:
        """Prepare the arrays of the comparison and draw everything."""
        comparison = self._comparison
        shown = self.__places_shown() if keep_view else None
        if comparison is None:
            self._data = None
            self._order.set_present(())
        else:
            self._data = prepare_panels(comparison, self._mode, self._zero_m, self._units)
            if self._field is not None and self._field_shown:
                self._data = with_field(self._data, self._field, self._units)
            self._order.set_present(self._data.keys)
            axis = self._data.axis
            if shown is None:
                self._history = ZoomHistory(View(0.0, axis.end))
            else:
                view = View(axis.to_x(shown[0]), axis.to_x(shown[1])).within(axis.end)
                # Views of another axis, or of a lap with another clock, mean nothing here.
                if not self._history.view.is_close(view):
                    self._history = ZoomHistory(view)
        distance = self._mode is AxisMode.DISTANCE
        self._canvas.axis_factor = in_units(1.0, "m" if distance else "s", self._units)[0]
        self._canvas.show_panels(self._data)
        self._arrange()

    def __places_shown(self) -> tuple[float, float] | None:
        if self._data is None:
            return None
        axis, view = self._data.axis, self._history.view
        return axis.to_distance(view.start), axis.to_distance(view.end)

    def _arrange(self) -> None:
        """Share out the height and draw everything in its new place."""
        shown = self._order.shown()
        self.setMinimumHeight(least_height(shown) + TOP_PX + BOTTOM_PX)
        self._grid.activate()
        height = self._canvas.height()
        if self._overlapped:
            rows = overlap_rows(shown, height)
            legend_rows = stacked_legends(rows, height)
        else:
            rows = legend_rows = share_height(shown, height, self._order.expanded)
        front = self._front()
        self._canvas.place(rows)
        self._canvas.set_theme(self._theme, front)
        self._margin.set_panels(self._data, self._canvas.panels)
        self._show_field()
        self._margin.place(rows, legend_rows, front)
        self._margin.set_selected(self._order.selected)
        self._pointer.setGeometry(self._canvas.geometry())
        self._pointer.raise_()
        self._show_view()

    def _field_keys(self) -> tuple[str, ...]:
        """Return the panels that show the field: not as a difference, not behind another."""
        front, shown, plots = self._front(), self._order.shown(), self._canvas.panels
        keys = () if self._data is None else self._data.field_keys()
        return tuple(
            key.value
            for key in keys
            if key in shown and not plots[key].as_difference and front in (None, key)
        )

    def _show_field(self) -> None:
        """Say where the field is drawn and what it is."""
        field = None if self._data is None else self._data.field
        keys = self._field_keys()
        self._canvas.set_field_keys(keys)
        if field is None:
            self._margin.set_field((), "", "" if self._field else self._why_no_field)
        else:
            self._margin.set_field(keys, field.label, field.tip)

    def _show_view(self) -> None:
        """Draw the view of the history."""
        view, canvas = self._history.view, self._canvas
        canvas.set_view(view)
        self._show_cursor()
        data, comparison = self._data, self._comparison
        if data is None or comparison is None:
            self._top.show_marks(_NO_MARKS, ("", ""), canvas.x_of)
            self._bottom.show_axis(self._mode, (), canvas.x_of)
            self._top.set_notes(())
            self._margin.set_band((), "")
            return
        self._top.show_marks(data.marks, lap_names(comparison), canvas.x_of)
        self._bottom.show_axis(self._mode, canvas.x_ticks(), canvas.x_of)
        thinned = canvas.is_thinned
        notes = notes_of(self._nudge_m, self._zero_m, thinned=thinned, units=self._units)
        self._top.set_notes(notes)
        legend = band_legend(data.delta, comparison, self._zero_m, self._nudge_m, self._units)
        self._margin.set_band(legend, how_known(comparison))
        # The delta's axis follows the view, so its figures have to be written again.
        self._margin.update_figures(PanelKey.DELTA)
        self.view_changed.emit(data.axis.to_distance(view.start), data.axis.to_distance(view.end))

    def _show_cursor(self) -> None:
        """Draw the cursors and write what stands under them."""
        data, comparison = self._data, self._comparison
        if data is None or comparison is None:
            self._pointer.set_cursors(None, None)
            self._bottom.set_cursors(())
            self._margin.set_readings(())
            return
        places = [
            data.axis.to_x(place) for place in (self._cursor_m, self._second_m) if place is not None
        ]
        pixels = [self._canvas.x_of(x) for x in places]
        # The last pixel column belongs to the line, where a cursor must still be seen.
        pixels = [min(pixel, self._canvas.width() - 1.0) for pixel in pixels]
        self._pointer.set_cursors(*(*pixels, None, None)[:2])
        self._bottom.set_cursors(tuple(places))
        if self._cursor_m is None:
            self._margin.set_readings(())
        else:
            self._margin.set_readings(panel_readings.readings_at(data, self._cursor_m))

    def tell_readings(self) -> None:
        """Tell what lies between the cursors, or that there are not two."""
        data, comparison = self._data, self._comparison
        if None in (data, comparison, self._cursor_m, self._second_m):
            self.range_selected.emit(None)
        elif data is not None and comparison is not None:
            statistics = panel_readings.statistics_between(
                data, comparison, self._cursor_m or 0.0, self._second_m or 0.0
            )
            self.range_selected.emit(statistics)

    def tip_at(self, place: QPoint) -> str:
        """Return what hovering over the canvas says: about the delta and its ribbon."""
        data, comparison = self._data, self._comparison
        if data is None or comparison is None or PanelKey.DELTA not in self._order.shown():
            return ""
        row, x = self._canvas.panels[PanelKey.DELTA].row, self._canvas.at_pixel(place.x())
        if row.top <= place.y() < row.bottom:
            notes = notes_of(self._nudge_m, self._zero_m, thinned=False, units=self._units)
            where = ", ".join((formats.length(data.axis.to_distance(x), self._units), *notes))
            return delta_tip(data.delta, comparison, where, x, self._nudge_m)
        if row.bottom <= place.y() < row.bottom + RIBBON_PX:
            marks = data.marks.segments
            found = next((mark for mark in marks if mark.start <= x < mark.end), None)
            return "" if found is None else segment_tip(found, comparison)
        return ""

    def _front(self) -> str | None:
        """Return the panel whose scale is shown when panels overlap."""
        if not self._overlapped:
            return None
        if self._order.selected not in (None, PanelKey.DELTA):
            return self._order.selected
        return next((key for key in self._order.shown() if key != PanelKey.DELTA), None)
