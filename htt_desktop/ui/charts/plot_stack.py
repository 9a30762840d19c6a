"""The stack of linked plots over one lap."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.driving.compare_laps import nudged
from htt_desktop.ui.charts import panel_readings
from htt_desktop.ui.charts.lap_axis import AxisMode, View
from htt_desktop.ui.charts.panel_data import rezeroed
from htt_desktop.ui.charts.panel_readings import VisibleTable
from htt_desktop.ui.charts.readings import Reading
from htt_desktop.ui.charts.stack_mouse import StackMouse
from htt_desktop.ui.charts.stack_notes import notes_of
from htt_desktop.ui.charts.stack_panels import StackPanels
from htt_desktop.ui.theme import Theme


class PlotStack(StackPanels):
    """Panels of one comparison over lap distance, with cursors and zoom.

    Signals
    -------
    cursor_moved(float)
        Lap distance of the cursor in metres, after a click, a key or :meth:`set_cursor`.
    range_selected(object)
        :class:`RangeStatistics` between the two cursors, ``None`` while there is only one;
        also when the values under the cursors have changed.
    view_changed(float, float)
        Visible stretch of lap distance in metres.
    panel_selected(str)
        Key of the panel that keys such as ``D`` now act on.
    layout_changed()
        A panel was hidden, shown, moved or expanded.
    nudged(Comparison)
        The compared lap was shifted by hand: what is on screen now.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._mouse = StackMouse(self, self._pointer, self._margin)
        self._arrange()

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show two laps, or nothing; cursor and zoom stay when the track stays.

        A nudge belongs to the two laps it was found for and stays only with them.
        """
        before = self._given
        same_track = (
            before is not None
            and comparison is not None
            and before.track.track_id == comparison.track.track_id
        )
        had_range = self._second_m is not None
        self._given = comparison
        if not same_track:
            self._cursor_m = self._second_m = self._zero_m = None
        if before is None or comparison is None or not before.has_laps_of(comparison):
            self._nudge_m = 0.0
        self._comparison = comparison and nudged(comparison, self._nudge_m)
        self._prepare(keep_view=same_track)
        if had_range:
            self.tell_readings()

    @property
    def axis(self) -> AxisMode:
        """What runs along the bottom."""
        return self._mode

    def set_axis(self, mode: AxisMode) -> None:
        """Draw over lap distance or over time since the line."""
        if mode is not self._mode:
            self._mode = mode
            self._prepare(keep_view=True)
            self.tell_readings()

    def zoom_to(self, start_m: float, end_m: float) -> None:
        """Show a stretch of lap distance."""
        if self._data is not None:
            axis = self._data.axis
            self.show_view(View(axis.to_x(start_m), axis.to_x(end_m)))

    def zoom_all(self) -> None:
        """Show the whole lap."""
        if self._data is not None:
            self.show_view(View(0.0, self._data.axis.end))

    def zoom_by(self, factor: float) -> None:
        """Zoom about the cursor; factors above 1 show less of the lap."""
        view = self._history.view
        about = self.__cursor_x()
        if about is None or not view.start <= about <= view.end:
            about = (view.start + view.end) / 2
        self.show_view(view.zoomed(factor, about))

    def undo_zoom(self) -> None:
        """Go back to the view before."""
        if self._history.back():
            self._show_view()

    def redo_zoom(self) -> None:
        """Go forward again."""
        if self._history.forward():
            self._show_view()

    @property
    def view(self) -> View:
        """Visible stretch of the horizontal axis in its own unit."""
        return self._history.view

    def end_gesture(self) -> None:
        """Let the next change of view count as a step of its own."""
        self._history.end_gesture()

    def axis_at(self, pixel: float) -> float:
        """Return the place on the horizontal axis under a pixel of the canvas."""
        return float(self._canvas.at_pixel(pixel))

    def distance_at(self, pixel: float) -> float:
        """Return the lap distance under a pixel of the canvas."""
        return 0.0 if self._data is None else self._data.axis.to_distance(self.axis_at(pixel))

    def visible_range(self) -> tuple[float, float]:
        """Return the visible stretch of lap distance in metres; zeros without laps."""
        if self._data is None:
            return 0.0, 0.0
        view, axis = self._history.view, self._data.axis
        return axis.to_distance(view.start), axis.to_distance(view.end)

    @property
    def cursor_m(self) -> float | None:
        """Lap distance of the parked cursor, ``None`` while there is none."""
        return self._cursor_m

    def set_cursor(self, distance_m: float) -> None:
        """Park the cursor at a lap distance; one outside the view brings the view along."""
        if self._data is None or self._comparison is None:
            return
        length_m = float(self._comparison.reference.knot_m[-1])
        distance_m = min(max(distance_m, 0.0), length_m)
        if distance_m == self._cursor_m:
            return
        self._cursor_m = distance_m
        x, view = self._data.axis.to_x(distance_m), self._history.view
        if not view.start <= x <= view.end:
            self.show_view(View(x - view.span / 2, x + view.span / 2), "follow")
        self._show_cursor()
        self.cursor_moved.emit(distance_m)
        if self._second_m is not None:
            self.tell_readings()

    def step_cursor(self, steps: int) -> None:
        """Move the cursor by pixels: finer steps the closer the view; negative is back."""
        if self._data is None:
            return
        axis, view = self._data.axis, self._history.view
        x = self.__cursor_x()
        if x is None:
            x = view.start
        step = view.span / max(self._canvas.width(), 1)
        self.set_cursor(axis.to_distance(x + steps * step))

    def toggle_second_cursor(self) -> None:
        """Drop the second cursor at the first one, or clear it."""
        if self._second_m is not None:
            self._second_m = None
        elif self._cursor_m is not None:
            self._second_m = self._cursor_m
        else:
            return
        self._show_cursor()
        self.tell_readings()

    def __cursor_x(self) -> float | None:
        if self._cursor_m is None or self._data is None:
            return None
        return self._data.axis.to_x(self._cursor_m)

    def readings_at(self, distance_m: float) -> tuple[Reading, ...]:
        """Return what both laps read at a lap distance, delta first; empty without laps."""
        if self._data is None:
            return ()
        return panel_readings.readings_at(self._data, distance_m)

    def rezero_delta(self, distance_m: float | None) -> None:
        """Count the delta from a place instead of from the line; ``None`` undoes it."""
        self._zero_m = distance_m
        if self._data is not None and self._comparison is not None:
            self._data = rezeroed(self._data, self._comparison, distance_m)
            self._canvas.show_delta(self._data)
            self._show_view()
            self.tell_readings()

    @property
    def delta_zero_m(self) -> float | None:
        """Place the delta is counted from, ``None`` for the line."""
        return self._zero_m

    def nudge_compared(self, offset_m: float) -> None:
        """Shift the compared lap forward by hand; 0 undoes it. Shown as nudged."""
        if self._given is None or offset_m == self._nudge_m:
            return
        self._nudge_m = offset_m
        self._comparison = nudged(self._given, offset_m)
        self._prepare(keep_view=True)
        self.tell_readings()
        self.nudged.emit(self._comparison)

    @property
    def comparison(self) -> Comparison | None:
        """What is on screen, with the compared lap shifted if it is."""
        return self._comparison

    @property
    def nudge_m(self) -> float:
        """By how much the compared lap is shifted."""
        return self._nudge_m

    def visible_rows(self) -> VisibleTable | None:
        """Return the shown panels over the shown stretch as numbers, ``None`` without laps."""
        if self._data is None or self._comparison is None:
            return None
        view, shown = self._history.view, self._order.shown()
        return panel_readings.visible_rows(
            self._data,
            self._comparison,
            shown,
            (view.start, view.end),
            self._units,
            self._field_keys(),
            notes_of(self._nudge_m, self._zero_m, thinned=False, units=self._units),
        )
